"""The platform's clock: runs like the one it is built on, and can be moved."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from threading import Lock

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(timezone.utc)


class MovableClock:
    """Gives `base`'s moment plus an offset. Tokens, grants, media and codes age by it; waiting is always real."""

    def __init__(self, base: Clock = utc_now) -> None:
        self._base = base
        self._offset = timedelta()
        self._lock = Lock()

    def __call__(self) -> datetime:
        """The present moment, aware."""
        return self._base() + self._offset

    @property
    def offset(self) -> timedelta:
        """How far the clock is ahead of its base."""
        return self._offset

    def move(self, span: timedelta) -> datetime:
        """Turn the clock forward, or back by a negative span; the new moment."""
        with self._lock:
            self._offset += span
        return self()

    def set(self, moment: datetime) -> datetime:
        """Put the clock to a moment. Raises ValueError for a moment without a time zone."""
        if moment.tzinfo is None:
            raise ValueError("The moment needs a time zone, such as 2026-11-22T10:00:00+08:00.")
        with self._lock:
            self._offset = moment - self._base()
        return self()

    def reset(self) -> datetime:
        """Back to the base's time."""
        with self._lock:
            self._offset = timedelta()
        return self()
