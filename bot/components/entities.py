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
from bot.components.tagging import Effort, Found, Sample, Tagger


def effort(config: dict[str, Any]) -> Effort:
    """How hard a component's configuration says to train."""
    return Effort(config["l1"], config["l2"], config["iterations"])


def known_words(config: dict[str, Any]) -> dict[str, str]:
    """The words a component's configuration says to know beforehand: folded word → entity.

    Raises:
        ValueError: when the folder named there lacks a file.
    """
    try:
        return read_known(Path(config["knowledge"])) if config["knowledge"] else {}
    except FileNotFoundError as error:
        raise ValueError(f"config.yml names a folder of knowledge without {error.filename}.") from error


def sample(example: Message) -> Sample:
    """An annotated message as the tagger learns from it."""
    entities = example.get("entities", [])
    return Sample(example.get("text"), [Found(e["entity"], e["start"], e["end"]) for e in entities])


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
        """`l1`, `l2`: regularisation; `iterations`: at most this many steps of the optimiser; `knowledge`: the folder
        with the appliances and brands to know beforehand, read while training."""
        return {"l1": 0.2, "l2": 0.05, "iterations": 50, "knowledge": None}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Makes Rasa train again when a module this component relies on has changed."""
        return source_fingerprint()

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, tagger: Tagger | None = None
    ) -> None:
        """Without a tagger the extractor finds what the patterns find."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._tagger = tagger or Tagger()

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
        self._tagger = Tagger.train(samples, effort(self._config), known_words(self._config))
        with self._model_storage.write_to(self._resource) as folder:
            self._tagger.save(folder)
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
            return cls(config, model_storage, resource, Tagger.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `entities` of each message."""
        for message in messages:
            text = message.get("text") or ""
            entities = [self._entity(text, found) for found in self._tagger.extract(text)]
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
