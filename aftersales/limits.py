"""What the platform allows, read from `knowledge/wechat_limits.yml`."""

import functools
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from typing import Any

import yaml

#: The deed that opens the long window: the customer has written.
MESSAGE = "message"
#: A tap on a choice of ours.
TAP = "tap"


@dataclass(frozen=True)
class Rule:
    """What one deed of a customer allows: so many messages for so long."""

    count: int
    valid: timedelta


@dataclass(frozen=True)
class Limits:
    """`grants` by deed, `events` the deed by the name of the pushed event; `text_bytes` of one message in UTF-8."""

    grants: dict[str, Rule]
    events: dict[str, str]
    text_bytes: int


@functools.lru_cache(maxsize=1)
def limits() -> Limits:
    """The limits, read once."""
    file = resources.files("aftersales") / "knowledge" / "wechat_limits.yml"
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Limits(
        {deed: Rule(rule["count"], timedelta(seconds=rule["seconds"])) for deed, rule in read["grants"].items()},
        read["events"], read["text_bytes"])


def deed_of(kind: str, event: str, menu_id: str) -> str | None:
    """What a pushed message of that kind is to the budget: a deed that opens a grant, or None."""
    if kind == "event":
        return limits().events.get(event)
    return TAP if menu_id else MESSAGE
