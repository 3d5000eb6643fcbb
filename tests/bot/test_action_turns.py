"""What an action sees of a message, and which order a customer means."""

from typing import Any

import pytest
from rasa_sdk import Tracker

from aftersales.intake import Turn
from aftersales.models import WorkOrder
from bot.actions.choosing import choose
from bot.actions.turns import is_resuming, metadata_of, turn_of


def tracker(latest: dict[str, Any] | None, events: list[dict[str, Any]] | None = None) -> Tracker:
    return Tracker("oZhangSan", {}, latest, events or [], False, None, {}, None)


def test_a_turn_has_the_words_of_its_entities_not_their_synonyms() -> None:
    message = {
        "text": "我家挂机不凉", "intent": {"name": "describe_fault", "confidence": 0.8},
        "entities": [{"entity": "appliance", "value": "空调", "start": 2, "end": 4},
                     {"entity": "symptom", "value": "不凉", "start": 4, "end": 6}]}
    turn = turn_of(tracker(message))
    assert turn == Turn("我家挂机不凉", "describe_fault", 0.8, (("appliance", "挂机"), ("symptom", "不凉")))
    assert turn.words("appliance") == ["挂机"]


def test_an_entity_without_a_place_has_its_value() -> None:
    message = {"text": "/inform", "intent": {"name": "inform", "confidence": 1.0},
               "entities": [{"entity": "phone", "value": "13800138000"}]}
    assert turn_of(tracker(message)).entities == (("phone", "13800138000"),)


@pytest.mark.parametrize("latest", [None, {}, {"text": None, "intent": None, "entities": None, "metadata": None}])
def test_an_empty_message_is_an_empty_turn(latest: dict[str, Any] | None) -> None:
    assert turn_of(tracker(latest)) == Turn("", "", 0.0, ())
    assert metadata_of(tracker(latest)) == {}


REJECTION, USER, SLOT = {"event": "action_execution_rejected"}, {"event": "user"}, {"event": "slot"}


@pytest.mark.parametrize(("events", "resuming"), [
    ([], False), ([USER], False), ([USER, REJECTION], True), ([USER, REJECTION, SLOT, {"event": "action"}], True),
    ([USER, REJECTION, USER], False)])
def test_a_form_resumes_when_it_has_rejected_the_latest_message(events: list[dict[str, str]], resuming: bool) -> None:
    assert is_resuming(tracker({}, events)) is resuming


def orders() -> list[WorkOrder]:
    """Newest first: two air conditioners and a fridge."""
    appliances = {"BX2611230003": "空调", "BX2611230002": "冰箱", "BX2611230001": "空调"}
    return [WorkOrder(number=number, openid="oZhangSan", service_type="维修", appliance=kind, contact_name="张三",
                      phone="13800138000") for number, kind in appliances.items()]


@pytest.mark.parametrize(("text", "number"), [
    ("BX2611230001", "BX2611230001"), ("单号bx2611230002的", "BX2611230002"), ("BX2611230009", None),
    ("冰箱", "BX2611230002"), ("我家电冰箱那个", "BX2611230002"), ("空调", None), ("空调第二个", "BX2611230001"),
    ("第一个", "BX2611230003"), ("2", "BX2611230002"), ("三", "BX2611230001"), ("最新的", "BX2611230003"),
    ("最后一个", "BX2611230001"), ("第三个冰箱", "BX2611230002"), ("洗衣机", None), ("随便", None), ("", None)])
def test_an_order_is_meant_by_number_appliance_or_place(text: str, number: str | None) -> None:
    chosen = choose(orders(), text)
    assert (chosen.number if chosen else None) == number


def test_among_no_orders_none_is_meant() -> None:
    assert choose([], "第一个") is None
