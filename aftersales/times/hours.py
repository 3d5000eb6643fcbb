"""Readers of hours: clock times, ranges of them, parts of the day."""
import re
from datetime import datetime

from .meanings import Hours, Impossible, Meaning, Reader
from .parts import PART, PART_WORDS, PARTS, SERVICE, WHOLE_DAY
from .plain import CN, NUM, to_number

HOUR = r"(?:\d{1,2}|二?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
_POINT = r"(?:点钟?|时(?!候|间|不|常|而|刻|长)|:(?=\d\d))"
_MINUTE = (
    r"(?:半|[一1]刻钟?|[三3]刻钟?|整|[零〇][一二三四五六七八九]分?"
    r"|[一二三四五]?十[一二三四五六七八九]?分?(?![号月点])|[一二三四五六七八九]分|\d{1,2}分?(?![\d号栋幢室楼月点:个小天]|单元))")
BEFORE = r"[以之]前|前(?!后|天|面|台|年)"
AFTER = r"[以之]后|过后|后(?!天|日|面|儿|年)"
_CLOCK = (
    rf"(?:(?P<part>{PART})的?[大约莫概,]*)?(?<![第\d{CN}:.])"
    rf"(?:(?P<h0>{HOUR})(?:{_POINT}(?P<m0>{_MINUTE})?)?(?:左右)?(?P<to>到|至|-+|~+|—+|–)(?P<part1>{PART})?)?"
    rf"(?P<h1>{HOUR})(?:(?:{_POINT})?(?:、|或者?)?{HOUR}(?=点))?{_POINT}(?P<m1>{_MINUTE})?"
    rf"(?:左右|前后|多钟?|来钟|的?样子|许|之间)?(?:(?P<before>{BEFORE})|(?P<after>{AFTER}))?")
_PARTS_ONLY = (
    rf"(?<![一整半])(?P<part>{PART})(?:(?:[、/]|或者?|和|到|至)?(?P<part1>{PART}))?"
    rf"(?:(?P<before>{BEFORE})|(?P<after>{AFTER}))?")
_NEARLY = (
    rf"(?:(?P<part>{PART})的?)?(?:差(?P<early>一刻钟?|{NUM}分钟?)(?:就?到)?(?P<h1>{HOUR})点|(?<![\d{CN}])(?P<h2>{HOUR})点差(?P<late>一刻钟?|{NUM}分))")
#: 明天9-11: figures without 点 count right behind a day only.
_BARE_RANGE = r"(?<=□)[ ,]?(?P<h0>\d{1,2})(?:-+|~+|—+|到|至)(?P<h1>\d{1,2})(?=$|[,。!吧都可之这来有])"
_MAY_BE_ONE = re.compile(r"(?:^|[,。 到约在等是就□])$")
_NO_HOUR = re.compile("[火水声要意建问]")
HALF_DAY = 12 * 60


_SHORT_PARTS = {"早": "上午", "朝": "上午", "晚": "晚上"}


def _part_named(words: str) -> str:
    if words in _SHORT_PARTS:
        return _SHORT_PARTS[words]
    return next(name for name, pattern in PART_WORDS.items() if re.fullmatch(pattern.replace("(?<=□)", ""), words))


def _part_of(match: re.Match[str], group: str) -> str | None:
    return _part_named(match[group]) if match[group] else None


def _minute(words: str | None) -> int:
    if not words or words == "整":
        return 0
    if words == "半":
        return 30
    if "刻" in words:
        return 45 if words[0] in "三3" else 15
    return to_number(words.rstrip("分").lstrip("零〇"))


_AFTERNOON_HOURS = {"中午": range(1, 4), "下午": range(1, 12), "傍晚": range(1, 12), "晚上": range(5, 13)}


def _clock(hour_words: str, minute_words: str | None, part: str | None) -> int | None:
    """Minutes since midnight, None for an hour that does not exist.

    Without a part of day 1 to 7 are in the afternoon; one in the night belongs to the evening before.
    """
    hour, minute = to_number(hour_words), _minute(minute_words)
    if hour > 24 or minute > 59:
        return None
    later = hour in (_AFTERNOON_HOURS.get(part, range(0)) if part else range(1, 8))
    if not part and hour_words.startswith("0"):
        later = False
    if part == "晚上" and hour < 5:
        return 24 * 60 + hour * 60 + minute
    return hour * 60 + minute + later * HALF_DAY


def _read_clock(match: re.Match[str], _now: datetime) -> "Meaning | None":
    if _is_no_clock(match):
        return None
    part = _part_of(match, "part")
    if match["h0"]:
        return _clock_range(match, part)
    start = _clock(match["h1"], match["m1"], part)
    if start is None:
        return Impossible(match[0])
    return _around(start, part, match)


def _is_no_clock(match: re.Match[str]) -> bool:
    """一点 is mostly "a bit", 两点 may be two points of an argument."""
    if any(match[group] for group in ("part", "m1", "h0", "before", "after")) or re.search("钟|:|时", match[0]):
        return False
    before, after = match.string[:match.start()], match.string[match.end():]
    if match["h1"] == "一" and not (_MAY_BE_ONE.search(before) and not re.match("[都也不没儿]", after)):
        return True
    return bool(_NO_HOUR.match(after))


def _around(start: int, part: str | None, match: re.Match[str]) -> "Hours":
    """A clock time without an end means two hours, 以后 the rest of the part of day, 以前 what comes before."""
    if match["before"]:
        return before_hour(start, part)
    if match["after"]:
        return after_hour(start, part)
    either = start + HALF_DAY if part is None and start // 60 == 8 else None
    return Hours(start, start + 120, clock=True, either=either)


def before_hour(start: int, part: str | None) -> Hours:
    """三点以前."""
    begin = PARTS[part][0] if part in {"下午", "晚上"} else SERVICE[0]
    return Hours(begin if begin < start else start - 120, start)


def after_hour(start: int, part: str | None) -> Hours:
    """三点以后: the rest of the part of day, or of the day."""
    rest = PARTS[part][1] if part else WHOLE_DAY[1] if start <= 16 * 60 else SERVICE[1]
    return Hours(start, max(rest, start + 120))


def clock_hour(words: str) -> int | None:
    """Minutes since midnight of a full hour without a part of day."""
    return _clock(words, None, None)


def _clock_range(match: re.Match[str], part: str | None) -> "Meaning":
    start = _clock(match["h0"], match["m0"], part)
    end = _clock(match["h1"], match["m1"], _part_of(match, "part1") or part)
    if start is None or end is None:
        return Impossible(match[0])
    while end <= start:
        end += HALF_DAY
    return Hours(start, end)


def _read_nearly(match: re.Match[str], _now: datetime) -> Meaning:
    """差一刻三点, 三点差十分."""
    hour = _clock(match["h1"] or match["h2"], None, _part_of(match, "part"))
    if hour is None:
        return Impossible(match[0])
    start = hour - _minute((match["early"] or match["late"]).rstrip("钟"))
    return Hours(start, start + 120, clock=True)


def _read_bare_range(match: re.Match[str], _now: datetime) -> Meaning | None:
    start, end = _clock(match["h0"], None, None), _clock(match["h1"], None, None)
    if start is None or end is None:
        return None
    return Hours(start, end + (end <= start) * HALF_DAY)


def _read_parts(match: re.Match[str], _now: datetime) -> "Hours | None":
    part = _part_named(match["part"])
    if part == "凌晨":
        return None
    start, end = PARTS[part]
    if match["before"]:
        return Hours(SERVICE[0], end if part == "中午" else max(start, SERVICE[0] + 120))
    if match["after"]:
        return Hours(*PARTS["下午"]) if end <= 14 * 60 else Hours(min(end, PARTS["晚上"][0]), SERVICE[1])
    if match["part1"]:
        return Hours(start, max(end, PARTS[_part_named(match["part1"])][1]))
    return Hours(start, end, part=part)


SHAPES: tuple[tuple[str, Reader], ...] = (
    (_NEARLY, _read_nearly),
    (_CLOCK, _read_clock),
    (_BARE_RANGE, _read_bare_range),
    (_PARTS_ONLY, _read_parts),
)
