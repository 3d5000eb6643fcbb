"""评价: stars for a finished service, changed or declined afterwards, the invitation to give them and its one reminder."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from . import handoff, outbox, pushes
from .models import Actor, Customer, OutboxMessage, OutboxState, Rating, Status, WorkOrder, WorkOrderEvent
from .opinions import DIMENSIONS, words_of
from .progress import FINISHED, record
from .scores import LOW_SCORE

__all__ = [
    "CHANGEABLE_FOR", "DIMENSIONS", "LOW_SCORE", "NotRatable", "any_invited", "awaiting_invitation", "changeable_orders", "complain",
    "decline", "invite", "invite_due", "invited", "ratable_orders", "rated_orders", "rating_of", "record_rating", "remind_due",
]
#: How long after the service's end its rating can be changed.
CHANGEABLE_FOR = timedelta(days=7)
#: An invitation is the talk of the day this long: stars without a word are meant for it.
FRESH = timedelta(days=1)


class NotRatable(ValueError):  # noqa: N818
    """The order is not finished yet."""


def ratable_orders(session: Session, openid: str) -> Sequence[WorkOrder]:
    """The customer's finished orders that have no rating yet, newest first."""
    rated = select(Rating.order_id)
    query = select(WorkOrder).where(
        WorkOrder.openid == openid, col(WorkOrder.status).in_(FINISHED), col(WorkOrder.id).not_in(rated))
    return session.exec(query.order_by(col(WorkOrder.completed_at).desc(), col(WorkOrder.id).desc())).all()


def rated_orders(session: Session, openid: str) -> Sequence[WorkOrder]:
    """The customer's orders that have a rating, the service finished last first."""
    query = select(WorkOrder).where(WorkOrder.openid == openid, col(WorkOrder.id).in_(select(Rating.order_id)))
    return session.exec(query.order_by(col(WorkOrder.completed_at).desc(), col(WorkOrder.id).desc())).all()


def changeable_orders(session: Session, openid: str, now: datetime) -> Sequence[WorkOrder]:
    """The rated orders whose rating can still be changed, newest first."""
    return [order for order in rated_orders(session, openid)
            if order.completed_at and now - order.completed_at <= CHANGEABLE_FOR]


def invited(session: Session, orders: Sequence[WorkOrder], now: datetime) -> WorkOrder | None:
    """The one of the orders that the customer was just asked to rate; None where that was none or several."""
    found = _freshly_invited(session, orders, now)
    return found[0] if len(found) == 1 else None


def any_invited(session: Session, orders: Sequence[WorkOrder], now: datetime) -> bool:
    """Whether the customer was just asked to rate one of the orders."""
    return bool(_freshly_invited(session, orders, now))


def _freshly_invited(session: Session, orders: Sequence[WorkOrder], now: datetime) -> list[WorkOrder]:
    asked = select(OutboxMessage.order_id).where(
        OutboxMessage.topic == "rating", OutboxMessage.state == OutboxState.SENT, col(OutboxMessage.sent_at) > now - FRESH)
    fresh = set(session.exec(asked).all())
    return [order for order in orders if order.id in fresh]


def rating_of(session: Session, order: WorkOrder) -> Rating | None:
    """The order's rating, if it has one."""
    return session.exec(select(Rating).where(Rating.order_id == order.id)).first()


def record_rating(
    session: Session,
    order: WorkOrder,
    overall: int,
    now: datetime,
    *,
    dimensions: dict[str, int] | None = None,
    comment: str | None = None,
) -> Rating:
    """Keeps the customer's rating; what is said later completes or replaces it.

    The order's history notes the first stars, and later what was changed.

    Args:
        overall: one to five stars.
        dimensions: stars by name of DIMENSIONS, as far as they were given.

    Raises:
        NotRatable: when the order is not finished.
        ValueError: when a score is not 1 to 5.
    """
    scores = {"overall": overall, **(dimensions or {})}
    if order.status not in FINISHED:
        raise NotRatable(f"work order {order.number} is {order.status.value}; only a finished service can be rated")
    if wrong := [score for score in scores.values() if not 1 <= score <= 5]:
        raise ValueError(f"a rating is 1 to 5 stars, not {wrong[0]}")
    assert order.id is not None  # noqa: S101 - it came from the database
    rating = rating_of(session, order)
    changed = _changed(rating, scores)
    if rating is None:
        rating = Rating(order_id=order.id, overall=overall, at=now)
        record(session, order, "rated", Actor.CUSTOMER, now, f"{overall}星")
        _withdraw_invitations(session, order, "the service has been rated")
    if changed:
        record(session, order, "rated", Actor.CUSTOMER, now, changed)
    for name, score in scores.items():
        setattr(rating, name, score)
    rating.comment = comment or rating.comment
    session.add(rating)
    session.flush()
    return rating


def _changed(rating: Rating | None, scores: Mapping[str, int]) -> str | None:
    """What becomes of scores that were given before: 总体5→3，速度4→2. None where nothing becomes different."""
    earlier: dict[str, Any] = rating.model_dump() if rating else {}
    changes = [f"{words_of('names', name)}{earlier[name]}→{score}" for name, score in scores.items()
               if earlier.get(name) not in (None, score)]
    return words_of("notes", "changed").format(changes="，".join(changes)) if changes else None


def complain(session: Session, order: WorkOrder, words: str, now: datetime) -> WorkOrderEvent:
    """A complaint told in a rating goes to a person and is noted on the order that is rated, which need not be the newest."""
    handoff.ask(session, order.openid, now, handoff.Step.COMPLAINED)
    return record(session, order, "complaint", Actor.CUSTOMER, now, words[:500] or None)


def decline(session: Session, order: WorkOrder, now: datetime) -> None:
    """The customer does not want to rate the service: noted once, and never asked again; rating it stays possible."""
    if order.id in session.exec(_declined()).all():
        return
    record(session, order, "note", Actor.CUSTOMER, now, words_of("notes", "declined"))
    _withdraw_invitations(session, order, "the customer does not want to rate the service")


def _declined() -> Any:
    """The ids of the orders whose customers do not want to rate them."""
    return select(WorkOrderEvent.order_id).where(
        WorkOrderEvent.type == "note", WorkOrderEvent.actor == Actor.CUSTOMER,
        WorkOrderEvent.note == words_of("notes", "declined"))


def _withdraw_invitations(session: Session, order: WorkOrder, reason: str) -> None:
    """What still waits to be sent would ask for what has been answered."""
    waiting = select(OutboxMessage).where(
        OutboxMessage.order_id == order.id, OutboxMessage.topic == "rating",
        col(OutboxMessage.state).in_((OutboxState.PENDING, OutboxState.HELD)))
    for message in session.exec(waiting).all():
        outbox.mark_failed(session, message.id or 0, None, reason)


def invite_due(session: Session, now: datetime, delay: timedelta) -> int:
    """Invites to rate every service finished at least `delay` ago and not invited yet; returns how many.

    Who talks to a person is invited afterwards: stars are for the assistant to take.
    """
    return _leave_invitations(session, now - delay, now, reminder=False)


def remind_due(session: Session, now: datetime, delay: timedelta) -> int:
    """Reminds once of a rating not given `delay` after the service was finished; returns how many."""
    return _leave_invitations(session, now - delay, now, reminder=True)


#: Services finished longer ago than this are left in peace.
TOO_LATE_TO_ASK = timedelta(days=7)


def _leave_invitations(session: Session, finished_before: datetime, now: datetime, *, reminder: bool) -> int:
    query = select(WorkOrder).where(
        WorkOrder.status == Status.COMPLETED,
        col(WorkOrder.completed_at) <= finished_before,
        col(WorkOrder.completed_at) > now - TOO_LATE_TO_ASK,
        col(WorkOrder.id).not_in(select(Rating.order_id)),
        col(WorkOrder.id).not_in(_declined()),
        col(WorkOrder.openid).not_in(select(Customer.openid).where(col(Customer.handoff).in_(handoff.WITH_PERSON))),
    )
    left = [invite(session, order, now, reminder=reminder) for order in session.exec(query).all()]
    return sum(message is not None for message in left)


def invite(session: Session, order: WorkOrder, now: datetime, *, reminder: bool = False) -> OutboxMessage | None:
    """Leaves the invitation to rate the order, or its one reminder; None where it was left before."""
    kind = "reminder" if reminder else "invitation"
    return outbox.say(
        session, order.openid, "rating", pushes.rating_text(order, reminder=reminder), now, order_id=order.id,
        unique_key=f"rating-{kind}:{order.number}", extra=outbox.Extra(kind))


def awaiting_invitation(session: Session, openid: str, now: datetime) -> Sequence[WorkOrder]:
    """The customer's orders that will be asked about: under way or just finished, not rated, declined or asked about yet."""
    settled = select(OutboxMessage.order_id).where(
        OutboxMessage.topic == "rating", col(OutboxMessage.order_id).is_not(None),
        col(OutboxMessage.state).not_in((OutboxState.PENDING, OutboxState.HELD)))
    query = select(WorkOrder).where(
        WorkOrder.openid == openid,
        or_(col(WorkOrder.status) == Status.IN_PROGRESS,
            and_(col(WorkOrder.status) == Status.COMPLETED, col(WorkOrder.completed_at) > now - TOO_LATE_TO_ASK)),
        col(WorkOrder.id).not_in(select(Rating.order_id)),
        col(WorkOrder.id).not_in(_declined()), col(WorkOrder.id).not_in(settled))
    return session.exec(query).all()
