"""Customers: known by their openid, following or not, last heard of at some moment."""

from datetime import datetime

from sqlmodel import Session, select

from . import ledger, outbox
from .limits import MESSAGE
from .models import Customer


def customer(session: Session, openid: str, now: datetime) -> Customer:
    """The customer with that openid, entered at the first contact."""
    found = session.exec(select(Customer).where(Customer.openid == openid)).first()
    if found is None:
        found = Customer(openid=openid, created_at=now)
        session.add(found)
        session.flush()
    return found


def is_known(session: Session, openid: str) -> bool:
    """Whether there is a customer with that openid."""
    return session.exec(select(Customer.id).where(Customer.openid == openid)).first() is not None


def heard_from(session: Session, openid: str, now: datetime, deed: str = MESSAGE) -> Customer:
    """The customer has done something that allows messages (see `limits`): what was held for them can go out."""
    found = customer(session, openid, now)
    found.last_message_at = now
    found.followed = True
    session.add(found)
    ledger.open_grant(session, openid, deed, now)
    outbox.release_held(session, openid)
    return found


def find(session: Session, openid: str) -> Customer | None:
    """The customer with that openid, if they were ever heard of."""
    return session.exec(select(Customer).where(Customer.openid == openid)).first()


def unfollowed(session: Session, openid: str, now: datetime) -> None:
    """The customer no longer follows the account; nothing can be sent."""
    found = customer(session, openid, now)
    found.followed = False
    session.add(found)


def consents(session: Session, openid: str, now: datetime) -> None:
    """The customer agrees that name, phone and address are kept for the service; the first moment counts."""
    found = customer(session, openid, now)
    found.consented_at = found.consented_at or now
    session.add(found)


def has_consented(session: Session, openid: str) -> bool:
    """Whether the customer has ever agreed, and not had the data deleted since."""
    found = session.exec(select(Customer).where(Customer.openid == openid)).first()
    return found is not None and found.consented_at is not None
