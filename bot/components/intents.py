# ruff: noqa: ARG003 (Rasa finds what a component needs by the names of its parameters)
"""The intent classifier of the pipeline."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import source_fingerprint
from bot.components.clauses import asking, inside
from bot.components.entities import EntityExtractor, sample, settings
from bot.components.ranking import Array, IntentModel
from bot.components.reading import extract_unseen
from bot.components.tagging import Found
from bot.components.views import View, look


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
        """`sharpness`: factor on the scores before they become probabilities; `ranking_length`: how many intents to
        report; `questions`: how sure a clause must be to count as a question of its own; `topics`: how the intents of
        such questions begin; the others: as for the extractor."""
        own = {"sharpness": 4.0, "ranking_length": 10, "questions": 0.7, "topics": "faq_"}
        return {**own, **EntityExtractor.get_default_config()}

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
        samples = [sample(example) for example in examples]
        entities = extract_unseen(samples, settings(self._config))
        views = [look(example.get("text"), found) for example, found in zip(examples, entities, strict=True)]
        self._model = IntentModel.train(views, intents, self._config["strength"], self._config["least"])
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
            model = IntentModel.load(folder)
        return cls(config, model_storage, resource, model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message, and `questions`: the intents of the questions in its
        clauses where there are several things in it."""
        if not messages or self._model is None:
            return messages
        for message in messages:
            text, entities = message.get("text") or "", _entities(message)
            ranking = self._rank(self._model, look(text, entities))
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("questions", self._questions(self._model, text, entities), add_to_output=True)
        return messages

    def _questions(self, model: IntentModel, text: str, entities: list[Found]) -> list[str]:
        found = (self._rank(model, look(text[start:end], inside(entities, start, end)))[0] for start, end in asking(text))
        sure = (best["name"] for best in found if best["confidence"] >= self._config["questions"])
        return list(dict.fromkeys(name for name in sure if name.startswith(self._config["topics"])))

    def _rank(self, model: IntentModel, view: View) -> list[dict[str, Any]]:
        likely = _softmax(model.scores(view) * self._config["sharpness"])
        best = np.argsort(-likely, kind="stable")[: self._config["ranking_length"]]
        return [{"name": model.intents[i], "confidence": float(likely[i])} for i in best]


def _entities(message: Message) -> list[Found]:
    entities = message.get("entities")
    if entities is None:
        raise ValueError("The intent classifier reads entities; put EntityExtractor before it in config.yml.")
    return [Found(e["entity"], e["start"], e["end"]) for e in entities]


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())
