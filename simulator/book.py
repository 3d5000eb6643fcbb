"""What the platform notes about the account: calls, refusals, alarms about its webhook."""

from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

LENGTH = 20_000
ALARM_WINDOW = timedelta(minutes=5)
MAILED_FROM = 30
"""Alarms of one kind within five minutes from which on the platform writes to the operator."""
UNANSWERED, ILLEGAL = "unanswered", "illegal"


@dataclass(frozen=True)
class CallMade:
    """One call of the API and how it ended; `errcode` is None where the answer was no JSON."""

    at: datetime
    call: str
    openid: str
    errcode: int | None
    errmsg: str
    http_status: int
    request: str

    def to_json(self) -> dict[str, Any]:
        """The call as the control interface reads it."""
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True)
class Alarm:
    """A push that the webhook did not answer in time, or answered with something illegal."""

    at: datetime
    kind: str
    push: int
    openid: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """The alarm as the control interface reads it."""
        return {**asdict(self), "at": self.at.isoformat()}


def calls_kept() -> deque[CallMade]:
    """An empty list that forgets its oldest entries."""
    return deque(maxlen=LENGTH)


@dataclass
class Book:
    """Everything noted since the start or the last reset; thread-safe."""

    counts: Counter[str] = field(default_factory=Counter)
    errcodes: Counter[tuple[str, int]] = field(default_factory=Counter)
    refusals: deque[CallMade] = field(default_factory=calls_kept)
    alarms: deque[Alarm] = field(default_factory=lambda: deque(maxlen=LENGTH))
    _lock: Lock = field(default_factory=Lock)

    def note(self, made: CallMade) -> None:
        """Count a call; keep it when it was refused or not answered."""
        with self._lock:
            self.counts[made.call] += 1
            if made.errcode is not None:
                self.errcodes[made.call, made.errcode] += 1
            if made.errcode or made.http_status != 200 or made.errcode is None:
                self.refusals.append(made)

    def alarm(self, alarm: Alarm) -> None:
        """Note an alarm."""
        with self._lock:
            self.alarms.append(alarm)

    def of_rid(self, rid: str) -> CallMade | None:
        """The call behind a request id."""
        with self._lock:
            return next((made for made in reversed(self.refusals) if f"rid: {rid}" in made.errmsg), None)

    def alarm_windows(self) -> list[dict[str, Any]]:
        """Alarms per kind and five minutes: {"from", "kind", "count", "mailed"}."""
        with self._lock:
            counted = Counter((window_of(alarm.at), alarm.kind) for alarm in self.alarms)
        return [
            {"from": start.isoformat(), "kind": kind, "count": count, "mailed": count >= MAILED_FROM}
            for (start, kind), count in sorted(counted.items())
        ]

    def totals(self) -> dict[str, int]:
        """How many calls, refusals, token fetches and alarms."""
        with self._lock:
            return {
                "calls": self.counts.total(),
                "refusals": len(self.refusals),
                "token_fetches": self.errcodes["token", 0] + self.errcodes["stable_token", 0],
                "alarms": len(self.alarms),
            }

    def to_json(self) -> dict[str, Any]:
        """Counts, token fetches, refusals and alarms."""
        windows = self.alarm_windows()
        with self._lock:
            good = {call: self.errcodes[call, 0] for call in ("token", "stable_token")}
            return {
                "counts": dict(self.counts),
                "errcodes": [
                    {"call": call, "errcode": code, "count": count} for (call, code), count in self.errcodes.items()
                ],
                "token_fetches": {**good, "total": sum(good.values())},
                "refusals": [made.to_json() for made in self.refusals],
                "alarms": [alarm.to_json() for alarm in self.alarms],
                "alarm_windows": windows,
            }


def window_of(at: datetime) -> datetime:
    """The beginning of the five minutes a moment lies in."""
    return at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
