"""Answers kept for repeated calls of the integration API are kept for a while, not for ever."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from .models import IdempotencyKey

#: Nobody repeats a call after so long; the same key is a new call then.
KEPT_FOR = timedelta(days=7)


def forget_old(session: Session, now: datetime) -> int:
    """Deletes the answers given longer ago than KEPT_FOR; returns how many."""
    deleted = session.execute(
        delete(IdempotencyKey)
        .where(col(IdempotencyKey.created_at) < now - KEPT_FOR)
        .execution_options(synchronize_session=False))
    return int(deleted.rowcount)  # type: ignore[attr-defined]
