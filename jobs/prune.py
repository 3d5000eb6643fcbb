"""What need not be kept for ever is deleted."""

from datetime import datetime, timedelta

from aftersales import idempotency, outbox
from aftersales.store import transaction

#: The number of a template message is written down long before.
RECEIPTS_KEPT = timedelta(days=1)


def prune(now: datetime) -> int:
    """Deletes the answers kept for repeated calls and results of messages that were never ours; returns how many."""
    with transaction() as session:
        return idempotency.forget_old(session, now) + outbox.forget_receipts(session, now - RECEIPTS_KEPT)
