"""进度: the life of a work order as a table, the events that record it, and what a customer is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from . import outbox, pushes
from .appointments import confirm_visit, current_visit
from .models import Actor, AppointmentKind, Status, Technician, WorkOrder, WorkOrderEvent
from .times import Window

#: From which statuses an order may come to the one named. 派单 again is 改派, 约定 again is another time.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.DISPATCHED: frozenset({Status.SUBMITTED, Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED}),
    Status.ACCEPTED: frozenset({Status.SUBMITTED, Status.DISPATCHED}),
    Status.SCHEDULED: frozenset({Status.ACCEPTED, Status.SCHEDULED}),
    Status.IN_PROGRESS: frozenset({Status.ACCEPTED, Status.SCHEDULED}),
    Status.COMPLETED: frozenset({Status.IN_PROGRESS}),
    Status.CLOSED: frozenset({Status.COMPLETED}),
    Status.CANCELLED: frozenset({Status.SUBMITTED, Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED}),
}
STATUS_NAMES: dict[Status, str] = {
    Status.SUBMITTED: "已提交",
    Status.DISPATCHED: "已派单",
    Status.ACCEPTED: "已接单",
    Status.SCHEDULED: "已约定上门时间",
    Status.IN_PROGRESS: "维修中",
    Status.COMPLETED: "服务完成",
    Status.CLOSED: "已关闭",
    Status.CANCELLED: "已取消",
}
OPEN = (Status.SUBMITTED, Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS)
FINISHED = (Status.COMPLETED, Status.CLOSED)


class TransitionRefused(ValueError):  # noqa: N818 - the name says what happened
    """The order's status does not allow the step; the text says why and what would be allowed."""


class OrderNotFound(LookupError):  # noqa: N818
    """There is no work order with that number."""


@dataclass(frozen=True)
class Step:
    """A step of the work as somebody reports it.

    `technician_id` assigns a technician, `window` fixes the visit; `note` is shown in the order's events.
    """

    to: Status
    actor: Actor
    note: str | None = None
    technician_id: int | None = None
    window: Window | None = None


def find_order(session: Session, number: str, *, for_update: bool = False) -> WorkOrder:
    """The order with that number, locked where the database can and the caller is going to change it."""
    query = select(WorkOrder).where(WorkOrder.number == number.strip().upper())
    order = session.exec(query.with_for_update() if for_update else query).first()
    if order is None:
        raise OrderNotFound(f"there is no work order {number}")
    return order


def advance(session: Session, order: WorkOrder, step: Step, now: datetime) -> WorkOrderEvent:
    """Takes the order one step on: its status, the event and the word to the customer, in one transaction.

    Raises:
        TransitionRefused: when the order's status does not allow the step, or the step lacks what it needs.
    """
    _check(session, order, step)
    order.status = step.to
    order.updated_at = now
    if step.technician_id is not None:
        order.technician_id = step.technician_id
    if step.window is not None:
        confirm_visit(session, order, step.window, now)
    if step.to is Status.COMPLETED:
        order.completed_at = now
    event = record(session, order, step.to.value, step.actor, now, step.note)
    _tell(session, order, step, now)
    return event


def _check(session: Session, order: WorkOrder, step: Step) -> None:
    allowed = TRANSITIONS.get(step.to, frozenset())
    if order.status not in allowed:
        expected = ", ".join(sorted(status.value for status in allowed)) or "no status"
        raise TransitionRefused(
            f"work order {order.number} is {order.status.value}; {step.to.value} is only possible from: {expected}")
    if step.technician_id is not None and session.get(Technician, step.technician_id) is None:
        raise TransitionRefused(f"there is no technician {step.technician_id}")
    if step.to is Status.ACCEPTED and step.technician_id is None and order.technician_id is None:
        raise TransitionRefused(f"work order {order.number} has no technician yet; give technician_id")
    if step.to is Status.SCHEDULED and step.window is None:
        raise TransitionRefused("a scheduled visit needs visit_start and visit_end")


def _tell(session: Session, order: WorkOrder, step: Step, now: datetime) -> None:
    if step.actor is Actor.CUSTOMER:
        return  # the customer did it and has the answer in the chat
    technician = session.get(Technician, order.technician_id) if order.technician_id else None
    visit = current_visit(session, order, AppointmentKind.CONFIRMED)
    told = pushes.progress_texts(order, technician, visit, step.note, now)
    if told:
        text, short = told
        outbox.say(session, order.openid, "progress", text, now, order_id=order.id, extra=outbox.Extra(
            order.status.value, short, order.urgent, visit.start if visit else None))


def record(
    session: Session, order: WorkOrder, kind: str, actor: Actor, now: datetime, note: str | None = None
) -> WorkOrderEvent:
    """Adds a line to the order's history."""
    if order.id is None:
        session.flush()
    assert order.id is not None  # noqa: S101 - given by the flush
    event = WorkOrderEvent(order_id=order.id, type=kind, at=now, actor=actor, note=note)
    session.add(event)
    order.updated_at = now
    session.add(order)
    session.flush()
    return event


def events_of(session: Session, order: WorkOrder) -> Sequence[WorkOrderEvent]:
    """The order's history, oldest first."""
    query = select(WorkOrderEvent).where(WorkOrderEvent.order_id == order.id)
    return session.exec(query.order_by(col(WorkOrderEvent.at), col(WorkOrderEvent.id))).all()


def orders_of(
    session: Session, openid: str, statuses: Sequence[Status] | None = None, limit: int = 50
) -> Sequence[WorkOrder]:
    """A customer's orders, newest first, all or those in some statuses."""
    query = select(WorkOrder).where(WorkOrder.openid == openid)
    if statuses is not None:
        query = query.where(col(WorkOrder.status).in_(statuses))
    return session.exec(query.order_by(col(WorkOrder.id).desc()).limit(limit)).all()


def close_finished(session: Session, now: datetime, delay: timedelta) -> int:
    """Closes the services finished at least `delay` ago; returns how many."""
    query = select(WorkOrder).where(
        WorkOrder.status == Status.COMPLETED, col(WorkOrder.completed_at) <= now - delay).limit(100)
    orders = session.exec(query.with_for_update(skip_locked=True)).all()
    for order in orders:
        advance(session, order, Step(Status.CLOSED, Actor.SYSTEM), now)
    return len(orders)
