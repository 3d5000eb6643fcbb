"""Readers of days: dates, weekdays, 后天, 三天后, 月底."""
import re
from calendar import monthrange
from datetime import date, datetime

from .festivals import next_workday
from .meanings import Day, Impossible, Meaning, Sure, single
from .plain import FILLER, to_number
from .windows import DAY

RELATIVE = {
    "大后天|外后天": 3, "后天|后日|后儿": 2, "明天|明日|明儿个?|明个|听日|转天": 1, "今天|今日|今儿个?|当天": 0,
    "昨天|昨日|昨儿|琴日": -1, "大前天": -3, "前天|前日": -2,
}
_WEEKDAYS = {name: index % 7 for index, name in enumerate("一二三四五六日1234567")} | {"天": 6}
_WEEKS = {"上": -1, "上上": -2, "这": 0, "本": 0, "下": 1, "下下": 2}
_UNIT_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}


def _date(year: int, month: int, day: int, words: str) -> date | Impossible:
    try:
        return date(year, month, day)
    except ValueError:
        return Impossible(words)


def _dated(day: date | Impossible, now: datetime) -> Day | Impossible:
    if isinstance(day, Impossible):
        return day
    return single(day, Sure.PAST if day < now.date() else Sure.UNLESS_ONSET)


def read_iso(match: re.Match[str], now: datetime) -> Day | Impossible:
    return _dated(_date(int(match["y"]), int(match["m"]), int(match["d"]), match[0]), now)


def read_month_day(match: re.Match[str], now: datetime) -> Meaning | None:
    month, day = to_number(match["m"]), to_number(match["d"])
    if match["y"]:
        year = now.year + {"去年": -1, "今年": 0, "明年": 1}[match["y"]]
        return _dated(_date(year, month, day, match[0]), now)
    return _month_day(month, day, match[0], now)


def _month_day(month: int, day: int, words: str, now: datetime) -> Day | Impossible:
    """The nearest such date, so that 11月3号 said on the 22nd is past and 1月5号 is next year."""
    leap = _date(2028, month, day, words)
    if isinstance(leap, Impossible):
        return leap
    years = range(now.year - 1, now.year + 2)
    dates = [date(year, month, day) for year in years if day <= monthrange(year, month)[1]]
    if not dates:
        return Impossible(words)
    return _dated(min(dates, key=lambda candidate: abs(candidate - now.date())), now)


def read_slash(match: re.Match[str], now: datetime) -> Meaning | None:
    month, day = int(match["a"]), int(match["b"])
    if month > 12 >= day:
        month, day = day, month
    return _month_day(month, day, match[0], now)


def read_day_of_other_month(match: re.Match[str], now: datetime) -> Meaning | None:
    ahead = {"上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}[match["which"]]
    year, month = divmod(now.year * 12 + now.month - 1 + ahead, 12)
    return _dated(_date(year, month + 1, to_number(match["d"]), match[0]), now)


def read_day_of_month(match: re.Match[str], now: datetime) -> Meaning | None:
    """The next day with that number; past ones are those of the next month."""
    number = to_number(match["d"])
    if not 1 <= number <= 31:
        alone = number < 100 and re.fullmatch(FILLER, match.string.replace(match[0], "", 1))
        return Impossible(match[0]) if alone else None
    day = now.date()
    while day.day != number:
        day += DAY
    return single(day, Sure.UNLESS_ONSET)


def read_relative(match: re.Match[str], now: datetime) -> Day:
    ahead = next(days for pattern, days in RELATIVE.items() if re.fullmatch(pattern, match[0]))
    return _days_ahead(ahead, now)


def read_short(match: re.Match[str], now: datetime) -> Day:
    return _days_ahead({"今": 0, "明": 1, "后": 2, "昨": -1}[match[0]], now)


def _days_ahead(ahead: int, now: datetime) -> Day:
    sure = Sure.VISIT if ahead > 0 else Sure.PAST if ahead < 0 else Sure.IF_VISIT_IS_NAMED
    return single(now.date() + ahead * DAY, sure)


def read_weekday(match: re.Match[str], now: datetime) -> Day:
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


def read_weekend(match: re.Match[str], now: datetime) -> Day:
    today = now.date()
    saturday = _monday(today, _WEEKS.get(match["which"] or "", 0)) + 5 * DAY
    sunday = saturday + DAY
    if match["which"] is None and today == sunday:
        return Day(saturday + 7 * DAY, sunday + 7 * DAY, Sure.UNLESS_ONSET)
    if sunday < today:
        return Day(saturday, sunday, Sure.PAST)
    return Day(max(saturday, today), sunday, Sure.UNLESS_ONSET)


def read_week(match: re.Match[str], now: datetime) -> Day:
    monday = _monday(now.date(), _WEEKS[match["which"]])
    if monday > now.date():
        return Day(monday, monday + 6 * DAY)
    sure = Sure.PAST if monday + 6 * DAY < now.date() else Sure.IF_VISIT_IS_NAMED
    return Day(now.date() if sure is not Sure.PAST else monday, monday + 6 * DAY, sure)


def read_days_later(match: re.Match[str], now: datetime) -> Day | None:
    number = 0.5 if match["n"] == "半" else to_number(match["n"])
    ahead = round(number * _UNIT_DAYS[match["unit"]]) * DAY
    if match["rel"] == "内":
        return Day(now.date(), now.date() + ahead, Sure.UNLESS_ONSET, deadline=True)
    return single(now.date() + ahead, Sure.UNLESS_ONSET)


def read_days_ago(_match: re.Match[str], now: datetime) -> Day:
    return single(now.date() - DAY, Sure.NEVER)


def read_these_days(match: re.Match[str], now: datetime) -> Day:
    first, last = {"明后": (1, 2), "今明": (0, 1), "这两": (0, 1), "这几": (0, 2), "这三": (0, 2)}[match[0][:2]]
    sure = Sure.VISIT if first else Sure.IF_VISIT_IS_NAMED
    return Day(now.date() + first * DAY, now.date() + last * DAY, sure)


def read_month_end(match: re.Match[str], now: datetime) -> Meaning | None:
    """The last three days of the month."""
    month = to_number(match["m"]) if match["m"] else now.month + (match["which"] == "下")
    if month > 13:
        return Impossible(match[0])
    year = now.year + (month > 12 or month < now.month)
    last = date(year, (month - 1) % 12 + 1, monthrange(year, (month - 1) % 12 + 1)[1])
    return Day(max(last - 2 * DAY, now.date()), last, Sure.UNLESS_ONSET, deadline=bool(match["before"]))


def read_workday(_match: re.Match[str], now: datetime) -> Day:
    return single(next_workday(now.date() + DAY), Sure.UNLESS_ONSET)
