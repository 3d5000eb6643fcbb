"""The account's access token: kept in one place, renewed early, by one thread of one process at a time.

The platform is asked for a token at most FETCHES_A_MINUTE times a minute by all processes together, also when it
refuses every token it has given.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from wechat.errors import PlatformError, Reaction
from wechat.token_stores import MemoryTokens, RedisTokens, TokenStore

__all__ = ["Token", "TokenKeeper", "TokenStore", "storage"]

logger = logging.getLogger(__name__)

EARLY = 300
"""Seconds before its end at which a token is renewed; the platform renews its own then, and both are valid."""

MINUTE, HOUR = 60, 3600
FETCHES_A_MINUTE = 10
FORCED_AN_HOUR = 1
"""How often a new token is forced: the platform allows 20 a day, and one is rarely needed."""

LOCKED_FOR = 15
"""Seconds for which one process may be fetching; then it counts as dead."""

PATIENCE = 12
"""Seconds to wait for another process that is fetching."""

_LOOK_AGAIN = 0.05


@dataclass(frozen=True)
class Token:
    """An access token; the times are Unix seconds."""

    value: str
    renew_at: float
    expires_at: float

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"

    @classmethod
    def granted(cls, value: str, lifetime: int, now: float) -> "Token":
        """A token that the platform has just given out for `lifetime` seconds."""
        return cls(value, now + lifetime - min(EARLY, lifetime / 2), now + lifetime)


class TokenKeeper:
    """Gives out the current token and replaces a refused one. Threads may share it; processes share its store.

    :param fetch: asks the platform for `(token, lifetime in seconds)`; true asks for a new one even if the
        present one seems valid.
    """

    def __init__(
        self,
        fetch: Callable[[bool], tuple[str, int]],
        store: TokenStore,
        name: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._name = name
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()

    def current(self) -> str:
        """A token that is valid for a while yet.

        :raises PlatformError: when there is none and none can be had.
        """
        return self._usable(None) or self._alone(None)

    def replace(self, refused: str) -> str:
        """Another token than the one that was refused, if there is any: perhaps somebody has renewed it already."""
        return self._usable(refused) or self._alone(refused)

    def _usable(self, refused: str | None) -> str | None:
        """The stored token if it need not be fetched: it is fresh, or another than the refused one."""
        stored = self._stored()
        if stored is None or (stored.value == refused if refused else self._clock() >= stored.renew_at):
            return None
        return stored.value

    def _alone(self, refused: str | None) -> str:
        """Fetches while nobody else does, or waits until somebody else has."""
        with self._lock:
            until = self._clock() + PATIENCE
            while self._clock() < until:
                if usable := self._usable(refused):
                    return usable
                if self._store.lock(self._name, self._clock(), LOCKED_FOR):
                    return self._locked(refused)
                self._sleep(_LOOK_AGAIN)
        raise PlatformError("Another process fetches the access token and does not come to an end.", Reaction.RETRY)

    def _locked(self, refused: str | None) -> str:
        try:
            return self._usable(refused) or self._other(refused)
        finally:
            self._store.unlock(self._name)

    def _other(self, refused: str | None) -> str:
        try:
            fetched = self._fetched(force=False)
        except PlatformError as error:
            return self._kept(error, refused)
        if fetched == refused and self._store.count(f"{self._name}:forced", HOUR, FORCED_AN_HOUR, self._clock()):
            return self._fetched(force=True)
        return fetched

    def _kept(self, error: PlatformError, refused: str | None) -> str:
        """Early renewal may fail without harm: the old token serves until its end."""
        stored = self._stored()
        if refused or error.reaction is not Reaction.RETRY or stored is None or stored.expires_at <= self._clock():
            raise error
        logger.warning("The access token could not be renewed early and is used on: %s", error)
        return stored.value

    def _fetched(self, *, force: bool) -> str:
        if not self._store.count(f"{self._name}:fetched", MINUTE, FETCHES_A_MINUTE, self._clock()):
            raise PlatformError(
                f"The access token has been fetched {FETCHES_A_MINUTE} times this minute; it is not fetched again before the next.",
                Reaction.RETRY, shown="凭证获取太频繁，请稍候", retry_after=MINUTE)
        value, lifetime = self._fetch(force)
        self._store.save(self._name, asdict(Token.granted(value, lifetime, self._clock())))
        return value

    def _stored(self) -> Token | None:
        content = self._store.load(self._name)
        return Token(**content) if content else None


def storage(redis_url: str | None) -> TokenStore:
    """Where tokens are kept: in Redis when its address is given, else in this process."""
    return RedisTokens.at(redis_url) if redis_url else MemoryTokens()
