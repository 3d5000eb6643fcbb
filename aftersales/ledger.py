"""The budget of customer-service messages, customer by customer: what their deeds have allowed and what is left of it.

Every deed opens a grant (see `knowledge/wechat_limits.yml`); every message takes from the live grant that ends soonest.
Passive replies cost nothing and do not stand here.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Update, delete, text, update
from sqlmodel import Session, col, select

from .limits import MESSAGE, limits
from .models import SendGrant


class Budget(StrEnum):
    """Whether the platform lets us write to a customer, and why not."""

    OPEN = "open"
    SPENT = "spent"
    OVER = "over"
    NONE = "none"


def alone_with(session: Session, openid: str, *, wait: bool = True) -> bool:
    """Keeps every other process from planning for this customer until the transaction ends.

    False when somebody else is at it and `wait` is off. SQLite has one writer at a time anyhow.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    call = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    answer = session.execute(text(f"SELECT {call}(hashtextextended(:openid, 4))"), {"openid": openid}).scalar_one()
    return wait or bool(answer)


def open_grant(session: Session, openid: str, action: str, now: datetime) -> SendGrant:
    """The customer did something: what it allows, in place of the older grant of the same action."""
    alone_with(session, openid)
    rule = limits().grants[action]
    grant = SendGrant(
        openid=openid, action=action, granted=rule.count, remaining=rule.count, opened_at=now, expires_at=now + rule.valid)
    session.add(grant)
    session.flush()
    session.execute(
        delete(SendGrant)
        .where(col(SendGrant.openid) == openid, col(SendGrant.action) == action, col(SendGrant.id) < grant.id)
        .execution_options(synchronize_session=False))
    return grant


def grants_of(session: Session, openid: str) -> Sequence[SendGrant]:
    """The customer's grants, those that are over included, the one that ends soonest first."""
    query = select(SendGrant).where(SendGrant.openid == openid)
    return session.exec(query.order_by(col(SendGrant.expires_at), col(SendGrant.id))).all()


def take(session: Session, openid: str, now: datetime, *, leave: int = 0) -> int | None:
    """Takes one message from the budget; the id of its grant, or None when there is none.

    `leave`: so many of the long window stay for later; what lasts only a minute cannot be kept anyhow.
    """
    while (grant := _soonest(session, openid, now)) is not None:
        if grant.action == MESSAGE and grant.remaining <= leave:
            return None
        if _change(session, update(SendGrant).where(
                col(SendGrant.id) == grant.id, col(SendGrant.remaining) > 0).values(remaining=SendGrant.remaining - 1)):
            return grant.id
    return None


def _soonest(session: Session, openid: str, now: datetime) -> SendGrant | None:
    query = select(SendGrant).where(
        SendGrant.openid == openid, col(SendGrant.remaining) > 0, col(SendGrant.expires_at) > now)
    query = query.order_by(col(SendGrant.expires_at), col(SendGrant.id)).limit(1)
    return session.exec(query.execution_options(populate_existing=True)).first()


def give_back(session: Session, grant_id: int | None) -> None:
    """The platform has refused without counting. A grant that another has replaced meanwhile stays gone."""
    _change(session, update(SendGrant).where(
        col(SendGrant.id) == grant_id, col(SendGrant.remaining) < col(SendGrant.granted)).values(remaining=SendGrant.remaining + 1))


def spent(session: Session, openid: str, asked_at: datetime) -> None:
    """The platform says that nothing is left of what was allowed until that moment."""
    _change(session, update(SendGrant).where(
        col(SendGrant.openid) == openid, col(SendGrant.opened_at) <= asked_at).values(remaining=0))


def closed(session: Session, openid: str, asked_at: datetime) -> None:
    """The platform says that no window is open of those that were until that moment."""
    _change(session, update(SendGrant).where(
        col(SendGrant.openid) == openid, col(SendGrant.opened_at) <= asked_at, col(SendGrant.expires_at) > asked_at)
        .values(remaining=0, expires_at=asked_at))


def remaining(session: Session, openid: str, now: datetime) -> int:
    """How many customer-service messages may be sent to the customer at this moment."""
    return sum(grant.remaining for grant in grants_of(session, openid) if grant.expires_at > now)


def budget_of(session: Session, openid: str, now: datetime) -> Budget:
    """Whether a customer-service message may be sent: all of them are spent, the time is over, or there never was one."""
    grants = grants_of(session, openid)
    live = [grant for grant in grants if grant.expires_at > now]
    if any(grant.remaining for grant in live):
        return Budget.OPEN
    if live:
        return Budget.SPENT
    return Budget.OVER if grants else Budget.NONE


def _change(session: Session, statement: Update) -> bool:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]
