"""Customers who wished to be forgotten: what the deletion had to leave for later."""

from datetime import datetime

from aftersales import privacy, trackers
from aftersales.media import LocalMediaStore
from aftersales.settings import Settings
from aftersales.store import reading, transaction


def forget_rest(known: Settings, now: datetime) -> int:
    """Deletes what open orders and the turns under way had held back; returns how many orders and Rasa's events."""
    store = LocalMediaStore(known.media_dir)
    with transaction() as session:
        done = privacy.forget_finished(session, store, now)
    with reading() as session:
        marked = privacy.marked(session, now)
    return done + sum(_forget_turns(known, store, openid, mark, now) for openid, mark in marked)


def _forget_turns(known: Settings, store: LocalMediaStore, openid: str, mark: datetime, now: datetime) -> int:
    """Deletes Rasa's events; only when none are left, after a while, the wish is settled.

    A turn that began at this very moment writes them all again, and they are found the next time.
    """
    events = trackers.forget(known, openid, mark)
    if not events:
        with transaction() as session:
            privacy.settle(session, store, openid, mark, now)
    return events
