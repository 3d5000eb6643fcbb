"""How Chinese words sound, to know what voice input and homophones were meant to be.

Sounds are pinyin without tones as pypinyin (MIT) has it, one syllable for each character, and what southern accents
do not tell apart (zh and z, ing and in) is the same.
"""
import re
from functools import cache

from pypinyin import lazy_pinyin

Sound = tuple[str, ...]
_ACCENTS = ((re.compile("^([zcs])h"), r"\1"), (re.compile("(?<=[ie])ng$"), "n"))


def sound(text: str) -> Sound:
    """One syllable for each character; what is no Chinese character sounds like itself."""
    return tuple(map(_syllable, text))


@cache
def _syllable(char: str) -> str:
    syllable = lazy_pinyin(char)[0]
    for accent, plain in _ACCENTS:
        syllable = accent.sub(plain, syllable)
    return syllable
