"""待发消息 go out: claimed in one transaction, sent outside of any, the outcome recorded in another.

The ladder: customer-service message, else template message, else held until the customer writes.
"""

import logging
from datetime import datetime
from typing import Protocol

from aftersales import conversations, outbox
from aftersales.models import OutboxMessage
from aftersales.settings import Settings
from aftersales.store import transaction
from wechat.choices import render
from wechat.errors import PlatformError, Reaction
from wechat.templates import template_data

log = logging.getLogger(__name__)


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
        transport.send_text(message.openid, render(message.text))
    except PlatformError as error:
        _after_failure(transport, known, message, now, error)
    else:
        _sent(message, "customer_service", now)


def _after_failure(
    transport: Transport, known: Settings, message: OutboxMessage, now: datetime, error: PlatformError
) -> None:
    log.warning("message %s to %s: %s", message.id, message.openid, error)
    if error.reaction is not Reaction.SWITCH_CHANNEL:
        _record_failure(message, now, error)
        return
    if not known.wechat_template_id:
        with transaction() as session:
            outbox.hold(session, _id(message), error.errcode, str(error))
        return
    try:
        transport.send_template(
            message.openid, known.wechat_template_id, template_data({"thing1": "家电服务", "thing2": message.text}),
            client_msg_id=f"outbox-{message.id}")
    except PlatformError as second:
        _record_failure(message, now, second)
    else:
        _sent(message, "template", now)


def _record_failure(message: OutboxMessage, now: datetime, error: PlatformError) -> None:
    with transaction() as session:
        if error.reaction in (Reaction.GIVE_UP, Reaction.FIX):
            outbox.mark_failed(session, _id(message), error.errcode, str(error))
        elif error.reaction is Reaction.SWITCH_CHANNEL:
            outbox.hold(session, _id(message), error.errcode, str(error))
        else:
            outbox.mark_retry(session, _id(message), now, error.errcode, str(error))


def _sent(message: OutboxMessage, channel: str, now: datetime) -> None:
    with transaction() as session:
        outbox.mark_sent(session, _id(message), channel, now)
        conversations.log_out(session, message.openid, channel, message.text, now)


def _id(message: OutboxMessage) -> int:
    assert message.id is not None  # noqa: S101 - it came from the database
    return message.id
