"""Budgets: how many messages a customer may be sent, what is still to be said, and what became of every try."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from flask import Response
from sqlmodel import Session

from aftersales import customers, inbox, ledger, outbox, ratings, stops
from aftersales.models import InboundMessage, InboundState, OutboxAttempt, PlatformStop, SendGrant
from aftersales.store import reading
from aftersales.times import utc_now

from . import schemas
from .calls import blueprint, documented, json_answer

#: So many of the latest messages and tries are told.
LATEST = 50


@blueprint.get("/customers/<openid>/ledger")
@documented(HTTPStatus.OK, schemas.Ledger)
def customer_ledger(openid: str) -> Response:
    """The budget of messages to a customer; nothing may be sent to somebody we do not know."""
    with reading() as session:
        return json_answer(_ledger(session, openid, utc_now()))


def _ledger(session: Session, openid: str, now: datetime) -> schemas.Ledger:
    customer = customers.find(session, openid)
    remaining = ledger.remaining(session, openid, now)
    return schemas.Ledger(
        openid=openid,
        following=customer.followed if customer else None,
        last_message_at=customer.last_message_at if customer else None,
        remaining=remaining,
        reserved=min(remaining, 1) if ratings.awaiting_invitation(session, openid, now) else 0,
        grants=[_grant(grant, now) for grant in ledger.grants_of(session, openid)],
        passive_chances=[_chance(row, now) for row in inbox.latest_of(session, openid, LATEST)],
        unsent=[schemas.UnsentMessage.model_validate(message) for message in outbox.unsent_of(session, openid, LATEST)],
        attempts=[_attempt(attempt) for attempt in outbox.attempts_of(session, openid, LATEST)],
        stopped_apis=[_stopped(stop) for stop in stops.stopped(session, now)])


def _grant(grant: SendGrant, now: datetime) -> schemas.Grant:
    return schemas.Grant.model_validate(grant.model_dump() | {"live": grant.expires_at > now})


def _attempt(attempt: OutboxAttempt) -> schemas.SendAttempt:
    return schemas.SendAttempt.model_validate(attempt)


def _stopped(stop: PlatformStop) -> schemas.StoppedApi:
    return schemas.StoppedApi.model_validate(stop.model_dump() | {"next_try_at": stop.probe_at})


def _chance(row: InboundMessage, now: datetime) -> schemas.PassiveChance:
    return schemas.PassiveChance(received_at=row.received_at, kind=row.kind, state=_state(row, now))


def _state(row: InboundMessage, now: datetime) -> Literal["open", "used", "missed", "silent"]:
    if row.waiting_until is not None and row.waiting_until >= now:
        return "open"
    if row.late or row.waiting_until is not None or row.state is not InboundState.ANSWERED:
        return "missed"
    return "used" if row.reply else "silent"
