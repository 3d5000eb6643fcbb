"""Where an access token lies: in this process, or in Redis for all of them. Another store may be given to `Platform`."""

import json
import logging
import threading
from typing import Any, Protocol

from redis import Redis, RedisError

logger = logging.getLogger(__name__)


class TokenStore(Protocol):
    """What the processes share about a token. `now` is Unix seconds."""

    def load(self, name: str) -> dict[str, Any] | None:
        """The fields of the token that was saved."""

    def save(self, name: str, content: dict[str, Any]) -> None:
        """Keeps the token's fields."""

    def lock(self, name: str, now: float, seconds: float) -> bool:
        """Whether the caller may fetch; everybody else may not until `unlock`, or until so many seconds are over."""

    def unlock(self, name: str) -> None:
        """The caller has fetched."""

    def count(self, name: str, span: int, most: int, now: float) -> bool:
        """Counts one more time within the present span of seconds; False when there have been `most` already."""


class MemoryTokens:
    """Tokens of this process alone."""

    def __init__(self) -> None:
        self._saved: dict[str, dict[str, Any]] = {}
        self._locked: dict[str, float] = {}
        self._counts: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def load(self, name: str) -> dict[str, Any] | None:
        return self._saved.get(name)

    def save(self, name: str, content: dict[str, Any]) -> None:
        self._saved[name] = content

    def lock(self, name: str, now: float, seconds: float) -> bool:
        with self._lock:
            if self._locked.get(name, 0.0) > now:
                return False
            self._locked[name] = now + seconds
            return True

    def unlock(self, name: str) -> None:
        self._locked.pop(name, None)

    def count(self, name: str, span: int, most: int, now: float) -> bool:
        with self._lock:
            present = int(now // span)
            then, times = self._counts.get(name, (present, 0))
            self._counts[name] = (present, times + 1 if then == present else 1)
            return self._counts[name][1] <= most


class RedisTokens:
    """Tokens in Redis. While it cannot be reached each process goes on with what it knows itself."""

    def __init__(self, redis: Redis, prefix: str = "baoxiu:wechat") -> None:
        self._redis = redis
        self._prefix = prefix
        self._known = MemoryTokens()

    @classmethod
    def at(cls, url: str) -> "RedisTokens":
        return cls(Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1))

    def load(self, name: str) -> dict[str, Any] | None:
        try:
            content = self._redis.get(self._key(name))
        except RedisError as error:
            logger.warning("Redis cannot be read, the token of this process is used: %s", error)
            return self._known.load(name)
        return dict(json.loads(content)) if content else None

    def save(self, name: str, content: dict[str, Any]) -> None:
        self._known.save(name, content)
        try:
            self._redis.set(self._key(name), json.dumps(content), exat=int(content["expires_at"]))
        except RedisError as error:
            logger.warning("Redis cannot be written, the token stays in this process: %s", error)

    def lock(self, name: str, now: float, seconds: float) -> bool:
        try:
            return bool(self._redis.set(self._key(f"{name}:lock"), 1, nx=True, px=int(seconds * 1000)))
        except RedisError:
            return self._known.lock(name, now, seconds)

    def unlock(self, name: str) -> None:
        self._known.unlock(name)
        try:
            self._redis.delete(self._key(f"{name}:lock"))
        except RedisError as error:
            logger.warning("Redis cannot be reached, the lock on the token ends by itself: %s", error)

    def count(self, name: str, span: int, most: int, now: float) -> bool:
        key = self._key(f"{name}:{int(now // span)}")
        try:
            times = self._redis.incr(key)
            self._redis.expire(key, 2 * span)
        except RedisError:
            return self._known.count(name, span, most, now)
        return int(times) <= most

    def _key(self, name: str) -> str:
        return f"{self._prefix}:{name}"
