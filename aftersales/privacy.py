"""我的信息 are deleted when the customer wishes it.

The wish is carried out at once, in one transaction. Two things come later, by a job: what a technician needs for an
open order goes when that order is over, and Rasa's own memory goes between two turns (see `trackers`). Until then the
customer's row carries the mark `forget_requested_at`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, and_, col, or_, select

from . import customers, inbox, outbox
from .media import MediaStore
from .models import (
    Actor,
    Customer,
    HandoffEvent,
    IdempotencyKey,
    InboundMessage,
    Media,
    Message,
    OutboxMessage,
    OutboxState,
    Rating,
    SelfHelp,
    WorkOrder,
    WorkOrderEvent,
)
from .personal_data import is_filled
from .progress import OPEN, record
from .texts import texts

#: What a forgotten order loses; number, kind, status, dates, brand, model, code, city and stars stay.
EMPTIED: dict[str, str | None] = {
    "contact_name": "", "phone": "", "address_detail": "", "address_text": "", "district": None, "household": None,
    "appliance_words": None, "fault_description": None, "fault_since": None, "diagnosis": None,
}
#: An order is over for good when so long nothing has happened to it and its customer has said nothing.
QUIET = timedelta(minutes=30)
#: The turn in which the wish was carried out is over by then, and so long a message may be under way.
TURN, UNDER_WAY = timedelta(seconds=5), timedelta(minutes=2)
#: Nothing of that turn is written any more by then.
SETTLED = timedelta(minutes=1)


def forget(session: Session, store: MediaStore, openid: str, now: datetime) -> list[WorkOrder]:
    """Deletes what is personal of the customer's, but for the orders that are open; returns those, newest first.

    The conversation, pictures, recordings and consent go; orders lose what EMPTIED names, their remarks and comments.
    A file goes where no other row has its content: within the transaction, so that a customer who sends the same
    content meanwhile does not lose it; after a failure the same call does the rest. Doing it twice is harmless.
    """
    customer = customers.customer(session, openid, now)
    before, customer.forget_requested_at = customer.forget_requested_at, now
    customer.consented_at = None
    session.add(customer)
    orders = _locked_orders(session, WorkOrder.openid == openid)
    staying = [order for order in orders if order.status in OPEN]
    _forget_orders(session, store, [order for order in orders if order.status not in OPEN], now)
    _forget_conversation(session, openid, now, staying)
    session.execute(delete(SelfHelp).where(col(SelfHelp.openid) == openid))
    _delete_media(session, store, Media.openid == openid, _belongs_to_none_of(Media, staying))
    for order in staying:
        if before is None or order.created_at > before:
            record(session, order, "note", Actor.CUSTOMER, now, texts("privacy")["forgotten_later"])
    return staying


def forget_finished(session: Session, store: MediaStore, now: datetime) -> int:
    """Deletes what was left for the technician once the order is over; returns how many orders.

    Together with it goes what has been said meanwhile, unless the customer has agreed anew to its being kept.
    """
    done = 0
    query = select(Customer).where(
        col(Customer.forget_requested_at).is_not(None),
        or_(col(Customer.last_message_at).is_(None), col(Customer.last_message_at) <= now - QUIET))
    for customer in session.exec(query.with_for_update(skip_locked=True)).all():
        over = _locked_orders(
            session, _left_behind(customer), col(WorkOrder.status).not_in(OPEN), col(WorkOrder.updated_at) <= now - QUIET)
        done += len(over)
        if over and customer.consented_at:
            _forget_orders(session, store, over, now)
        elif over:
            forget(session, store, customer.openid, now)
    return done


def _locked_orders(session: Session, *conditions: Any) -> Sequence[WorkOrder]:
    query = select(WorkOrder).where(*conditions).order_by(col(WorkOrder.id).desc())
    return session.exec(query.with_for_update()).all()


def _left_behind(customer: Customer) -> ColumnElement[bool]:
    """The orders that were open when the customer wished to be forgotten."""
    filled = or_(*(col(column) != "" for column in (WorkOrder.contact_name, WorkOrder.phone, WorkOrder.address_text)))
    return and_(
        col(WorkOrder.openid) == customer.openid, col(WorkOrder.created_at) <= customer.forget_requested_at, filled)


def _forget_orders(session: Session, store: MediaStore, orders: Sequence[WorkOrder], now: datetime) -> None:
    """Empties the orders and what belongs to them; the history of each notes it once."""
    ids, numbers = [order.id for order in orders], [order.number for order in orders]
    note = texts("privacy")["forgotten"]
    news = [order for order in orders if is_filled(order)]
    _set(session, WorkOrderEvent, {"note": None}, col(WorkOrderEvent.order_id).in_(ids), WorkOrderEvent.note != note)
    _set(session, Rating, {"comment": None}, col(Rating.order_id).in_(ids))
    _silence(session, col(OutboxMessage.order_id).in_(ids))
    _delete_media(session, store, col(Media.order_id).in_(ids))
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.answer["number"].as_string().in_(numbers))
        .execution_options(synchronize_session=False))
    for order in orders:
        for name, value in EMPTIED.items():
            setattr(order, name, value)
        session.add(order)
    for order in news:
        record(session, order, "note", Actor.CUSTOMER, now, note)


def _forget_conversation(session: Session, openid: str, until: datetime, staying: Sequence[WorkOrder]) -> None:
    """Deletes what was said until then; what is yet to be told of the orders that stay is told all the same.

    Messages that are still being answered belong to the time after.
    """
    for said in (Message, HandoffEvent):
        session.execute(
            delete(said).where(col(said.openid) == openid, col(said.at) <= until)
            .execution_options(synchronize_session=False))
    _set(session, InboundMessage, {"payload": "", "reply": None, "rest": []}, col(InboundMessage.openid) == openid,
         col(InboundMessage.received_at) <= until, col(InboundMessage.state).not_in(inbox.UNANSWERED))
    _silence(session, col(OutboxMessage.openid) == openid, col(OutboxMessage.created_at) <= until,
             or_(_belongs_to_none_of(OutboxMessage, staying), OutboxMessage.state == OutboxState.SENT))


def _belongs_to_none_of(table: type[Media] | type[OutboxMessage], orders: Sequence[WorkOrder]) -> ColumnElement[bool]:
    return or_(col(table.order_id).is_(None), col(table.order_id).not_in([order.id for order in orders]))


def _silence(session: Session, *conditions: Any) -> None:
    """Empties messages of ours; the rows stay, so that what was said once is not said again."""
    unsent = col(OutboxMessage.state).in_((*outbox.WAITING, OutboxState.HELD))
    _set(session, OutboxMessage, {"state": OutboxState.FAILED, "claimed_until": None, "error": texts("privacy")["unsent"]},
         *conditions, unsent)
    _set(session, OutboxMessage, {"text": "", "short": None}, *conditions)


def _set(session: Session, table: type[Any], values: dict[str, Any], *conditions: Any) -> None:
    session.execute(update(table).where(*conditions).values(**values).execution_options(synchronize_session=False))


def _delete_media(session: Session, store: MediaStore, *conditions: Any) -> None:
    rows = session.exec(select(Media.id, Media.sha256).where(*conditions)).all()
    ids, hashes = [row[0] for row in rows], {row[1] for row in rows}
    _set(session, Message, {"media_id": None}, col(Message.media_id).in_(ids))
    session.execute(delete(Media).where(col(Media.id).in_(ids)).execution_options(synchronize_session=False))
    others = set(session.exec(select(Media.sha256).where(col(Media.sha256).in_(hashes))).all())
    for sha256 in sorted(hashes - others):
        store.delete(sha256)


# --- what comes after the turn ---------------------------------------------------------------------------------------


def marked(session: Session, now: datetime) -> list[tuple[str, datetime]]:
    """Who wished to be forgotten and when, as far as that turn is over and no other is under way."""
    busy = select(InboundMessage.openid).where(
        col(InboundMessage.state).in_(inbox.UNANSWERED), col(InboundMessage.received_at) > now - UNDER_WAY)
    query = select(Customer.openid, Customer.forget_requested_at).where(
        col(Customer.forget_requested_at) <= now - TURN, col(Customer.openid).not_in(busy))
    return [(openid, mark) for openid, mark in session.exec(query).all() if mark]


def settle(session: Session, store: MediaStore, openid: str, mark: datetime, now: datetime) -> bool:
    """Deletes what that turn itself has left behind, its recording for one; whether nothing more is to do.

    A newer wish, and orders that are still to be emptied, keep the mark.
    """
    mine = (col(Customer.openid) == openid, col(Customer.forget_requested_at) == mark)
    customer = session.exec(select(Customer).where(*mine)).first()
    if customer is None or now - mark < SETTLED:
        return False
    left = _locked_orders(session, _left_behind(customer))
    _forget_conversation(session, openid, mark, left)
    _delete_media(session, store, Media.openid == openid, col(Media.order_id).is_(None),
                  col(Media.created_at) < _next_word(session, openid, mark, now))
    if not left:
        _set(session, Customer, {"forget_requested_at": None}, *mine)
    return not left


def _next_word(session: Session, openid: str, mark: datetime, now: datetime) -> datetime:
    """When the customer wrote again; now where they have not."""
    query = select(func.min(InboundMessage.received_at)).where(
        InboundMessage.openid == openid, col(InboundMessage.received_at) > mark)
    return session.exec(query).one() or now
