"""Work orders with everything that belongs to them, in a fixed number of queries however many orders there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlmodel import Session, col, select

from aftersales.models import (
    Appointment,
    AppointmentKind,
    Media,
    Rating,
    Technician,
    WorkOrder,
    WorkOrderEvent,
)

from . import schemas

ByOrder = dict[int, list[Any]]


@dataclass(frozen=True)
class Belongings:
    """What belongs to some orders: rows by the order's id, technicians by their own."""

    events: ByOrder
    appointments: ByOrder
    photos: ByOrder
    ratings: ByOrder
    technicians: dict[int | None, Technician]


def work_order(session: Session, order: WorkOrder) -> schemas.WorkOrder:
    """One work order as it is answered."""
    return work_orders(session, [order])[0]


def work_orders(session: Session, orders: Sequence[WorkOrder]) -> list[schemas.WorkOrder]:
    """Work orders as they are answered, in the given order."""
    belongings = _belongings(session, [order.id for order in orders])
    return [_shown(order, belongings) for order in orders]


def media_url(media_id: int) -> str:
    """The absolute address of a file, at the host the caller used."""
    return url_for("api.media", media_id=media_id, _external=True)


def _belongings(session: Session, ids: Sequence[int | None]) -> Belongings:
    query = select(Technician).join(WorkOrder, col(WorkOrder.technician_id) == Technician.id)
    technicians = session.exec(query.where(col(WorkOrder.id).in_(ids))).all()
    return Belongings(
        events=_by_order(session, WorkOrderEvent, ids, WorkOrderEvent.at, WorkOrderEvent.id),
        appointments=_by_order(session, Appointment, ids, Appointment.id),
        photos=_by_order(session, Media, ids, Media.id),
        ratings=_by_order(session, Rating, ids, Rating.id),
        technicians={technician.id: technician for technician in technicians},
    )


def _by_order(session: Session, model: Any, ids: Sequence[int | None], *sorting: object) -> ByOrder:
    rows = session.exec(select(model).where(col(model.order_id).in_(ids)).order_by(*(col(each) for each in sorting)))
    found: ByOrder = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def _shown(order: WorkOrder, belongings: Belongings) -> schemas.WorkOrder:
    number = order.id or 0
    appointments, ratings = belongings.appointments[number], belongings.ratings[number]
    return schemas.WorkOrder.model_validate(order.model_dump() | {
        "contact_name": order.contact_name or None,
        "phone": order.phone or None,
        "address": _address(order),
        "requested_visit": _visit(appointments, AppointmentKind.REQUESTED),
        "confirmed_visit": _visit(appointments, AppointmentKind.CONFIRMED),
        "technician": belongings.technicians.get(order.technician_id),
        "photos": [schemas.Photo(kind=media.kind, url=media_url(media.id)) for media in belongings.photos[number]],
        "rating": ratings[0] if ratings else None,
        "events": belongings.events[number],
    })


def _address(order: WorkOrder) -> schemas.Address:
    return schemas.Address(
        province=order.province, city=order.city, district=order.district,
        detail=order.address_detail or None, text=order.address_text or None)


def _visit(appointments: Sequence[Appointment], kind: AppointmentKind) -> schemas.Visit | None:
    """The newest of a kind; they come in the order of entry."""
    found = [each for each in appointments if each.kind is kind]
    return schemas.Visit(start=found[-1].window_start, end=found[-1].window_end) if found else None
