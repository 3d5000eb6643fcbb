"""Spans in which a technician may arrive, and the present."""
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
FURTHEST = timedelta(days=60)
VISIT_LENGTH = timedelta(hours=2)  # of a clock time without an end
DAY = timedelta(days=1)


def utc_now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Window:
    """A span in which the technician may arrive; both ends aware, Asia/Shanghai."""

    start: datetime
    end: datetime


def on_day_of(day: Window, hours: Window) -> Window:
    """The hours of the second on the day of the first."""
    date = day.start.date()
    start, end = (each.replace(year=date.year, month=date.month, day=date.day) for each in (hours.start, hours.end))
    return Window(start, end)
