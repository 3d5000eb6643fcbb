import itertools

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.entities import EntityExtractor, Found, combine, read_tags, write_tags
from bot.components.features import Piece
from bot.components.patterns import Span
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
    found = trained.extract("电话是13900001111，型号是KFR-35GW/N8XHA1，洗衣机漏水，显示E1，给4分")
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


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
        assert loaded.extract(text) == trained.extract(text)


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
    assert EntityExtractor.load(CONFIG, storage, resource, context).extract("你好") == []


def test_a_certain_pattern_replaces_what_was_learned() -> None:
    learned = [Found("address", 0, 11, 0.8)]
    assert combine(learned, [Span("phone", 0, 11, True)]) == [Found("phone", 0, 11, 1.0)]


def test_a_probable_pattern_gives_way_to_another_reading() -> None:
    learned = [Found("address", 0, 11, 0.8)]
    assert combine(learned, [Span("model", 4, 11, False)]) == learned


def test_a_probable_pattern_corrects_the_edges_of_its_own_kind() -> None:
    assert combine([Found("score", 1, 2, 0.6)], [Span("score", 0, 2, False)]) == [Found("score", 0, 2, 0.9)]


def test_tags_and_entities_are_two_forms_of_the_same() -> None:
    pieces = [Piece(0, 1), Piece(1, 2), Piece(2, 3), Piece(3, 4)]
    tags = write_tags(pieces, [{"entity": "brand", "start": 0, "end": 2}, {"entity": "brand", "start": 2, "end": 3}])
    assert tags == ["B-brand", "I-brand", "B-brand", "O"]
    assert read_tags(pieces, tags, [0.9, 0.7, 1.0, 1.0]) == [Found("brand", 0, 2, 0.7), Found("brand", 2, 3, 1.0)]
