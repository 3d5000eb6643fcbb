"""What customers do: they want a person, they write, they want the assistant back."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from ..models import Customer, Handoff
from ..times import SHANGHAI
from .returning import wants_assistant
from .steps import WITH_PERSON, Step, advance, locked

#: When operators are there, o'clock in Asia/Shanghai.
OPENS, CLOSES = 8, 21
#: Nobody should wait longer than this for a person.
PATIENCE = timedelta(minutes=10)


class Listener(StrEnum):
    """Whom a customer's message is for; `RETURNED`: it has just called the assistant back, and has been dealt with."""

    ASSISTANT = "assistant"
    PERSON = "person"
    RETURNED = "returned"


def ask(session: Session, openid: str, now: datetime, step: Step = Step.ASKED) -> bool:
    """A person is wanted, for one of CALLS; the console shows it until somebody has taken care. False where one is there."""
    return advance(session, locked(session, openid, now), step, now)


def hears(session: Session, openid: str, words: str, now: datetime) -> Listener:
    """The customer has written: whom it is for. 回到机器人 gives the conversation back to the assistant."""
    customer = locked(session, openid, now)
    if customer.handoff is not Handoff.BOT and wants_assistant(words):
        advance(session, customer, Step.RETURNED, now)
        return Listener.RETURNED
    if customer.handoff not in WITH_PERSON:
        return Listener.ASSISTANT
    if customer.handoff is Handoff.PERSON:
        customer.handoff_said_at = now
    return Listener.PERSON


def in_service(now: datetime) -> bool:
    """Whether operators are at work."""
    return OPENS <= now.astimezone(SHANGHAI).hour < CLOSES


def is_overdue(customer: Customer, now: datetime) -> bool:
    """Whether the customer has waited for a person too long, or waits while nobody is at work."""
    if customer.handoff is not Handoff.WAITING or customer.handoff_since is None:
        return False
    return now - customer.handoff_since >= PATIENCE or not in_service(now)
