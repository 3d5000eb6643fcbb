"""Work orders that move by themselves: new ones are dispatched, finished ones closed after a while."""

from datetime import datetime

from aftersales import dispatch, progress
from aftersales.settings import Settings
from aftersales.store import transaction


def dispatch_waiting(_known: Settings, now: datetime) -> int:
    """Dispatches the orders that wait for a technician; returns how many found one."""
    with transaction() as session:
        return len(dispatch.dispatch_waiting(session, now))


def close_finished(known: Settings, now: datetime) -> int:
    """Closes the services finished long ago; returns how many."""
    with transaction() as session:
        return progress.close_finished(session, now, known.close_delay)
