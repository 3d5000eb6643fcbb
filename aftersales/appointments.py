"""预约上门时间: what the customer asked for and what was fixed."""

from datetime import datetime

from sqlmodel import Session, col, select

from .models import Appointment, AppointmentKind, WorkOrder
from .times import SHANGHAI, Window


def request_visit(session: Session, order: WorkOrder, window: Window, now: datetime) -> Appointment:
    """Notes when the customer would like the visit."""
    return _appoint(session, order, AppointmentKind.REQUESTED, window, now)


def confirm_visit(session: Session, order: WorkOrder, window: Window, now: datetime) -> Appointment:
    """Notes when the visit will be."""
    return _appoint(session, order, AppointmentKind.CONFIRMED, window, now)


def current_visit(session: Session, order: WorkOrder, kind: AppointmentKind) -> Window | None:
    """The newest window of a kind, in Asia/Shanghai; None where there is none."""
    query = select(Appointment).where(Appointment.order_id == order.id, Appointment.kind == kind)
    found = session.exec(query.order_by(col(Appointment.id).desc()).limit(1)).first()
    if found is None:
        return None
    return Window(found.window_start.astimezone(SHANGHAI), found.window_end.astimezone(SHANGHAI))


def _appoint(
    session: Session, order: WorkOrder, kind: AppointmentKind, window: Window, now: datetime
) -> Appointment:
    if window.end <= window.start:
        raise ValueError(f"a visit must end after it starts: {window.start} – {window.end}")
    session.flush()
    assert order.id is not None  # noqa: S101 - given by the flush
    appointment = Appointment(
        order_id=order.id, kind=kind, window_start=window.start, window_end=window.end, created_at=now)
    session.add(appointment)
    session.flush()
    return appointment
