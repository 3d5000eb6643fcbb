"""转人工: an operator takes a conversation, writes, gives it back."""

from collections.abc import Callable
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from aftersales import handoff
from aftersales.store import reading, transaction
from aftersales.times import utc_now

from . import conversations, queries
from .names import REFUSALS
from .pages import blueprint

#: The longest message: what the platform takes, in characters of any kind and in bytes.
MAX_CHARACTERS, MAX_BYTES = 600, 2000


@blueprint.route("/conversations/<openid>/desk")
def desk(openid: str) -> ResponseReturnValue:
    """Who has the conversation and what an operator can do now, for the page to refresh itself."""
    with reading() as session:
        customer = queries.customer_of(session, openid) or abort(404)
        found = queries.desk_of(session, customer)
    return render_template("console/_desk.html", customer=customer, desk=found)


@blueprint.route("/conversations/<openid>/followed-up", methods=["POST"])
def followed_up(openid: str) -> ResponseReturnValue:
    """已跟进: an operator has taken care of the customer who asked for a person, without writing here."""
    seen = _seen()
    return _done(openid, lambda session, now: handoff.followed_up(session, openid, _me(), seen, now))


@blueprint.route("/conversations/<openid>/take", methods=["POST"])
def take(openid: str) -> ResponseReturnValue:
    """接手: the assistant falls silent; from another operator only where the page has named them."""
    holder = request.form.get("take") or None
    return _done(openid, lambda session, now: handoff.take(session, openid, _me(), now, holder))


@blueprint.route("/conversations/<openid>/say", methods=["POST"])
def say(openid: str) -> ResponseReturnValue:
    """发送, or 接手并发送: the words are left to be sent; a form that is posted twice sends them once."""
    text, ticket = _text(), request.form.get("ticket", "")[:40] or abort(400)
    problem = _wrong_with(text)
    if problem:
        return conversations.page(openid, problem=REFUSALS[problem], draft=text), 422

    def speak(session: Session, now: datetime) -> None:
        if "take" in request.form:
            handoff.take(session, openid, _me(), now, request.form["take"] or None)
        handoff.say(session, openid, _me(), text, ticket, now)

    return _done(openid, speak, draft=text)


@blueprint.route("/conversations/<openid>/hand-back", methods=["POST"])
def hand_back(openid: str) -> ResponseReturnValue:
    """交还机器人: the assistant goes on."""
    return _done(openid, lambda session, now: handoff.hand_back(session, openid, _me(), now))


def _done(openid: str, work: Callable[[Session, datetime], object], draft: str = "") -> ResponseReturnValue:
    """Does it and shows the conversation; where it is refused, with the reason and what had been typed."""
    try:
        with transaction() as session:
            if queries.customer_of(session, openid) is None:
                abort(404)
            work(session, utc_now())
    except handoff.Refused as refused:
        return conversations.page(openid, problem=REFUSALS[refused.reason].format(by=refused.by), draft=draft), 409
    return redirect(url_for("console.conversation", openid=openid))


def _me() -> str:
    return str(current_user.username)


def _seen() -> datetime:
    try:
        seen = datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        abort(400)
    return seen if seen.tzinfo else abort(400)


def _text() -> str:
    return "\n".join(request.form.get("text", "").splitlines()).strip()


def _wrong_with(text: str) -> str | None:
    if not text:
        return "empty"
    return "long" if len(text) > MAX_CHARACTERS or len(text.encode()) > MAX_BYTES else None
