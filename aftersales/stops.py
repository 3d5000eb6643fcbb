"""APIs of the platform that are not called, because all calls are refused: the daily quota, a wrong secret, a ban.

Now and then, ever more rarely, one call is tried alone; when it goes well the API is open again. So a quota that an
operator has had cleared, or a secret that was corrected, needs no further step here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from .models import PlatformStop
from .times import SHANGHAI

#: The pause before a lone try doubles with every failure, up to this.
LONGEST_PAUSE = timedelta(hours=1)
#: A lone try has ended by then.
TRY = timedelta(seconds=60)


def stop(session: Session, api: str, errcode: int | None, now: datetime, until: datetime | None = None) -> PlatformStop:
    """The API has refused for all customers: it is stopped until a moment, or until a lone try goes well."""
    row = session.get(PlatformStop, api) or PlatformStop(api=api, since=now, failures=0, probe_at=now)
    row.failures = 1 if _over(row, now) else row.failures + 1
    row.errcode, row.until = errcode, until
    row.probe_at = now + min(timedelta(seconds=2 ** min(row.failures, 12)), LONGEST_PAUSE)
    session.add(row)
    session.flush()
    return row


def is_stopped(session: Session, api: str, now: datetime) -> bool:
    """Whether the API is not to be called at this moment, not even alone."""
    row = session.get(PlatformStop, api)
    return row is not None and not _over(row, now) and row.probe_at > now


def admits(session: Session, api: str, now: datetime) -> bool:
    """Whether the caller may call the API: it is open, or this is the lone try."""
    row = session.get(PlatformStop, api)
    if row is None or _over(row, now):
        return True
    alone = session.execute(
        update(PlatformStop).where(col(PlatformStop.api) == api, col(PlatformStop.probe_at) <= now)
        .values(probe_at=now + TRY).execution_options(synchronize_session=False))
    session.refresh(row)
    return bool(alone.rowcount)  # type: ignore[attr-defined]


def works(session: Session, api: str) -> bool:
    """A call went well: the API is open. Whether it was stopped before."""
    row = session.get(PlatformStop, api)
    if row is None:
        return False
    session.delete(row)
    return True


def stopped(session: Session, now: datetime) -> Sequence[PlatformStop]:
    """The APIs that are stopped."""
    return [row for row in session.exec(select(PlatformStop).order_by(PlatformStop.api)).all() if not _over(row, now)]


def next_midnight(now: datetime) -> datetime:
    """When the platform's daily quotas begin anew: 00:00 in Beijing."""
    here = now.astimezone(SHANGHAI)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _over(row: PlatformStop, now: datetime) -> bool:
    return row.until is not None and row.until <= now
