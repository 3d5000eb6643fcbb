"""Access tokens: issuing, ageing and checking.

`/token` and `/stable_token` are two independent lines. A new token of a line leaves the previous one five
minutes; the stable line hands out the same token until five minutes before its end.
"""

import math
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from simulator.errors import ApiError
from simulator.limits import day_of

LIFETIME = timedelta(seconds=7200)
OVERLAP = timedelta(minutes=5)
FORCE_GAP = timedelta(seconds=30)
FORCED_A_DAY = 20


@dataclass
class Token:
    """One token and its end."""

    value: str
    expires_at: datetime

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds until its end."""
        return math.ceil((self.expires_at - now).total_seconds())


@dataclass
class Tokens:
    """The tokens of one account; thread-safe."""

    _issued: dict[str, datetime] = field(default_factory=dict)
    _current: dict[str, Token] = field(default_factory=dict)
    _forced: Counter[date] = field(default_factory=Counter)
    _forced_at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def plain(self, now: datetime) -> Token:
        """A new token of the plain line."""
        with self._lock:
            return self._issue("plain", now)

    def stable(self, now: datetime, *, force: bool = False) -> Token:
        """The stable line's token. `force` renews it: 30 s apart (45011), 20 times a day (45009)."""
        with self._lock:
            if force:
                self._count_force(now)
                return self._issue("stable", now)
            current = self._current.get("stable")
            if current and current.expires_at - OVERLAP > now:
                return current
            return self._issue("stable", now)

    def revoke(self, code: int, now: datetime) -> None:
        """End every token at once: with 40001 as if it had never been given out, with 42001 as if it were too old."""
        with self._lock:
            self._issued = {} if code == 40001 else dict.fromkeys(self._issued, now)
            self._current.clear()

    def check(self, value: str, now: datetime) -> None:
        """Raise ApiError 41001 (missing), 40001 (not ours) or 42001 (too old) unless the token is good."""
        if not value:
            raise ApiError(41001)
        with self._lock:
            expires_at = self._issued.get(value)
        if expires_at is None:
            raise ApiError(40001)
        if expires_at <= now:
            raise ApiError(42001)

    def _issue(self, line: str, now: datetime) -> Token:
        previous = self._current.get(line)
        if previous:
            self._issued[previous.value] = min(previous.expires_at, now + OVERLAP)
        token = Token(secrets.token_urlsafe(96), now + LIFETIME)
        self._current[line] = token
        self._issued[token.value] = token.expires_at
        return token

    def _count_force(self, now: datetime) -> None:
        if self._forced_at and now - self._forced_at < FORCE_GAP:
            raise ApiError(45011)
        if self._forced[day_of(now)] >= FORCED_A_DAY:
            raise ApiError(45009)
        self._forced[day_of(now)] += 1
        self._forced_at = now
