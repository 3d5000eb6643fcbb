"""Entities of a text: a conditional random field over characters, corrected by the patterns of values with a shape."""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pycrfsuite

from bot.components.features import Piece, WordList, token_features
from bot.components.patterns import Span, find_spans
from bot.components.text import fold
from bot.components.tokenizer import split

_MODEL_FILE = "entities.crfsuite"
_WORDS_FILE = "words.json"


class Found(NamedTuple):
    """An entity with the probability the tagger gives it: 1.0 for a certain pattern, and for an annotated entity."""

    entity: str
    start: int
    end: int
    confidence: float = 1.0


class Sample(NamedTuple):
    """An annotated text; `gist` is its intent as first read by somebody who has not seen the annotation."""

    text: str
    entities: Sequence[Found]
    intent: str = ""
    gist: str = ""


class Effort(NamedTuple):
    """How to train: weights of the L1 and L2 regularisation, and the most steps the optimiser may take. A `hasty`
    training takes a tenth of the time and is nearly as good: passive-aggressive steps, ten times over the data."""

    l1: float
    l2: float
    iterations: int
    hasty: bool = False


class Tagger:
    """Finds entities in reading order, none overlapping. Untrained it finds what the patterns find."""

    def __init__(self, model: bytes = b"", words: WordList | None = None) -> None:
        """`model` is the serialised random field, empty where nothing was learned."""
        self._model = model
        self._words = words or WordList({})
        self._field = _open(model) if model else None

    def __reduce__(self) -> tuple[type["Tagger"], tuple[bytes, WordList]]:
        """An opened field does not go from process to process, what it was opened from does."""
        return Tagger, (self._model, self._words)

    @classmethod
    def train(cls, samples: Sequence[Sample], effort: Effort, known: Mapping[str, str] | None = None) -> "Tagger":
        """Learns from annotated texts, those without any entity included; `known`: folded word → entity."""
        words = WordList.from_mentions((mention for sample in samples for mention in _mentions(sample)), known)
        if not any(sample.entities for sample in samples):
            return cls(words=words)
        trainer = _trainer(effort)
        for sample in samples:
            pieces = _pieces(sample.text)
            if pieces:
                features = token_features(sample.text, pieces, words, sample.gist, Counter(_mentions(sample)))
                trainer.append(features, write_tags(pieces, sample.entities))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _MODEL_FILE
            trainer.train(str(path))
            return cls(path.read_bytes(), words)

    def save(self, folder: Path) -> None:
        """Writes the tagger into a folder."""
        (folder / _MODEL_FILE).write_bytes(self._model)
        words = {"counts": self._words.counts, "known": self._words.known}
        (folder / _WORDS_FILE).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Tagger":
        """Reads what `save` has written."""
        words = json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8"))
        return cls((folder / _MODEL_FILE).read_bytes(), WordList(words["counts"], words["known"]))

    def extract(self, text: str, gist: str = "") -> list[Found]:
        """The entities of the text, `gist` being its intent as first read."""
        return tidy(text, combine(self._learned(text, gist), find_spans(fold(text))))

    def _learned(self, text: str, gist: str) -> list[Found]:
        pieces = _pieces(text)
        if self._field is None or not pieces:
            return []
        tags = self._field.tag(token_features(text, pieces, self._words, gist))
        confidences = [self._field.marginal(tag, index) for index, tag in enumerate(tags)]
        return read_tags(pieces, tags, confidences)


def read_tags(pieces: Sequence[Piece], tags: Sequence[str], confidences: Sequence[float]) -> list[Found]:
    """Turns `B-`/`I-` tags into entities; the confidence of one is the least of its tokens."""
    found: list[Found] = []
    inside = ""
    for piece, tag, confidence in zip(pieces, tags, confidences, strict=True):
        begins, _, entity = tag.partition("-")
        if entity and begins == "I" and entity == inside:
            last = found[-1]
            found[-1] = Found(entity, last.start, piece.end, min(last.confidence, confidence))
        elif entity:
            found.append(Found(entity, piece.start, piece.end, confidence))
        inside = entity
    return found


def write_tags(pieces: Sequence[Piece], entities: Sequence[Found]) -> list[str]:
    """The `B-`/`I-`/`O` tags of an annotated text; a token belongs to the entity that covers its beginning."""
    return [_tag(piece, entities) for piece in pieces]


def _tag(piece: Piece, entities: Sequence[Found]) -> str:
    cover = next((entity for entity in entities if entity.start <= piece.start < entity.end), None)
    if cover is None:
        return "O"
    return ("B-" if piece.start == cover.start else "I-") + cover.entity


def combine(learned: Sequence[Found], patterns: Sequence[Span]) -> list[Found]:
    """One list without overlaps, in reading order.

    A certain pattern replaces what was learned about its characters. A probable one replaces a reading of its own kind,
    and is dropped where the characters were read as another kind.
    """
    accepted = [span for span in patterns if span.certain or not _contradicted(span, learned)]
    kept = [found for found in learned if not any(_overlap(found, span) for span in accepted)]
    shaped = [Found(span.entity, span.start, span.end, 1.0 if span.certain else 0.9) for span in accepted]
    return sorted(kept + shaped, key=lambda found: found.start)


#: What the label set says about the ends of a span: entity, what is cut off in front and behind.
_ENDS = {
    "symptom": (re.compile(r"(?:又|就是|老是|一直|[\s,，。.!！?？])+"), re.compile(r"(?:(?<![不得])了|[\s,，。.!！?？])+$")),
    "time": (re.compile(r"(?:从|大概|\s)+"), re.compile(r"\s+$")),
}
_NO_TIME = frozenset(
    ("现在", "马上", "刚才", "刚刚", "上次", "平时", "天天", "半天", "一阵子", "几点", "多久", "几天", "什么时候", "几时", "哪天", "几号", "整天")
)


def tidy(text: str, found: Sequence[Found]) -> list[Found]:
    """The entities with ends as the label set wants them; words that it excludes are dropped."""
    trimmed = [_trim(text, one) for one in found]
    return [one for one in trimmed if one.start < one.end and not _is_no_entity(text[one.start : one.end], one.entity)]


def _trim(text: str, found: Found) -> Found:
    if found.entity not in _ENDS:
        return found
    front, behind = _ENDS[found.entity]
    words = text[found.start : found.end]
    cut = front.match(words)
    start = cut.end() if cut else 0
    tail = behind.search(words, start)
    return found._replace(start=found.start + start, end=found.start + (tail.start() if tail else len(words)))


def _is_no_entity(words: str, entity: str) -> bool:
    return (entity == "time" and fold(words) in _NO_TIME) or (entity == "service_type" and fold(words) == "报修")


def _contradicted(span: Span, learned: Sequence[Found]) -> bool:
    return any(found.entity != span.entity and _overlap(found, span) for found in learned)


def _overlap(found: Found, span: Span) -> bool:
    return found.start < span.end and span.start < found.end


def _trainer(effort: Effort) -> "pycrfsuite.Trainer":
    trainer = pycrfsuite.Trainer(algorithm="pa" if effort.hasty else "lbfgs", verbose=False)
    thorough = {"c1": effort.l1, "c2": effort.l2, "max_iterations": effort.iterations}
    trainer.set_params({"max_iterations": 10} if effort.hasty else thorough)
    return trainer


def _open(model: bytes) -> "pycrfsuite.Tagger":
    field = pycrfsuite.Tagger()
    field.open_inmemory(model)
    return field


def _pieces(text: str) -> list[Piece]:
    return [Piece(token.start, token.end) for token in split(text)]


def _mentions(sample: Sample) -> list[tuple[str, str]]:
    return [(fold(sample.text[found.start : found.end]), found.entity) for found in sample.entities]
