"""A deed of a customer as it is asked for, and as it comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.contents import Content
from simulator.customers import Customer
from simulator.errors import ApiError, RefusedError
from simulator.media import Media
from simulator.world import World
from simulator.xml import Value


class NotFollowingError(RefusedError):
    """Only followers can write to the account."""


@dataclass(frozen=True)
class Request:
    """A deed asked for: who, the given fields, and the uploaded file if any."""

    world: World
    customer: Customer
    data: Mapping[str, Any]
    upload: bytes | None = None

    def text(self, name: str) -> str:
        """A field as text, empty where absent."""
        return str(self.data.get(name) or "")

    def needed(self, name: str) -> str:
        """A field that must be there. Raises RefusedError naming it."""
        value = self.data.get(name)
        if value is None:
            raise RefusedError(f"缺少 {name}。")
        return str(value)

    def number(self, name: str) -> float:
        """A number that must be there. Raises RefusedError naming it."""
        try:
            return float(self.needed(name))
        except ValueError as error:
            raise RefusedError(f"{name} 应为数字。") from error

    @property
    def copies(self) -> int | None:
        """How many times the push goes out at the same moment; None when it is not said."""
        return int(self.number("copies")) if self.data.get("copies") else None

    def store(self, kind: str, content: bytes) -> Media:
        """Keep a file the customer sends. Raises RefusedError when the platform would not take it."""
        try:
            return self.world.media.add(kind, content, self.world.now())
        except ApiError as error:
            raise RefusedError(f"这个文件发不出去，格式不支持或太大（{error.code}）。") from error


@dataclass(frozen=True)
class Deed:
    """The outcome: what the chat holds, what is pushed (without the common head), which grant it opens."""

    content: Content
    fields: Mapping[str, Value]
    grant: str | None = None
    quiet: bool = False
