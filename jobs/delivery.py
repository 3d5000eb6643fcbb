"""待发消息 go out: claimed in one transaction, sent outside of any, the outcome recorded in another.

The ladder: customer-service message, else template message, else held until the customer writes.
"""

import logging
import re
from datetime import datetime, timedelta
from typing import Protocol

from aftersales import conversations, outbox
from aftersales.models import OutboxMessage
from aftersales.settings import Settings
from aftersales.store import transaction
from wechat.choices import render
from wechat.errors import PlatformError, Reaction

log = logging.getLogger(__name__)

#: What becomes of a message that cannot be sent; after every other reaction it is tried again.
SETTLED = {
    Reaction.GIVE_UP: outbox.mark_failed,
    Reaction.FIX: outbox.mark_failed,
    Reaction.SWITCH_CHANNEL: outbox.hold,
}
_MARK = re.compile(r"\[\[([^\[\]|]+)[^\[\]]*\]\]")


class Transport(Protocol):
    """What of the platform's API is needed to send."""

    def send_text(self, openid: str, text: str) -> None:
        """A customer-service message."""

    def send_template(
        self, openid: str, template_id: str, data: dict[str, str], url: str = "", client_msg_id: str = ""
    ) -> str:
        """A template message."""


def deliver_due(transport: Transport, known: Settings, now: datetime) -> int:
    """Sends what is due; returns how many messages were tried."""
    with transaction() as session:
        claimed = outbox.claim_due(session, now)
    for message in claimed:
        _deliver(transport, known, message, now)
    return len(claimed)


def _deliver(transport: Transport, known: Settings, message: OutboxMessage, now: datetime) -> None:
    try:
        channel = _send(transport, known, message)
    except PlatformError as error:
        log.warning("message %s to %s: %s", message.id, message.openid, error)
        _record_failure(message, now, error)
    except Exception as error:  # the messages after this one must go out all the same
        log.exception("message %s to %s could not be sent", message.id, message.openid)
        _try_again(message, now, None, str(error))
    else:
        _sent(message, channel, now)


def _send(transport: Transport, known: Settings, message: OutboxMessage) -> str:
    """Sends by the first channel that is open; returns its name."""
    try:
        transport.send_text(message.openid, render(message.text))
    except PlatformError as error:
        if error.reaction is not Reaction.SWITCH_CHANNEL or not known.wechat_template_id:
            raise
        log.info("message %s to %s goes out by template: %s", message.id, message.openid, error)
    else:
        return "customer_service"
    transport.send_template(
        message.openid, known.wechat_template_id, {"thing1": "家电服务", "thing2": _in_words(message.text)},
        client_msg_id=f"outbox-{message.id}")
    return "template"


def _in_words(text: str) -> str:
    """The text for a place where nothing can be tapped: of choices, their labels."""
    return _MARK.sub(r"\1", text)


def _record_failure(message: OutboxMessage, now: datetime, error: PlatformError) -> None:
    if error.reaction not in SETTLED:
        _try_again(message, now + timedelta(seconds=error.retry_after), error.errcode, str(error))
        return
    with transaction() as session:
        SETTLED[error.reaction](session, _id(message), error.errcode, str(error))


def _try_again(message: OutboxMessage, after: datetime, errcode: int | None, error: str) -> None:
    with transaction() as session:
        outbox.mark_retry(session, _id(message), after, errcode, error)


def _sent(message: OutboxMessage, channel: str, now: datetime) -> None:
    with transaction() as session:
        outbox.mark_sent(session, _id(message), channel, now)
        conversations.log_out(session, message.openid, channel, message.text, now, message.id)


def _id(message: OutboxMessage) -> int:
    assert message.id is not None  # noqa: S101 - it came from the database
    return message.id
