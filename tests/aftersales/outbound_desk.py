"""What the tests of outgoing messages share: somebody to write to, a clock, and rows that can be read."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel, col, select

from aftersales import customers, outbox, planner
from aftersales.models import OutboxMessage, OutboxState
from aftersales.outbox import Extra
from aftersales.planner import Parcel, Terms
from aftersales.store import reading, transaction
from aftersales.times import QuietHours

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
NIGHT = QuietHours(22, 8)


def bytes_of(text: str) -> int:
    return len(text.encode())


ALWAYS = Terms(bytes_of, None, template=False)


def heard(openid: str, at: datetime, deed: str = "message") -> None:
    """The customer does something."""
    with transaction() as session:
        customers.heard_from(session, openid, at, deed)


def leave(openid: str, text: str, due: datetime, kind: str = "progress", topic: str = "progress", **more: Any) -> int:
    """Leaves a message; its id, 0 when it was left before."""
    known = {name: more.pop(name) for name in ("short", "urgent", "visit_at") if name in more}
    with transaction() as session:
        message = outbox.say(session, openid, topic, text, due, extra=Extra(kind, **known), **more)
    return message.id if message and message.id else 0


def claim(now: datetime, terms: Terms = ALWAYS, limit: int = 20) -> list[Parcel]:
    with transaction() as session:
        return planner.claim(session, now, terms, limit)


def texts_of(parcels: list[Parcel]) -> list[str]:
    return [parcel.text for parcel in parcels]


def sent(parcel: Parcel, now: datetime) -> None:
    with transaction() as session:
        for message in parcel.messages:
            outbox.mark_sent(session, message.id or 0, parcel.channel, now)


def everything(model: type[SQLModel]) -> list[Any]:
    """All rows of a table, oldest first."""
    with reading() as session:
        return list(session.exec(select(model).order_by(col(model.id))).all())  # type: ignore[attr-defined]


def rows() -> list[OutboxMessage]:
    return everything(OutboxMessage)


def states() -> list[OutboxState]:
    return [row.state for row in rows()]
