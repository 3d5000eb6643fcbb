"""What need not be kept for ever is deleted."""

from datetime import datetime

from aftersales import idempotency
from aftersales.store import transaction


def prune(now: datetime) -> int:
    """Deletes the answers kept for repeated calls when nobody repeats them any more; returns how many."""
    with transaction() as session:
        return idempotency.forget_old(session, now)
