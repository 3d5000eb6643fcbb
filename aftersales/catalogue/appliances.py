"""Kinds of appliance."""
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from aftersales.folding import fold, simplified
from aftersales.sounds import Lexicon, right_characters

from .wording import any_of, load

_NAMES: dict[str, str] = load("appliances.yml")

#: The plain kinds, in the order of the integration API.
APPLIANCES: tuple[str, ...] = tuple(_NAMES)
KIND_OF = {simplified(name): kind for kind, names in _NAMES.items() for name in names.split()}
APPLIANCE_PATTERN = any_of(KIND_OF)
_APPLIANCE = re.compile(APPLIANCE_PATTERN + r"(?!台(?!不)|贴|房(?!间)|病|被|盒子|遥控器?厂|剧(?!烈)|小区|家园|花园|新村|大厦|广场|大道)")
#: What voice input rarely makes of 机 and 器, but what often follows of itself: 热水几点有, 烘干七次.
_NOT_MISHEARD = frozenset("几急及即起去气一二三四五六七八九十级季记继")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}[机器炉灶锅煲箱柜扇]")
_DENIED = re.compile(r"(不是|不要|并非|别的|不是说)$")


@dataclass(frozen=True)
class Appliance:
    """An appliance named in a text: its kind, the words as typed, and where they stand (`text[start:end]`)."""

    kind: str
    words: str
    start: int
    end: int


def find_appliances(text: str) -> list[Appliance]:
    """All appliances named, in order of mention, the longest name where several fit; homophones of long names too."""
    plain = fold(text)
    named = [(item.start(), item.end(), KIND_OF[item[0]]) for item in _APPLIANCE.finditer(plain)]
    rest = _APPLIANCE.sub(lambda match: " " * len(match[0]), plain)
    found = sorted([*named, *_misheard(rest)])
    return [Appliance(kind, text[start:end], start, end) for start, end, kind in found]


def _misheard(plain: str) -> Iterator[tuple[int, int, str]]:
    """Names of three characters and more by their sound, one character right: 喜一机."""
    after = 0
    for start, words, name in _lexicon().heard_in(plain):
        if start >= after and words[-1] not in _NOT_MISHEARD and right_characters(words, name):
            after = start + len(words)
            yield start, after, KIND_OF[name]


@cache
def _lexicon() -> Lexicon:
    return Lexicon(name for name in KIND_OF if _HAN_NAME.fullmatch(name))


def find_appliance(text: str) -> str | None:
    """The kind of the first appliance that is not denied (不是空调，是洗碗机); None where none is named."""
    found = find_appliances(text)
    return next((item.kind for item in found if not _DENIED.search(text[: item.start])), None)
