"""Which job runs how often: a table that can be read as it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales import heartbeats
from aftersales.settings import Settings
from aftersales.store import transaction

from . import handoff, orders, privacy, prune, rating
from .delivery import Transport, deliver_due


@dataclass(frozen=True)
class Entry:
    """A job: its name, what it does, and how often; `work` returns how much it did."""

    name: str
    meaning: str
    every: timedelta
    work: Callable[[datetime], int]


def timetable(known: Settings, transport: Transport) -> list[Entry]:
    """All jobs."""
    often, soon, minute, hour = (max(known.job_interval, timedelta(seconds=least)) for least in (0, 10, 60, 3600))
    return [
        Entry("deliver", "send the messages that are due", often, lambda now: deliver_due(transport, known, now)),
        Entry("dispatch", "find technicians for new orders", often, lambda now: orders.dispatch_waiting(known, now)),
        Entry("invite", "invite to rate finished services", often, lambda now: rating.invite(known, now)),
        Entry("remind", "remind once of a rating not given", minute, lambda now: rating.remind(known, now)),
        Entry("close", "close services finished long ago", minute, lambda now: orders.close_finished(known, now)),
        Entry("quiet", "give quiet conversations back to the assistant", soon, lambda now: handoff.hand_back_quiet(known, now)),
        Entry("forget", "delete the rest of what customers wish deleted", soon, lambda now: privacy.forget_rest(known, now)),
        Entry("prune", "delete the answers kept for repeated calls", hour, prune.prune),
        Entry("beat", "show that the jobs are alive", timedelta(seconds=5), _beat),
    ]


def _beat(now: datetime) -> int:
    with transaction() as session:
        heartbeats.beat(session, "jobs", now)
    return 1
