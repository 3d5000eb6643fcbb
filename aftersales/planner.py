"""What is said to whom, when and how: the pending messages of one customer made one, the cheapest channel for it.

A passive reply costs nothing, so what is pending when the customer writes goes with it. Otherwise a customer-service
message is taken from the customer's budget (`ledger`), one of which is kept for the invitation to rate; where that is
spent a template message tells the progress, and the rest is held until the customer writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from . import alarms, customers, ledger, outbox, ratings, stops
from .limits import limits
from .models import InboundMessage, OutboxMessage, OutboxState, WorkOrder
from .outbox import CUSTOMER_SERVICE, TEMPLATE
from .quiet import waits_until
from .sayings import Merged, Size, merge, saying, says_nothing_new
from .times import QuietHours

#: The platform's API behind each channel.
APIS = {CUSTOMER_SERVICE: "message/custom/send", TEMPLATE: "message/template/send"}
NO_FOLLOWER = "the customer does not follow the account"
NO_BUDGET = "the customer's window is closed or its budget spent"
#: A message that waits for an API is looked at again so soon.
LOOK_AGAIN = timedelta(seconds=2)


@dataclass(frozen=True)
class Terms:
    """What sending depends on: how long a text will be, when it is quiet, whether the account has a template."""

    size: Size
    quiet: QuietHours | None
    template: bool


@dataclass(frozen=True)
class Parcel:
    """One message to send: the sayings in it are claimed, and paid for where it costs."""

    openid: str
    channel: str
    text: str
    messages: tuple[OutboxMessage, ...]
    grant_id: int | None
    at: datetime

    @property
    def api(self) -> str:
        return APIS[self.channel]


def claim(session: Session, now: datetime, terms: Terms, limit: int = 20) -> list[Parcel]:
    """Claims what is due, at most one message per customer. Any number of processes may claim at the same time."""
    outbox.release_stalled(session, now)
    parcels = [_claim_for(session, openid, now, terms) for openid in _customers_with_due(session, now, limit)]
    return [parcel for parcel in parcels if parcel]


def join(session: Session, openid: str, reply_id: int, reply: str, now: datetime, size: Size) -> str:
    """The passive reply with what is pending for the customer, as far as it has room; that is said with it.

    What was held or waits for the morning goes along: the customer is there.
    """
    ledger.alone_with(session, openid)
    merged = merge(_current(session, _pending(session, openid, now), now), size, limits().text_bytes, reply)
    outbox.said_with_reply(session, merged.messages, reply_id, now)
    return merged.text


# --- which messages --------------------------------------------------------------------------------------------------


def _customers_with_due(session: Session, now: datetime, limit: int) -> Sequence[str]:
    """Customers to whom something is due, who are not being sent anything, and whose passive reply is not being written."""
    sending = aliased(OutboxMessage)
    busy = select(sending.id).where(sending.openid == OutboxMessage.openid, sending.state == OutboxState.SENDING)
    answering = select(InboundMessage.id).where(
        InboundMessage.openid == OutboxMessage.openid, col(InboundMessage.waiting_until) >= now)
    query = (
        select(OutboxMessage.openid)
        .where(*_due(now), or_(col(OutboxMessage.not_before).is_(None), col(OutboxMessage.not_before) <= now))
        .where(~busy.correlate(OutboxMessage).exists(), ~answering.correlate(OutboxMessage).exists())
        .group_by(OutboxMessage.openid)
        .order_by(func.min(OutboxMessage.due_at), func.min(OutboxMessage.id))
    )
    return session.exec(query.limit(limit)).all()


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(OutboxMessage.state) == OutboxState.PENDING, col(OutboxMessage.due_at) <= now


def _pending(session: Session, openid: str, now: datetime) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.openid == openid, *_due(now)).order_by(col(OutboxMessage.id))
    return list(session.exec(query.execution_options(populate_existing=True)).all())


def _current(session: Session, messages: Sequence[OutboxMessage], now: datetime) -> list[OutboxMessage]:
    """Those that say something new; the others are left out for good."""
    orders = {message.order_id for message in messages} - {None}
    dead = (OutboxState.FAILED, OutboxState.OVERTAKEN)
    said = session.exec(select(OutboxMessage).where(
        col(OutboxMessage.order_id).in_(orders), col(OutboxMessage.state).not_in(dead))).all()
    stale = [message for message in messages if says_nothing_new(message, said, now)]
    for message in stale:
        outbox.mark_overtaken(session, message.id or 0)
    return [message for message in messages if message not in stale]


def _ready(session: Session, openid: str, now: datetime, quiet: QuietHours | None) -> list[OutboxMessage]:
    """What can be said now: nothing that waits for the morning, nothing before what is to be tried again later."""
    customer = customers.find(session, openid)
    heard_at = customer.last_message_at if customer else None
    ready: list[OutboxMessage] = []
    for message in _current(session, _pending(session, openid, now), now):
        until = waits_until(message, quiet, heard_at, now)
        if until is not None:
            outbox.wait(session, message.id or 0, until)
        elif message.not_before is not None and message.not_before > now:
            break
        else:
            ready.append(message)
    return ready


# --- which channel ---------------------------------------------------------------------------------------------------


def _claim_for(session: Session, openid: str, now: datetime, terms: Terms) -> Parcel | None:
    if not ledger.alone_with(session, openid, wait=False) or _is_sending(session, openid):
        return None
    ready = _ready(session, openid, now, terms.quiet)
    if not ready:
        return None
    customer = customers.find(session, openid)
    if customer is not None and not customer.followed:
        _hold(session, ready, NO_FOLLOWER)
        return None
    return _by_customer_service(session, openid, ready, now, terms) or _otherwise(session, openid, ready, now, terms)


def _is_sending(session: Session, openid: str) -> bool:
    query = select(OutboxMessage.id).where(OutboxMessage.openid == openid, OutboxMessage.state == OutboxState.SENDING)
    return session.exec(query.limit(1)).first() is not None


def _by_customer_service(
    session: Session, openid: str, ready: Sequence[OutboxMessage], now: datetime, terms: Terms
) -> Parcel | None:
    merged = merge(ready, terms.size, limits().text_bytes)
    expected = ratings.awaiting_invitation(session, openid, now)
    leave = bool(expected) and all(saying(message).leaves_one for message in merged.messages)
    grant_id = ledger.take(session, openid, now, leave=int(leave))
    if grant_id is None and leave and (invited := _invite_along(session, ready, expected, now)):
        merged = merge([*ready, *invited], terms.size, limits().text_bytes)
        grant_id = ledger.take(session, openid, now)
    if grant_id is None:
        return None
    if not stops.admits(session, APIS[CUSTOMER_SERVICE], now):
        ledger.give_back(session, grant_id)
        return None
    return _parcel(session, openid, CUSTOMER_SERVICE, merged, grant_id, now)


def _invite_along(
    session: Session, ready: Sequence[OutboxMessage], expected: Sequence[WorkOrder], now: datetime
) -> list[OutboxMessage]:
    """The last message of a budget tells that the service is completed and asks for the rating at once."""
    completed = {message.order_id for message in ready if message.kind == "completed"}
    for order in expected:
        if order.id in completed and (invitation := ratings.invite(session, order, now)):
            return [invitation]
    return []


def _otherwise(
    session: Session, openid: str, ready: Sequence[OutboxMessage], now: datetime, terms: Terms
) -> Parcel | None:
    """By template message what one may say; the rest is held, or waits where only the API is out of order."""
    for message in sorted(ready, key=lambda each: -saying(each).weight):
        if terms.template and saying(message).template and stops.admits(session, APIS[TEMPLATE], now):
            return _parcel(session, openid, TEMPLATE, Merged(message.text, (message,)), None, now)
    if _stopped_for_now(session, openid, now):
        for message in ready:
            outbox.wait(session, message.id or 0, now + LOOK_AGAIN)
    else:
        _hold(session, ready, NO_BUDGET)
    return None


def _stopped_for_now(session: Session, openid: str, now: datetime) -> bool:
    return stops.is_stopped(session, APIS[CUSTOMER_SERVICE], now) and ledger.remaining(session, openid, now) > 0


def _hold(session: Session, messages: Sequence[OutboxMessage], why: str) -> None:
    for message in messages:
        outbox.hold(session, message.id or 0, message.errcode, message.error or why)


def _parcel(
    session: Session, openid: str, channel: str, merged: Merged, grant_id: int | None, now: datetime
) -> Parcel:
    outbox.claim(session, merged.messages, now + outbox.LEASE, channel=channel, grant_id=grant_id)
    return Parcel(openid, channel, merged.text, merged.messages, grant_id, now)


def open_again(session: Session, api: str, now: datetime) -> None:
    """A call of the API went well: it is not stopped any more, and its alarms are over."""
    stops.works(session, api)
    alarms.resolve(session, api, now)
