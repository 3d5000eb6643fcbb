"""Points and spans of time in customers' words, and how we say them back.

`find_visit_window` works in four steps: what looks like a time and is none (phone and house numbers, models) is
hidden (`plain`), words become tokens (`tokens`, with the readers `days`, `hours`, `soon`, `festivals`), tokens that
belong together become mentions (`mentions`), and the mention that says when the technician may come is chosen
(`choosing`) and resolved (`visits`). Where an order has its visit already, `find_moved_window` reads what is said of that
one first (`moves`). Everything is Asia/Shanghai; the present is always an argument.
"""
from .durations import parse_duration
from .errors import ContradictoryTime, ImpossibleTime, PastTime, TooFar, VisitTimeError
from .moves import find_moved_window
from .onsets import find_fault_since
from .quiet import QuietHours
from .saying import say_choice, say_moment, say_window
from .visits import find_visit_window
from .windows import FURTHEST, SHANGHAI, VISIT_LENGTH, Window, on_day_of, utc_now

__all__ = [
    "FURTHEST",
    "SHANGHAI",
    "VISIT_LENGTH",
    "ContradictoryTime",
    "ImpossibleTime",
    "PastTime",
    "QuietHours",
    "TooFar",
    "VisitTimeError",
    "Window",
    "find_fault_since",
    "find_moved_window",
    "find_visit_window",
    "on_day_of",
    "parse_duration",
    "say_choice",
    "say_moment",
    "say_window",
    "utc_now",
]
