"""/wechat: the official account's server address."""

import logging
import time
from concurrent.futures import Future, wait
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from sqlmodel import Session

from aftersales import conversations, customers, inbox, outbox
from aftersales.inbox import Delivery
from aftersales.limits import deed_of
from aftersales.models import InboundMessage as Row
from aftersales.models import InboundState
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from aftersales.times import utc_now
from wechat.choices import render
from wechat.envelope import BadSignature, Envelope, Opened, Undecryptable
from wechat.messages import InboundMessage, MalformedMessage, parse
from wechat.replies import SUCCESS, text_reply

from . import metrics
from .answering import Answering, packed
from .understanding import is_silent

log = logging.getLogger(__name__)

#: The largest push; WeChat's own are a few kilobytes.
MAX_BODY = 256 * 1024
#: Positions come every few seconds where the account asks for them. We do not, and keep none.
UNRECORDED_EVENTS = ("LOCATION",)

blueprint = Blueprint("wechat", __name__)


def _envelope() -> Envelope:
    envelope: Envelope = current_app.extensions["baoxiu_envelope"]
    return envelope


def _answering() -> Answering:
    answering: Answering = current_app.extensions["baoxiu_answering"]
    return answering


@blueprint.get("/wechat")
def verify() -> Response:
    """WeChat's check when the server address is saved."""
    try:
        return _plain(_envelope().verify_url(request.args))
    except BadSignature:
        return _refuse("signature", 403)


@blueprint.post("/wechat")
def receive() -> Response:
    """A message or event: recorded, answered passively if that is possible in time."""
    started = time.monotonic()
    if (request.content_length or 0) > MAX_BODY:
        return _refuse("size", 413)
    try:
        opened = _envelope().open(request.args, request.get_data())
    except BadSignature:
        return _refuse("signature", 403)
    except (Undecryptable, MalformedMessage) as error:
        log.warning("a push could not be opened: %s", error)
        return _refuse("encryption", 200)
    try:
        message = parse(opened.message_xml)
    except MalformedMessage as error:
        log.warning("a push was not understood: %s", error)
        return _refuse("malformed", 200)
    reply = _answer(message, started)
    metrics.LATENCY.observe(time.monotonic() - started)
    metrics.ANSWERED.labels("passive" if reply else "silent").inc()
    return _render(opened, message, reply)


def _answer(message: InboundMessage, started: float) -> str | None:
    """The passive reply, or None when there is none (in time)."""
    metrics.INBOUND.labels(message.kind).inc()
    if message.kind == "unknown":
        log.warning("a message of an unknown kind: %s", message.raw.get("MsgType"))
        return None
    if message.event in UNRECORDED_EVENTS:
        return None
    row, new = _record(message)
    if not new:
        metrics.REDELIVERED.inc()
    assert row.id is not None  # noqa: S101 - given by the database
    if row.state is InboundState.ANSWERED:
        return _taken(row.id)
    return _wait(_answering().start(row.id, message), row.id, started)


def _record(message: InboundMessage) -> tuple[Row, bool]:
    """The message as recorded, now or at an earlier delivery, and whether it is new."""
    now = utc_now()
    with transaction() as session:
        delivery = Delivery(message.key, message.openid, message.kind, packed(message))
        row, new = inbox.record(session, delivery, now)
        if new:
            _note(session, message, now)
        if new and is_silent(message):
            inbox.answer(session, row.id or 0, "", now)
    return row, new


def _note(session: Session, message: InboundMessage, now: datetime) -> None:
    """What the message means for the customer's row."""
    deed = deed_of(message.kind, message.event, message.menu_id)
    if message.event == "UNSUBSCRIBE":
        customers.unfollowed(session, message.openid, now)
        conversations.log_in(session, message.openid, "event", "[取消关注]", now)
    elif message.event == "TEMPLATESENDJOBFINISH":
        outbox.template_result(session, str(message.raw.get("MsgID", "")), str(message.raw.get("Status", "")), now)
    elif deed is not None:
        customers.heard_from(session, message.openid, now, deed)


def _wait(work: "Future[None]", row_id: int, started: float) -> str | None:
    """Waits for the answer as long as a passive reply is possible; afterwards it goes out by itself.

    The work may be another process's (a redelivery after a restart), so the row is looked at too.
    """
    known: Settings = current_app.extensions["baoxiu_settings"]
    deadline = started + known.reply_deadline.total_seconds()
    wait([work], timeout=max(0.0, deadline - time.monotonic()))
    while time.monotonic() < deadline:
        with reading() as session:
            row = session.get_one(Row, row_id)
        if row.state is not InboundState.ANSWERING:
            break
        time.sleep(0.1)
    return _taken(row_id)


def _taken(row_id: int) -> str | None:
    """The answer as the passive reply, if there is one by now; what was joined to it is said with it."""
    with transaction() as session:
        reply = inbox.give_up_waiting(session, row_id)
        if reply:
            outbox.reply_taken(session, row_id, utc_now())
        return reply


def _render(opened: Opened, message: InboundMessage, reply: str | None) -> Response:
    if not reply:
        return _plain(SUCCESS)
    return Response(opened.seal(text_reply(message, render(reply), utc_now())), content_type="text/xml; charset=utf-8")


def _refuse(reason: str, status: int) -> Response:
    metrics.REFUSED.labels(reason).inc()
    return _plain(SUCCESS if status == 200 else reason, status)


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status=status, content_type="text/plain; charset=utf-8")
