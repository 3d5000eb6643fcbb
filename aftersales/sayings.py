"""What we say first, kind by kind, read from `knowledge/sayings.yml`; several of them made one message."""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

import yaml

from .models import OutboxMessage

#: The kind of everything that is not named in the table.
OTHER = "reply"
BETWEEN = "\n\n"
PLACES = ("news", "reply", "invitation")
#: How long a text will be when it leaves, in bytes.
Size = Callable[[str], int]


@dataclass(frozen=True)
class Saying:
    """A kind of saying; the fields are explained at the head of the table."""

    weight: int
    place: str
    night: str
    overtaken_by: Sequence[str]
    leaves_one: bool = False
    template: bool = False
    once: bool = False
    alone: bool = False
    days: int | None = None


@functools.lru_cache(maxsize=1)
def _table() -> dict[str, Saying]:
    file = resources.files("aftersales") / "knowledge" / "sayings.yml"
    read: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {kind: Saying(**entry) for kind, entry in read.items()}


def saying(message: OutboxMessage) -> Saying:
    """What kind of saying a message is: by its kind, else by its topic."""
    table = _table()
    return table.get(message.kind) or table.get(message.topic) or table[OTHER]


def says_nothing_new(message: OutboxMessage, later: Iterable[OutboxMessage], now: datetime) -> bool:
    """Whether a message may be left out: a later one about the same order says more, or it is too old."""
    known = saying(message)
    if known.days is not None and now - message.due_at > timedelta(days=known.days):
        return True
    return message.order_id is not None and any(
        other.order_id == message.order_id and (other.id or 0) > (message.id or 0) and other.kind in known.overtaken_by
        for other in later)


@dataclass(frozen=True)
class Merged:
    """One message of several sayings: its text, and which are in it."""

    text: str
    messages: tuple[OutboxMessage, ...]


def merge(messages: Sequence[OutboxMessage], size: Size, room: int, reply: str = "") -> Merged:
    """As many sayings as have room in one message, the weightiest first, around a `reply` where there is one.

    Without a reply the weightiest goes out however long it is. Replies keep their order; an invitation stands last, and
    never in a message that asks something else, because one answer would be given to two questions.
    """
    chosen: list[OutboxMessage] = []
    closed: set[str] = set()
    for message in sorted(messages, key=lambda each: (-saying(each).weight, each.id or 0)):
        place = saying(message).place
        if saying(message).alone and (chosen or reply):
            continue
        fits = size(_composed([*chosen, message], reply)) <= room or not (chosen or reply)
        if place in closed or not fits or (place == "invitation" and _asks(chosen, reply)):
            closed.add(place)
            continue
        chosen.append(message)
        if saying(message).alone:
            break
    return Merged(_composed(chosen, reply), tuple(chosen))


def _composed(messages: Sequence[OutboxMessage], reply: str) -> str:
    placed = {place: [each.text for each in messages if saying(each).place == place] for place in PLACES}
    return BETWEEN.join([*placed["news"], *placed["reply"], *([reply] if reply else []), *placed["invitation"]])


def _asks(messages: Iterable[OutboxMessage], reply: str) -> bool:
    return any("[[" in text or text.rstrip().endswith(("？", "?")) for text in [reply, *(each.text for each in messages)])
