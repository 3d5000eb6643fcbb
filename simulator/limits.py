"""How often each API may be called in a day, and clearing the count."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from threading import Lock

from simulator.errors import ApiError

BEIJING = timezone(timedelta(hours=8))
CLEARINGS = 10
"""Times a month that the count may be cleared."""


class Limits:
    """Calls per API and Beijing day; thread-safe."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, date]] = Counter()
        self._clearings: Counter[tuple[int, int]] = Counter()
        self._lock = Lock()

    def count(self, call: str, now: datetime, limit: int | None) -> None:
        """Count one call. Raises ApiError 45009 when `limit` is reached, and does not count it then."""
        key = (call, day_of(now))
        with self._lock:
            if limit is not None and self._used[key] >= limit:
                raise ApiError(45009)
            self._used[key] += 1

    def used(self, call: str, now: datetime) -> int:
        """Calls of this day."""
        with self._lock:
            return self._used[call, day_of(now)]

    def clear(self, now: datetime) -> None:
        """Begin the day anew. Raises ApiError 48006 after ten times in a month."""
        month = (day_of(now).year, day_of(now).month)
        with self._lock:
            if self._clearings[month] >= CLEARINGS:
                raise ApiError(48006)
            self._clearings[month] += 1
            self._used.clear()


def day_of(now: datetime) -> date:
    """The day in Beijing, where the counts begin anew at midnight."""
    return now.astimezone(BEIJING).date()
