# ruff: noqa: ARG003 (Rasa finds what a component needs by the names of its parameters)
"""Intents: logistic regression over weighted pairs of characters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from bot.components import source_fingerprint
from bot.components.patterns import mask
from bot.components.text import fold

_MODEL_FILE = "intents.skops"
_TRUSTED = ["scipy.sparse._csr.csr_matrix"]  # holds the weights of the characters; skops knows its former name only
_BEGIN, _FINISH = "\ue010", "\ue011"


def prepare(text: str) -> str:
    """The text as the classifier sees it: folded, values masked, blanks gone, beginning and end marked."""
    return _BEGIN + "".join(mask(fold(text)).split()) + _FINISH


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharacterIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks the intents of a message by its characters."""

    @classmethod
    def required_components(cls) -> list[type]:
        """None: the text itself is read."""
        return []

    @staticmethod
    def required_packages() -> list[str]:
        """The import names of what this component needs."""
        return ["sklearn", "skops"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ngrams`: the longest run of characters counted; `strength`: the inverse of the regularisation;
        `sharpness`: factor on the scores before they become probabilities; `ranking_length`: how many to report."""
        return {"ngrams": 2, "strength": 20.0, "sharpness": 1.0, "ranking_length": 10}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Makes Rasa train again when a module this component relies on has changed."""
        return source_fingerprint()

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: Pipeline | None = None
    ) -> None:
        """`model` is the fitted pipeline, none before training."""
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
        self._model = self._untrained().fit([prepare(example.get("text")) for example in examples], intents)
        with self._model_storage.write_to(self._resource) as folder:
            skops.io.dump(self._model, folder / _MODEL_FILE)
        return self._resource

    def _untrained(self) -> Pipeline:
        return make_pipeline(
            TfidfVectorizer(
                analyzer="char", lowercase=False, ngram_range=(1, self._config["ngrams"]), sublinear_tf=True
            ),
            LogisticRegression(C=self._config["strength"], max_iter=300),
        )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "CharacterIntentClassifier":
        """The classifier as it was trained. The file format runs no code: unknown types are refused."""
        with model_storage.read_from(resource) as folder:
            model = skops.io.load(folder / _MODEL_FILE, trusted=_TRUSTED)
        return cls(config, model_storage, resource, model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message."""
        if self._model is None:
            return messages
        rankings = self.rank([message.get("text") or "" for message in messages])
        for message, ranking in zip(messages, rankings, strict=False):
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def rank(self, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
        """For each text the likeliest intents, the likeliest first, as `{"name", "confidence"}`."""
        if self._model is None:
            raise RuntimeError("The intent classifier has not been trained; run `make train`.")
        scores = self._model.decision_function([prepare(text) for text in texts])
        if scores.ndim == 1:
            scores = np.column_stack([-scores, scores]) / 2
        return [self._ranking(row) for row in _softmax(scores * self._config["sharpness"])]

    def _ranking(self, probabilities: "np.ndarray[Any, Any]") -> list[dict[str, Any]]:
        best = np.argsort(-probabilities, kind="stable")[: self._config["ranking_length"]]
        names = self._model.classes_
        return [{"name": str(names[i]), "confidence": float(probabilities[i])} for i in best]


def _softmax(scores: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
