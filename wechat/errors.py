"""What the platform's error codes mean and what to do about each: the table `errors.yml`, read by code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import resources
from typing import Any

import yaml


class Reaction(Enum):
    """What to do after a failed call."""

    RETRY = "retry"
    """Try again later, with growing pauses and a limit."""
    REFRESH_TOKEN = "refresh_token"  # noqa: S105
    """The access token was refused, also after the client fetched another: try again later and alarm."""
    SWITCH_CHANNEL = "switch_channel"
    """Not by this channel: send a template message, or hold it until the customer writes."""
    HOLD = "hold"
    """Hold it until the customer writes."""
    GIVE_UP = "give_up"
    """This customer or this file cannot be reached; drop it."""
    FIX = "fix"
    """Our request or our configuration is wrong; the same request will fail again."""
    ALARM = "alarm"
    """Stop and tell the operator; nothing of this kind will work until somebody acts."""
    IGNORE = "ignore"
    """Of no consequence."""


class Effect(Enum):
    """What else becomes of a failed call."""

    STOP = "stop"
    """The API is not called any more, but for lone tries that find out when it works again."""
    STOP_TODAY = "stop_today"
    """Likewise; at midnight in Beijing it works again anyhow."""
    CLOSED = "closed"
    """The customer's window is closed, whatever we believed."""
    SPENT = "spent"
    """The customer's budget is spent, whatever we believed."""
    UNFOLLOWED = "unfollowed"
    """The customer does not follow the account any more."""
    PLAIN = "plain"
    """The same text without links may be sent."""
    SHORTER = "shorter"
    """The beginning of the text may be sent."""


@dataclass(frozen=True)
class ErrorRow:
    """`meaning` is for logs, `shown` and `todo` for operators; `retry_after` in seconds, 0 if nothing is known."""

    codes: tuple[int, ...]
    reaction: Reaction
    meaning: str
    shown: str
    todo: str = ""
    effect: Effect | None = None
    alarm: bool = False
    retry_after: int = 0


def _row(entry: dict[str, Any]) -> ErrorRow:
    effect, reaction = entry.pop("effect", None), Reaction(entry.pop("reaction"))
    return ErrorRow(
        **entry | {"codes": tuple(_codes(entry["codes"])), "alarm": entry.get("alarm", reaction is Reaction.ALARM)},
        reaction=reaction, effect=Effect(effect) if effect else None)


def _codes(written: Any) -> Iterator[int]:
    for each in written if isinstance(written, list) else [written]:
        first, *last = [int(number) for number in re.findall(r"^-?\d+|\d+$", str(each))]
        yield from range(first, (last or [first])[0] + 1)


def _table() -> tuple[ErrorRow, ...]:
    file = resources.files("wechat") / "errors.yml"
    return tuple(_row(entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8")))


TABLE = _table()
BY_CODE: dict[int, ErrorRow] = {code: row for row in TABLE for code in row.codes}
#: Alone it stops nothing: what is unknown may be the fault of one message.
_UNKNOWN = ErrorRow(
    (), Reaction.ALARM, "The platform refused the call for a reason we do not know", "微信返回未知错误",
    "在微信公众平台文档中查这个错误码；消息会再试几次，之后等客户来消息时带上", alarm=True)
_RID = re.compile(r"\brid:\s*([0-9A-Za-z-]{6,60})")


def row_for(errcode: int) -> ErrorRow:
    """The row of a code; a code that is not in the table is for the operator to look at."""
    return BY_CODE.get(errcode, _UNKNOWN)


@dataclass(frozen=True)
class Consequence:
    """What follows from an error besides its reaction; `todo` is for the operator."""

    effect: Effect | None = None
    alarm: bool = False
    todo: str = ""


class PlatformError(Exception):
    """A call of the platform failed; the sentence says how, `reaction` and `then` what to do, `shown` what operators read.

    `errcode` is the platform's code, None when there is none (no connection, no JSON); `rid` the platform's number of
    the call. `maybe_delivered` is true when the call may have had its effect although no answer came back: repeating it
    may send a message twice.
    """

    def __init__(
        self,
        sentence: str,
        reaction: Reaction,
        errcode: int | None = None,
        *,
        shown: str = "微信接口暂时不可用",
        then: Consequence | None = None,
        retry_after: int = 0,
        rid: str | None = None,
        maybe_delivered: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.errcode = errcode
        self.reaction = reaction
        self.shown = shown
        self.then = then or Consequence()
        self.retry_after = retry_after
        self.rid = rid
        self.maybe_delivered = maybe_delivered

    @classmethod
    def from_code(cls, errcode: int, errmsg: str) -> "PlatformError":
        """The error of an answered call. The errmsg ends in the rid with which the platform's support finds it."""
        row, rid = row_for(errcode), _RID.search(errmsg)
        return cls(
            f"{row.meaning} (errcode {errcode}: {errmsg}).", row.reaction, errcode, shown=row.shown,
            then=Consequence(row.effect, row.alarm, row.todo), retry_after=row.retry_after, rid=rid[1] if rid else None)
