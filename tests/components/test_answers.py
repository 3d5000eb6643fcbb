"""The answers of the actions are checked as Rasa checks them, with a schema that has been checked once."""

import asyncio
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.components.server import answers

GOOD = {"events": [{"event": "slot", "timestamp": None, "name": "phone", "value": "13800138000"}],
        "responses": [{"text": "好的"}]}


class Actions(EndpointConfig):
    """An action server that answers what the test wants."""

    def __init__(self, answer: Any) -> None:
        super().__init__("http://127.0.0.1:9/webhook")
        self._answer = answer

    async def request(self, *_arguments: Any, **_options: Any) -> Any:
        return self._answer


def run(answer: Any) -> Any:
    """What Rasa makes of the answer of an action."""
    action, tracker = RemoteAction("action_begin_repair", Actions(answer)), DialogueStateTracker("oZhangSan", [])
    return asyncio.run(action.run(
        CollectingOutputChannel(), TemplatedNaturalLanguageGenerator({}), tracker, Domain.empty()))


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What has been given to our validator."""
    seen: list[Any] = []

    class Seeing:
        schema = answers.VALIDATOR.schema
        inner = answers.VALIDATOR

        def validate(self, result: Any) -> None:
            seen.append(result)
            self.inner.validate(result)

    monkeypatch.setattr(answers, "VALIDATOR", Seeing())
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    answers.check_schema_once()
    return seen


def test_a_proper_answer_becomes_events(checked: list[Any]) -> None:
    said, slot = run(GOOD)
    assert isinstance(said, BotUttered)
    assert said.text == "好的"
    assert isinstance(slot, SlotSet)
    assert (slot.key, slot.value) == ("phone", "13800138000")
    assert len(checked) == 1


@pytest.mark.parametrize("answer", [
    {"events": [{"event": "nothing of the kind"}], "responses": []}, {"events": "slot"}, [], None,
    {"events": [], "responses": ["好的"]}])
def test_an_improper_answer_is_refused(checked: list[Any], answer: Any) -> None:
    with pytest.raises(ValidationError):
        run(answer)
    assert len(checked) == 1
