"""What the entity extractor sees of each token: its neighbours, shape and sound, and the word lists it stands in."""

from collections import Counter, defaultdict
from collections import Counter as CounterType
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.components.gazetteer import hints, is_surname
from bot.components.lexicon import cut
from bot.components.patterns import find_spans
from bot.components.sounds import sound, sounds
from bot.components.text import fold

WINDOW = 3
LISTED_ENTITIES = ("appliance", "brand", "service_type", "dimension", "symptom", "time", "address")
_SOUNDING_ENTITIES = ("appliance", "brand")
_LONGEST_WORD = 10
_MOST_MARKS = 3  # of a token that are seen together with those of its neighbour

_MOST_GIST_MARKS = 4


class Piece(NamedTuple):
    """A token by its position in the message."""

    start: int
    end: int


class WordList:
    """Words and the entities they stood for: those of the training messages, counted, and those known beforehand."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]], known: Mapping[str, str] | None = None) -> None:
        """`counts`: word → entity → number of mentions; `known`: folded word → entity."""
        self.counts: dict[str, dict[str, int]] = {word: dict(kinds) for word, kinds in counts.items()}
        self.known: dict[str, str] = dict(known or {})
        self._sounding = {sounds(word): entity for word, entity in self.known.items() if len(word) > 1}

    @classmethod
    def from_mentions(cls, mentions: Iterable[tuple[str, str]], known: Mapping[str, str] | None = None) -> "WordList":
        """Counts (word, entity) pairs; words of one character or beyond the longest looked up are left out."""
        counts: dict[str, CounterType[str]] = defaultdict(Counter)
        for word, entity in mentions:
            if entity in LISTED_ENTITIES and 2 <= len(word) <= _LONGEST_WORD:
                counts[fold(word)][entity] += 1
        return cls(counts, known)

    def kinds(self, word: str, own: Mapping[tuple[str, str], int] | None = None) -> tuple[str, ...]:
        """The entities the word is listed under; `own` are the mentions to be ignored (those of the message itself)."""
        found = self.counts.get(word)
        if not found:
            return ()
        return tuple(kind for kind, count in found.items() if count > (own or {}).get((word, kind), 0))

    def sounding(self, syllables: tuple[str, ...]) -> str | None:
        """The entity of a known word that sounds like this."""
        return self._sounding.get(syllables)


class Line:
    """A message cut into tokens, with the marks that word lists and patterns put on them."""

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        """`pieces` are in reading order; blanks between them belong to none."""
        self.folded = fold(text)
        self.pieces = pieces
        self.words = [self.folded[piece.start : piece.end] for piece in pieces]
        self.shapes = _shapes(self.folded, pieces)
        self.sounds = [sound(shape) if len(shape) == 1 else shape for shape in self.shapes]
        self.marks: list[list[str]] = [[] for _ in pieces]

    def mark(self, start: int, end: int, name: str) -> None:
        """Marks the tokens inside a stretch of text by their place in it."""
        inside = [i for i, piece in enumerate(self.pieces) if start <= piece.start and piece.end <= end]
        for index in inside:
            place = "B" if index == inside[0] else "E" if index == inside[-1] else "I"
            self.marks[index].append(f"{name}:{place}")


def token_features(
    text: str,
    pieces: Sequence[Piece],
    words: WordList,
    gist: str = "",
    own: Mapping[tuple[str, str], int] | None = None,
) -> list[list[str]]:
    """One list of feature names per token. `gist` is the intent as first read. Training passes the message's own
    mentions as `own`, so that a listed word is no surer than it will be for a message never seen."""
    line = Line(text, pieces)
    _mark_listed(line, words, own)
    _mark_hints(line)
    _mark_notions(line)
    _mark_known(line, words)
    return [[*_around(line, index), *_with_gist(line, index, gist)] for index in range(len(pieces))]


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


def _mark_listed(line: Line, words: WordList, own: Mapping[tuple[str, str], int] | None) -> None:
    for first, piece in enumerate(line.pieces):
        for last in range(min(len(line.pieces), first + _LONGEST_WORD) - 1, first - 1, -1):
            end = line.pieces[last].end
            kinds = words.kinds(line.folded[piece.start : end], own)
            if kinds:
                for kind in kinds:
                    line.mark(piece.start, end, kind)
                break


def _mark_hints(line: Line) -> None:
    for hint in hints(line.folded):
        line.mark(hint.start, hint.end, f"~{hint.kind}")
    for index, word in enumerate(line.words):
        if is_surname(word):
            line.marks[index].append("surname")


def _mark_notions(line: Line) -> None:
    for word in cut(line.folded):
        for notion in word.notions[:2]:
            line.mark(word.start, word.start + len(word.text), f"@{notion}{'1' if len(word.text) == 1 else ''}")


def _mark_known(line: Line, words: WordList) -> None:
    for first, piece in enumerate(line.pieces):
        for last in range(min(len(line.pieces), first + _LONGEST_WORD) - 1, first - 1, -1):
            end = line.pieces[last].end
            entity = words.known.get(line.folded[piece.start : end])
            if entity:
                line.mark(piece.start, end, f"!{entity}")
                break
    for first in range(len(line.pieces)):
        for last in range(min(len(line.pieces), first + _LONGEST_WORD) - 1, first, -1):
            entity = words.sounding(tuple(line.sounds[first : last + 1]))
            if entity:
                line.mark(line.pieces[first].start, line.pieces[last].end, f"≈{entity}")
                break


def _around(line: Line, index: int) -> Iterator[str]:
    yield "bias"
    yield from _neighbours(line.shapes, index)
    yield from _sounds_around(line.sounds, index)
    yield from _marks_around(line.marks, index)
    yield f"begin{min(index, 3)}"
    yield f"length{min(len(line.pieces) // 4, 6)}"
    if index and line.pieces[index].start > line.pieces[index - 1].end:
        yield "blank before"
    if index + 1 < len(line.pieces) and line.pieces[index + 1].start > line.pieces[index].end:
        yield "blank after"


def _with_gist(line: Line, index: int, gist: str) -> Iterator[str]:
    """The same words are an entity in a wish and none in a complaint."""
    yield f"?{gist}"
    yield f"?{gist}={line.words[index]}"
    yield from (f"?{gist}#{mark}" for mark in line.marks[index][:_MOST_GIST_MARKS])


def _neighbours(shapes: Sequence[str], index: int) -> Iterator[str]:
    for offset in range(-WINDOW, WINDOW + 1):
        yield f"{offset}={_at(shapes, index + offset)}"
    for offset in range(-2, 2):
        yield f"{offset}&={_at(shapes, index + offset)}{_at(shapes, index + offset + 1)}"
    for offset in range(-2, 1):
        yield f"{offset}&&={''.join(_at(shapes, index + step) for step in range(offset, offset + 3))}"


def _sounds_around(syllables: Sequence[str], index: int) -> Iterator[str]:
    for offset in (-1, 0, 1):
        yield f"{offset}~{_at(syllables, index + offset)}"
    for offset in (-1, 0):
        yield f"{offset}&~{_at(syllables, index + offset)} {_at(syllables, index + offset + 1)}"


def _marks_around(marks: Sequence[Sequence[str]], index: int) -> Iterator[str]:
    for offset in (-1, 0, 1):
        if 0 <= index + offset < len(marks):
            yield from (f"{offset}#{mark}" for mark in marks[index + offset])
    if index + 1 < len(marks):
        for mark in marks[index][:_MOST_MARKS]:
            yield from (f"#&{mark}|{other}" for other in marks[index + 1][:_MOST_MARKS])


def _at(values: Sequence[str], index: int) -> str:
    if index < 0:
        return "<begin>"
    return values[index] if index < len(values) else "<end>"
