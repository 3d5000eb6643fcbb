"""What the words of a time mean, before they become a window."""
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from .windows import Window


class Sure(Enum):
    """How sure it is that a day means the visit and not when the fault began."""

    VISIT = "明天"
    UNLESS_ONSET = "周三"
    IF_VISIT_IS_NAMED = "今天"
    PAST = "昨天"
    NEVER = "三天前"


@dataclass(frozen=True)
class Day:
    first: date
    last: date
    sure: Sure = Sure.VISIT
    repeats: int = 0  # days after which the same words name a day again
    deadline: bool = False  # from now until the last day
    weekday: bool = False
    dated: bool = False  # said by its number: 28号
    after: date | None = None  # what "…以后" means, when it is not the next day


@dataclass(frozen=True)
class Hours:
    start: int  # minutes since midnight
    end: int
    clock: bool = False  # an exact start cannot be moved to later
    part: str | None = None  # the part of day, where no clock time was said
    either: int | None = None  # the same clock time half a day later: 8点 may be the evening


@dataclass(frozen=True)
class Soon:
    """尽快, or 随时 when `any_time`, but not on the days in `never`."""

    any_time: bool = False
    never: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Impossible:
    words: str


Meaning = Day | Hours | Soon | Impossible | Window
Reader = Callable[[re.Match[str], datetime], Meaning | None]


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    meaning: Meaning


def single(day: date, sure: Sure = Sure.VISIT, **more: int | bool) -> Day:
    return replace(Day(day, day, sure), **more)  # type: ignore[arg-type]
