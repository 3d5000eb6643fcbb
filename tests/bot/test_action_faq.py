"""Questions whose answer depends on the appliance."""

import pytest
from bot_chat import Chat

from aftersales.care import care_for
from aftersales.catalogue import APPLIANCES


@pytest.mark.parametrize(("text", "words"), [
    ("油烟机怎么清洗", "油杯"), ("滚筒洗衣机多久清一次", "过滤器"), ("空调滤网要不要洗", "滤网"), ("雪柜点样除霜", "除霜")])
def test_the_advice_is_about_the_appliance_named(chat: Chat, text: str, words: str) -> None:
    chat.hears(text, "faq_maintenance").does("action_answer_maintenance")
    assert chat.said == ["utter_care"]
    assert words in chat.texts[0]


@pytest.mark.parametrize("text", ["家电平时怎么保养", "消毒柜怎么保养"])
def test_without_an_appliance_we_know_the_advice_is_general(chat: Chat, text: str) -> None:
    chat.hears(text, "faq_maintenance").does("action_answer_maintenance")
    assert chat.said == ["utter_faq_maintenance"]


@pytest.mark.parametrize("kind", [kind for kind in APPLIANCES if kind != "其他"])
def test_every_plain_kind_has_its_advice_and_it_is_short(kind: str) -> None:
    found = care_for(kind)
    assert found is not None
    assert 20 < len(found[1]) <= 90
