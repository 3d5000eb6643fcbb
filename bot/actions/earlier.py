"""What the customer's last questions told of an appliance, so that nobody has to say it twice: 修空调多少钱 … 那就来修吧."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker

from aftersales import intake

from .turns import turn_from

#: How many messages back, and how long ago, a question still belongs to the report that follows it.
_MESSAGES = 3
_AGE = timedelta(minutes=15)


def told_before(tracker: Tracker, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What to add to the first words of a report; empty where they are about another appliance."""
    found: dict[str, Any] = {}
    for event in _questions_before(tracker, now):
        taken = intake.read(turn_from(event["parse_data"]), {}, None, now).changes
        found = {name: value for name, value in taken.items() if name in intake.ITEM_FIELDS and value} | found
    kind = changes.get("appliance")
    if not found.get("appliance") or (kind and kind != found["appliance"]):
        return {}
    return found


def _questions_before(tracker: Tracker, now: datetime) -> list[dict[str, Any]]:
    """The messages right before the latest that asked general questions, the latest first."""
    said = [event for event in tracker.events if event.get("event") == "user"][:-1][-_MESSAGES:]
    asking = []
    for event in reversed(said):
        turn = turn_from(event.get("parse_data") or {})
        if not turn.intent.startswith("faq_") or event["timestamp"] < (now - _AGE).timestamp():
            break
        asking.append(event)
    return asking
