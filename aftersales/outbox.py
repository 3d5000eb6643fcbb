"""待发消息: written with the change that gave reason for them, claimed and sent by the jobs.

pending → sending → sent; a failure goes back to pending with a later due time, ends as failed, or is held until the
customer writes. A row whose sender died is claimed again when its lease is over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from .models import OutboxMessage, OutboxState

LEASE = timedelta(seconds=60)
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 300, 900))
WAITING = (OutboxState.PENDING, OutboxState.SENDING)


def say(
    session: Session,
    openid: str,
    topic: str,
    text: str,
    due_at: datetime,
    *,
    order_id: int | None = None,
    unique_key: str | None = None,
) -> OutboxMessage | None:
    """Leaves a message for the customer, due at a moment; None when one with the same unique key was left before."""
    if unique_key is not None and _left_before(session, unique_key):
        return None
    message = OutboxMessage(
        openid=openid, topic=topic, text=text, due_at=due_at, order_id=order_id, unique_key=unique_key)
    session.add(message)
    session.flush()
    return message


def _left_before(session: Session, unique_key: str) -> bool:
    return session.exec(select(OutboxMessage.id).where(OutboxMessage.unique_key == unique_key)).first() is not None


def claim_due(session: Session, now: datetime, limit: int = 20) -> Sequence[OutboxMessage]:
    """Claims messages that are due: at most one per customer, the oldest first, so that their order is kept.

    Any number of processes may claim at the same time: the update is atomic, and PostgreSQL skips locked rows.
    """
    earlier = aliased(OutboxMessage)
    blocked = (
        select(earlier.id)
        .where(
            earlier.openid == OutboxMessage.openid,
            col(earlier.state).in_(WAITING),
            col(earlier.id) < OutboxMessage.id,
            or_(col(earlier.attempts) > 0, col(earlier.due_at) <= now),  # one that is tried again goes first all the same
        )
        .correlate(OutboxMessage)
        .exists()
    )
    due = (
        select(OutboxMessage.id)
        .where(or_(
            and_(col(OutboxMessage.state) == OutboxState.PENDING, col(OutboxMessage.due_at) <= now),
            and_(col(OutboxMessage.state) == OutboxState.SENDING, col(OutboxMessage.claimed_until) < now)))
        .where(~blocked)
        .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id).in_(due.scalar_subquery()))
        .values(state=OutboxState.SENDING, claimed_until=now + LEASE, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False)
    ).scalars().all()
    return sorted(claimed, key=lambda message: (message.due_at, message.id or 0))


def mark_sent(session: Session, message_id: int, channel: str, now: datetime) -> None:
    """The platform has taken the message."""
    _settle(session, message_id, state=OutboxState.SENT, channel=channel, sent_at=now, errcode=None, error=None)


def mark_retry(session: Session, message_id: int, now: datetime, errcode: int | None, error: str) -> None:
    """The platform could not take it for now; after the last of BACK_OFF it has failed."""
    message = session.get_one(OutboxMessage, message_id)
    if message.attempts > len(BACK_OFF):
        mark_failed(session, message_id, errcode, error)
        return
    due = now + BACK_OFF[message.attempts - 1]
    _settle(session, message_id, state=OutboxState.PENDING, due_at=due, errcode=errcode, error=error)


def mark_failed(session: Session, message_id: int, errcode: int | None, error: str) -> None:
    """The message will never be sent."""
    _settle(session, message_id, state=OutboxState.FAILED, errcode=errcode, error=error)


def hold(session: Session, message_id: int, errcode: int | None, error: str) -> None:
    """No channel is open; the message waits until the customer writes."""
    _settle(session, message_id, state=OutboxState.HELD, errcode=errcode, error=error)


def release_held(session: Session, openid: str, now: datetime) -> int:
    """The customer has written: what was held for them is due now. Returns how many messages."""
    released = session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.openid) == openid, col(OutboxMessage.state) == OutboxState.HELD)
        .values(state=OutboxState.PENDING, due_at=now, attempts=0)
        .execution_options(synchronize_session=False))
    return int(released.rowcount)  # type: ignore[attr-defined]


def _settle(session: Session, message_id: int, **values: object) -> None:
    session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message_id)
        .values(claimed_until=None, **values)
        .execution_options(synchronize_session=False))
