"""Readers of dates: 2026-11-26, 11月26号, 11/26, 28号, 下个月3号."""
import re
from calendar import monthrange
from datetime import date, datetime

from .meanings import Day, Impossible, Meaning, Reader, Sure, single
from .parts import PART
from .plain import CN, FILLER, NO_FIGURE, NUM, to_number
from .windows import DAY, FURTHEST

_MONTHS_AHEAD = {"上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_WEEK = "(?:周|星期|礼拜)"
_BEFORE_DAY_NUMBER = (
    r"(?:^|(?<=[,。.!?;:()~ □那就到约在是等改定我么的吧月周这或要想能来选请和跟行好们有不至、-])"
    r"|(?<=[上下中]午|[早晚]上|[在到回]家)|(?<=[外本]地)|(?<=[出了]差|[到发送收]货|[上加]班|外出|出门))")


def _date(year: int, month: int, day: int, words: str) -> date | Impossible:
    try:
        return date(year, month, day)
    except ValueError:
        return Impossible(words)


def _dated(day: date | Impossible, now: datetime) -> Day | Impossible:
    if isinstance(day, Impossible):
        return day
    return single(day, Sure.PAST if day < now.date() else Sure.UNLESS_ONSET, dated=True)


def _read_iso(match: re.Match[str], now: datetime) -> Day | Impossible:
    return _dated(_date(int(match["y"]), int(match["m"]), int(match["d"]), match[0]), now)


def _read_month_day(match: re.Match[str], now: datetime) -> Meaning | None:
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


def _read_slash(match: re.Match[str], now: datetime) -> Meaning | None:
    month, day = int(match["a"]), int(match["b"])
    if month > 12 >= day:
        month, day = day, month
    return _month_day(month, day, match[0], now)


def _read_lone_pair(match: re.Match[str], now: datetime) -> Meaning | None:
    """11.28 by itself may be a version or a house number: a date only within the days that can be booked."""
    read = _read_slash(match, now)
    soon = isinstance(read, Day) and now.date() <= read.first <= now.date() + FURTHEST
    return read if soon else None


def _read_day_of_other_month(match: re.Match[str], now: datetime) -> Meaning | None:
    ahead = _MONTHS_AHEAD[match["which"]]
    year, month = divmod(now.year * 12 + now.month - 1 + ahead, 12)
    return _dated(_date(year, month + 1, to_number(match["d"]), match[0]), now)


def _read_day_of_month(match: re.Match[str], now: datetime) -> Meaning | None:
    """The next day with that number; past ones are those of the next month."""
    number = to_number(match["d"])
    if not 1 <= number <= 31:
        alone = number < 100 and re.fullmatch(FILLER, match.string.replace(match[0], "", 1))
        return Impossible(match[0]) if alone else None
    day = now.date()
    while day.day != number:
        day += DAY
    return single(day, Sure.UNLESS_ONSET, dated=True)


SHAPES: tuple[tuple[str, Reader], ...] = (
    (r"(?P<y>20\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[号日]?", _read_iso),
    (rf"(?P<y>今年|明年|去年)?(?:{NO_FIGURE}|(?<=[周期拜][一二三四五六]))"
     rf"(?P<m>{NUM})月份?的?(?P<d>{NUM})(?:[号日]|(?![\d{CN}点个天年小:]))", _read_month_day),
    (rf"(?P<which>下下|[上这本当下])个?月的?(?P<d>{NUM})[号日]", _read_day_of_other_month),
    (r"(?<![\w/.\-※])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/%a-z※])", _read_slash),
    (rf"(?<![\w/.\-※])(?P<a>\d{{1,2}})[.\-](?P<b>\d{{1,2}})"
     rf"(?=[号日(]?(?:{PART}|{_WEEK}| \d{{1,2}}[:点]))[号日]?", _read_slash),
    (r"^(?:就|那就|约|定)?(?P<a>\d{1,2})[.\-](?P<b>\d{1,2})(?=[吧的来可以行,。!]*$)", _read_lone_pair),
)
#: 28号 alone, which may be a house number: read after everything that says more.
DAY_OF_MONTH: tuple[tuple[str, Reader], ...] = (
    (rf"{_BEFORE_DAY_NUMBER}{NO_FIGURE}(?P<d>{NUM})(?:[号日](?!线)|(?=(?:[、到至~-]|和|或者?){NUM}[号日]))", _read_day_of_month),
)
