"""The notions that the words of a message touch; `lexicon.yml` has the words."""

from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.components.text import fold

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Word(NamedTuple):
    """A stretch of folded text, and the notions it is listed under: none for a single character that is not listed."""

    text: str
    start: int
    notions: tuple[str, ...]


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    listed: dict[str, list[str]] = defaultdict(list)
    for notion, words in yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER).items():  # noqa: S506 - a safe one
        for word in words.split():
            listed[fold(word)].append(notion)
    return {word: tuple(dict.fromkeys(notions)) for word, notions in listed.items()}


_LISTED = _read(Path(__file__).with_name("lexicon.yml"))
_LONGEST = max(map(len, _LISTED))


def notions(folded: str) -> list[str]:
    """Every notion a folded text touches, each once; words inside of longer words count."""
    found: dict[str, None] = {}
    for start in range(len(folded)):
        for end in range(start + 1, min(len(folded), start + _LONGEST) + 1):
            found.update(dict.fromkeys(_LISTED.get(folded[start:end], ())))
    return sorted(found)


@lru_cache(maxsize=256)
def cut(folded: str) -> tuple[Word, ...]:
    """The folded text as listed words, always the longest, and single characters between them."""
    words: list[Word] = []
    start = 0
    while start < len(folded):
        word = _longest(folded, start)
        words.append(Word(word, start, _LISTED.get(word, ())))
        start += len(word)
    return tuple(words)


def _longest(folded: str, start: int) -> str:
    ends = range(min(len(folded), start + _LONGEST), start + 1, -1)
    return next((folded[start:end] for end in ends if folded[start:end] in _LISTED), folded[start])
