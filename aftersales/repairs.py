"""报修: a finished report becomes a work order."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from . import customers, media
from .addresses import Address
from .appointments import request_visit
from .models import Actor, DailySequence, WorkOrder
from .progress import record
from .times import SHANGHAI, Window

NUMBER_PREFIX = "BX"


@dataclass(frozen=True)
class Report:
    """Everything a customer has told for one order; what is not known is None."""

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


def submit_order(session: Session, openid: str, report: Report, now: datetime) -> WorkOrder:
    """Opens the work order with its first event, the visit asked for and the pictures sent for it."""
    address = report.address
    order = WorkOrder(
        number=next_number(session, now),
        openid=openid,
        service_type=report.service_type,
        appliance=report.appliance,
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
        created_at=now,
        updated_at=now,
    )
    session.add(order)
    session.flush()
    record(session, order, order.status.value, Actor.CUSTOMER, now)
    request_visit(session, order, report.visit, now)
    media.attach_loose(session, order, now)
    _note_handoff(session, order, now)
    return order


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
