"""WeChat's own customer service: the queue for it, and its sessions with customers."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from ..models import Customer, Handoff, HandoffEvent
from .steps import Step, advance, events_of, locked

#: What stands in the records for an answer that hands the customer to WeChat's customer service, with the agent after a colon.
TRANSFER = "transfer_customer_service"
#: There is room for so much of an agent's account.
_ACCOUNT = 100


def session_opened(session: Session, openid: str, account: str, at: datetime) -> bool:
    """WeChat has opened a session with an agent, or moved it to another; False where newer news are known."""
    customer = locked(session, openid, at)
    return not _is_stale(session, openid, at) and advance(session, customer, Step.OPENED, at, account[:_ACCOUNT])


def session_closed(session: Session, openid: str, at: datetime) -> bool:
    """WeChat's session is over: its messages come to us again; False where newer news are known."""
    customer = locked(session, openid, at)
    return not _is_stale(session, openid, at) and advance(session, customer, Step.CLOSED, at)


def _is_stale(session: Session, openid: str, at: datetime) -> bool:
    query = select(func.max(HandoffEvent.at)).where(
        HandoffEvent.openid == openid, col(HandoffEvent.step).in_((Step.OPENED, Step.CLOSED)))
    newest = session.exec(query).one()
    return newest is not None and at < newest


def to_transfer(session: Session, openid: str, since: datetime) -> bool:
    """Whether a person has been asked for since that moment, or ever without the customer having been transferred."""
    customer = session.exec(select(Customer).where(Customer.openid == openid, Customer.handoff == Handoff.WAITING)).first()
    if customer is None:
        return False
    asked, steps = customer.handoff_requested_at, events_of(session, openid, customer.handoff_since, None)
    return bool(asked and asked >= since) or Step.TRANSFERRED not in {event.step for event in steps}


def transferred(session: Session, openid: str, account: str | None, now: datetime) -> bool:
    """The customer queues for WeChat's customer service, for one agent or for any."""
    return advance(session, locked(session, openid, now), Step.TRANSFERRED, now, account)


def is_transfer(reply: str) -> bool:
    """Whether a recorded answer hands the customer to WeChat's customer service."""
    return reply.partition(":")[0] == TRANSFER


def agent_in(reply: str) -> str | None:
    """The agent named in such an answer."""
    return reply.partition(":")[2] or None
