# ruff: noqa: ARG003 (Rasa finds what a component needs by the names of its parameters)
"""Entities: a conditional random field over characters, corrected by the patterns of values that have a shape."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pycrfsuite
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import source_fingerprint
from bot.components.features import Piece, WordList, token_features
from bot.components.patterns import Span, find_spans
from bot.components.text import fold
from bot.components.tokenizer import split

_MODEL_FILE = "entities.crfsuite"
_WORDS_FILE = "words.json"


class Found(NamedTuple):
    """An entity with the probability the extractor gives it (1.0 for a certain pattern)."""

    entity: str
    start: int
    end: int
    confidence: float


def read_tags(pieces: Sequence[Piece], tags: Sequence[str], confidences: Sequence[float]) -> list[Found]:
    """Turns `B-`/`I-` tags into entities; the confidence of one is the least of its tokens."""
    found: list[Found] = []
    inside = ""
    for piece, tag, confidence in zip(pieces, tags, confidences, strict=False):
        begins, _, entity = tag.partition("-")
        if entity and begins == "I" and entity == inside:
            last = found[-1]
            found[-1] = Found(entity, last.start, piece.end, min(last.confidence, confidence))
        elif entity:
            found.append(Found(entity, piece.start, piece.end, confidence))
        inside = entity
    return found


def write_tags(pieces: Sequence[Piece], entities: Sequence[dict[str, Any]]) -> list[str]:
    """The `B-`/`I-`/`O` tags of an annotated message; a token belongs to the entity that covers its beginning."""
    tags = []
    for piece in pieces:
        cover = next((e for e in entities if e["start"] <= piece.start < e["end"]), None)
        if cover is None:
            tags.append("O")
        else:
            tags.append(("B-" if piece.start == cover["start"] else "I-") + cover["entity"])
    return tags


def combine(learned: Sequence[Found], patterns: Sequence[Span]) -> list[Found]:
    """One list without overlaps, in reading order.

    A certain pattern replaces what was learned about its characters. A probable one replaces a reading of its own kind,
    and is dropped where the characters were read as another kind.
    """
    accepted = [span for span in patterns if span.certain or not _contradicted(span, learned)]
    kept = [found for found in learned if not any(_overlap(found, span) for span in accepted)]
    shaped = [Found(span.entity, span.start, span.end, 1.0 if span.certain else 0.9) for span in accepted]
    return sorted(kept + shaped, key=lambda found: found.start)


def _contradicted(span: Span, learned: Sequence[Found]) -> bool:
    return any(found.entity != span.entity and _overlap(found, span) for found in learned)


def _overlap(found: Found, span: Span) -> bool:
    return found.start < span.end and span.start < found.end


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityExtractor(GraphComponent):
    """Marks the entities of a message, each once.

    Rasa's own CRF component is trained again whenever a server starts; this one loads what was trained, sees pairs and
    triples of characters, and decodes the best sequence instead of the best tag of each token.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer has to come first: the annotations are checked against its tokens."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """None beyond what Rasa brings: it cannot map `pycrfsuite` to its distribution, python-crfsuite."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`l1`, `l2`: regularisation; `iterations`: at most this many steps of the optimiser."""
        return {"l1": 0.05, "l2": 0.05, "iterations": 80}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Makes Rasa train again when a module this component relies on has changed."""
        return source_fingerprint()

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: bytes = b"",
        words: WordList | None = None,
    ) -> None:
        """`model` is the serialised random field, empty before training."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._words = words or WordList({})
        self._model = model
        self._tagger = _open(model) if model else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityExtractor":
        """An extractor that has not been trained: it finds what the patterns find."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every annotated text and stores the result in the model."""
        examples = [example for example in training_data.nlu_examples if example.get("text")]
        mentions = [mention for example in examples for mention in _mentions(example)]
        self._words = WordList.from_mentions(mentions)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _WORDS_FILE).write_text(json.dumps(self._words.counts, ensure_ascii=False), encoding="utf-8")
            if mentions:
                self._fit(examples, folder / _MODEL_FILE)
        return self._resource

    def _fit(self, examples: Sequence[Message], path: Path) -> None:
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {"c1": self._config["l1"], "c2": self._config["l2"], "max_iterations": self._config["iterations"]}
        )
        for example in examples:
            text, pieces = example.get("text"), _pieces(example.get("text"))
            if pieces:
                features = token_features(text, pieces, self._words, Counter(_mentions(example)))
                trainer.append(features, write_tags(pieces, example.get("entities", [])))
        trainer.train(str(path))
        self._model = path.read_bytes()
        self._tagger = _open(self._model)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EntityExtractor":
        """The extractor as it was trained."""
        with model_storage.read_from(resource) as folder:
            words = WordList(json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8")))
            path = folder / _MODEL_FILE
            model = path.read_bytes() if path.exists() else b""
        return cls(config, model_storage, resource, model, words)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `entities` of each message."""
        for message in messages:
            text = message.get("text") or ""
            entities = [self._entity(text, found) for found in self.extract(text)]
            message.set("entities", message.get("entities", []) + entities, add_to_output=True)
        return messages

    def extract(self, text: str) -> list[Found]:
        """The entities of the text in reading order, none overlapping."""
        return combine(self._learned(text), find_spans(fold(text)))

    def _learned(self, text: str) -> list[Found]:
        pieces = _pieces(text)
        if self._tagger is None or not pieces:
            return []
        tags = self._tagger.tag(token_features(text, pieces, self._words))
        confidences = [self._tagger.marginal(tag, index) for index, tag in enumerate(tags)]
        return read_tags(pieces, tags, confidences)

    def _entity(self, text: str, found: Found) -> dict[str, Any]:
        return {
            "entity": found.entity,
            "start": found.start,
            "end": found.end,
            "value": text[found.start : found.end],
            "confidence_entity": found.confidence,
            "extractor": type(self).__name__,
        }


def _open(model: bytes) -> "pycrfsuite.Tagger":
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(model)
    return tagger


def _pieces(text: str) -> list[Piece]:
    return [Piece(token.start, token.end) for token in split(text)]


def _mentions(example: Message) -> list[tuple[str, str]]:
    text = example.get("text")
    return [(fold(text[e["start"] : e["end"]]), e["entity"]) for e in example.get("entities", [])]
