"""What operators do: they take a conversation, write, and give it back; and what happens when they forget to."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from .. import outbox
from ..models import Customer, Handoff, Message, OutboxMessage
from .steps import TOPIC, Step, advance, locked, tell


class Refused(ValueError):  # noqa: N818 - the name says what happened
    """As the conversation stands, the operator cannot do that. `reason` is `other` (somebody else has it, named by `by`),
    `wechat` (WeChat's customer service has it), `returned` (the assistant has it) or `unfollowed`."""

    def __init__(self, reason: str, by: str | None = None) -> None:
        super().__init__(f"the conversation does not allow it: {reason}{f' ({by})' if by else ''}")
        self.reason = reason
        self.by = by


def take(session: Session, openid: str, operator: str, now: datetime, instead_of: str | None = None) -> None:
    """The operator takes the conversation, and the customer hears that a person is there.

    From another operator only explicitly: `instead_of` names who is thought to have it.

    Raises:
        Refused: when somebody else has it.
    """
    customer = locked(session, openid, now)
    if customer.handoff is Handoff.WECHAT:
        raise Refused("wechat", customer.handoff_by)
    holder = customer.handoff_by if customer.handoff is Handoff.PERSON else None
    if holder not in (None, operator, instead_of):
        raise Refused("other", holder)
    if holder == operator:
        return
    advance(session, customer, Step.TAKEN, now, operator)
    if holder is None:
        tell(session, openid, "arrived", now)


def say(session: Session, openid: str, operator: str, text: str, ticket: str, now: datetime) -> OutboxMessage | None:
    """Leaves the operator's words to be sent; None where those of the same ticket were left before.

    Raises:
        Refused: when the operator does not have the conversation (any more), or the customer no longer follows.
    """
    customer = locked(session, openid, now)
    if customer.handoff is not Handoff.PERSON or customer.handoff_by != operator:
        raise Refused(_REASONS[customer.handoff], customer.handoff_by)
    if not customer.followed:
        raise Refused("unfollowed")
    message = outbox.say(session, openid, TOPIC, text.replace("[[", "［［"), now, unique_key=f"operator:{ticket}")
    if message is not None:
        message.author, message.created_at = operator, now
        customer.handoff_said_at = now
    return message


_REASONS = {Handoff.BOT: "returned", Handoff.WAITING: "returned", Handoff.PERSON: "other", Handoff.WECHAT: "wechat"}


def hand_back(session: Session, openid: str, operator: str, now: datetime) -> None:
    """The operator has finished: the assistant goes on.

    Raises:
        Refused: when the operator does not have the conversation (any more).
    """
    customer = locked(session, openid, now)
    if customer.handoff is not Handoff.PERSON or customer.handoff_by != operator:
        raise Refused(_REASONS[customer.handoff], customer.handoff_by)
    _back(session, customer, Step.ENDED, now, operator)


def followed_up(session: Session, openid: str, operator: str, seen: datetime, now: datetime) -> bool:
    """An operator has taken care of the wish for a person; one made after the moment the operator saw stays."""
    customer = locked(session, openid, now)
    if customer.handoff_requested_at is None or customer.handoff_requested_at > seen:
        return False
    return advance(session, customer, Step.FOLLOWED_UP, now, operator)


def hand_back_quiet(session: Session, now: datetime, quiet: timedelta) -> int:
    """Gives back to the assistant the conversations in which neither side has said anything for so long; how many."""
    query = select(Customer).where(Customer.handoff == Handoff.PERSON, col(Customer.handoff_said_at) <= now - quiet)
    found = session.exec(query.with_for_update(skip_locked=True)).all()
    for customer in found:
        _back(session, customer, Step.QUIET, now)
    return len(found)


def _back(session: Session, customer: Customer, step: Step, now: datetime, by: str | None = None) -> None:
    """Gives the conversation back; the customer is told where they would wait for an answer otherwise."""
    waits = _waits(session, customer)
    advance(session, customer, step, now, by)
    if waits:
        tell(session, customer.openid, "back", now)


def _waits(session: Session, customer: Customer) -> bool:
    """Whether no operator has said anything since, or the customer has written after it."""
    begun = customer.handoff_since
    answered = session.exec(select(func.max(OutboxMessage.created_at)).where(
        OutboxMessage.openid == customer.openid, col(OutboxMessage.author).is_not(None),
        col(OutboxMessage.created_at) >= begun)).one()
    written = session.exec(select(func.max(Message.at)).where(
        Message.openid == customer.openid, Message.direction == "in", Message.kind != "event")).one()
    return answered is None or (written is not None and written > answered)
