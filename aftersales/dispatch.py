"""派单: who gets an order. Skill first, then area, then the lightest load."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from .models import Actor, Status, Technician, WorkOrder
from .progress import Step, advance
from .technicians import all_technicians, loads


def dispatch_waiting(session: Session, now: datetime, limit: int = 50) -> list[WorkOrder]:
    """Dispatches the orders that have nobody yet; those for whom nobody is free stay as they are."""
    query = (
        select(WorkOrder)
        .where(WorkOrder.status == Status.SUBMITTED)
        .order_by(col(WorkOrder.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [order for order in session.exec(query).all() if dispatch(session, order, now)]


def dispatch(session: Session, order: WorkOrder, now: datetime) -> bool:
    """Gives the order to the best technician; False when nobody fits."""
    technician = choose(order, all_technicians(session), loads(session))
    if technician is None:
        return False
    advance(session, order, Step(Status.DISPATCHED, Actor.SYSTEM, technician_id=technician.id), now)
    return True


def choose(order: WorkOrder, technicians: Sequence[Technician], load: dict[int, int]) -> Technician | None:
    """The technician with the skill, for the area, with room for one more; the least loaded share of capacity wins."""
    fitting = [each for each in technicians if _fits(each, order) and load.get(each.id or 0, 0) < each.capacity]
    return min(fitting, key=lambda each: (load.get(each.id or 0, 0) / each.capacity, each.id or 0), default=None)


def _fits(technician: Technician, order: WorkOrder) -> bool:
    places = {order.province, order.city, order.district} - {None}
    in_area = "全国" in technician.service_areas or bool(places.intersection(technician.service_areas))
    return technician.active and order.appliance in technician.skills and in_area
