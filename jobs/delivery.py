"""待发消息 go out: planned and claimed in one transaction, sent outside of any, the outcome recorded in another."""

import logging
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol

from aftersales import conversations, outbox, planner
from aftersales.models import OutboxMessage
from aftersales.outbox import CUSTOMER_SERVICE, Attempt
from aftersales.planner import Parcel, Terms
from aftersales.settings import Settings
from aftersales.store import transaction
from aftersales.texts import texts
from wechat.choices import render, rendered_size, without_choices
from wechat.errors import Effect, PlatformError
from wechat.replies import plain, split_text

from .refusals import Try, settle

log = logging.getLogger(__name__)

#: Messages to different customers go out side by side, so that a slow answer does not keep the others waiting.
SENDERS = 8
#: What a customer has waiting goes out in one run, as far as it is more than one message.
ROUNDS = 5
#: A text that the platform finds too long ends so.
CUT_SHORT = "……"
SHORT_BYTES = 600


class Transport(Protocol):
    """What of the platform's API is needed to send."""

    def send_text(self, openid: str, text: str) -> None:
        """A customer-service message."""

    def send_template(
        self, openid: str, template_id: str, data: dict[str, str], url: str = "", client_msg_id: str = ""
    ) -> str:
        """A template message; returns its number."""


def deliver_due(transport: Transport, known: Settings, now: datetime, chance: random.Random | None = None) -> int:
    """Sends what is due; returns how many sayings were tried. `chance` makes the pauses before another try uneven."""
    terms = Terms(rendered_size, known.quiet, known.wechat_template_id is not None)
    tried = 0
    for _ in range(ROUNDS):
        with transaction() as session:
            parcels = planner.claim(session, now, terms)
        if not parcels:
            break
        _deliver_all(transport, known, parcels, chance or random.SystemRandom())
        tried += sum(len(parcel.messages) for parcel in parcels)
    return tried


def _deliver_all(transport: Transport, known: Settings, parcels: list[Parcel], chance: random.Random) -> None:
    with ThreadPoolExecutor(min(SENDERS, len(parcels)), thread_name_prefix="send") as senders:
        for done in [senders.submit(_deliver, transport, known, parcel, chance) for parcel in parcels]:
            done.result()


def _deliver(transport: Transport, known: Settings, parcel: Parcel, chance: random.Random) -> None:
    try:
        msgid = _send(transport, known, parcel)
    except PlatformError as error:
        log.warning("messages %s to %s: %s", _ids(parcel), parcel.openid, error)
        _settled(Try(parcel, error, chance))
    except Exception as error:  # the messages after this one must go out all the same
        log.exception("messages %s to %s could not be sent", _ids(parcel), parcel.openid)
        _settled(Try(parcel, error, chance))
    else:
        _sent(parcel, msgid)


def _send(transport: Transport, known: Settings, parcel: Parcel) -> str | None:
    """Sends by the channel that was planned; returns the number of a template message."""
    if parcel.channel == CUSTOMER_SERVICE:
        _send_text(transport, parcel)
        return None
    (message,) = parcel.messages
    return transport.send_template(
        parcel.openid, known.wechat_template_id or "", _fields(message), client_msg_id=f"outbox-{message.id}")


def _send_text(transport: Transport, parcel: Parcel) -> None:
    """Sends the text; without its links, or only its beginning, where the platform minds those."""
    text = _beginning(render(parcel.text))
    try:
        transport.send_text(parcel.openid, text)
    except PlatformError as error:
        mended = MENDED.get(error.then.effect)
        if mended is None:
            raise
        _note(parcel, "mended", error)
        transport.send_text(parcel.openid, mended(parcel.text))


def _beginning(text: str, limit: int | None = None) -> str:
    parts = split_text(text, limit) if limit else split_text(text)
    return parts[0] + CUT_SHORT if len(parts) > 1 else text


#: What of a text is sent where the platform refuses it for a reason that can be mended.
MENDED: dict[Effect | None, Callable[[str], str]] = {
    Effect.PLAIN: lambda text: _beginning(plain(without_choices(text))),
    Effect.SHORTER: lambda text: _beginning(without_choices(text), SHORT_BYTES),
}


def _fields(message: OutboxMessage) -> dict[str, str]:
    """The fields of a template message; the platform's client cuts them to what they accept."""
    return {"thing1": texts("pushes")["template_field"], "thing2": message.short or without_choices(message.text)}


def _sent(parcel: Parcel, msgid: str | None) -> None:
    first, *others = parcel.messages
    with transaction() as session:
        outbox.tried(session, parcel.messages, Attempt(parcel.at, parcel.channel, "sent"))
        outbox.mark_sent(session, first.id or 0, parcel.channel, parcel.at, msgid=msgid)
        for other in others:
            outbox.mark_sent(session, other.id or 0, parcel.channel, parcel.at, merged_into=first.id)
        planner.open_again(session, parcel.api, parcel.at)
        conversations.log_out(session, parcel.openid, parcel.channel, parcel.text, parcel.at, first.id)


def _settled(failed: Try) -> None:
    with transaction() as session:
        settle(session, failed)


def _note(parcel: Parcel, outcome: str, error: PlatformError) -> None:
    with transaction() as session:
        outbox.tried(session, parcel.messages, Attempt(parcel.at, parcel.channel, outcome, error.errcode, error.rid))


def _ids(parcel: Parcel) -> str:
    return ", ".join(str(message.id) for message in parcel.messages)
