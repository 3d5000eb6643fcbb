"""Guessing passwords is slow: after ten failed logins in a quarter of an hour a user name has to wait."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class LoginThrottle:
    """Counts the logins that failed lately, by user name, in this process."""

    limit: int = 10
    window: timedelta = timedelta(minutes=15)
    _tries: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, username: str, now: datetime) -> timedelta:
        """Zero when the user may try, else how long to wait.

        The try counts as failed until `succeeded` is called, so that many at the same moment do not slip through.
        """
        with self._lock:
            self._forget_old(now)
            tries = self._tries.setdefault(username, deque())
            if len(tries) >= self.limit:
                return tries[0] + self.window - now
            tries.append(now)
            return timedelta(0)

    def succeeded(self, username: str) -> None:
        """The password was right; the earlier slips do not count any more."""
        with self._lock:
            self._tries.pop(username, None)

    def _forget_old(self, now: datetime) -> None:
        for username, tries in list(self._tries.items()):
            while tries and tries[0] <= now - self.window:
                tries.popleft()
            if not tries:
                del self._tries[username]
