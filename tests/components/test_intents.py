import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.entities import EntityExtractor
from bot.components.intents import CharacterIntentClassifier

CONFIG = CharacterIntentClassifier.get_default_config()
Ranking = list[tuple[str, float]]


@pytest.fixture
def trained(
    training_data: TrainingData, storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> CharacterIntentClassifier:
    classifier = CharacterIntentClassifier.create(CONFIG, storage, resource, context)
    classifier.train(training_data)
    return classifier


@pytest.fixture
def extractor(training_data: TrainingData, storage: LocalModelStorage, context: ExecutionContext) -> EntityExtractor:
    entities = EntityExtractor.create(EntityExtractor.get_default_config(), storage, Resource("entities"), context)
    entities.train(training_data)
    return entities


def rank(classifier: CharacterIntentClassifier, extractor: EntityExtractor, text: str) -> Ranking:
    message = classifier.process(extractor.process([Message({"text": text})]))[0]
    assert message.get("intent") == message.get("intent_ranking")[0]
    return [(entry["name"], entry["confidence"]) for entry in message.get("intent_ranking")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("冰箱漏水", "describe_fault"), ("15912345678", "inform"), ("三分", "rate_service"), ("你好呀", "greet")],
)
def test_unseen_sentences_are_classified(
    trained: CharacterIntentClassifier, extractor: EntityExtractor, text: str, expected: str
) -> None:
    assert rank(trained, extractor, text)[0][0] == expected


def test_the_ranking_is_sorted_and_sums_to_one(trained: CharacterIntentClassifier, extractor: EntityExtractor) -> None:
    confidences = [confidence for _, confidence in rank(trained, extractor, "空调漏水")]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)


def test_a_loaded_classifier_answers_like_the_trained_one(
    trained: CharacterIntentClassifier,
    extractor: EntityExtractor,
    storage: LocalModelStorage,
    resource: Resource,
    context: ExecutionContext,
) -> None:
    loaded = CharacterIntentClassifier.load(CONFIG, storage, resource, context)
    for text in ["空调漏水", "13800138000", "", "😀", "给五星"]:
        assert rank(loaded, extractor, text) == rank(trained, extractor, text)


def test_sharpness_raises_the_confidence_and_keeps_the_order(
    trained: CharacterIntentClassifier,
    extractor: EntityExtractor,
    storage: LocalModelStorage,
    resource: Resource,
    context: ExecutionContext,
) -> None:
    sharp = CharacterIntentClassifier.load({**CONFIG, "sharpness": 9.0}, storage, resource, context)
    plain, sharpened = rank(trained, extractor, "空调漏水"), rank(sharp, extractor, "空调漏水")
    assert sharpened[0][1] > plain[0][1]
    assert [name for name, _ in sharpened] == [name for name, _ in plain]


def test_two_intents_are_enough(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext, extractor: EntityExtractor
) -> None:
    texts = [("你好", "greet"), ("您好", "greet"), ("再见", "goodbye"), ("拜拜", "goodbye")]
    data = TrainingData([Message({"text": text, "intent": intent}) for text, intent in texts])
    classifier = CharacterIntentClassifier.create(CONFIG, storage, resource, context)
    classifier.train(data)
    assert rank(classifier, extractor, "你好啊")[0][0] == "greet"


def test_too_little_training_data_is_refused(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    classifier = CharacterIntentClassifier.create(CONFIG, storage, resource, context)
    with pytest.raises(ValueError, match="at least two intents"):
        classifier.train(TrainingData([Message({"text": "你好", "intent": "greet"})]))


def test_a_pipeline_without_the_extractor_is_refused(trained: CharacterIntentClassifier) -> None:
    with pytest.raises(ValueError, match="EntityExtractor"):
        trained.process([Message({"text": "你好"})])


@pytest.mark.parametrize(
    ("text", "sure", "questions"),
    [
        ("冰箱漏水，您好在吗", 0.3, ["greet"]),
        ("冰箱漏水，您好在吗", 1.0, []),
        ("您好在吗", 0.3, []),
        ("冰箱漏水，空调不制冷", 0.3, []),
    ],
)
def test_questions_in_clauses_of_their_own_are_named(
    training_data: TrainingData, storage: LocalModelStorage, resource: Resource, context: ExecutionContext,
    extractor: EntityExtractor, text: str, sure: float, questions: list[str],
) -> None:
    config = CONFIG | {"topics": "greet", "questions": sure}
    classifier = CharacterIntentClassifier.create(config, storage, resource, context)
    classifier.train(training_data)
    message = classifier.process(extractor.process([Message({"text": text})]))[0]
    assert message.get("questions") == questions
    assert message.as_dict(only_output_properties=True)["questions"] == questions
