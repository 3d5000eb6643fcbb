"""Praise and blame in customers' words: which word, about what, worth how many stars. The words: knowledge/ratings.yml."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from .catalogue.wording import load

DIMENSIONS = ("attitude", "skill", "speed", "process")
_NUMBER_WORD = r"(?:\d+|大半|好几|十几|[一二两三四五六七八九十半几]+)"
_AROUND = re.compile(r"\(\?[<!=].*?\)")
_DENIED = r"(?P<denied>没有?|并没有?|从没有?|从不|不会|未|不)?"


@dataclass(frozen=True)
class Opinion:
    """A word of praise or blame, where it stands and what it is worth in stars.

    `dimension` is what it is about, None for words that fit anything; a `fact` (迟到) is about that even where something
    else is named before it. `clear` is the overall opinion wherever it stands, `alone` says that its part of the
    sentence says nothing else, `vague` that it means nothing unless something is asked or named.
    """

    start: int
    end: int
    stars: int
    dimension: str | None = None
    fact: bool = False
    clear: bool = False
    alone: bool = False
    vague: bool = False


@dataclass(frozen=True)
class _Group:
    """Words that count alike: one dimension and kind."""

    pattern: re.Pattern[str]
    dimension: str | None
    worth: dict[str, int]
    fact: bool = False


def words_of(*path: str) -> Any:
    """An entry of the table."""
    entry = _table()
    for key in path:
        entry = entry[key]
    return entry


def pattern_of(words: str) -> str:
    """A pattern for any of the words, the longest first; what must not stand around a word does not make it longer."""
    longest_first = sorted(words.split(), key=lambda word: len(_AROUND.sub("", word)), reverse=True)
    return f"(?:{'|'.join(longest_first)})".replace("…", ".{0,4}?").replace("N", _NUMBER_WORD)


def find_opinions(plain: str) -> list[Opinion]:
    """All words of praise and blame in a text of half width and simplified characters, in their order."""
    return [opinion for start, end in told_parts(plain) for opinion in _opinions_in(plain, start, end)]


def tells_misconduct(plain: str) -> bool:
    """Whether the text tells of overcharging, damage, rudeness or a wish for redress, and does not deny it."""
    return any(not found["denied"] for start, end in told_parts(plain)
               for found in _misconduct().finditer(plain, start, end))


def told_parts(plain: str) -> list[tuple[int, int]]:
    """Where the parts of a sentence begin and end that tell something: not those that ask, wish or suppose."""
    return [(start, end) for start, end in _parts(plain) if not _open().search(plain, start, end)]


def _parts(plain: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in _cut().finditer(plain):
        if cut.start() > start:
            yield start, cut.start()
            start = cut.start()
        start = max(start, cut.end())
    if start < len(plain):
        yield start, len(plain)


def _opinions_in(plain: str, start: int, end: int) -> Iterator[Opinion]:
    """The opinions of one part, at every place the longest."""
    place = start
    while place < end:
        found = [each for group in _groups() if (each := _match(group, plain, place, (start, end)))]
        if not found:
            place += 1
            continue
        best = max(found, key=lambda each: (each.end, each.fact, each.dimension is not None))
        yield best
        place = best.end


def _match(group: _Group, plain: str, place: int, part: tuple[int, int]) -> Opinion | None:
    match = group.pattern.match(plain, place, part[1])
    stars = group.worth.get(_degree(match)) if match else None
    if match is None or stars is None:
        return None
    word = match[0].removesuffix("了")
    around = plain[part[0]:match.start()], plain[match.end():part[1]]
    return Opinion(
        match.start(), match.end(), stars, group.dimension, group.fact,
        clear=_clear().search(match[0]) is not None,
        alone=all(_filler().fullmatch(each) for each in around),
        vague=_vague().fullmatch(word) is not None,
    )


def _degree(match: re.Match[str]) -> str:
    return next((name for name, value in match.groupdict().items() if value), "plain").removesuffix("_after")


@cache
def _table() -> dict[str, Any]:
    loaded: dict[str, Any] = load("ratings.yml")
    return loaded


@cache
def _groups() -> list[_Group]:
    before = "|".join(f"(?P<{name}>{pattern_of(words)})" for name, words in words_of("degrees").items())
    after = "|".join(f"(?P<{name}_after>{pattern_of(words)})" for name, words in words_of("after").items())
    adjectives = [
        _Group(re.compile(f"(?:{before})?{pattern_of(words)}(?:{after})?"), None if about == "any" else about,
               words_of("worth", kind))
        for about, kinds in words_of("words").items() for kind, words in kinds.items()
    ]
    facts = [
        _Group(re.compile(_DENIED + pattern_of(words)), about, {"plain": stars, "denied": 2 if stars > 3 else 4}, fact=True)
        for about, values in words_of("facts").items() for stars, words in values.items()
    ]
    return adjectives + facts


@cache
def _cut() -> re.Pattern[str]:
    return re.compile(rf"[,。.!;~…、\s]+|(?<=\?)|(?={pattern_of(words_of('turns'))})")


@cache
def _open() -> re.Pattern[str]:
    return re.compile(pattern_of(words_of("open")) + r"|\?")


@cache
def _misconduct() -> re.Pattern[str]:
    return re.compile(_DENIED + pattern_of(words_of("misconduct")))


@cache
def _clear() -> re.Pattern[str]:
    return re.compile(pattern_of(words_of("clear")))


@cache
def _vague() -> re.Pattern[str]:
    return re.compile(pattern_of(words_of("vague")))


@cache
def _filler() -> re.Pattern[str]:
    return re.compile(pattern_of(words_of("filler")) + "*")
