"""Readers of weekdays, weekends and weeks: 下周三, 这周末, 下下周, 下周前半周."""
import re
from datetime import date, datetime

from .meanings import Day, Reader, Sure, single
from .plain import CN, NUM, to_number
from .windows import DAY

_WEEKDAYS = {name: index % 7 for index, name in enumerate("一二三四五六日1234567")} | {"天": 6, "七": 6, "末": 5}
_WEEKS = {"上": -1, "上上": -2, "这": 0, "本": 0, "下": 1, "下下": 2, "下下下": 3}
_FIRST_HALF, _SECOND_HALF = (0, 2), (3, 6)  # days after Monday


def _read_weekday(match: re.Match[str], now: datetime) -> Day:
    today = now.date()
    weekday = _WEEKDAYS[match["d"]]
    if match["which"] in {None, "这", "本"}:  # a day of this week that is over means the coming one
        ahead = (weekday - today.weekday()) % 7
        repeats = 7 if match["which"] is None or ahead else 0
        return single(today + ahead * DAY, Sure.UNLESS_ONSET, repeats=repeats, weekday=True)
    day = _monday(today, _WEEKS[match["which"]]) + weekday * DAY
    return single(day, Sure.PAST if day < today else Sure.VISIT, weekday=True)


def _monday(today: date, weeks: int) -> date:
    return today - today.weekday() * DAY + weeks * 7 * DAY


def _read_weekend(match: re.Match[str], now: datetime) -> Day:
    today = now.date()
    saturday = _monday(today, _WEEKS.get(match["which"] or "", 0)) + 5 * DAY
    sunday = saturday + DAY
    if match["which"] is None and today == sunday:
        return Day(saturday + 7 * DAY, sunday + 7 * DAY, Sure.UNLESS_ONSET)
    if sunday < today:
        return Day(saturday, sunday, Sure.PAST)
    return Day(max(saturday, today), sunday, Sure.UNLESS_ONSET)


def _read_week(match: re.Match[str], now: datetime) -> Day:
    monday = _monday(now.date(), _WEEKS[match["which"]])
    if monday > now.date():
        return Day(monday, monday + 6 * DAY)
    sure = Sure.PAST if monday + 6 * DAY < now.date() else Sure.IF_VISIT_IS_NAMED
    return Day(now.date() if sure is not Sure.PAST else monday, monday + 6 * DAY, sure)


def _read_weekday_weeks_later(match: re.Match[str], now: datetime) -> Day:
    """两周后的周六 is counted in calendar weeks."""
    return single(_monday(now.date(), to_number(match["n"])) + _WEEKDAYS[match["d"]] * DAY, weekday=True)


def _read_half_week(match: re.Match[str], now: datetime) -> Day:
    """下周前半周 is Monday to Wednesday, 后半周 the rest; of the week under way what is left."""
    first, last = _FIRST_HALF if match["half"] in {"前", "上"} else _SECOND_HALF
    monday = _monday(now.date(), _WEEKS[match["which"]])
    end = monday + last * DAY
    if end < now.date():
        return Day(monday + first * DAY, end, Sure.PAST)
    return Day(max(monday + first * DAY, now.date()), end, Sure.UNLESS_ONSET)


_WEEK = "(?:周|星期|礼拜)"
_BOTH_DAYS = rf"六日|六、?{_WEEK}?[日天]|六[到和至]{_WEEK}?[日天]"
_NO_COUNT = rf"(?<![\d{CN}几半多每整个])(?:(?P<which>下下下|下下|上上|[这本上下])一?个?)?"
LATER: tuple[tuple[str, Reader], ...] = (
    (rf"(?<![\d{CN}])(?P<n>{NUM})个?{_WEEK}[以之]?后的?{_WEEK}(?P<d>[一二三四五六日天])", _read_weekday_weeks_later),
)
SHAPES: tuple[tuple[str, Reader], ...] = (
    (rf"(?P<which>下下|[这本下])一?个?{_WEEK}的?(?P<half>[前后上下])半(?:个?{_WEEK}|段)", _read_half_week),
    (rf"{_NO_COUNT}(?:周末|{_WEEK}(?:末|{_BOTH_DAYS})|双休日?|休息[日天])", _read_weekend),
    (rf"{_NO_COUNT}{_WEEK}(?P<d>[一二三四五六七日天]|[1-7](?![\d.:]))(?![点个楼栋单])", _read_weekday),
    (rf"(?P<which>下下下|下下|上上|[这本上下])一?个?{_WEEK}", _read_week),
)
