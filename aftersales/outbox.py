"""待发消息: written with the change that gave reason for them, planned and claimed by `planner`, sent by the jobs.

pending → sending → sent; a failure goes back to pending until a later moment, ends as failed, or is held until the
customer writes. One that a later one makes superfluous is overtaken. A row whose sender died is released when its lease
is over. Every try is an OutboxAttempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from .models import OutboxAttempt, OutboxMessage, OutboxState, TemplateReceipt
from .sayings import saying

LEASE = timedelta(seconds=90)
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 30, 60, 120, 300, 900, 1800, 3600, 7200))
#: A pause may become longer by this share of it, so that what failed together is not tried together.
JITTER = 0.25
WAITING = (OutboxState.PENDING, OutboxState.SENDING)
CUSTOMER_SERVICE, TEMPLATE, PASSIVE = "customer_service", "template", "passive"
UNSURE = "a try may have reached the customer, so it is not sent again"


@dataclass(frozen=True)
class Extra:
    """What else is known of a message; the fields are those of OutboxMessage."""

    kind: str = ""
    short: str | None = None
    urgent: bool = False
    visit_at: datetime | None = None


@dataclass(frozen=True)
class Attempt:
    """A try to send: when, by which channel, what came of it, and the platform's code and number of the call."""

    at: datetime
    channel: str
    outcome: str
    errcode: int | None = None
    rid: str | None = None


def say(
    session: Session,
    openid: str,
    topic: str,
    text: str,
    due_at: datetime,
    *,
    order_id: int | None = None,
    unique_key: str | None = None,
    extra: Extra | None = None,
) -> OutboxMessage | None:
    """Leaves a message for the customer, due at a moment; None when one with the same unique key was left before."""
    if unique_key is not None and _left_before(session, unique_key):
        return None
    known = extra or Extra()
    message = OutboxMessage(
        openid=openid, topic=topic, text=text, due_at=due_at, order_id=order_id, unique_key=unique_key,
        kind=known.kind, short=known.short, urgent=known.urgent, visit_at=known.visit_at)
    session.add(message)
    session.flush()
    return message


def _left_before(session: Session, unique_key: str) -> bool:
    return session.exec(select(OutboxMessage.id).where(OutboxMessage.unique_key == unique_key)).first() is not None


# --- what becomes of a message ---------------------------------------------------------------------------------------


def claim(session: Session, messages: Sequence[OutboxMessage], until: datetime, **values: object) -> None:
    """Takes messages to send them until a moment; whoever calls is alone with the customer (`ledger.alone_with`)."""
    session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id).in_([message.id for message in messages]))
        .values(state=OutboxState.SENDING, claimed_until=until, attempts=OutboxMessage.attempts + 1, **values)
        .execution_options(synchronize_session=False))


def tried(session: Session, messages: Sequence[OutboxMessage], attempt: Attempt) -> None:
    """Notes a try, for every message that was in it."""
    for message in messages:
        session.add(OutboxAttempt(
            message_id=message.id or 0, at=attempt.at, channel=attempt.channel, outcome=attempt.outcome,
            errcode=attempt.errcode, rid=attempt.rid))


def mark_sent(
    session: Session, message_id: int, channel: str, now: datetime, *, merged_into: int | None = None, msgid: str | None = None
) -> None:
    """The platform has taken the message; `msgid` is its number of a template message."""
    _settle(session, message_id, state=OutboxState.SENT, channel=channel, sent_at=now, errcode=None, error=None,
            merged_into=merged_into, msgid=msgid)
    receipt = session.get(TemplateReceipt, msgid) if msgid else None
    if receipt is not None:
        template_result(session, receipt.msgid, receipt.status, receipt.at)
        session.delete(receipt)


def mark_retry(
    session: Session, message_id: int, now: datetime, errcode: int | None, error: str, chance: Random, *, at_least: int = 0
) -> None:
    """The platform could not take it for now; after the last of BACK_OFF it is held until the customer writes.

    Args:
        chance: makes the pause longer by up to JITTER.
        at_least: seconds that the platform wants us to wait.
    """
    message = session.get_one(OutboxMessage, message_id)
    if message.attempts > len(BACK_OFF):
        hold(session, message_id, errcode, error)
        return
    pause = max(BACK_OFF[max(message.attempts, 1) - 1], timedelta(seconds=at_least))
    _settle(session, message_id, state=OutboxState.PENDING, not_before=now + pause * (1 + JITTER * chance.random()),
            errcode=errcode, error=error)


def put_back(session: Session, message_id: int, errcode: int | None, error: str) -> None:
    """It was not the message's fault: it is pending as if it had not been tried."""
    _settle(session, message_id, state=OutboxState.PENDING, attempts=OutboxMessage.attempts - 1, errcode=errcode, error=error)


def mark_failed(session: Session, message_id: int, errcode: int | None, error: str) -> None:
    """The message will never be sent."""
    _settle(session, message_id, state=OutboxState.FAILED, errcode=errcode, error=error)


def mark_overtaken(session: Session, message_id: int) -> None:
    """The message is left out; a later one says more."""
    _settle(session, message_id, state=OutboxState.OVERTAKEN)


def hold(session: Session, message_id: int, errcode: int | None, error: str) -> None:
    """No channel is open; the message waits until the customer writes."""
    _settle(session, message_id, state=OutboxState.HELD, errcode=errcode, error=error)


def wait(session: Session, message_id: int, until: datetime) -> None:
    """The message is not looked at before that moment, unless the customer writes."""
    _settle(session, message_id, not_before=until)


def release_held(session: Session, openid: str) -> int:
    """The customer has written: what was held can go out, what waited waits no more. Returns how many were held."""
    mine = col(OutboxMessage.openid) == openid
    session.execute(
        update(OutboxMessage).where(mine, col(OutboxMessage.state) == OutboxState.PENDING).values(not_before=None)
        .execution_options(synchronize_session=False))
    released = session.execute(
        update(OutboxMessage)
        .where(mine, col(OutboxMessage.state) == OutboxState.HELD)
        .values(state=OutboxState.PENDING, not_before=None, attempts=0)
        .execution_options(synchronize_session=False))
    return int(released.rowcount)  # type: ignore[attr-defined]


def release_stalled(session: Session, now: datetime) -> int:
    """What a sender that died has left is pending again, or failed where it must not be said twice; returns how many."""
    query = select(OutboxMessage).where(OutboxMessage.state == OutboxState.SENDING, col(OutboxMessage.claimed_until) < now)
    stalled = session.exec(query.with_for_update(skip_locked=True)).all()
    for message in stalled:
        tried(session, [message], Attempt(now, message.channel or CUSTOMER_SERVICE, "unknown"))
        if saying(message).once:
            mark_failed(session, message.id or 0, None, UNSURE)
        else:
            _settle(session, message.id or 0, state=OutboxState.PENDING)
    return len(stalled)


# --- passive replies -------------------------------------------------------------------------------------------------


def said_with_reply(session: Session, messages: Sequence[OutboxMessage], reply_id: int, now: datetime) -> None:
    """The messages stand in the passive reply to an inbound message, which a delivery carries at this moment."""
    tried(session, messages, Attempt(now, PASSIVE, "sent"))
    for message in messages:
        _settle(session, message.id or 0, reply_id=reply_id, attempts=OutboxMessage.attempts + 1)
        mark_sent(session, message.id or 0, PASSIVE, now)


# --- template messages -----------------------------------------------------------------------------------------------

#: What the platform tells of a template message → what becomes of ours; anything else is held and said when they write.
RESULTS = {"success": OutboxState.SENT, "userblock": OutboxState.FAILED}


def template_result(session: Session, msgid: str, status: str, now: datetime) -> bool:
    """TEMPLATESENDJOBFINISH: what became of a template message. False where its number is not known (yet).

    Args:
        status: success, failed:user block, failed: system failed, …
    """
    message = session.exec(select(OutboxMessage).where(OutboxMessage.msgid == msgid)).first()
    if message is None:
        session.merge(TemplateReceipt(msgid=msgid, status=status[:60], at=now))
        return False
    state = RESULTS.get(status.lower().removeprefix("failed").strip(": ").replace(" ", ""), OutboxState.HELD)
    outcome = {OutboxState.SENT: "delivered", OutboxState.FAILED: "blocked"}.get(state, "lost")
    tried(session, [message], Attempt(now, TEMPLATE, outcome))
    if state is not OutboxState.SENT and message.state is OutboxState.SENT:
        _settle(session, message.id or 0, state=state, sent_at=None, error=f"template message: {status}")
    return True


def forget_receipts(session: Session, before: datetime) -> int:
    """Deletes results of template messages that never were ours; returns how many."""
    deleted = session.execute(
        delete(TemplateReceipt).where(col(TemplateReceipt.at) < before).execution_options(synchronize_session=False))
    return int(deleted.rowcount)  # type: ignore[attr-defined]


def attempts_of(session: Session, openid: str, limit: int) -> Sequence[OutboxAttempt]:
    """The tries to send the customer something, newest first."""
    query = select(OutboxAttempt).join(OutboxMessage).where(OutboxMessage.openid == openid)
    return session.exec(query.order_by(col(OutboxAttempt.id).desc()).limit(limit)).all()


def unsent_of(session: Session, openid: str, limit: int) -> Sequence[OutboxMessage]:
    """What is still to be said to the customer, oldest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.openid == openid, col(OutboxMessage.state).in_((*WAITING, OutboxState.HELD)))
    return session.exec(query.order_by(col(OutboxMessage.id)).limit(limit)).all()


def _settle(session: Session, message_id: int, **values: object) -> None:
    session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message_id)
        .values(claimed_until=None, **values)
        .execution_options(synchronize_session=False))
