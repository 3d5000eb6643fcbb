"""Readers of parts of a month: 月底, 下个月初, 12月中旬."""
import re
from calendar import monthrange
from datetime import date, datetime

from .meanings import Day, Impossible, Meaning, Reader, Sure
from .plain import NO_FIGURE, NUM, to_number

_END = -3  # 月底 is the last three days, however long the month is
_PARTS = {"初": (1, 3), "上旬": (1, 10), "中": (14, 17), "中旬": (11, 20), "下旬": (21, 31), "底": (_END, 31), "末": (_END, 31)}


def _read_month_part(match: re.Match[str], now: datetime) -> Meaning | None:
    """Of the part under way what is left; a bare one that is over is that of the next month."""
    month = to_number(match["m"]) if match["m"] else now.month + (match["which"] == "下")
    if month > 13:
        return Impossible(match[0])
    first, last = _part(_year(month, now), month, match["part"])
    if last < now.date() and not match["m"] and not match["which"]:
        first, last = _part(now.year, now.month + 1, match["part"])
    if last < now.date():
        return Day(first, last, Sure.PAST)
    return Day(max(first, now.date()), last, Sure.UNLESS_ONSET, deadline=bool(match["before"]))


def _year(month: int, now: datetime) -> int:
    """3月底 said in November is next year's, 10月底 is over."""
    long_ago = now.month - month > 3
    return now.year + long_ago


def _part(year: int, month: int, part: str) -> tuple[date, date]:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    length = monthrange(year, month)[1]
    first, last = _PARTS[part]
    start = length + 1 + first if first < 0 else first
    return date(year, month, start), date(year, month, min(last, length))


def _read_month(match: re.Match[str], now: datetime) -> Day:
    """The whole of a month, of the present one what is left."""
    first, last = _whole(now.year, now.month + match["which"].count("下"))
    if match["which"].startswith("下"):
        return Day(first, last, Sure.UNLESS_ONSET)
    return Day(now.date(), last, Sure.IF_VISIT_IS_NAMED)


def _whole(year: int, month: int) -> tuple[date, date]:
    return _part(year, month, "初")[0], _part(year, month, "底")[1]


SHAPES: tuple[tuple[str, Reader], ...] = (
    (rf"(?:{NO_FIGURE}(?P<m>{NUM})月|(?P<which>[这本下])个?月|(?<![个几半每])月)份?的?(?P<part>初(?!\w?[一二三四五六七八九十\d])|[上中下]旬|中(?![午间])|[底末])"
     r"(?P<before>[以之]?前)?", _read_month_part),
    (r"(?P<which>下下|[这本下])个?月(?![\d一二三四五六七八九十初中底末份费])", _read_month),
)
