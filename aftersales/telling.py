"""How work orders are told to their customer: a line each, or where one stands in full."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from .appointments import current_visit
from .models import AppointmentKind, Technician, WorkOrder
from .progress import OPEN, STATUS_NAMES, events_of
from .pushes import technician_words
from .texts import texts
from .times import say_moment, say_window


def line(order: WorkOrder) -> str:
    """BX2611220001 空调维修（已派单）."""
    return texts("orders")["line"].format(number=order.number, what=order.what, status=STATUS_NAMES[order.status])


def numbered(orders: Sequence[WorkOrder]) -> str:
    """One line per order, numbered from 1."""
    return "\n".join(f"{position}. {line(order)}" for position, order in enumerate(orders, 1))


def progress(session: Session, order: WorkOrder, now: datetime, *, urges: bool = True) -> str:
    """Where the order stands, who comes and when, and (unless `urges` is off) how often it was urged."""
    sentences = texts("orders")
    technician = session.get(Technician, order.technician_id) if order.technician_id else None
    confirmed = current_visit(session, order, AppointmentKind.CONFIRMED)
    requested = current_visit(session, order, AppointmentKind.REQUESTED)
    moving = _is_moving(session, order)
    parts = [
        sentences["head"].format(number=order.number, what=order.what, status=STATUS_NAMES[order.status]),
        sentences[order.status.value].format(
            technician=technician_words(technician), visit=say_window(confirmed, now) if confirmed else "",
            note=_done(session, order)),
    ]
    if confirmed is None and requested is not None and order.status.value in ("submitted", "dispatched", "accepted"):
        parts.append(sentences["submitted_visit"].format(visit=say_window(requested, now)))
    elif requested is not None and moving:
        parts.append(sentences["moving"].format(visit=say_window(requested, now)))
    return "\n".join([*parts, *(_urged(session, order) if urges else [])])


def _is_moving(session: Session, order: WorkOrder) -> bool:
    """Whether the customer has asked for another time since the visit was fixed."""
    steps = [event.type for event in events_of(session, order) if event.type in ("scheduled", "rescheduled")]
    return order.status.value == "scheduled" and steps[-1:] == ["rescheduled"]


def _done(session: Session, order: WorkOrder) -> str:
    notes = [event.note for event in events_of(session, order) if event.type == "completed" and event.note]
    return f"：{notes[-1]}" if notes else ""


def _urged(session: Session, order: WorkOrder) -> list[str]:
    if order.status not in OPEN:
        return []
    urges = [event for event in events_of(session, order) if event.type == "urged"]
    if not urges:
        return []
    return [texts("orders")["urged"].format(times=len(urges), at=say_moment(urges[-1].at))]
