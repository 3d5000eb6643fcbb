import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.intents import CharacterIntentClassifier, prepare

CONFIG = CharacterIntentClassifier.get_default_config()


@pytest.fixture
def trained(
    training_data: TrainingData, storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> CharacterIntentClassifier:
    classifier = CharacterIntentClassifier.create(CONFIG, storage, resource, context)
    classifier.train(training_data)
    return classifier


def intent(classifier: CharacterIntentClassifier, text: str) -> str:
    message = classifier.process([Message({"text": text})])[0]
    return str(message.get("intent")["name"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("冰箱漏水", "describe_fault"), ("15912345678", "inform"), ("三分", "rate_service"), ("你好呀", "greet")],
)
def test_unseen_sentences_are_classified(trained: CharacterIntentClassifier, text: str, expected: str) -> None:
    assert intent(trained, text) == expected


def test_the_ranking_is_sorted_and_sums_to_one(trained: CharacterIntentClassifier) -> None:
    message = trained.process([Message({"text": "空调漏水"})])[0]
    confidences = [entry["confidence"] for entry in message.get("intent_ranking")]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)
    assert message.get("intent") == message.get("intent_ranking")[0]


def test_a_loaded_classifier_answers_like_the_trained_one(
    trained: CharacterIntentClassifier, storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    loaded = CharacterIntentClassifier.load(CONFIG, storage, resource, context)
    texts = ["空调漏水", "13800138000", "", "😀", "给五星"]
    assert loaded.rank(texts) == trained.rank(texts)


def test_sharpness_raises_the_confidence_and_keeps_the_order(
    trained: CharacterIntentClassifier, storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    sharp = CharacterIntentClassifier.load({**CONFIG, "sharpness": 3.0}, storage, resource, context)
    plain, sharpened = trained.rank(["空调漏水"])[0], sharp.rank(["空调漏水"])[0]
    assert sharpened[0]["confidence"] > plain[0]["confidence"]
    assert [entry["name"] for entry in sharpened] == [entry["name"] for entry in plain]


def test_values_do_not_matter(trained: CharacterIntentClassifier) -> None:
    assert trained.rank(["电话是13900001111"]) == trained.rank(["电话是 ＋86 15812345678"])


def test_too_little_training_data_is_refused(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    classifier = CharacterIntentClassifier.create(CONFIG, storage, resource, context)
    with pytest.raises(ValueError, match="at least two intents"):
        classifier.train(TrainingData([Message({"text": "你好", "intent": "greet"})]))


def test_beginning_and_end_are_marked() -> None:
    assert prepare(" 你 好 ")[1:-1] == "你好"
