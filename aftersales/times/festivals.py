"""Festivals, their days off, and working days."""
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from lunar_python import Solar  # type: ignore[import-untyped,unused-ignore]
from lunar_python.util import HolidayUtil  # type: ignore[import-untyped,unused-ignore]

from .lunar import lunar_date
from .meanings import Day, Reader, Sure, single
from .windows import DAY


@dataclass(frozen=True)
class _Festival:
    pattern: str
    day: Callable[[int], date]
    before: int = 0  # usual days off before and after the day itself, for years that are not announced yet
    after: int = 0


def _lunar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: _known(lunar_date(year, month, day))


def _known(day: date | None) -> date:
    if day is None:
        raise ValueError("a festival lies on a day that its lunar month does not have: mend the table of festivals")
    return day


def _solar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _solar_term(name: str, near_month: int) -> Callable[[int], date]:
    """清明, 冬至 and the like, told by the sun: the table of the lunar year that a day of that month lies in."""
    return lambda year: date.fromisoformat(Solar.fromYmd(year, near_month, 4).getLunar().getJieQiTable()[name].toYmd())


def _last_lunar_month(day: int) -> Callable[[int], date]:
    """Its days fall in January or February of the year after."""
    return lambda year: _known(lunar_date(year - 1, 12, day))


def _new_years_eve(year: int) -> date:
    return _lunar(1, 1)(year) - DAY


_NOT_YEARS_AGO = r"(?<![一二两三四五六七八九十几半多数去今明小\d])"
FESTIVALS = (
    _Festival("元旦", _solar(1, 1), after=2),
    _Festival("除夕|年三十|大年夜", _new_years_eve),
    _Festival(rf"春节|大年初一|过[完了]?年|{_NOT_YEARS_AGO}年(?=[前后])", _lunar(1, 1), 1, 6),
    _Festival("元宵|正月十五", _lunar(1, 15)),
    _Festival("清明", _solar_term("清明", 4), 0, 2),
    _Festival("五一|劳动节", _solar(5, 1), 0, 4),
    _Festival("端午", _lunar(5, 5), 0, 2),
    _Festival("中秋", _lunar(8, 15), 0, 2),
    _Festival(r"国庆|(?<![二三双\d])十一(?=假期|长假|期间|放假|[以之]?[前后])", _solar(10, 1), 0, 6),
    _Festival("圣诞", _solar(12, 25)),
    _Festival("平安夜", _solar(12, 24)),
    _Festival("冬至", _solar_term("冬至", 12)),
    _Festival("立冬", _solar_term("立冬", 11)),
    _Festival("立春", _solar_term("立春", 2)),
    _Festival("重阳", _lunar(9, 9)),
    _Festival("腊八", _last_lunar_month(8)),
    _Festival("(?:北方|南方)?小年(?=夜|[那前后以之]|$)", _last_lunar_month(23)),
    _Festival("情人节", _solar(2, 14)),
    _Festival("双十一|双11|双1[1一]", _solar(11, 11)),
    _Festival("双十二|双12", _solar(12, 12)),
)


def _days_off(festival: _Festival, year: int) -> tuple[date, date]:
    """First and last day of the holiday: as announced by the State Council, else the usual length."""
    day = festival.day(year)
    announced = [
        date.fromisoformat(holiday.getDay())
        for holiday in HolidayUtil.getHolidaysByTarget(day.isoformat()) if not holiday.isWork()]
    if announced:
        return min(announced), max(announced)
    return day - festival.before * DAY, day + festival.after * DAY


def next_workday(day: date) -> date:
    while not _is_workday(day):
        day += DAY
    return day


def _is_workday(day: date) -> bool:
    announced = HolidayUtil.getHoliday(day.isoformat())
    return announced.isWork() if announced else day.weekday() < 5


def _festival_reader(festival: _Festival) -> Reader:
    def read(match: re.Match[str], now: datetime) -> Day:
        today = now.date()
        year = today.year if _days_off(festival, today.year)[1] >= today else today.year + 1
        first, last = _days_off(festival, year)
        after = next_workday(last + DAY)
        if match[0].startswith(("过完", "过了")):
            return single(after)
        if match["period"]:
            return Day(first, last, Sure.UNLESS_ONSET, after=after)
        return replace(single(festival.day(year), Sure.UNLESS_ONSET), after=after)

    return read


SHAPES: tuple[tuple[str, Reader], ...] = tuple(
    (rf"(?:{festival.pattern})节?(?P<period>期间|假期|长假|放假|假)?", _festival_reader(festival)) for festival in FESTIVALS
)
