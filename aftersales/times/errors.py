"""Why a visit time is refused."""
from datetime import datetime

from .saying import say_window
from .windows import FURTHEST, Window


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
