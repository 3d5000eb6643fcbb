"""What was said and what happened, in one line of time: messages, operators' words under way, changes of hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from aftersales.handoff import events_of
from aftersales.models import HandoffEvent, Message, OutboxMessage, OutboxState


@dataclass(frozen=True)
class Line:
    """One of three: a message (`sent` is what it was in the outbox), words that are not sent, or a change of hands."""

    at: datetime
    message: Message | None = None
    sent: OutboxMessage | None = None
    words: OutboxMessage | None = None
    event: HandoffEvent | None = None


def timeline(session: Session, openid: str, messages: Sequence[Message], since: datetime | None, before: int | None) -> list[Line]:
    """The lines from `since` on, or all; `before` is the id of the message at which the page after this one begins."""
    later = session.get(Message, before) if before is not None else None
    until = later.at if later else None
    sent = _outbox_of(session, messages)
    lines = [Line(message.at, message, sent.get(message.outbox_id)) for message in messages]
    lines += [Line(words.created_at, words=words) for words in _unsent(session, openid, since, until)]
    lines += [Line(event.at, event=event) for event in events_of(session, openid, since, until)]
    return sorted(lines, key=lambda line: line.at)


def _outbox_of(session: Session, messages: Sequence[Message]) -> dict[int | None, OutboxMessage]:
    wanted = {message.outbox_id for message in messages} - {None}
    found = session.exec(select(OutboxMessage).where(col(OutboxMessage.id).in_(wanted))).all()
    return {words.id: words for words in found}


def _unsent(session: Session, openid: str, since: datetime | None, until: datetime | None) -> Sequence[OutboxMessage]:
    """Operators' words that the customer has not got; those that were deleted for the customer's sake are gone."""
    query = select(OutboxMessage).where(
        OutboxMessage.openid == openid, OutboxMessage.state != OutboxState.SENT, OutboxMessage.text != "",
        col(OutboxMessage.author).is_not(None))
    if since is not None:
        query = query.where(col(OutboxMessage.created_at) >= since)
    if until is not None:
        query = query.where(col(OutboxMessage.created_at) < until)
    return session.exec(query.order_by(col(OutboxMessage.id))).all()
