"""What customers send, recorded before anything else is done: de-duplicated for good, answered exactly once.

recorded → answering → answered. The one who answers holds a lease; when it is over, for example because the process
died, somebody else may claim the message. Whether the answer still goes back as the passive reply or has to be sent
by itself is settled in the row: the request that gives up waiting marks it `late`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from . import customers, outbox
from .models import InboundMessage, InboundState

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
#: A message this old is not answered any more after a long standstill; the customer has moved on.
ANSWERABLE_FOR = timedelta(hours=12)
UNANSWERED = (InboundState.RECORDED, InboundState.ANSWERING)


@dataclass(frozen=True)
class Delivery:
    """What WeChat delivered: `key` names the message for good, `payload` is what it said, as JSON."""

    key: str
    openid: str
    kind: str
    payload: str


def record(session: Session, delivery: Delivery, now: datetime) -> tuple[InboundMessage, bool]:
    """Records a delivery; the second value is False where it is a redelivery of one already recorded."""
    known = session.exec(select(InboundMessage).where(InboundMessage.key == delivery.key)).first()
    if known is not None:
        return known, False
    row = InboundMessage(
        key=delivery.key, openid=delivery.openid, kind=delivery.kind, payload=delivery.payload, received_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another process recorded the redelivery at the same moment
        return session.exec(select(InboundMessage).where(InboundMessage.key == delivery.key)).one(), False
    customers.customer(session, delivery.openid, now)
    return row, True


def claim(session: Session, message_id: int, now: datetime) -> bool:
    """Takes the message to answer it; False where it is answered, or somebody else is at it."""
    claimed = session.execute(
        update(InboundMessage)
        .where(col(InboundMessage.id) == message_id, _claimable(now))
        .values(state=InboundState.ANSWERING, claimed_until=now + LEASE, attempts=InboundMessage.attempts + 1)
        .execution_options(synchronize_session=False))
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def abandoned(session: Session, now: datetime, limit: int = 50) -> Sequence[InboundMessage]:
    """Messages that a process which died has left unanswered, oldest first."""
    query = select(InboundMessage).where(
        _claimable(now), col(InboundMessage.received_at) < now - LEASE,
        col(InboundMessage.received_at) > now - ANSWERABLE_FOR)
    return session.exec(query.order_by(col(InboundMessage.id)).limit(limit)).all()


def _claimable(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(InboundMessage.attempts) < MAX_ATTEMPTS,
        or_(col(InboundMessage.state) == InboundState.RECORDED,
            and_(col(InboundMessage.state) == InboundState.ANSWERING, col(InboundMessage.claimed_until) < now)))


def answer(session: Session, message_id: int, reply: str, now: datetime) -> InboundMessage:
    """Keeps the answer; when nobody waits for it any more it goes out as a message of its own."""
    row = _locked(session, message_id)
    row.state, row.reply, row.claimed_until = InboundState.ANSWERED, reply, None
    session.add(row)
    if row.late and reply:
        outbox.say(session, row.openid, "reply", reply, now, unique_key=f"reply:{row.id}")
    return row


def give_up_waiting(session: Session, message_id: int) -> str | None:
    """The passive reply's time is over: the answer if it has come after all, else None, and it will go out later."""
    row = _locked(session, message_id)
    if row.state is InboundState.ANSWERED:
        return None if row.late else row.reply
    row.late = True
    session.add(row)
    return None


def set_aside(session: Session, message_id: int) -> None:
    """Nothing more can be done for the message; it stays in the records."""
    row = _locked(session, message_id)
    row.state = InboundState.FAILED
    session.add(row)


def newer_of_kind(session: Session, row: InboundMessage) -> bool:
    """Whether the customer has sent another message of the same kind since: three photos in a row are one turn."""
    query = select(InboundMessage.id).where(
        InboundMessage.openid == row.openid, InboundMessage.kind == row.kind, col(InboundMessage.id) > row.id)
    return session.exec(query.limit(1)).first() is not None


def latest_of(session: Session, openid: str, limit: int) -> Sequence[InboundMessage]:
    """What the customer has sent last, newest first."""
    query = select(InboundMessage).where(InboundMessage.openid == openid)
    return session.exec(query.order_by(col(InboundMessage.id).desc()).limit(limit)).all()


def _locked(session: Session, message_id: int) -> InboundMessage:
    query = select(InboundMessage).where(InboundMessage.id == message_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()
