# ruff: noqa: ARG003 (Rasa finds what a component needs by the names of its parameters)
"""The entity extractor of the pipeline."""

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import source_fingerprint
from bot.components.known import read_known
from bot.components.reading import Reader, Settings
from bot.components.tagging import Effort, Found, Sample


def settings(config: dict[str, Any]) -> Settings:
    """How a component's configuration says to learn.

    Raises:
        ValueError: when the folder of knowledge named there lacks a file.
    """
    effort = Effort(config["l1"], config["l2"], config["iterations"])
    return Settings(effort, _known_words(config["knowledge"]), config["strength"], config["least"], config["parts"])


def _known_words(folder: str | None) -> dict[str, str]:
    try:
        return read_known(Path(folder)) if folder else {}
    except FileNotFoundError as error:
        raise ValueError(f"config.yml names a folder of knowledge without {error.filename}.") from error


def sample(example: Message) -> Sample:
    """An annotated message as the reader learns from it."""
    entities = [Found(e["entity"], e["start"], e["end"]) for e in example.get("entities", [])]
    return Sample(example.get("text"), entities, example.get("intent") or "")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityExtractor(GraphComponent):
    """Marks the entities of a message, each once.

    Rasa's own CRF component is trained again whenever a server starts; this one loads what was trained, sees pairs and
    triples of characters, and decodes the best sequence instead of the best tag of each token.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer has to come first: Rasa checks the annotations against its tokens."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """None beyond what Rasa brings: it cannot map `pycrfsuite` to its distribution, python-crfsuite."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`l1`, `l2`: regularisation of the tagger; `iterations`: at most this many steps of its optimiser; `knowledge`:
        the folder with the appliances and brands to know beforehand, read while training; `strength`: the inverse of
        the regularisation of the intents; `least`: features that fewer messages have are left out; `parts`: into how
        many parts the training data is cut to read it as if it were unseen."""
        return {
            **{"l1": 0.2, "l2": 0.05, "iterations": 50, "knowledge": None},
            **{"strength": 1.0, "least": 2, "parts": 3},
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Makes Rasa train again when a module this component relies on has changed."""
        return source_fingerprint()

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, reader: Reader | None = None
    ) -> None:
        """Without a reader the extractor finds what the patterns find."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._reader = reader or Reader()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityExtractor":
        """An extractor that has not been trained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every text and stores the result in the model."""
        samples = [sample(example) for example in training_data.nlu_examples if example.get("text")]
        self._reader = Reader.train(samples, settings(self._config))
        with self._model_storage.write_to(self._resource) as folder:
            self._reader.save(folder)
        return self._resource

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
            return cls(config, model_storage, resource, Reader.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `entities` of each message."""
        for message in messages:
            text = message.get("text") or ""
            entities = [self._entity(text, found) for found in self._reader.extract(text)]
            message.set("entities", message.get("entities", []) + entities, add_to_output=True)
        return messages

    def _entity(self, text: str, found: Found) -> dict[str, Any]:
        return {
            "entity": found.entity,
            "start": found.start,
            "end": found.end,
            "value": text[found.start : found.end],
            "confidence_entity": found.confidence,
            "extractor": type(self).__name__,
        }
