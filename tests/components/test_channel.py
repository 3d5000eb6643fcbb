"""The bridge's channel: a message that is sent again is found among the events of its conversation."""

from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

from bot.components.server.channel import told

BUTTONS = [{"title": "空调", "payload": "空调"}]


def said(text: str, message_id: str) -> UserUttered:
    """A customer's message as the tracker keeps it."""
    intent = {"name": "greet", "confidence": 0.9}
    return UserUttered(text, intent, [], {"text": text, "intent": intent, "entities": []}, message_id=message_id)


EVENTS: list[Event] = [
    ActionExecuted("action_listen"), said("你好", "msg:1"), BotUttered("您好"),
    BotUttered("请问是哪种家电？", {"buttons": BUTTONS}), ActionExecuted("action_listen"),
    said("空调", "msg:2"), ActionExecuted("action_listen"), said("空调", "msg:3"), BotUttered("好的")]


@pytest.mark.parametrize(("message_id", "replies"), [
    ("msg:1", [{"text": "您好", "buttons": None}, {"text": "请问是哪种家电？", "buttons": BUTTONS}]),
    ("msg:3", [{"text": "好的", "buttons": None}])])
def test_a_message_that_was_answered_is_told_as_it_was(message_id: str, replies: list[dict[str, Any]]) -> None:
    found = told(EVENTS, message_id)
    assert found is not None
    assert found["replies"] == replies
    assert found["parsed"]["intent"]["name"] == "greet"


@pytest.mark.parametrize("message_id", ["msg:2", "msg:4", None])
def test_a_message_to_which_nothing_was_said_is_new(message_id: str) -> None:
    assert told(EVENTS, message_id) is None
