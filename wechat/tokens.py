"""The account's access token: kept in one place, renewed early, by one thread at a time."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis, RedisError
from wechatpy.session import SessionStorage
from wechatpy.session.memorystorage import MemoryStorage
from wechatpy.session.redisstorage import RedisStorage

from wechat.errors import PlatformError, Reaction

logger = logging.getLogger(__name__)

EARLY = 300
"""Seconds before its end at which a token is renewed; the platform renews its own then, and both are valid."""

FORCE_INTERVAL = 3600
"""Seconds between two forced renewals: the platform allows 20 a day, and one is rarely needed."""


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

    Processes need no lock among them: stable_token gives each the same token.

    :param fetch: asks the platform for `(token, lifetime in seconds)`; true asks for a new one even if the
        present one seems valid.
    """

    def __init__(
        self,
        fetch: Callable[[bool], tuple[str, int]],
        store: SessionStorage,
        name: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._last_forced = float("-inf")

    def current(self) -> str:
        """A token that is valid for a while yet.

        :raises PlatformError: when there is none and none can be had.
        """
        return self._fresh() or self._renewed()

    def replace(self, refused: str) -> str:
        """Another token than the one that was refused, if there is any: perhaps somebody has renewed it already."""
        with self._lock:
            stored = self._stored()
            if stored and stored.value != refused:
                return stored.value
            fetched = self._fetched(force=False)
            return fetched if fetched != refused else self._forced(refused)

    def _fresh(self) -> str | None:
        stored = self._stored()
        return stored.value if stored and self._clock() < stored.renew_at else None

    def _renewed(self) -> str:
        with self._lock:
            return self._fresh() or self._fetched_or_kept()

    def _fetched_or_kept(self) -> str:
        """Early renewal may fail without harm: the old token serves until its end."""
        try:
            return self._fetched(force=False)
        except PlatformError as error:
            stored = self._stored()
            if error.reaction is not Reaction.RETRY or stored is None or stored.expires_at <= self._clock():
                raise
            logger.warning("The access token could not be renewed early and is used on: %s", error)
            return stored.value

    def _forced(self, refused: str) -> str:
        now = self._clock()
        if now - self._last_forced < FORCE_INTERVAL:
            return refused
        self._last_forced = now
        return self._fetched(force=True)

    def _fetched(self, *, force: bool) -> str:
        value, lifetime = self._fetch(force)
        self._store.set(self._name, asdict(Token.granted(value, lifetime, self._clock())), lifetime)
        return value

    def _stored(self) -> Token | None:
        content = self._store.get(self._name)
        return Token(**content) if content else None


class SharedStorage(RedisStorage):  # type: ignore[misc]
    """A store in Redis. While Redis cannot be reached each process goes on with what it knows itself."""

    def __init__(self, redis: Redis, prefix: str = "baoxiu:wechat") -> None:
        super().__init__(redis, prefix)
        self._known = MemoryStorage()

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return super().get(key, default)
        except RedisError as error:
            logger.warning("Redis cannot be read, the token of this process is used: %s", error)
            return self._known.get(key, default)

    def set(self, key: str, value: Any, ttl: int | None = None) -> None:
        self._known.set(key, value)
        try:
            super().set(key, value, ttl)
        except RedisError as error:
            logger.warning("Redis cannot be written, the token stays in this process: %s", error)


def storage(redis_url: str | None) -> SessionStorage:
    """Where tokens are kept: in Redis when its address is given, else in this process."""
    if not redis_url:
        return MemoryStorage()
    return SharedStorage(Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1))
