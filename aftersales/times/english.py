"""Readers of English times: tomorrow 3pm, next Monday morning, after 5 pm, as soon as possible."""
import re
from datetime import datetime

from .hours import HALF_DAY, after_hour, before_hour, clock_hour
from .meanings import Day, Hours, Impossible, Meaning, Reader, Soon, Sure, single
from .parts import PARTS
from .windows import DAY

_RELATIVE = {
    r"(?:the )?day after (?:tomorrow|tmr)": 2, r"tom+or+ow|tmrw?|tmw": 1, "today|to": 0,
    "yesterday": -1, "(?:the )?day before yesterday": -2,
}
_WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_PARTS = {"morning": "上午", "noon": "中午", "midday": "中午", "lunchtime": "中午", "afternoon": "下午", "evening": "晚上", "night": "晚上"}
_SURE = {2: Sure.VISIT, 1: Sure.VISIT, 0: Sure.IF_VISIT_IS_NAMED, -1: Sure.PAST, -2: Sure.PAST}


def _read_relative(match: re.Match[str], now: datetime) -> Day:
    ahead = next(days for pattern, days in _RELATIVE.items() if re.fullmatch(pattern, match["day"]))
    return single(now.date() + ahead * DAY, _SURE[ahead])


def _read_weekday(match: re.Match[str], now: datetime) -> Day:
    today, weekday = now.date(), _WEEKDAYS[match["d"][:3]]
    ahead = (weekday - today.weekday()) % 7
    if match["which"] == "last":
        return single(today + (ahead - 7) * DAY, Sure.PAST, weekday=True)
    if match["which"] == "next":
        return single(today + (weekday - today.weekday() + 7) * DAY, weekday=True)
    return single(today + ahead * DAY, Sure.UNLESS_ONSET, repeats=7, weekday=True)


def _read_weekend(match: re.Match[str], now: datetime) -> Day:
    saturday = now.date() + (5 - now.weekday() + 7 * (match["which"] == "next")) * DAY
    return Day(max(saturday, now.date()), saturday + DAY, Sure.UNLESS_ONSET)


def _read_part(match: re.Match[str], _now: datetime) -> Hours:
    part = _PARTS[match["part"]]
    return Hours(*PARTS[part], part=part)


def _minutes(hour: str, minute: str | None, half: str) -> int | None:
    if not 1 <= int(hour) <= 12 or int(minute or 0) > 59:
        return None
    return int(hour) % 12 * 60 + int(minute or 0) + (half[0] == "p") * HALF_DAY


def _read_clock(match: re.Match[str], _now: datetime) -> Meaning:
    start = _minutes(match["h1"], match["m1"], match["half"])
    if start is None:
        return Impossible(match[0].strip())
    if match["before"] or match["until"]:
        return before_hour(start, None)
    if match["after"] or match["later"]:
        return after_hour(start, None)
    return Hours(start, start + 120, clock=True)


def _read_o_clock(match: re.Match[str], _now: datetime) -> Meaning:
    start = clock_hour(match["h1"])
    return Impossible(match[0].strip()) if start is None else Hours(start, start + 120, clock=True)


def _read_range(match: re.Match[str], _now: datetime) -> Meaning:
    """2-4pm; 10 to 2pm begins in the morning."""
    start = _minutes(match["h0"], match["m0"], match["half0"] or match["half"])
    end = _minutes(match["h1"], match["m1"], match["half"])
    if start is None or end is None:
        return Impossible(match[0].strip())
    if start >= end and not match["half0"]:
        start -= HALF_DAY
    return Hours(start, end) if start < end else Impossible(match[0].strip())


def _read_soon(_match: re.Match[str], _now: datetime) -> Soon:
    return Soon()


def _read_any_time(_match: re.Match[str], _now: datetime) -> Soon:
    return Soon(any_time=True)


_WORD, _END = r"(?<![a-z])", r"(?![a-z])"
_HALF = r"(?P<half{}>[ap]\.?m)"
_HOUR = r"(?P<h{0}>\d{{1,2}})(?:[:.](?P<m{0}>\d\d))?"
_ANY_RELATIVE = "|".join(sorted(_RELATIVE, key=len, reverse=True)).replace("today|to", "today|to(?=night)")
_NAMES = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)day"
#: Short names count only where a time follows or nothing does.
_SHORT = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?=\.?(?:$|[ ,]*(?:\d|at |morning|noon|afternoon|evening|night)))"
SHAPES: tuple[tuple[str, Reader], ...] = (
    (rf"{_WORD}(?:on )?(?P<day>{_ANY_RELATIVE})(?:{_END}|(?=night))", _read_relative),
    (rf"{_WORD}(?:on )?(?:(?P<which>this|next|last|coming) )?(?P<d>{_NAMES}|{_SHORT}){_END}", _read_weekday),
    (rf"{_WORD}(?:(?:on|at) )?(?:the )?(?:(?P<which>this|next) )?weekend{_END}", _read_weekend),
    (rf"(?:{_WORD}(?:from|between|at) )?(?<!\d){_HOUR.format(0)} ?{_HALF.format(0)}? ?(?:-+|~|–|to|and|till|until) ?"
     rf"{_HOUR.format(1)} ?{_HALF.format('')}{_END}", _read_range),
    (rf"(?:{_WORD}(?:(?P<after>after|from|since)|(?P<before>before)|(?P<until>until|till|by)|at|around|about) )?"
     rf"(?<!\d){_HOUR.format(1)} ?{_HALF.format('')}{_END}(?P<later> ?(?:or later|onwards?)|以后|之后)?", _read_clock),
    (rf"(?:{_WORD}(?:at|around|about) )?(?<!\d)(?P<h1>\d{{1,2}}) ?o'? ?clock{_END}", _read_o_clock),
    (rf"{_WORD}(?:in |at )?(?:the )?(?:early |late )?(?<!good )(?P<part>{'|'.join(_PARTS)}){_END}", _read_part),
    (rf"{_WORD}(?:asap|as soon as (?:possible|you can)|right now|immediately){_END}", _read_soon),
    (rf"{_WORD}(?:any ?time|any day|whenever){_END}", _read_any_time),
)
