"""会话: the log of everything said, one conversation per openid."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from .models import Customer, Handoff, Message, WorkOrder

#: What of an order is searched for a conversation.
SEARCHED = (
    WorkOrder.number, WorkOrder.contact_name, WorkOrder.phone, WorkOrder.appliance, WorkOrder.brand, WorkOrder.model,
    WorkOrder.fault_description, WorkOrder.address_text,
)


@dataclass(frozen=True)
class Understanding:
    """What the assistant made of a customer's words."""

    intent: str | None = None
    confidence: float | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    """A line of the console's list: who, how much was said, what last, and how much of it no operator has read."""

    customer: Customer
    messages: int
    last: Message
    unread: int


def log_in(
    session: Session, openid: str, kind: str, text: str, now: datetime, understood: Understanding | None = None,
    media_id: int | None = None, inbound_id: int | None = None,
) -> Message:
    """Logs what a customer said or sent; `inbound_id` is the row that records its delivery."""
    known = understood or Understanding()
    return _log(session, Message(
        openid=openid, direction="in", channel="wechat", kind=kind, text=text, media_id=media_id, at=now,
        intent=known.intent, confidence=known.confidence, entities=known.entities, inbound_id=inbound_id))


def note_understanding(session: Session, inbound_id: int, understood: Understanding) -> None:
    """What the assistant made of a logged message; nothing where the customer had it deleted meanwhile."""
    _note(session, inbound_id, asdict(understood))


def has_file(session: Session, inbound_id: int) -> bool:
    """Whether a logged message has its photo, video or recording already."""
    query = select(Message.id).where(Message.inbound_id == inbound_id, col(Message.media_id).is_not(None))
    return session.exec(query).first() is not None


def attach_file(session: Session, inbound_id: int, media_id: int | None) -> None:
    """Gives a logged message its photo, video or recording; nothing where the customer had it deleted meanwhile."""
    _note(session, inbound_id, {"media_id": media_id})


def _note(session: Session, inbound_id: int, values: dict[str, Any]) -> None:
    session.execute(
        update(Message).where(col(Message.inbound_id) == inbound_id).values(**values)
        .execution_options(synchronize_session=False))


def log_out(
    session: Session, openid: str, channel: str, text: str, now: datetime, outbox_id: int | None = None
) -> Message:
    """Logs what the customer was sent, by `passive` reply, `customer_service` or `template` message."""
    return _log(session, Message(
        openid=openid, direction="out", channel=channel, kind="text", text=text, at=now, outbox_id=outbox_id))


def _log(session: Session, message: Message) -> Message:
    session.add(message)
    session.flush()
    return message


def messages_of(session: Session, openid: str, limit: int = 50, before: int | None = None) -> Sequence[Message]:
    """The conversation, newest first; `before` is the id of a message to go on from."""
    query = select(Message).where(Message.openid == openid)
    if before is not None:
        query = query.where(col(Message.id) < before)
    return session.exec(query.order_by(col(Message.id).desc()).limit(limit)).all()


def latest(session: Session, search: str = "", limit: int = 50, offset: int = 0) -> list[Summary]:
    """Conversations: who waits for a person, the longest first, then what is unread, then the liveliest.

    `search` looks in what was said and in the orders: a name, a phone, an order number, an appliance or any words of the
    chat find their conversation.
    """
    last = select(
        Message.openid, func.max(Message.id).label("last_id"), func.count().label("messages")
    ).group_by(Message.openid).subquery()
    unread = _unread()
    waits = col(Customer.handoff) == Handoff.WAITING
    query = (
        select(Customer, last.c.messages, Message, unread)
        .join(last, last.c.openid == Customer.openid)
        .join(Message, col(Message.id) == last.c.last_id)
        .order_by(
            case((waits, 0), (unread > 0, 1), else_=2), case((waits, Customer.handoff_since)), last.c.last_id.desc())
    )
    if search.strip():
        query = query.where(_matches(search.strip()))
    return [Summary(*row) for row in session.exec(query.limit(limit).offset(offset)).all()]


def _unread() -> Any:
    """How much a customer has written to a person, or while waiting for one, that no operator has seen."""
    written = aliased(Message)
    count = (
        select(func.count(col(written.id)))
        .where(
            written.openid == Customer.openid, written.direction == "in",
            col(written.id) > func.coalesce(Customer.seen_message_id, 0),
            col(written.at) >= col(Customer.handoff_since))
        .correlate(Customer)
        .scalar_subquery()
    )
    return case((col(Customer.handoff).in_((Handoff.WAITING, Handoff.PERSON)), count), else_=0)


def unread_of(session: Session, openids: Collection[str]) -> dict[str, int]:
    """How much is unread of each of these conversations."""
    return dict(session.exec(select(Customer.openid, _unread()).where(col(Customer.openid).in_(openids))).all())


def seen(session: Session, openid: str, message_id: int, operator: str) -> None:
    """The operator has read the conversation up to that message; what somebody else is to answer stays unread."""
    session.execute(
        update(Customer)
        .where(
            col(Customer.openid) == openid, func.coalesce(Customer.seen_message_id, 0) < message_id,
            or_(col(Customer.handoff) != Handoff.PERSON, col(Customer.handoff_by) == operator))
        .values(seen_message_id=message_id)
        .execution_options(synchronize_session=False))


def _matches(search: str) -> Any:
    def like(column: object) -> Any:
        return col(column).icontains(search, autoescape=True)

    said = select(Message.openid).where(like(Message.text))
    ordered = select(WorkOrder.openid).where(or_(*(like(column) for column in SEARCHED)))
    return or_(col(Customer.openid).in_(said), col(Customer.openid).in_(ordered), like(Customer.openid))
