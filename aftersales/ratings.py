"""评价: stars for a finished service, the invitation to give them and its one reminder."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from . import outbox, pushes
from .models import Actor, Rating, Status, WorkOrder
from .progress import FINISHED, record

DIMENSIONS = ("attitude", "skill", "speed", "process")
LOW_SCORE = 2


class NotRatable(ValueError):  # noqa: N818
    """The order is not finished yet."""


def ratable_orders(session: Session, openid: str) -> Sequence[WorkOrder]:
    """The customer's finished orders that have no rating yet, newest first."""
    rated = select(Rating.order_id)
    query = select(WorkOrder).where(
        WorkOrder.openid == openid, col(WorkOrder.status).in_(FINISHED), col(WorkOrder.id).not_in(rated))
    return session.exec(query.order_by(col(WorkOrder.completed_at).desc())).all()


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
    """Keeps the customer's rating; what is said later completes it. The order's history notes the first stars.

    Args:
        overall: one to five stars.
        dimensions: stars by name of DIMENSIONS, as far as they were given.

    Raises:
        NotRatable: when the order is not finished.
        ValueError: when a score is not 1 to 5.
    """
    scores = dimensions or {}
    if order.status not in FINISHED:
        raise NotRatable(f"work order {order.number} is {order.status.value}; only a finished service can be rated")
    if wrong := [score for score in (overall, *scores.values()) if not 1 <= score <= 5]:
        raise ValueError(f"a rating is 1 to 5 stars, not {wrong[0]}")
    assert order.id is not None  # noqa: S101 - it came from the database
    rating = rating_of(session, order)
    if rating is None:
        rating = Rating(order_id=order.id, overall=overall, at=now)
        record(session, order, "rated", Actor.CUSTOMER, now, f"{overall}星")
    rating.overall = overall
    for name, score in scores.items():
        setattr(rating, name, score)
    rating.comment = comment or rating.comment
    session.add(rating)
    session.flush()
    return rating


def invite_due(session: Session, now: datetime, delay: timedelta) -> int:
    """Invites to rate every service finished at least `delay` ago and not invited yet; returns how many."""
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
    )
    name = "rating-reminder" if reminder else "rating-invitation"
    left = [
        outbox.say(session, order.openid, "rating", pushes.rating_text(order, reminder=reminder), now,
                   order_id=order.id, unique_key=f"{name}:{order.number}")
        for order in session.exec(query).all()
    ]
    return sum(message is not None for message in left)
