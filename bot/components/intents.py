# ruff: noqa: ARG003 (Rasa finds what a component needs by the names of its parameters)
"""The intent classifier of the pipeline."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.components import source_fingerprint
from bot.components.entities import EntityExtractor, sample
from bot.components.tagging import Effort, Found, extract_unseen
from bot.components.views import Views, look

_WORDS_FILE = "intents.json"  # what is counted, and the names of the intents
_WEIGHTS_FILE = "intents.npz"
_WORD = r"\S+"
_NOTION_WEIGHT = 0.4  # a notion counts less than the characters: 1.0 and 0.2 measured worse


class IntentModel:
    """Logistic regression over the characters and pairs of characters of a message's views, and its notions."""

    def __init__(self, ngrams: int, strength: float) -> None:
        """`ngrams`: the longest run of characters counted; `strength`: the inverse of the regularisation."""
        runs = range(1, ngrams + 1)
        self._vectorizers = [_runs(length) for _ in ("characters", "outline") for length in runs]
        self._notions = TfidfVectorizer(token_pattern=_WORD, binary=True, use_idf=False, norm=None)
        self._regression = LogisticRegression(
            C=strength, class_weight="balanced", solver="liblinear", max_iter=300, random_state=0
        )

    @property
    def intents(self) -> list[str]:
        """The names of the intents in the order of the scores."""
        return [str(name) for name in self._regression.classes_]

    def fit(self, views: Sequence[Views], intents: Sequence[str]) -> "IntentModel":
        """Learns the intents of messages."""
        columns = self._columns(views)
        blocks = [vectorizer.fit_transform(texts) for vectorizer, texts in zip(self._vectorizers, columns, strict=True)]
        notions = self._notions.fit_transform([view.notions for view in views])
        self._regression.fit(_join(blocks, notions), intents)
        return self

    def scores(self, views: Sequence[Views]) -> "np.ndarray[Any, Any]":
        """One row per message, one score per intent; the greater the likelier."""
        blocks = [v.transform(texts) for v, texts in zip(self._vectorizers, self._columns(views), strict=True)]
        scores = self._regression.decision_function(
            _join(blocks, self._notions.transform([view.notions for view in views]))
        )
        return scores if scores.ndim == 2 else np.column_stack([-scores, scores])

    def _columns(self, views: Sequence[Views]) -> list[list[str]]:
        half = len(self._vectorizers) // 2
        return [[view.characters for view in views]] * half + [[view.outline for view in views]] * half

    def save(self, folder: Path) -> None:
        """Stores the model as plain data: words as JSON, weights as arrays."""
        counted = [_in_order(vectorizer.vocabulary_) for vectorizer in (*self._vectorizers, self._notions)]
        words = {"counted": counted, "intents": self.intents}
        (folder / _WORDS_FILE).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / _WEIGHTS_FILE, weights=self._regression.coef_, offsets=self._regression.intercept_)

    @classmethod
    def load(cls, folder: Path, ngrams: int, strength: float) -> "IntentModel":
        """The model that was stored there. Nothing in the files is run."""
        words = json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8"))
        model = cls(ngrams, strength)
        for vectorizer, counted in zip((*model._vectorizers, model._notions), words["counted"], strict=True):
            vectorizer.set_params(vocabulary=counted).fit([""])
        with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as arrays:
            model._regression.coef_, model._regression.intercept_ = arrays["weights"], arrays["offsets"]
        model._regression.classes_ = np.array(words["intents"])
        return model


def _in_order(vocabulary: dict[str, int]) -> list[str]:
    return sorted(vocabulary, key=lambda word: vocabulary[word])


def _runs(length: int) -> TfidfVectorizer:
    """Weighs runs of characters by how often they occur here; weighing rare ones up measured worse."""
    return TfidfVectorizer(
        analyzer="char", lowercase=False, ngram_range=(length, length), sublinear_tf=True, use_idf=False
    )


def _join(blocks: list[csr_matrix], notions: csr_matrix) -> csr_matrix:
    return hstack([*blocks, notions * _NOTION_WEIGHT]).tocsr()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharacterIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks the intents of a message by its characters and by the entities found before."""

    @classmethod
    def required_components(cls) -> list[type]:
        """None that Rasa could check: the extractor comes before in use, but not in training."""
        return []

    @staticmethod
    def required_packages() -> list[str]:
        """The import names of what this component needs."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ngrams`: the longest run of characters counted; `strength`: the inverse of the regularisation; `sharpness`:
        factor on the scores before they become probabilities; `ranking_length`: how many intents to report; `parts`:
        into how many parts the training data is cut to find entities as in unseen texts; `l1`, `l2`, `iterations`: as
        for the extractor."""
        return {
            "ngrams": 2,
            "strength": 20.0,
            "sharpness": 0.8,
            "ranking_length": 10,
            "parts": 3,
            **EntityExtractor.get_default_config(),
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Makes Rasa train again when a module this component relies on has changed."""
        return source_fingerprint()

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        """`model` is none before training."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CharacterIntentClassifier":
        """A classifier that has not been trained: it names no intent."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every text that has an intent and stores the result in the model."""
        examples = [e for e in training_data.intent_examples if e.get("text") and e.get("intent")]
        intents = [example.get("intent") for example in examples]
        if len(set(intents)) < 2:
            raise ValueError("The intent classifier needs training texts of at least two intents; look into nlu/.")
        effort = Effort(self._config["l1"], self._config["l2"], self._config["iterations"])
        entities = extract_unseen([sample(example) for example in examples], effort, self._config["parts"])
        views = [look(example.get("text"), found) for example, found in zip(examples, entities, strict=True)]
        self._model = IntentModel(self._config["ngrams"], self._config["strength"]).fit(views, intents)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "CharacterIntentClassifier":
        """The classifier as it was trained."""
        with model_storage.read_from(resource) as folder:
            model = IntentModel.load(folder, config["ngrams"], config["strength"])
        return cls(config, model_storage, resource, model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message."""
        if not messages or self._model is None:
            return messages
        rankings = self._rank(self._model, [_look(message) for message in messages])
        for message, ranking in zip(messages, rankings, strict=True):
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _rank(self, model: IntentModel, views: Sequence[Views]) -> list[list[dict[str, Any]]]:
        rankings, names = [], model.intents
        for row in _softmax(model.scores(views) * self._config["sharpness"]):
            best = np.argsort(-row, kind="stable")[: self._config["ranking_length"]]
            rankings.append([{"name": names[i], "confidence": float(row[i])} for i in best])
        return rankings


def _look(message: Message) -> Views:
    entities = message.get("entities")
    if entities is None:
        raise ValueError("The intent classifier reads entities; put EntityExtractor before it in config.yml.")
    return look(message.get("text") or "", [Found(e["entity"], e["start"], e["end"]) for e in entities])


def _softmax(scores: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
