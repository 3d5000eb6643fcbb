"""会话: the list of conversations, and one conversation as the customer saw it beside their work orders."""

from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from aftersales import customers
from aftersales.conversations import latest, messages_of
from aftersales.models import Customer
from aftersales.store import reading, transaction

from . import queries
from .pages import blueprint
from .paging import asked_page

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
    """One customer: what was said, and their work orders."""
    with reading() as session:
        customer = _customer(session, openid)
        known = queries.names_of(session, [openid])
        found = _transcript(session, openid) | _panel(session, openid)
    return render_template("console/conversation.html", customer=customer, known=known, **found)


@blueprint.route("/conversations/<openid>/transcript")
def transcript(openid: str) -> ResponseReturnValue:
    """What was said alone, for the page to refresh itself."""
    with reading() as session:
        customer = _customer(session, openid)
        found = _transcript(session, openid)
    return render_template("console/_transcript.html", customer=customer, **found)


@blueprint.route("/conversations/<openid>/panel")
def panel(openid: str) -> ResponseReturnValue:
    """The work orders alone, for the page to refresh itself."""
    with reading() as session:
        customer = _customer(session, openid)
        found = _panel(session, openid)
    return render_template("console/_panel.html", customer=customer, **found)


@blueprint.route("/conversations/<openid>/followed-up", methods=["POST"])
def followed_up(openid: str) -> ResponseReturnValue:
    """已跟进: an operator has taken care of the customer who asked for a person."""
    with transaction() as session:
        customers.followed_up(session, _customer(session, openid).openid, _seen())
    return redirect(url_for("console.conversation", openid=openid))


def _seen() -> datetime:
    try:
        seen = datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        abort(400)
    return seen if seen.tzinfo else abort(400)


def _customer(session: Session, openid: str) -> Customer:
    return queries.customer_of(session, openid) or abort(404)


def _list() -> dict[str, Any]:
    search, page = request.args.get("q", "").strip(), asked_page()
    with reading() as session:
        found = latest(session, search, page.limit, page.offset)
        waiting = queries.waiting_for_person(session)
        openids = [each.customer.openid for each in found] + [each.openid for each in waiting]
        return {
            "search": search, "page": page, "found": found, "summaries": page.shown(found), "waiting": waiting,
            "known": queries.names_of(session, openids), "open_orders": queries.open_orders(session, openids),
        }


def _transcript(session: Session, openid: str) -> dict[str, Any]:
    before = request.args.get("before", type=int)
    found = messages_of(session, openid, MESSAGES_SHOWN + 1, before)
    shown = list(reversed(found[:MESSAGES_SHOWN]))
    return {
        "messages": shown, "media": queries.media_of(session, shown), "before": before,
        "older": shown[0].id if len(found) > MESSAGES_SHOWN else None,
    }


def _panel(session: Session, openid: str) -> dict[str, Any]:
    return {"cards": queries.cards_of(session, openid), "unsent": queries.unsent_of(session, openid)}
