"""How Chinese words sound, to know what voice input and homophones were meant to be.

Sounds are pinyin without tones as pypinyin (MIT) has it, one syllable for each character, and what southern accents
do not tell apart (zh and z, ing and in) is the same.
"""
import re
from collections.abc import Iterable, Iterator
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


class Lexicon:
    """Names to be found in a text by how they sound."""

    def __init__(self, names: Iterable[str]) -> None:
        """Of names that sound the same the first counts."""
        self._names: dict[Sound, str] = {}
        self._lengths: dict[Sound, tuple[int, ...]] = {}
        for name in names:
            syllables = sound(name)
            self._names.setdefault(syllables, name)
            known = {len(name), *self._lengths.get(syllables[:2], ())}
            self._lengths[syllables[:2]] = tuple(sorted(known, reverse=True))

    def heard_in(self, text: str) -> Iterator[tuple[int, str, str]]:
        """Where something stands that sounds like a name, the words as typed, and the name; longer names first."""
        syllables = sound(text)
        for start in range(len(text) - 1):
            for length in self._lengths.get(syllables[start : start + 2], ()):
                name = self._names.get(syllables[start : start + length])
                if name:
                    yield start, text[start : start + length], name


def right_characters(words: str, name: str) -> int:
    """How many characters of a slip are right; the two are equally long."""
    return sum(one == other for one, other in zip(words, name, strict=True))
