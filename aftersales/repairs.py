"""报修: a finished report becomes a work order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from . import customers, handoff, media
from .addresses import Address
from .appointments import request_visit
from .models import Actor, DailySequence, WorkOrder
from .progress import OPEN, orders_of, record
from .times import SHANGHAI, Window

NUMBER_PREFIX = "BX"


#: The same report again within this time is the same tap or message once more, not another order.
SAME_AGAIN = timedelta(minutes=10)
#: How many places where a customer has been served are offered.
PLACES = 3


@dataclass(frozen=True)
class Report:
    """Everything a customer has told for one order; what is not known is None.

    `diagnosis` is what the technician may expect and should bring; `another` that the customer has said that it is not
    about the order that is open for such an appliance.
    """

    service_type: str
    appliance: str
    contact_name: str
    phone: str
    address: Address
    visit: Window
    brand: str | None = None
    model: str | None = None
    fault: str | None = None
    error_code: str | None = None
    fault_since: str | None = None
    appliance_words: str | None = None
    household: str | None = None
    urgent: bool = False
    diagnosis: str | None = None
    remark: str | None = None
    another: bool = False


@dataclass(frozen=True)
class Contact:
    """Where and how a customer has been reached before."""

    contact_name: str
    phone: str
    address: Address
    household: str | None


def submit_orders(session: Session, openid: str, reports: Sequence[Report], now: datetime) -> list[WorkOrder]:
    """Opens a work order for each report; one that has just been submitted is not opened twice."""
    return [(None if report.another else _just_submitted(session, openid, report, now)) or submit_order(session, openid, report, now)
            for report in reports]


def _just_submitted(session: Session, openid: str, report: Report, now: datetime) -> WorkOrder | None:
    query = select(WorkOrder).where(
        WorkOrder.openid == openid, WorkOrder.appliance == report.appliance, WorkOrder.phone == report.phone,
        WorkOrder.service_type == report.service_type, WorkOrder.fault_description == report.fault,
        WorkOrder.address_text == report.address.text, col(WorkOrder.status).in_(OPEN),
        col(WorkOrder.created_at) > now - SAME_AGAIN)
    return session.exec(query.order_by(col(WorkOrder.id).desc())).first()


def latest_order(session: Session, openid: str, now: datetime) -> WorkOrder | None:
    """The order the customer has submitted within the last minutes, if it is still open."""
    newest = next(iter(orders_of(session, openid, OPEN, limit=1)), None)
    return newest if newest and newest.created_at > now - SAME_AGAIN else None


def submit_order(session: Session, openid: str, report: Report, now: datetime) -> WorkOrder:
    """Opens the work order with its first event, the visit asked for and the pictures sent for it."""
    address = report.address
    order = WorkOrder(
        number=next_number(session, now),
        openid=openid,
        service_type=report.service_type,
        appliance=report.appliance,
        appliance_words=report.appliance_words,
        urgent=report.urgent,
        household=report.household,
        brand=report.brand,
        model=report.model,
        fault_description=report.fault,
        error_code=report.error_code,
        fault_since=report.fault_since,
        contact_name=report.contact_name,
        phone=report.phone,
        province=address.province,
        city=address.city,
        district=address.district,
        address_detail=address.detail,
        address_text=address.text,
        diagnosis=report.diagnosis,
        created_at=now,
        updated_at=now,
    )
    session.add(order)
    session.flush()
    record(session, order, order.status.value, Actor.CUSTOMER, now)
    request_visit(session, order, report.visit, now)
    media.attach_loose(session, order, now)
    if report.remark:
        record(session, order, "note", Actor.CUSTOMER, now, report.remark[:500])
    _note_handoff(session, order, now)
    _note_urgency(session, order, now)
    return order


def _note_urgency(session: Session, order: WorkOrder, now: datetime) -> None:
    """A danger is shown to a person at once."""
    if order.urgent:
        record(session, order, "urgent", Actor.SYSTEM, now, order.fault_description)
        handoff.ask(session, order.openid, now, handoff.Step.ENDANGERED)


def past_contacts(session: Session, openid: str) -> list[Contact]:
    """Where the customer has been served before, the latest first, each place once; their own before others'."""
    found: dict[tuple[str | None, str], Contact] = {}
    for order in orders_of(session, openid):
        if order.phone and order.address_text:
            found.setdefault((order.household, order.address_detail), _contact_of(order))
    return sorted(found.values(), key=lambda contact: contact.household is not None)[:PLACES]


def _contact_of(order: WorkOrder) -> Contact:
    address = Address(order.province, order.city, order.district, order.address_detail, order.address_text)
    return Contact(order.contact_name, order.phone, address, order.household)


def _note_handoff(session: Session, order: WorkOrder, now: datetime) -> None:
    """A customer who is waiting for a person while reporting: whoever opens the order should see it."""
    if customers.customer(session, order.openid, now).handoff_requested_at is not None:
        record(session, order, "handoff", Actor.CUSTOMER, now)


def next_number(session: Session, now: datetime) -> str:
    """BX, the day (Asia/Shanghai) and a running number: BX2611220001. Safe with several processes."""
    day = now.astimezone(SHANGHAI).strftime("%y%m%d")
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table = DailySequence.__table__  # type: ignore[attr-defined]
    statement = dialect.insert(table).values(day=day, last=1)
    statement = statement.on_conflict_do_update(index_elements=["day"], set_={"last": table.c.last + 1})
    last = session.execute(statement.returning(table.c.last)).scalar_one()
    return f"{NUMBER_PREFIX}{day}{last:04d}"
