"""What the entity extractor sees of each token: its neighbours, its shape, and the word lists it stands in."""

from collections import Counter, defaultdict
from collections import Counter as CounterType
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.components.gazetteer import hints
from bot.components.patterns import find_spans
from bot.components.text import fold

WINDOW = 3
LISTED_ENTITIES = ("appliance", "brand", "service_type", "dimension", "symptom", "time", "address")
_LONGEST_WORD = 10


class Piece(NamedTuple):
    """A token by its position in the message."""

    start: int
    end: int


class WordList:
    """The words that were seen as entities in training, with the number of messages each was seen in."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """`counts`: word → entity → number of mentions."""
        self.counts: dict[str, dict[str, int]] = {word: dict(kinds) for word, kinds in counts.items()}

    @classmethod
    def from_mentions(cls, mentions: Iterable[tuple[str, str]]) -> "WordList":
        """Counts (word, entity) pairs; words of one character or beyond the longest looked up are left out."""
        counts: dict[str, CounterType[str]] = defaultdict(Counter)
        for word, entity in mentions:
            if entity in LISTED_ENTITIES and 2 <= len(word) <= _LONGEST_WORD:
                counts[fold(word)][entity] += 1
        return cls(counts)

    def kinds(self, word: str, own: Mapping[tuple[str, str], int] | None = None) -> tuple[str, ...]:
        """The entities the word is listed under; `own` are the mentions to be ignored (those of the message itself)."""
        found = self.counts.get(word)
        if not found:
            return ()
        return tuple(kind for kind, count in found.items() if count > (own or {}).get((word, kind), 0))


def token_features(
    text: str, pieces: Sequence[Piece], words: WordList, own: Mapping[tuple[str, str], int] | None = None
) -> list[list[str]]:
    """One list of feature names per token. Training passes the message's own mentions as `own`, so that a listed word
    is no surer than it will be for a message never seen."""
    folded = fold(text)
    shapes = _shapes(folded, pieces)
    listed = _hinted(folded, pieces, _listed(folded, pieces, words, own))
    return [_around(index, shapes, listed) for index in range(len(pieces))]


def _shapes(folded: str, pieces: Sequence[Piece]) -> list[str]:
    """The token itself, or the class of its value when the value does not matter."""
    spans = find_spans(folded)
    shapes = []
    for piece in pieces:
        entity = next((span.entity for span in spans if span.start <= piece.start and piece.end <= span.end), None)
        word = folded[piece.start : piece.end]
        shapes.append(_shape(word, entity))
    return shapes


def _shape(word: str, entity: str | None) -> str:
    if entity and len(word) > 1:
        return f"<{entity}>"
    if word.isascii() and word.isdigit():
        return f"<{min(len(word), 6)} digits>"
    if len(word) > 1 and any(c.isdigit() for c in word):
        return "<number>" if not any(c.isalpha() for c in word) else "<mixed>"
    return word


def _listed(
    folded: str, pieces: Sequence[Piece], words: WordList, own: Mapping[tuple[str, str], int] | None
) -> list[list[str]]:
    marks: list[list[str]] = [[] for _ in pieces]
    for first, _piece in enumerate(pieces):
        last, kinds = _longest(folded, pieces, first, words, own)
        for kind in kinds:
            marks[first].append(f"{kind}:B")
            for inner in range(first + 1, last + 1):
                marks[inner].append(f"{kind}:{'E' if inner == last else 'I'}")
    return marks


def _hinted(folded: str, pieces: Sequence[Piece], marks: list[list[str]]) -> list[list[str]]:
    for hint in hints(folded):
        inside = [i for i, piece in enumerate(pieces) if hint.start <= piece.start and piece.end <= hint.end]
        for index in inside:
            place = "B" if index == inside[0] else "E" if index == inside[-1] else "I"
            marks[index].append(f"~{hint.entity}:{place}")
    return marks


def _longest(
    folded: str, pieces: Sequence[Piece], first: int, words: WordList, own: Mapping[tuple[str, str], int] | None
) -> tuple[int, tuple[str, ...]]:
    start = pieces[first].start
    for last in range(min(len(pieces), first + _LONGEST_WORD) - 1, first - 1, -1):
        kinds = words.kinds(folded[start : pieces[last].end], own)
        if kinds:
            return last, kinds
    return first, ()


def _around(index: int, shapes: Sequence[str], listed: Sequence[Sequence[str]]) -> list[str]:
    features = ["bias"]
    for offset in range(-WINDOW, WINDOW + 1):
        features.append(f"{offset}={_at(shapes, index + offset)}")
    for offset in range(-2, 2):
        features.append(f"{offset}&={_at(shapes, index + offset)}{_at(shapes, index + offset + 1)}")
    for offset in range(-2, 1):
        features.append(f"{offset}&&={''.join(_at(shapes, index + step) for step in range(offset, offset + 3))}")
    for offset in (-1, 0, 1):
        if 0 <= index + offset < len(listed):
            features += [f"{offset}#{mark}" for mark in listed[index + offset]]
    return features


def _at(shapes: Sequence[str], index: int) -> str:
    if index < 0:
        return "<begin>"
    return shapes[index] if index < len(shapes) else "<end>"
