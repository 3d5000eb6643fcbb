"""Who has a conversation, as a table of steps.

bot → waiting (a person is wanted; the assistant goes on meanwhile) → person (an operator has it) or wechat (WeChat's own
customer service has it); in both the assistant is silent. Every step that changes something is an event.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from .. import customers, outbox
from ..models import Customer, Handoff, HandoffEvent
from ..texts import texts

#: The topic of what is said from person to person: in order, never merged with other messages, at any hour.
TOPIC = "operator"


class Step(StrEnum):
    """What changes who has a conversation."""

    ASKED = "asked"
    COMPLAINED = "complained"
    ENDANGERED = "endangered"
    TRANSFERRED = "transferred"
    TAKEN = "taken"
    FOLLOWED_UP = "followed_up"
    OPENED = "opened"
    ENDED = "ended"
    RETURNED = "returned"
    QUIET = "quiet"
    CLOSED = "closed"


BOT, WAITING, PERSON, WECHAT = Handoff.BOT, Handoff.WAITING, Handoff.PERSON, Handoff.WECHAT
#: Where each step is possible, and who has the conversation after it.
STEPS: dict[Step, tuple[frozenset[Handoff], Handoff]] = {
    Step.ASKED: (frozenset({BOT, WAITING}), WAITING),  # the customer wants a person
    Step.COMPLAINED: (frozenset({BOT, WAITING}), WAITING),
    Step.ENDANGERED: (frozenset({BOT, WAITING}), WAITING),  # gas, fire: a person has to know
    Step.TRANSFERRED: (frozenset({WAITING}), WAITING),  # handed to WeChat's customer service, which has not answered yet
    Step.TAKEN: (frozenset({BOT, WAITING, PERSON}), PERSON),  # by an operator, from another one too
    Step.FOLLOWED_UP: (frozenset({WAITING}), BOT),  # an operator has settled it otherwise, by phone for one
    Step.OPENED: (frozenset(Handoff), WECHAT),  # WeChat's session with an agent, or another agent
    Step.ENDED: (frozenset({PERSON}), BOT),  # by the operator's button
    Step.RETURNED: (frozenset({WAITING, PERSON, WECHAT}), BOT),  # by the customer's words
    Step.QUIET: (frozenset({PERSON}), BOT),  # nobody has said anything for a while
    Step.CLOSED: (frozenset({WECHAT}), BOT),  # WeChat's session is over
}
CALLS = (Step.ASKED, Step.COMPLAINED, Step.ENDANGERED)
#: In these the assistant is silent.
WITH_PERSON = (PERSON, WECHAT)


def state_of(session: Session, openid: str) -> Handoff:
    """Who has the conversation; the assistant that of somebody unknown."""
    found = session.exec(select(Customer.handoff).where(Customer.openid == openid)).first()
    return Handoff(found) if found else BOT


def events_of(session: Session, openid: str, since: datetime | None, until: datetime | None) -> Sequence[HandoffEvent]:
    """What happened from one moment (inclusive) to before another, oldest first; None is no bound."""
    query = select(HandoffEvent).where(HandoffEvent.openid == openid)
    if since is not None:
        query = query.where(col(HandoffEvent.at) >= since)
    if until is not None:
        query = query.where(col(HandoffEvent.at) < until)
    return session.exec(query.order_by(col(HandoffEvent.at), col(HandoffEvent.id))).all()


def locked(session: Session, openid: str, now: datetime) -> Customer:
    """The customer, whom nobody else changes until the transaction is over; entered at the first contact."""
    customers.customer(session, openid, now)
    query = select(Customer).where(Customer.openid == openid).with_for_update()
    found = session.exec(query.execution_options(populate_existing=True)).one()
    session.add(found)
    return found


def advance(session: Session, customer: Customer, step: Step, now: datetime, by: str | None = None) -> bool:
    """Takes the step where it is possible; one that changes nothing is no event."""
    allowed, after = STEPS[step]
    if customer.handoff not in allowed:
        return False
    if customer.handoff is not after or step not in CALLS:
        session.add(HandoffEvent(openid=customer.openid, step=step.value, by=by, at=now))
    if customer.handoff is not after:
        customer.handoff_since = None if after is BOT else now
    if step in CALLS or after is not WAITING:
        customer.handoff_requested_at = now if step in CALLS else None
    customer.handoff, customer.handoff_by = after, by if after in WITH_PERSON else None
    customer.handoff_said_at = now if after in WITH_PERSON else None
    session.flush()
    return True


def tell(session: Session, openid: str, name: str, now: datetime) -> None:
    """Leaves one of our own sentences for the customer."""
    outbox.say(session, openid, TOPIC, texts("handoff")[name], now)
