"""Readers of days of the lunar calendar: 腊月廿八, 正月初六, 农历十一月十五, and the bare 初八 around the New Year."""
import re
from datetime import date, datetime

from lunar_python import Lunar, LunarMonth  # type: ignore[import-untyped,unused-ignore]

from .meanings import Day, Impossible, Meaning, Reader, Sure, single
from .plain import NUM, to_number
from .windows import FURTHEST

_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def lunar_date(year: int, month: int, day: int) -> date | None:
    """The day of the solar calendar; None where the month has no such day."""
    found = LunarMonth.fromYm(year, month)
    if found is None or not 1 <= day <= found.getDayCount():
        return None
    return date.fromisoformat(Lunar.fromYmd(year, month, day).getSolar().toYmd())


def _read_lunar(match: re.Match[str], now: datetime) -> Day | Impossible:
    """The next such day; one that has just passed is past."""
    month = _MONTHS.get(match["m"]) or to_number(match["m"])
    if not 1 <= month <= 12:
        return Impossible(match[0])
    years = (lunar_date(year, month, to_number(match["d"])) for year in range(now.year - 1, now.year + 2))
    days = [day for day in years if day]
    if not days:
        return Impossible(match[0])
    nearest = min(days, key=lambda day: abs(day - now.date()))
    return single(nearest, Sure.PAST if nearest < now.date() else Sure.UNLESS_ONSET)


def _read_of_new_year(match: re.Match[str], now: datetime) -> Meaning | None:
    """初八 without a month is said of the first month, when that is near."""
    day = lunar_date(now.year + (now.month > 6), 1, to_number(match["d"]))
    near = day is not None and now.date() <= day <= now.date() + FURTHEST
    return single(day, Sure.UNLESS_ONSET) if day and near else None


SHAPES: tuple[tuple[str, Reader], ...] = (
    (rf"(?:(?:农历|阴历|旧历|老历)(?=.{{1,2}}月)|(?=[正冬腊]月))(?P<m>[正冬腊]|{NUM})月初?(?P<d>{NUM})[号日]?", _read_lunar),
    (r"(?<![月年最起当])(?:大年)?初(?P<d>[一二三四五六七八九]|十)(?![中级年步始月几])", _read_of_new_year),
)
