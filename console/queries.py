"""What the pages read: orders with everything that belongs to them, in few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, or_, select

from aftersales import alarms, ledger
from aftersales.appointments import current_visit
from aftersales.handoff import is_overdue
from aftersales.ledger import Budget
from aftersales.media import photos_of
from aftersales.models import (
    Appointment,
    AppointmentKind,
    Customer,
    Handoff,
    Media,
    Message,
    OutboxMessage,
    OutboxState,
    PlatformAlarm,
    Rating,
    Status,
    Technician,
    WorkOrder,
    WorkOrderEvent,
)
from aftersales.progress import OPEN, events_of, orders_of
from aftersales.ratings import rating_of
from aftersales.settings import settings
from aftersales.store import reading
from aftersales.times import Window, utc_now

ORDERS_IN_PANEL = 20
UNSENT_IN_PANEL = 20
SEARCHED = (
    WorkOrder.number, WorkOrder.contact_name, WorkOrder.phone, WorkOrder.appliance, WorkOrder.brand, WorkOrder.model,
    WorkOrder.fault_description, WorkOrder.address_text, Technician.name, WorkOrder.openid,
)


@dataclass(frozen=True)
class OrderCard:
    """A work order with all that belongs to it."""

    order: WorkOrder
    technician: Technician | None
    visits: dict[AppointmentKind, Window]
    photos: Sequence[Media]
    rating: Rating | None
    events: Sequence[WorkOrderEvent]


@dataclass(frozen=True)
class OrderRow:
    """A line in the table of work orders, with the visit that was agreed, else the one the customer asked for."""

    order: WorkOrder
    technician: Technician | None
    visit: Window | None
    visit_kind: AppointmentKind | None


@dataclass(frozen=True)
class Desk:
    """What an operator has to know before writing: what of the customer's messages still lets us write, how long a silence
    ends the conversation, whether it is overdue, and whether there is a template for closed windows."""

    budget: Budget
    quiet: timedelta
    overdue: bool
    template: bool


def desk_of(session: Session, customer: Customer) -> Desk:
    """The same for this customer, now."""
    known, now = settings(), utc_now()
    return Desk(
        budget=ledger.budget_of(session, customer.openid, now), quiet=known.handoff_quiet, overdue=is_overdue(customer, now),
        template=known.wechat_template_id is not None)


def customer_of(session: Session, openid: str) -> Customer | None:
    """The customer with that openid, if they have ever written."""
    return session.exec(select(Customer).where(Customer.openid == openid)).first()


def waiting_for_person(session: Session) -> Sequence[Customer]:
    """Customers who asked for a person and whom nobody has taken care of, the longest waiting first."""
    query = select(Customer).where(Customer.handoff == Handoff.WAITING)
    return session.exec(query.order_by(col(Customer.handoff_since))).all()


def names_of(session: Session, openids: Iterable[str]) -> dict[str, str]:
    """The contact's name of each customer's newest order that has one, by openid."""
    query = select(WorkOrder.openid, WorkOrder.contact_name).where(
        col(WorkOrder.openid).in_(set(openids)), WorkOrder.contact_name != "")
    return dict(session.exec(query.order_by(col(WorkOrder.id))).all())


def open_orders(session: Session, openids: Iterable[str]) -> dict[str, list[WorkOrder]]:
    """The orders under way of each customer, oldest first, by openid."""
    query = select(WorkOrder).where(col(WorkOrder.openid).in_(set(openids)), col(WorkOrder.status).in_(OPEN))
    found: dict[str, list[WorkOrder]] = {}
    for order in session.exec(query.order_by(col(WorkOrder.id))).all():
        found.setdefault(order.openid, []).append(order)
    return found


def open_alarms() -> Sequence[PlatformAlarm]:
    """What somebody has to put right at the platform before messages go out again, the oldest first."""
    with reading() as session:
        return alarms.open_alarms(session)


def media_of(session: Session, messages: Iterable[Message]) -> dict[int | None, Media]:
    """The photos, videos and recordings in the messages, by id."""
    wanted = {message.media_id for message in messages} - {None}
    return {media.id: media for media in session.exec(select(Media).where(col(Media.id).in_(wanted))).all()}


def unsent_of(session: Session, openid: str) -> Sequence[OutboxMessage]:
    """What the customer has not got yet, the newest first; operators' words stand in the conversation itself."""
    over = (OutboxState.SENT, OutboxState.OVERTAKEN)
    query = select(OutboxMessage).where(
        OutboxMessage.openid == openid, col(OutboxMessage.state).not_in(over), col(OutboxMessage.author).is_(None))
    return session.exec(query.order_by(col(OutboxMessage.id).desc()).limit(UNSENT_IN_PANEL)).all()


def cards_of(session: Session, openid: str) -> list[OrderCard]:
    """The customer's orders, newest first, each with all that belongs to it."""
    return [_card(session, order) for order in orders_of(session, openid, limit=ORDERS_IN_PANEL)]


def _card(session: Session, order: WorkOrder) -> OrderCard:
    visits = {kind: current_visit(session, order, kind) for kind in AppointmentKind}
    return OrderCard(
        order=order,
        technician=session.get(Technician, order.technician_id) if order.technician_id else None,
        visits={kind: window for kind, window in visits.items() if window},
        photos=photos_of(session, order),
        rating=rating_of(session, order),
        events=events_of(session, order),
    )


def order_rows(
    session: Session, status: Status | None, search: str, limit: int, offset: int
) -> list[OrderRow]:
    """Work orders, newest first, of one status or all; `search` looks in what identifies an order."""
    query = select(WorkOrder, Technician).join(Technician, isouter=True)
    if status is not None:
        query = query.where(WorkOrder.status == status)
    if search:
        query = query.where(or_(*(col(column).icontains(search, autoescape=True) for column in SEARCHED)))
    found = session.exec(query.order_by(col(WorkOrder.id).desc()).limit(limit).offset(offset)).all()
    visits = _visits_of(session, [order.id for order, _ in found])
    return [OrderRow(order, technician, *visits.get(order.id, (None, None))) for order, technician in found]


def _visits_of(session: Session, order_ids: list[int | None]) -> dict[int | None, tuple[Window, AppointmentKind]]:
    appointments = session.exec(
        select(Appointment).where(col(Appointment.order_id).in_(order_ids)).order_by(col(Appointment.id))).all()
    by_weight = sorted(appointments, key=lambda each: each.kind == AppointmentKind.CONFIRMED)
    return {each.order_id: (Window(each.window_start, each.window_end), each.kind) for each in by_weight}
