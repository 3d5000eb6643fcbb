"""What is kept of a customer, as the customer may see it: contact particulars masked, the rest counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from .addresses import Address, mask_address
from .models import Customer, Media, Message, WorkOrder
from .phones import mask_phone
from .progress import orders_of
from .texts import texts
from .times import say_moment

#: So many names, phones and addresses are shown, and so many characters of an address.
SHOWN, SHOWN_LENGTH = 3, 40
#: More orders than anybody has.
ALL = 10_000


@dataclass(frozen=True)
class Kept:
    """What is kept of a customer: contact particulars masked, the newest first, and how much of the rest."""

    names: tuple[str, ...]
    phones: tuple[str, ...]
    addresses: tuple[str, ...]
    orders: int
    photos: int
    messages: int
    consented_at: datetime | None
    leaving: bool


def kept_of(session: Session, openid: str) -> Kept:
    """What is kept of the customer; `leaving` says that they have wished it deleted and open orders wait for that."""
    orders = orders_of(session, openid, limit=ALL)
    known = [order for order in orders if is_filled(order)]
    customer = session.exec(select(Customer).where(Customer.openid == openid)).first()
    mark = customer.forget_requested_at if customer else None
    return Kept(
        names=_distinct([mask_name(order.contact_name) for order in known]),
        phones=_distinct([mask_phone(order.phone) if order.phone else "" for order in known]),
        addresses=_distinct([_masked_address(order) for order in known]),
        orders=len(orders),
        photos=_count(session, Media, Media.openid == openid, col(Media.content_type).not_like("audio/%")),
        messages=_count(session, Message, Message.openid == openid),
        consented_at=customer.consented_at if customer else None,
        leaving=mark is not None and any(order.created_at <= mark for order in known),
    )


def mask_name(name: str) -> str:
    """张*; nothing for no name."""
    return f"{name[:1]}*" if name else ""


def _masked_address(order: WorkOrder) -> str:
    masked = mask_address(
        Address(order.province, order.city, order.district, order.address_detail, order.address_text))
    return masked if len(masked) <= SHOWN_LENGTH else f"{masked[:SHOWN_LENGTH]}…"


def _distinct(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _count(session: Session, table: type[Any], *conditions: Any) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def told(kept: Kept) -> str:
    """What is kept, line by line, in Chinese; short however much it is."""
    words = texts("privacy")
    contact = {"names": kept.names, "phones": kept.phones, "addresses": kept.addresses}
    lines = [words[name].format(values=_some(values)) for name, values in contact.items() if values]
    lines = lines or [words["no_contact"]]
    lines.append(words["counts"].format(orders=kept.orders, photos=kept.photos, messages=kept.messages))
    if kept.consented_at:
        lines.append(words["consent"].format(at=say_moment(kept.consented_at)))
    if kept.leaving:
        lines.append(words["leaving"])
    return "\n".join(lines)


def _some(values: Sequence[str]) -> str:
    shown = "、".join(values[:SHOWN])
    return texts("privacy")["more"].format(values=shown, count=len(values)) if len(values) > SHOWN else shown


def is_filled(order: WorkOrder) -> bool:
    """Whether the order says who its customer is; a forgotten one does not."""
    return bool(order.contact_name or order.phone or order.address_text)
