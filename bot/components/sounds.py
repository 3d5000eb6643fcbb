"""How Chinese characters sound, to see through homophones: 油烟鸡 sounds like 油烟机."""

import os
from functools import cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # single characters are enough, and the phrases load slowly

from pypinyin import lazy_pinyin


@cache
def sound(character: str) -> str:
    """The character in pinyin without its tone; what is no Chinese character sounds like itself."""
    return str(lazy_pinyin(character)[0])


def sounds(word: str) -> tuple[str, ...]:
    """The sound of every character of a word."""
    return tuple(map(sound, word))
