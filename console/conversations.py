"""会话: the list of conversations, and one conversation as the customer saw it beside their work orders."""

import uuid
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from aftersales.conversations import latest, messages_of, seen, unread_of
from aftersales.models import Customer, Handoff
from aftersales.store import reading, transaction

from . import queries
from .pages import blueprint
from .paging import asked_page
from .timeline import timeline

MESSAGES_SHOWN = 200


@blueprint.route("/")
def home() -> ResponseReturnValue:
    """The same with a slash at its end."""
    return redirect(url_for("console.conversations"))


@blueprint.route("")
def conversations() -> ResponseReturnValue:
    """Everybody who has written, the liveliest first."""
    return render_template("console/conversations.html", **_list())


@blueprint.route("/rows")
def conversation_rows() -> ResponseReturnValue:
    """The list alone, for the page to refresh itself."""
    return render_template("console/_conversation_rows.html", **_list())


@blueprint.route("/conversations/<openid>")
def conversation(openid: str) -> ResponseReturnValue:
    """One customer: what was said, their work orders, and the desk to answer from."""
    return page(openid)


def page(openid: str, problem: str | None = None, draft: str = "") -> str:
    """The page of a conversation, with what went wrong and what had been typed."""
    with reading() as session:
        customer = _customer(session, openid)
        known = queries.names_of(session, [openid])
        found = _transcript(session, openid) | _panel(session, openid) | {"desk": queries.desk_of(session, customer)}
    _has_been_read(customer, found)
    return render_template(
        "console/conversation.html", customer=customer, known=known, problem=problem, draft=draft,
        ticket=uuid.uuid4().hex, **found)


@blueprint.route("/conversations/<openid>/transcript")
def transcript(openid: str) -> ResponseReturnValue:
    """What was said alone, for the page to refresh itself."""
    with reading() as session:
        customer = _customer(session, openid)
        found = _transcript(session, openid)
    _has_been_read(customer, found)
    return render_template("console/_transcript.html", customer=customer, **found)


@blueprint.route("/conversations/<openid>/panel")
def panel(openid: str) -> ResponseReturnValue:
    """The work orders alone, for the page to refresh itself."""
    with reading() as session:
        customer = _customer(session, openid)
        found = _panel(session, openid)
    return render_template("console/_panel.html", customer=customer, **found)


def _has_been_read(customer: Customer, found: dict[str, Any]) -> None:
    """What the operator is shown is not unread any more."""
    newest = found["newest"]
    if customer.handoff is Handoff.BOT or newest is None or newest <= (customer.seen_message_id or 0):
        return
    with transaction() as session:
        seen(session, customer.openid, newest, current_user.username)


def _customer(session: Session, openid: str) -> Customer:
    return queries.customer_of(session, openid) or abort(404)


def _list() -> dict[str, Any]:
    search, page = request.args.get("q", "").strip(), asked_page()
    with reading() as session:
        found = latest(session, search, page.limit, page.offset)
        waiting = queries.waiting_for_person(session)
        openids = [each.customer.openid for each in found] + [each.openid for each in waiting]
        return {
            "unread": unread_of(session, [each.openid for each in waiting]),
            "search": search, "page": page, "found": found, "summaries": page.shown(found), "waiting": waiting,
            "known": queries.names_of(session, openids), "open_orders": queries.open_orders(session, openids),
        }


def _transcript(session: Session, openid: str) -> dict[str, Any]:
    before = request.args.get("before", type=int)
    found = messages_of(session, openid, MESSAGES_SHOWN + 1, before)
    shown = list(reversed(found[:MESSAGES_SHOWN]))
    has_older = len(found) > MESSAGES_SHOWN
    since = shown[0].at if has_older else None
    return {
        "lines": timeline(session, openid, shown, since, before), "media": queries.media_of(session, shown), "before": before,
        "older": shown[0].id if has_older else None, "newest": shown[-1].id if shown and before is None else None,
    }


def _panel(session: Session, openid: str) -> dict[str, Any]:
    return {"cards": queries.cards_of(session, openid), "unsent": queries.unsent_of(session, openid)}
