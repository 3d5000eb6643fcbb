"""/wechat: the official account's server address."""

import logging
import time
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from sqlmodel import Session
from werkzeug.exceptions import RequestEntityTooLarge

from aftersales import conversations, customers, handoff, inbox, outbox, privacy, signatures
from aftersales.handoff import agent_in, is_transfer
from aftersales.inbox import Delivery
from aftersales.limits import deed_of
from aftersales.models import InboundMessage as Row
from aftersales.models import InboundState
from aftersales.settings import Settings
from aftersales.store import transaction
from aftersales.times import utc_now
from wechat.choices import render
from wechat.envelope import BadSignature, Envelope, Opened, Undecryptable
from wechat.messages import InboundMessage, MalformedMessage, parse
from wechat.payload import text_of
from wechat.replies import SUCCESS, text_reply, transfer_reply

from . import metrics
from .answering import Answering, packed
from .understanding import SESSION_EVENTS, is_silent, shown
from .waiting import Waiting

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


def _waiting() -> Waiting:
    waiting: Waiting = current_app.extensions["baoxiu_waiting"]
    return waiting


def _settings() -> Settings:
    known: Settings = current_app.extensions["baoxiu_settings"]
    return known


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
    try:
        opened = _envelope().open(request.args, _body())
        message = parse(opened.message_xml)
        reply = _answer(message, opened, started)
    except RequestEntityTooLarge:
        return _refuse("size", 413)
    except BadSignature as error:
        log.warning("a push was refused: %s", error)
        return _refuse("signature", 403)
    except Undecryptable as error:
        log.warning("a push could not be opened: %s", error)
        return _refuse("encryption", 200)
    except MalformedMessage as error:
        log.warning("a push was not understood: %s", error)
        return _refuse("malformed", 200)
    metrics.LATENCY.observe(time.monotonic() - started)
    metrics.ANSWERED.labels("passive" if reply else "silent").inc()
    return _render(opened, message, reply)


def _body() -> bytes:
    """The request's body, whether its length was announced or not; of one that is too large little more is read.

    Raises:
        RequestEntityTooLarge: for more than MAX_BODY.
    """
    request.max_content_length = MAX_BODY + 1  # a body of unknown length is cut off there without a word
    body = request.get_data()
    if len(body) > MAX_BODY:
        raise RequestEntityTooLarge
    return body


def _answer(message: InboundMessage, opened: Opened, started: float) -> str | None:
    """The passive reply, or None when there is none (in time).

    Raises:
        BadSignature: when the push is signed with what has been used for another message.
    """
    metrics.INBOUND.labels(message.kind).inc()
    if message.event in UNRECORDED_EVENTS:
        return None
    if message.kind == "unknown":
        log.warning("a message of an unknown kind: %s", message.raw.get("MsgType"))
    now = utc_now()
    row, new = _record(message, opened, now)
    if not new:
        metrics.REDELIVERED.inc()
    assert row.id is not None  # noqa: S101 - given by the database
    if row.state is InboundState.ANSWERED:
        return _waiting().carried(row.id, now)
    return _waiting().reply(row, now, _answering().start(row.id, message.openid), started)


def _record(message: InboundMessage, opened: Opened, now: datetime) -> tuple[Row, bool]:
    """The message as recorded, now or at an earlier delivery, and whether it is new."""
    remembered = 2 * _settings().wechat_clock_tolerance
    with transaction() as session:
        admitted = signatures.admit(session, opened.signature, message.key, now, remembered)
        if not admitted and not opened.encrypted:
            raise BadSignature("The signature has been used for another message: this is a replay.")
        delivery = Delivery(message.key, message.openid, message.kind, packed(message))
        row, new = inbox.record(session, delivery, now, _waiting().patience)
        if new:
            _log(session, row, message, now)
            _note(session, message, now)
        if new and is_silent(message):
            inbox.answer(session, row.id or 0, [], now)
    return row, new


def _note(session: Session, message: InboundMessage, now: datetime) -> None:
    """What the message means for the customer's row."""
    deed = deed_of(message.kind, message.event, message.menu_id)
    if message.event == "UNSUBSCRIBE":
        customers.unfollowed(session, message.openid, now)
    elif message.event in SESSION_EVENTS:
        _note_session(session, message)
    elif message.event == "TEMPLATESENDJOBFINISH":
        outbox.template_result(session, str(message.raw.get("MsgID", "")), str(message.raw.get("Status", "")), now)
    elif deed is not None:
        customers.heard_from(session, message.openid, now, deed)
    if message.event in _forgetting():
        _forget(session, message.subject or message.openid, now)


def _log(session: Session, row: Row, message: InboundMessage, now: datetime) -> None:
    if message.event == "UNSUBSCRIBE" or not is_silent(message):
        conversations.log_in(session, message.openid, message.kind, shown(message), now, inbound_id=row.id)


def _note_session(session: Session, message: InboundMessage) -> None:
    """WeChat's customer service has begun or ended to talk to the customer."""
    field = SESSION_EVENTS[message.event]
    if field:
        handoff.session_opened(session, message.openid, text_of(message.raw, field), message.created_at)
    else:
        handoff.session_closed(session, message.openid, message.created_at)


def _forgetting() -> tuple[str, ...]:
    """Events after which the customer's data go: WeChat wants it after an unfollow too, which the operator decides."""
    return ("USER_AUTHORIZATION_REVOKE", *(["UNSUBSCRIBE"] if _settings().forget_on_unfollow else []))


def _forget(session: Session, openid: str, now: datetime) -> None:
    """What is needed for an open order stays until that is over."""
    if customers.is_known(session, openid):
        privacy.forget(session, current_app.extensions["baoxiu_store"], openid, now)


def _render(opened: Opened, message: InboundMessage, reply: str | None) -> Response:
    if not reply:
        return _plain(SUCCESS)
    now = utc_now()
    handed_over = is_transfer(reply)
    xml = transfer_reply(message, now, agent_in(reply)) if handed_over else text_reply(message, render(reply), now)
    return Response(opened.seal(xml), content_type="text/xml; charset=utf-8")


def _refuse(reason: str, status: int) -> Response:
    metrics.REFUSED.labels(reason).inc()
    return _plain(SUCCESS if status == 200 else reason, status)


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status=status, content_type="text/plain; charset=utf-8")
