"""What a customer may ask of an order that exists: 催单, 改约, 修改信息, 取消, 转人工, 投诉."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from . import handoff, media
from .addresses import Address
from .appointments import request_visit
from .models import Actor, Status, WorkOrder, WorkOrderEvent
from .progress import OPEN, Step, advance, orders_of, record
from .times import Window, say_window

#: Until when an order can be withdrawn or changed by its customer.
CHANGEABLE = (Status.SUBMITTED, Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED)


class TooLate(ValueError):  # noqa: N818
    """The work has begun or is over; the customer cannot change the order any more."""


@dataclass(frozen=True)
class ContactChange:
    """New contact particulars; None stays as it is."""

    contact_name: str | None = None
    phone: str | None = None
    address: Address | None = None


@dataclass(frozen=True)
class DetailChange:
    """What is known better about the appliance; None stays as it is."""

    brand: str | None = None
    model: str | None = None
    error_code: str | None = None
    fault: str | None = None

    def told(self) -> list[str]:
        """What becomes of what, in Chinese."""
        values = {"品牌": self.brand, "型号": self.model, "故障代码": self.error_code, "故障": self.fault}
        return [f"{label}改为{value}" for label, value in values.items() if value]


def urge(session: Session, order: WorkOrder, words: str, now: datetime) -> WorkOrderEvent:
    """Notes that the customer presses for the order."""
    return record(session, order, "urged", Actor.CUSTOMER, now, words[:200] or None)


def cancel(session: Session, order: WorkOrder, reason: str | None, now: datetime) -> WorkOrderEvent:
    """Withdraws the order.

    Raises:
        TooLate: when the technician is at work already.
    """
    _check(order)
    return advance(session, order, Step(Status.CANCELLED, Actor.CUSTOMER, note=reason), now)


def reschedule(session: Session, order: WorkOrder, window: Window, now: datetime) -> WorkOrderEvent:
    """Notes another visit time; who goes there has to agree to it."""
    _check(order)
    request_visit(session, order, window, now)
    return record(session, order, "rescheduled", Actor.CUSTOMER, now, say_window(window, now))


def change_contact(session: Session, order: WorkOrder, change: ContactChange, now: datetime) -> WorkOrderEvent:
    """Corrects name, phone or address."""
    _check(order)
    notes = [f"{label}改为{value}" for label, value in _new_values(order, change).items()]
    return record(session, order, "changed", Actor.CUSTOMER, now, "，".join(notes))


def change_details(session: Session, order: WorkOrder, change: DetailChange, now: datetime) -> WorkOrderEvent:
    """Corrects or completes brand, model, code or fault; the event's note says to what.

    Raises:
        TooLate: when the technician is at work already.
    """
    _check(order)
    order.brand = change.brand or order.brand
    order.model = change.model or order.model
    order.error_code = change.error_code or order.error_code
    order.fault_description = change.fault or order.fault_description
    return record(session, order, "changed", Actor.CUSTOMER, now, "，".join(change.told()))


def add_details(
    session: Session, order: WorkOrder, fault: str | None, words: str, now: datetime, *, urgent: bool = False
) -> WorkOrderEvent:
    """What the customer adds to an order that is open already: another fault, a remark, the pictures sent with it.

    `urgent`: it has become dangerous; a person is called.
    """
    if urgent and not order.urgent:
        order.urgent = True
        record(session, order, "urgent", Actor.SYSTEM, now, fault)
        handoff.ask(session, order.openid, now, handoff.Step.ENDANGERED)
    known = order.fault_description or ""
    if fault and fault not in known:
        order.fault_description = f"{known}，{fault}" if known else fault
    media.attach_loose(session, order, now)
    return record(session, order, "note", Actor.CUSTOMER, now, words[:500] or None)


def _new_values(order: WorkOrder, change: ContactChange) -> Mapping[str, str]:
    values: dict[str, str] = {}
    if change.contact_name:
        order.contact_name = values["联系人"] = change.contact_name
    if change.phone:
        order.phone = values["电话"] = change.phone
    if change.address:
        address = change.address
        order.province, order.city, order.district = address.province, address.city, address.district
        order.address_detail = address.detail
        order.address_text = values["地址"] = address.text
    return values


def _check(order: WorkOrder) -> None:
    if order.status not in CHANGEABLE:
        raise TooLate(f"work order {order.number} is {order.status.value} and cannot be changed by its customer")


def hand_over(session: Session, openid: str, words: str, now: datetime) -> WorkOrder | None:
    """The customer wants a person: the console shows it, and the newest open order notes it. Returns that order."""
    handoff.ask(session, openid, now)
    return _note_on_newest(session, openid, "handoff", words, now, OPEN)


def complain(session: Session, openid: str, words: str, now: datetime) -> WorkOrder | None:
    """A complaint goes to a person and is noted on the customer's newest order. Returns that order."""
    handoff.ask(session, openid, now, handoff.Step.COMPLAINED)
    return _note_on_newest(session, openid, "complaint", words, now, None)


def _note_on_newest(
    session: Session, openid: str, kind: str, words: str, now: datetime, statuses: tuple[Status, ...] | None
) -> WorkOrder | None:
    orders = orders_of(session, openid, statuses, limit=1) or orders_of(session, openid, limit=1)
    if not orders:
        return None
    record(session, orders[0], kind, Actor.CUSTOMER, now, words[:500] or None)
    return orders[0]
