"""What customers send, recorded before anything else is done: de-duplicated for good, answered exactly once, in order.

recorded → answering → answered. The one who answers holds a lease and renews it; when it is over, because the process
died, somebody else may claim the message. One customer's messages are answered in the order of their recording,
whichever process they reached.

How the answer gets back is settled in the row, under its lock. WeChat delivers a message again while it gets no answer
(see `Patience`), so until `waiting_until` a delivery may carry the answer for nothing. It is settled by one of three:
`take` (a delivery carries it), `give_up` (the last delivery's time is over) and `send_by_itself` (the redelivery did
not come). The latter two make the row `late`, and a late answer goes out as a message of its own.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from . import conversations, handoff, outbox
from .models import InboundMessage, InboundState

#: Shorter than WeChat's three deliveries: the last one still carries what another process answers in place of a dead one.
LEASE = timedelta(seconds=10)
MAX_ATTEMPTS = 5
#: A message this old is not answered any more after a long standstill; the customer has moved on.
ANSWERABLE_FOR = timedelta(hours=12)
UNANSWERED = (InboundState.RECORDED, InboundState.ANSWERING)
#: The rest of a long answer is sent this much later, so that it does not overtake the passive reply.
REST_AFTER = timedelta(seconds=1)


@dataclass(frozen=True)
class Delivery:
    """What WeChat delivered: `key` names the message for good, `payload` is what it said, as JSON."""

    key: str
    openid: str
    kind: str
    payload: str


@dataclass(frozen=True)
class Patience:
    """WeChat's: it hangs up `hang_up` after a delivery and delivers again at once, `tries` times in all."""

    hang_up: timedelta = timedelta(seconds=5)
    tries: int = 3

    @property
    def redelivered_within(self) -> timedelta:
        """A delivery after which no other has come for so long was the last, whatever its number."""
        return self.hang_up * 1.3

    def is_over(self, row: InboundMessage, now: datetime) -> bool:
        """Whether a delivery that comes now is the last: by number, or by the time since the first."""
        return row.deliveries >= self.tries or now - row.received_at >= self.hang_up * (self.tries - 1) * 0.9


PATIENCE = Patience()


def record(
    session: Session, delivery: Delivery, now: datetime, patience: Patience = PATIENCE
) -> tuple[InboundMessage, bool]:
    """Records a delivery; the second value is False where it is a redelivery of one already recorded."""
    known = _redelivered(session, delivery.key, now, patience)
    if known is not None:
        return known, False
    row = InboundMessage(
        key=delivery.key, openid=delivery.openid, kind=delivery.kind, payload=delivery.payload, received_at=now,
        waiting_until=now + patience.redelivered_within)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another process recorded the redelivery at the same moment
        known = _redelivered(session, delivery.key, now, patience)
        assert known is not None  # noqa: S101 - the key is taken
        return known, False
    return row, True


def _redelivered(session: Session, key: str, now: datetime, patience: Patience) -> InboundMessage | None:
    """The message of that key, delivered once more: whoever waits for its answer waits longer."""
    row = session.exec(select(InboundMessage).where(InboundMessage.key == key).with_for_update()).first()
    if row is None:
        return None
    row.deliveries += 1
    if row.waiting_until is not None:
        row.waiting_until = now + patience.redelivered_within
    session.add(row)
    return row


# --- who answers -----------------------------------------------------------------------------------------------------


def next_of(session: Session, openid: str, up_to: int, now: datetime) -> InboundMessage | None:
    """The customer's oldest message, up to that one, that is still to be answered, by whomever."""
    query = select(InboundMessage).where(
        InboundMessage.openid == openid, col(InboundMessage.id) <= up_to, or_(_claimable(now), _at_work(now)),
        col(InboundMessage.received_at) > now - ANSWERABLE_FOR)
    return session.exec(query.order_by(col(InboundMessage.id)).limit(1)).first()


def claim(session: Session, message_id: int, now: datetime) -> bool:
    """Takes the message to answer it; False where it is answered, or somebody else is at it."""
    claimed = session.execute(
        update(InboundMessage)
        .where(col(InboundMessage.id) == message_id, _claimable(now))
        .values(state=InboundState.ANSWERING, claimed_until=now + LEASE, attempts=InboundMessage.attempts + 1)
        .execution_options(synchronize_session=False))
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def renew(session: Session, message_ids: Collection[int], now: datetime) -> None:
    """The leases of messages that are being answered, by a process that is alive, last on."""
    session.execute(
        update(InboundMessage)
        .where(col(InboundMessage.id).in_(message_ids), col(InboundMessage.state) == InboundState.ANSWERING)
        .values(claimed_until=now + LEASE)
        .execution_options(synchronize_session=False))


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


def _at_work(now: datetime) -> ColumnElement[bool]:
    return and_(col(InboundMessage.state) == InboundState.ANSWERING, col(InboundMessage.claimed_until) >= now)


def set_aside(session: Session, message_id: int) -> None:
    """Nothing more can be done for the message; it stays in the records."""
    row = _locked(session, message_id)
    row.state = InboundState.FAILED
    session.add(row)


#: Joins what is pending for the customer to an answer; returns the whole text.
Join = Callable[[Session, InboundMessage, datetime], str]


def alone(_session: Session, row: InboundMessage, _now: datetime) -> str:
    """The answer with nothing joined to it."""
    return row.reply or ""


# --- how the answer gets back ----------------------------------------------------------------------------------------


def answer(session: Session, message_id: int, parts: Sequence[str], now: datetime) -> InboundMessage:
    """Keeps the answer, in parts that each fit into a message; when nobody waits for it any more it goes out by itself.

    Of two answers, when a lease was lost, the first counts.
    """
    row = _locked(session, message_id)
    if row.state is InboundState.ANSWERED:
        return row
    reply, *rest = parts or [""]
    row.state, row.reply, row.rest, row.claimed_until = InboundState.ANSWERED, reply, rest, None
    session.add(row)
    if not reply:
        row.waiting_until = None
    elif row.waiting_until is None or row.waiting_until < now:
        _send(session, row, now)
    return row


def is_awaited(session: Session, message_id: int, now: datetime) -> bool:
    """Whether a delivery may still carry the answer; until the end of the transaction it stays so."""
    row = _locked(session, message_id)
    return row.waiting_until is not None and row.waiting_until >= now


def take(session: Session, message_id: int, now: datetime, join: Join = alone) -> str | None:
    """The answer, for a delivery that WeChat still listens to; None where there is none yet, or it goes by itself.

    What is pending for the customer is joined to it. A redelivery takes all of it again: WeChat has not heard it then.
    """
    return _taken(session, _locked(session, message_id), now, join)


def _taken(session: Session, row: InboundMessage, now: datetime, join: Join) -> str | None:
    if row.state is not InboundState.ANSWERED or row.late:
        return None
    if row.waiting_until is not None:
        row.waiting_until = None
        if row.reply and not handoff.is_transfer(row.reply):
            row.reply = join(session, row, now)
        session.add(row)
        _carried(session, row, row.reply or "", now)
        _send_rest(session, row, now)
    return row.reply


def _carried(session: Session, row: InboundMessage, reply: str, now: datetime) -> None:
    if handoff.is_transfer(reply):
        handoff.transferred(session, row.openid, handoff.agent_in(reply), now)
    else:
        conversations.log_out(session, row.openid, "passive", reply, now)


def give_up(session: Session, message_id: int, now: datetime, join: Join = alone) -> str | None:
    """The last delivery's time is over: the answer if it has come after all, else None, and it will go by itself."""
    row = _locked(session, message_id)
    if row.state is InboundState.ANSWERED:
        return _taken(session, row, now, join)
    row.late, row.waiting_until = True, None
    session.add(row)
    return None


def unheard(session: Session, now: datetime, limit: int = 50) -> Sequence[int]:
    """Messages whose answer waits for a redelivery that has not come."""
    query = select(InboundMessage.id).where(
        InboundMessage.state == InboundState.ANSWERED, col(InboundMessage.waiting_until) < now)
    return [found for found in session.exec(query.limit(limit)).all() if found is not None]


def send_by_itself(session: Session, message_id: int, now: datetime) -> bool:
    """Sends an answer that no delivery has carried; False where one has meanwhile, or may yet."""
    row = _locked(session, message_id)
    if row.state is not InboundState.ANSWERED or row.waiting_until is None or row.waiting_until >= now:
        return False
    _send(session, row, now)
    return True


def _send(session: Session, row: InboundMessage, now: datetime) -> None:
    row.late, row.waiting_until = True, None
    session.add(row)
    if row.reply and not handoff.is_transfer(row.reply):  # only a passive reply can hand over; the next message will
        outbox.say(session, row.openid, "reply", row.reply, now, unique_key=f"reply:{row.id}")
    _send_rest(session, row, now)


def _send_rest(session: Session, row: InboundMessage, now: datetime) -> None:
    for part in row.rest:
        outbox.say(session, row.openid, "reply", part, now + REST_AFTER)


def latest_of(session: Session, openid: str, limit: int) -> Sequence[InboundMessage]:
    """What the customer has sent last, newest first."""
    query = select(InboundMessage).where(InboundMessage.openid == openid)
    return session.exec(query.order_by(col(InboundMessage.id).desc()).limit(limit)).all()


def _locked(session: Session, message_id: int) -> InboundMessage:
    query = select(InboundMessage).where(InboundMessage.id == message_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


# --- several in a row ------------------------------------------------------------------------------------------------


def is_followed_by_another(session: Session, row: InboundMessage) -> bool:
    """Whether the next thing the customer has sent since is of the same kind: three photos in a row are one turn."""
    query = select(InboundMessage.kind).where(
        InboundMessage.openid == row.openid, col(InboundMessage.id) > row.id, _counts(row))
    return session.exec(query.order_by(col(InboundMessage.id)).limit(1)).first() == row.kind


def follows_another(session: Session, row: InboundMessage) -> bool:
    """Whether the message before is of the same kind and was left to this one to be answered."""
    query = select(InboundMessage).where(
        InboundMessage.openid == row.openid, col(InboundMessage.id) < row.id, _counts(row))
    before = session.exec(query.order_by(col(InboundMessage.id).desc()).limit(1)).first()
    return before is not None and (before.kind, before.state, before.reply) == (row.kind, InboundState.ANSWERED, "")


def _counts(row: InboundMessage) -> ColumnElement[bool]:
    """Events that nobody answers do not come between two messages."""
    return or_(col(InboundMessage.kind) == row.kind, col(InboundMessage.reply).is_(None), col(InboundMessage.reply) != "")
