"""Customers: known by their openid, following or not, last heard of at some moment."""

from datetime import datetime

from sqlmodel import Session, select

from . import outbox
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


def heard_from(session: Session, openid: str, now: datetime) -> Customer:
    """The customer has written: the 48-hour window is open again and what was held for them can go out."""
    found = customer(session, openid, now)
    found.last_message_at = now
    found.followed = True
    session.add(found)
    outbox.release_held(session, openid, now)
    return found


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
