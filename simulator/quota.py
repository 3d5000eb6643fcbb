"""How many customer-service messages the account may send to a customer at this moment.

Every deed of the customer opens a grant; a message sent takes from the live grant that ends soonest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.errors import ApiError


@dataclass(frozen=True)
class Rule:
    """What one deed allows: so many messages (None: any number) for so long."""

    count: int | None
    valid: timedelta


MESSAGE, MENU, TAP, FOLLOW, SCAN, PAYMENT = "message", "menu", "tap", "follow", "scan", "payment"
MINUTE, WINDOW = timedelta(minutes=1), timedelta(hours=48)
RULES = {
    MESSAGE: Rule(5, WINDOW),
    MENU: Rule(3, MINUTE),
    TAP: Rule(3, MINUTE),
    FOLLOW: Rule(3, MINUTE),
    SCAN: Rule(3, MINUTE),
    PAYMENT: Rule(None, WINDOW),
}


@dataclass
class Grant:
    """What is left of one deed's allowance; `remaining` is None where any number may be sent."""

    deed: str
    remaining: int | None
    expires_at: datetime


class Ledger:
    """Grants per openid. `now` is an argument everywhere; the caller holds the lock."""

    def __init__(self) -> None:
        self._grants: dict[str, list[Grant]] = {}

    def open(self, openid: str, deed: str, now: datetime) -> None:
        """The customer did something. A message replaces the grant of the message before; other deeds add one."""
        rule = RULES[deed]
        kept = [grant for grant in self.alive(openid, now) if grant.deed != MESSAGE or deed != MESSAGE]
        self._grants[openid] = [*kept, Grant(deed, rule.count, now + rule.valid)]

    def close(self, openid: str) -> None:
        """Forget every grant, as if 48 hours had passed."""
        self._grants.pop(openid, None)

    def check(self, openid: str, now: datetime) -> Grant:
        """The grant the next message would use. Raises ApiError 45047 (used up) or 45015 (none alive)."""
        alive = self.alive(openid, now)
        usable = [grant for grant in alive if grant.remaining != 0]
        if not usable:
            raise ApiError(45047 if alive else 45015)
        return usable[0]

    def take(self, openid: str, now: datetime) -> None:
        """Count one message. Raises like `check`."""
        grant = self.check(openid, now)
        if grant.remaining is not None:
            grant.remaining -= 1

    def alive(self, openid: str, now: datetime) -> list[Grant]:
        """The grants that have not expired, the used-up ones included, in the order they will end."""
        grants = self._grants.get(openid, [])
        return sorted((grant for grant in grants if grant.expires_at > now), key=lambda grant: grant.expires_at)
