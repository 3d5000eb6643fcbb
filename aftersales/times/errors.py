"""Why a visit time is refused."""
from datetime import date, datetime

from .saying import say_day, say_weekday, say_window
from .windows import FURTHEST, SHANGHAI, Window


class VisitTimeError(ValueError):
    """A visit time that cannot be: the message is a Chinese sentence for the customer."""


class PastTime(VisitTimeError):  # noqa: N818 - part of the interface
    """The customer named a time that is over; `window` is that time."""

    def __init__(self, window: Window, now: datetime) -> None:
        super().__init__(f"{say_window(window, now)}已经过去了，请换一个时间。")
        self.window = window


class TooFar(VisitTimeError):  # noqa: N818 - part of the interface
    """The customer named a time more than 60 days ahead; `window` is that time."""

    def __init__(self, window: Window, now: datetime) -> None:
        super().__init__(f"{say_window(window, now)}太远了，目前可以预约{FURTHEST.days}天以内的时间。")
        self.window = window


class ImpossibleTime(VisitTimeError):  # noqa: N818 - part of the interface
    """The customer named a date or an hour that does not exist."""

    def __init__(self, words: str) -> None:
        super().__init__(f"没有“{words}”这个时间，请再说一遍。")


class ContradictoryTime(VisitTimeError):  # noqa: N818 - part of the interface
    """The customer named a date and a weekday that is another day; `windows` are both, the date's first."""

    def __init__(self, windows: tuple[Window, Window], now: datetime) -> None:
        day, other = (window.start.astimezone(SHANGHAI).date() for window in windows)
        super().__init__(_either(day, other, now.astimezone(SHANGHAI).date()))
        self.windows = windows


def _either(day: date, other: date, today: date) -> str:
    if day.weekday() == other.weekday():
        return f"{say_day(day, today)}还是{say_day(other, today)}，您要哪一天？"
    number = f"{other.day}号" if other.month == day.month else f"{other.month}月{other.day}号"
    return f"{day.day}号是{say_weekday(day)}，{say_weekday(other)}是{number}，您要哪一天？"
