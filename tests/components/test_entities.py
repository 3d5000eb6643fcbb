import itertools

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.entities import EntityExtractor
from bot.components.tokenizer import CharacterTokenizer

CONFIG = EntityExtractor.get_default_config()


@pytest.fixture
def trained(
    training_data: TrainingData, storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> EntityExtractor:
    CharacterTokenizer(CharacterTokenizer.get_default_config()).process_training_data(training_data)
    extractor = EntityExtractor.create(CONFIG, storage, resource, context)
    extractor.train(training_data)
    return extractor


def entities(extractor: EntityExtractor, text: str) -> list[tuple[str, str]]:
    message = extractor.process([Message({"text": text})])[0]
    return [(entity["entity"], entity["value"]) for entity in message.get("entities")]


def test_learned_and_shaped_entities_make_one_list(trained: EntityExtractor) -> None:
    assert entities(trained, "美的冰箱不制冷了，显示F2，13612345678") == [
        ("brand", "美的"),
        ("appliance", "冰箱"),
        ("symptom", "不制冷"),
        ("error_code", "F2"),
        ("phone", "13612345678"),
    ]


def test_nothing_is_found_twice(trained: EntityExtractor) -> None:
    text = "电话是13900001111，型号是KFR-35GW/N8XHA1，洗衣机漏水，显示E1，给4分"
    found = trained.process([Message({"text": text})])[0].get("entities")
    assert all(one["end"] <= other["start"] for one, other in itertools.pairwise(found))
    kinds = [entity["entity"] for entity in found]
    assert [kinds.count(kind) for kind in ("phone", "model", "error_code", "score")] == [1, 1, 1, 1]


def test_an_entity_tells_where_it_stands_and_how_sure_it_is(trained: EntityExtractor) -> None:
    message = trained.process([Message({"text": "空调漏水"})])[0]
    first = message.get("entities")[0]
    assert (first["start"], first["end"], first["value"]) == (0, 2, "空调")
    assert 0 < first["confidence_entity"] <= 1
    assert first["extractor"] == "EntityExtractor"


def test_a_loaded_extractor_answers_like_the_trained_one(
    trained: EntityExtractor, storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    loaded = EntityExtractor.load(CONFIG, storage, resource, context)
    for text in ["海尔洗衣机不转了", "张伟13800138000", "", "  ", "给5分"]:
        assert entities(loaded, text) == entities(trained, text)


def test_without_training_the_patterns_still_work(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    untrained = EntityExtractor.create(CONFIG, storage, resource, context)
    assert entities(untrained, "我的电话13800138000") == [("phone", "13800138000")]


def test_training_without_annotations_can_be_loaded(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    plain = TrainingData([Message({"text": "你好", "intent": "greet"})])
    EntityExtractor.create(CONFIG, storage, resource, context).train(plain)
    assert entities(EntityExtractor.load(CONFIG, storage, resource, context), "你好") == []
