"""A conversation in the hands of a test: the tracker is built by hand, the actions run as on the action server."""

import asyncio
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from aftersales.models import Status, WorkOrder, WorkOrderEvent
from aftersales.progress import events_of, find_order
from aftersales.store import reading
from aftersales.times import SHANGHAI

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)  # a Monday
ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"


@cache
def actions() -> dict[str, Any]:
    """Every custom action by name."""
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    return executor.actions


@cache
def responses() -> dict[str, list[dict[str, Any]]]:
    """Every response of the domain with its variants."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "bot" / "domain").glob("*.yml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}
    return found


class Chat:
    """What Rasa keeps of a conversation, as far as actions see and change it."""

    def __init__(self, openid: str = ZHANG_SAN) -> None:
        self.openid = openid
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.loop: str | None = None
        self.latest: dict[str, Any] = {}
        self.said: list[str] = []
        self.texts: list[str] = []
        self.buttons: list[dict[str, str]] = []
        self.followup: str | None = None

    @property
    def question(self) -> str | None:
        return self.slots.get("requested_slot")

    @property
    def rejected(self) -> bool:
        """Whether the form has left the latest message to the rules."""
        return any(event["event"] == "action_execution_rejected" for event in self._since_the_message())

    def hears(
        self, text: str, intent: str = "inform", *entities: tuple[str, str], sure: float = 0.9,
        metadata: dict[str, Any] | None = None,
        questions: Sequence[str] = (),
    ) -> "Chat":
        """The customer's next message, as the language understanding reads it."""
        marked = [{"entity": kind, "value": words, "start": text.find(words), "end": text.find(words) + len(words)}
                  for kind, words in entities]
        self.latest = {"text": text, "intent": {"name": intent, "confidence": sure}, "entities": marked,
                       "metadata": metadata or {}, "questions": list(questions)}
        self.events.append({"event": "user", "text": text, "parse_data": self.latest, "timestamp": NOW.timestamp()})
        return self

    def does(self, name: str) -> "Chat":
        """Runs an action and applies its events."""
        dispatcher = CollectingDispatcher()
        tracker = Tracker(
            self.openid, dict(self.slots), self.latest, list(self.events), False, None,
            {"name": self.loop} if self.loop else {}, None)
        self.followup = None
        for event in asyncio.run(actions()[name](dispatcher, tracker, {})):
            self._apply(event)
        self.said = [message["response"] for message in dispatcher.messages]
        self.events += [{"event": "bot", "metadata": {"utter_action": name}} for name in self.said]
        self.texts = [self._rendered(message) for message in dispatcher.messages]
        self.buttons = [button for message in dispatcher.messages for button in message["buttons"]]
        return self

    def answers(
        self, text: str, intent: str = "inform", *entities: tuple[str, str], sure: float = 0.9,
        metadata: dict[str, Any] | None = None,
        questions: Sequence[str] = (),
    ) -> "Chat":
        """The customer's answer, read by the form that is active."""
        self.hears(text, intent, *entities, sure=sure, metadata=metadata, questions=questions)
        return self.does(f"validate_{self.loop}")

    def opens(self, form: str) -> "Chat":
        """The form starts with the latest message."""
        self.loop = form
        return self.does(f"validate_{form}")

    def begins(self, action: str) -> "Chat":
        """An action that starts a form by following up with it."""
        self.does(action)
        if self.followup and self.followup.endswith("_form"):
            self.opens(self.followup)
        return self

    def resumes(self) -> "Chat":
        """The form comes back after the rules have dealt with a message it rejected."""
        assert self.rejected
        return self.does(f"validate_{self.loop}")

    def _apply(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if event["event"] == "slot":
            self.slots[event["name"]] = event["value"]
        elif event["event"] == "active_loop":
            self.loop = event["name"]
        elif event["event"] == "followup":
            self.followup = event["name"]

    def _since_the_message(self) -> list[dict[str, Any]]:
        users = [index for index, event in enumerate(self.events) if event["event"] == "user"]
        return self.events[users[-1]:]

    def _rendered(self, message: dict[str, Any]) -> str:
        """The response's text; a placeholder without a value is a mistake."""
        if message.get("text"):
            return str(message["text"])
        values = {name: value for name, value in message.items() if name not in ("response", "text", "buttons")}
        variants = [variant["text"] for variant in responses()[message["response"]]]
        wanted = {name for text in variants for name in re.findall(r"\{(\w+)\}", text)}
        missing = wanted - values.keys()
        assert not missing, f"{message['response']} lacks {missing}"
        return str(variants[0]).format(**values)


class Opener(Protocol):
    """Opens an order and returns its number."""

    def __call__(self, appliance: str = "空调", status: Status = Status.SUBMITTED, openid: str = ZHANG_SAN) -> str: ...


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Makes the moment the present for every action."""
    actions()
    for name, module in list(sys.modules.items()):
        if name.startswith("bot.actions") and hasattr(module, "utc_now"):
            monkeypatch.setattr(module, "utc_now", lambda: moment)


def kept(number: str) -> WorkOrder:
    """The order as the database has it."""
    with reading() as session:
        return find_order(session, number)


def history(number: str) -> Sequence[WorkOrderEvent]:
    """The order's events, oldest first."""
    with reading() as session:
        return events_of(session, find_order(session, number))


def happened(number: str) -> list[str]:
    """What has happened to the order, oldest first."""
    return [event.type for event in history(number)]
