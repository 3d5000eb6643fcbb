"""Points and spans of time in customers' words, and how we say them back.

`find_visit_window` works in four steps: what looks like a time and is none (phone and house numbers, models) is
hidden, words become tokens, tokens that belong together become mentions, and the mention that says when the technician
may come is chosen and resolved.
Everything is Asia/Shanghai; the present is always an argument.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from zoneinfo import ZoneInfo

import cn2an
from lunar_python import Lunar, Solar  # type: ignore[import-untyped,unused-ignore]
from lunar_python.util import HolidayUtil  # type: ignore[import-untyped,unused-ignore]

SHANGHAI = ZoneInfo("Asia/Shanghai")
FURTHEST = timedelta(days=60)
VISIT_LENGTH = timedelta(hours=2)  # of a clock time without an end
_DAY = timedelta(days=1)


def utc_now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Window:
    """A span in which the technician may arrive; both ends aware, Asia/Shanghai."""

    start: datetime
    end: datetime


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


# --- parts of the day ------------------------------------------------------------------------------------------------

_SERVICE = (8 * 60, 21 * 60)  # minutes since midnight
_WHOLE_DAY = (8 * 60, 18 * 60)
_PARTS = {
    "上午": (8 * 60, 12 * 60),
    "中午": (11 * 60, 14 * 60),
    "下午": (13 * 60, 18 * 60),
    "傍晚": (17 * 60, 19 * 60),
    "晚上": (18 * 60, 21 * 60),
    "全天": _WHOLE_DAY,
    "凌晨": (0, 6 * 60),
}
_PART_WORDS = {
    "上午": "大清早|清早|清晨|一大早|一早|早晨|早上|早间|上午|上半天|朝早|[头前]晌"
    "|(?<=□)早(?:上|晨|一?点(?!钟)|些)?|早(?!一点)(?=[\\d一二三四五六七八九十]+点)",
    "中午": "中午|正午|晌午|午间",
    "下午": "(?:吃?[完过了]?[午中]饭[以之]?后)|下午|午后|下半天|下昼|后晌",
    "傍晚": "傍晚",
    "晚上": (
        "(?:吃?[完过了]?晚饭[以之]?后)|下班[以之]?后|下了班|晚上|晚间|夜里|夜间|夜晚"
        "|(?<=□)晚(?!一?点(?!钟)|些)|晚(?!一点)(?=[\\d一二三四五六七八九十]+点(?!火))"),
    "全天": "全天|一整天|整天|白天",
    "凌晨": "凌晨|半夜",
}
_PART = "(?:" + "|".join(_PART_WORDS.values()) + ")(?!好(?![的吗吧不像]))"


# --- text ------------------------------------------------------------------------------------------------------------

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_TRADITIONAL = str.maketrans("後點週禮號個兩時鐘內過開現這馬隨們來門為幾", "后点周礼号个两时钟内过开现这马随们来门为几")
_INVISIBLE = "\u200b\u200c\u200d\ufeff"


@dataclass(frozen=True)
class _Plain:
    """A message in half width and lower case without idle blanks; `origin` maps its characters to the message."""

    text: str
    origin: tuple[int, ...]
    message: str

    def words(self, start: int, end: int) -> str:
        """What the customer typed there."""
        return self.message[self.origin[start]:self.origin[end - 1] + 1]


def _plain(message: str) -> _Plain:
    narrow = message.translate(_WIDE).translate(_TRADITIONAL)
    lower = "".join(char.lower() if char.isascii() else char for char in narrow)
    kept = [index for index in range(len(lower)) if not _idle(lower, index)]
    return _Plain("".join(" " if lower[index].isspace() else lower[index] for index in kept), tuple(kept), message)


def _idle(text: str, index: int) -> bool:
    """Blanks count only between figures and letters: 2026-11-26 14:00."""
    if text[index] in _INVISIBLE:
        return True
    around = text[:index].rstrip()[-1:] + text[index + 1:].lstrip()[:1]
    repeated = text[index - 1:index].isspace()
    return text[index].isspace() and (repeated or not (len(around) == 2 and around.isascii() and around.isalnum()))


_CN = "零〇一二两三四五六七八九十廿"
_NUM = r"(?:\d{1,2}|廿[一二三四五六七八九]?|[二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_NO_FIGURE = rf"(?<![\d{_CN}])"
_HIDDEN = [re.compile(pattern) for pattern in (
    r"(?<=\d)t(?=\d\d:)",  # 2026-11-26T14:00
    r"(?<![0-9a-z])[a-z]+[-/.]?\d[0-9a-z/\-()]*|(?<![0-9a-z:])\d+(?!am|pm)[a-z][0-9a-z/\-]*",  # models, error codes
    r"(?<!\d)(?:\+?86|0086)?[- ]?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)",
    r"(?<!\d)(?:0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3,4}[- ]?\d{3,4})(?!\d)|\d{7,}",
    r"[零〇一二两三四五六七八九幺]{7,}",
    r"(?:五一|十一|八一|六一|元旦|国庆|中秋|端午|清明)(?:[东南西北中]?[路街巷村]|大道|大街|新村|广场|小区)(?:\d+号)?",
    r"[明今][日天](?:广场|大厦|花园|公寓|城)|(?:^|(?<=[,。 ]))[^,。 从在等到过](?:国庆|中秋|端午)(?=$|[,。 ])",
    r"(?:(?<!知)道|(?<![上下])路|[街巷弄村镇庄园苑城厦场坊屯坪湾栋幢座]|胡同|小区)的?[\d一二三四五六七八九十百零\-]+号(?:院|楼)?",
    r"[\d一二三四五六七八九十百零]+号(?=[楼栋幢座院门室店铺厂库线馆弄]|单元|宿舍|大厦|公寓|小区|\d{3,4}(?![:点\d])|\d+(?:[栋幢座楼室]|单元))",
)]


def _hide(text: str) -> str:
    for pattern in _HIDDEN:
        text = pattern.sub(lambda match: "※" * len(match[0]), text)
    return re.sub(r"(?<=\d)※(?=\d\d:)", " ", text)


def _number(words: str) -> int:
    """11, 十一, 廿八, 两; ValueError when it is no number."""
    return int(words) if words.isdecimal() else int(cn2an.cn2an(words, "smart"))


# --- what tokens mean ------------------------------------------------------------------------------------------------


class _Sure(Enum):
    """How sure it is that a day means the visit and not when the fault began."""

    VISIT = "明天"
    UNLESS_ONSET = "周三"
    IF_VISIT_IS_NAMED = "今天"
    PAST = "昨天"
    NEVER = "三天前"


@dataclass(frozen=True)
class _Day:
    first: date
    last: date
    sure: _Sure = _Sure.VISIT
    repeats: int = 0  # days after which the same words name a day again
    deadline: bool = False  # from now until the last day
    weekday: bool = False
    after: date | None = None  # what "…以后" means, when it is not the next day


@dataclass(frozen=True)
class _Hours:
    start: int  # minutes since midnight
    end: int
    clock: bool = False  # an exact start cannot be moved to later
    part: str | None = None  # the part of day, where no clock time was said
    either: int | None = None  # the same clock time half a day later: 8点 may be the evening


@dataclass(frozen=True)
class _Soon:
    """尽快, or 随时 when `any_time`, but not on the days in `never`."""

    any_time: bool = False
    never: frozenset[date] = frozenset()


@dataclass(frozen=True)
class _Impossible:
    words: str


_Meaning = _Day | _Hours | _Soon | _Impossible | Window
_Reader = Callable[[re.Match[str], datetime], _Meaning | None]


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    meaning: _Meaning


def _single(day: date, sure: _Sure = _Sure.VISIT, **more: int | bool) -> _Day:
    return replace(_Day(day, day, sure), **more)  # type: ignore[arg-type]


# --- holidays --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Festival:
    pattern: str
    day: Callable[[int], date]
    before: int = 0  # usual days off before and after the day itself, for years that are not announced yet
    after: int = 0


def _lunar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date.fromisoformat(Lunar.fromYmd(year, month, day).getSolar().toYmd())


def _solar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _qingming(year: int) -> date:
    return date.fromisoformat(Solar.fromYmd(year, 4, 4).getLunar().getJieQiTable()["清明"].toYmd())


def _new_years_eve(year: int) -> date:
    return _lunar(1, 1)(year) - _DAY


_NOT_YEARS_AGO = r"(?<![一二两三四五六七八九十几半多数去今明小\d])"
_FESTIVALS = (
    _Festival("元旦", _solar(1, 1), after=2),
    _Festival("除夕|年三十|大年夜", _new_years_eve),
    _Festival(rf"春节|大年初一|过[完了]?年|{_NOT_YEARS_AGO}年(?=[前后])", _lunar(1, 1), 1, 6),
    _Festival("元宵|正月十五", _lunar(1, 15)),
    _Festival("清明", _qingming, 0, 2),
    _Festival("五一|劳动节", _solar(5, 1), 0, 4),
    _Festival("端午", _lunar(5, 5), 0, 2),
    _Festival("中秋", _lunar(8, 15), 0, 2),
    _Festival(r"国庆|(?<![二三\d])十一(?=假期|长假|期间|放假|[以之]?[前后])", _solar(10, 1), 0, 6),
    _Festival("圣诞|平安夜", _solar(12, 25)),
)


def _days_off(festival: _Festival, year: int) -> tuple[date, date]:
    """First and last day of the holiday: as announced by the State Council, else the usual length."""
    day = festival.day(year)
    announced = [
        date.fromisoformat(holiday.getDay())
        for holiday in HolidayUtil.getHolidaysByTarget(day.isoformat()) if not holiday.isWork()]
    if announced:
        return min(announced), max(announced)
    return day - festival.before * _DAY, day + festival.after * _DAY


def _next_workday(day: date) -> date:
    while not _is_workday(day):
        day += _DAY
    return day


def _is_workday(day: date) -> bool:
    announced = HolidayUtil.getHoliday(day.isoformat())
    return announced.isWork() if announced else day.weekday() < 5


def _festival_reader(festival: _Festival) -> "_Reader":
    def read(match: re.Match[str], now: datetime) -> _Day:
        today = now.date()
        year = today.year if _days_off(festival, today.year)[1] >= today else today.year + 1
        first, last = _days_off(festival, year)
        after = _next_workday(last + _DAY)
        if match[0].startswith(("过完", "过了")):
            return _single(after)
        if match["period"]:
            return _Day(first, last, _Sure.UNLESS_ONSET, after=after)
        return replace(_single(festival.day(year), _Sure.UNLESS_ONSET), after=after)

    return read


# --- days ------------------------------------------------------------------------------------------------------------

_RELATIVE = {
    "大后天|外后天": 3, "后天|后日|后儿": 2, "明天|明日|明儿个?|明个|听日|转天": 1, "今天|今日|今儿个?|当天": 0,
    "昨天|昨日|昨儿|琴日": -1, "大前天": -3, "前天|前日": -2,
}
_WEEKDAYS = {name: index % 7 for index, name in enumerate("一二三四五六日1234567")} | {"天": 6}
_WEEKS = {"上": -1, "上上": -2, "这": 0, "本": 0, "下": 1, "下下": 2}
_UNIT_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}


def _date(year: int, month: int, day: int, words: str) -> date | _Impossible:
    try:
        return date(year, month, day)
    except ValueError:
        return _Impossible(words)


def _dated(day: date | _Impossible, now: datetime) -> _Day | _Impossible:
    if isinstance(day, _Impossible):
        return day
    return _single(day, _Sure.PAST if day < now.date() else _Sure.UNLESS_ONSET)


def _read_iso(match: re.Match[str], now: datetime) -> _Day | _Impossible:
    return _dated(_date(int(match["y"]), int(match["m"]), int(match["d"]), match[0]), now)


def _read_month_day(match: re.Match[str], now: datetime) -> _Meaning | None:
    month, day = _number(match["m"]), _number(match["d"])
    if match["y"]:
        year = now.year + {"去年": -1, "今年": 0, "明年": 1}[match["y"]]
        return _dated(_date(year, month, day, match[0]), now)
    return _month_day(month, day, match[0], now)


def _month_day(month: int, day: int, words: str, now: datetime) -> _Day | _Impossible:
    """The nearest such date, so that 11月3号 said on the 22nd is past and 1月5号 is next year."""
    leap = _date(2028, month, day, words)
    if isinstance(leap, _Impossible):
        return leap
    years = range(now.year - 1, now.year + 2)
    dates = [date(year, month, day) for year in years if day <= monthrange(year, month)[1]]
    if not dates:
        return _Impossible(words)
    return _dated(min(dates, key=lambda candidate: abs(candidate - now.date())), now)


def _read_slash(match: re.Match[str], now: datetime) -> _Meaning | None:
    month, day = int(match["a"]), int(match["b"])
    if month > 12 >= day:
        month, day = day, month
    return _month_day(month, day, match[0], now)


def _read_day_of_other_month(match: re.Match[str], now: datetime) -> _Meaning | None:
    ahead = {"上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}[match["which"]]
    year, month = divmod(now.year * 12 + now.month - 1 + ahead, 12)
    return _dated(_date(year, month + 1, _number(match["d"]), match[0]), now)


def _read_day_of_month(match: re.Match[str], now: datetime) -> _Meaning | None:
    """The next day with that number; past ones are those of the next month."""
    number = _number(match["d"])
    if not 1 <= number <= 31:
        alone = number < 100 and re.fullmatch(_FILLER, match.string.replace(match[0], "", 1))
        return _Impossible(match[0]) if alone else None
    day = now.date()
    while day.day != number:
        day += _DAY
    return _single(day, _Sure.UNLESS_ONSET)


def _read_relative(match: re.Match[str], now: datetime) -> _Day:
    ahead = next(days for pattern, days in _RELATIVE.items() if re.fullmatch(pattern, match[0]))
    return _days_ahead(ahead, now)


def _read_short(match: re.Match[str], now: datetime) -> _Day:
    return _days_ahead({"今": 0, "明": 1, "后": 2, "昨": -1}[match[0]], now)


def _days_ahead(ahead: int, now: datetime) -> _Day:
    sure = _Sure.VISIT if ahead > 0 else _Sure.PAST if ahead < 0 else _Sure.IF_VISIT_IS_NAMED
    return _single(now.date() + ahead * _DAY, sure)


def _read_weekday(match: re.Match[str], now: datetime) -> _Day:
    today = now.date()
    weekday = _WEEKDAYS[match["d"]]
    if match["which"] in {None, "这", "本"}:  # a day of this week that is over means the coming one
        ahead = (weekday - today.weekday()) % 7
        repeats = 7 if match["which"] is None or ahead else 0
        return _single(today + ahead * _DAY, _Sure.UNLESS_ONSET, repeats=repeats, weekday=True)
    day = _monday(today, _WEEKS[match["which"]]) + weekday * _DAY
    return _single(day, _Sure.PAST if day < today else _Sure.VISIT, weekday=True)


def _monday(today: date, weeks: int) -> date:
    return today - today.weekday() * _DAY + weeks * 7 * _DAY


def _read_weekend(match: re.Match[str], now: datetime) -> _Day:
    today = now.date()
    saturday = _monday(today, _WEEKS.get(match["which"] or "", 0)) + 5 * _DAY
    sunday = saturday + _DAY
    if match["which"] is None and today == sunday:
        return _Day(saturday + 7 * _DAY, sunday + 7 * _DAY, _Sure.UNLESS_ONSET)
    if sunday < today:
        return _Day(saturday, sunday, _Sure.PAST)
    return _Day(max(saturday, today), sunday, _Sure.UNLESS_ONSET)


def _read_week(match: re.Match[str], now: datetime) -> _Day:
    monday = _monday(now.date(), _WEEKS[match["which"]])
    if monday > now.date():
        return _Day(monday, monday + 6 * _DAY)
    sure = _Sure.PAST if monday + 6 * _DAY < now.date() else _Sure.IF_VISIT_IS_NAMED
    return _Day(now.date() if sure is not _Sure.PAST else monday, monday + 6 * _DAY, sure)


def _read_days_later(match: re.Match[str], now: datetime) -> _Day | None:
    number = 0.5 if match["n"] == "半" else _number(match["n"])
    ahead = round(number * _UNIT_DAYS[match["unit"]]) * _DAY
    if match["rel"] == "内":
        return _Day(now.date(), now.date() + ahead, _Sure.UNLESS_ONSET, deadline=True)
    return _single(now.date() + ahead, _Sure.UNLESS_ONSET)


def _read_days_ago(_match: re.Match[str], now: datetime) -> _Day:
    return _single(now.date() - _DAY, _Sure.NEVER)


def _read_these_days(match: re.Match[str], now: datetime) -> _Day:
    first, last = {"明后": (1, 2), "今明": (0, 1), "这两": (0, 1), "这几": (0, 2), "这三": (0, 2)}[match[0][:2]]
    sure = _Sure.VISIT if first else _Sure.IF_VISIT_IS_NAMED
    return _Day(now.date() + first * _DAY, now.date() + last * _DAY, sure)


def _read_month_end(match: re.Match[str], now: datetime) -> _Meaning | None:
    """The last three days of the month."""
    month = _number(match["m"]) if match["m"] else now.month + (match["which"] == "下")
    if month > 13:
        return _Impossible(match[0])
    year = now.year + (month > 12 or month < now.month)
    last = date(year, (month - 1) % 12 + 1, monthrange(year, (month - 1) % 12 + 1)[1])
    return _Day(max(last - 2 * _DAY, now.date()), last, _Sure.UNLESS_ONSET, deadline=bool(match["before"]))


def _read_workday(_match: re.Match[str], now: datetime) -> _Day:
    return _single(_next_workday(now.date() + _DAY), _Sure.UNLESS_ONSET)


# --- hours -----------------------------------------------------------------------------------------------------------

_HOUR = r"(?:\d{1,2}|二?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
_POINT = r"(?:点钟?|时(?!候|间|不|常|而|刻|长)|:(?=\d\d))"
_MINUTE = (
    r"(?:半|[一1]刻钟?|[三3]刻钟?|整|[零〇][一二三四五六七八九]分?"
    r"|[一二三四五]?十[一二三四五六七八九]?分?(?![号月点])|[一二三四五六七八九]分|\d{1,2}分?(?![\d号栋幢室楼月点:个小天]|单元))")
_BEFORE = r"[以之]前|前(?!后|天|面|台|年)"
_AFTER = r"[以之]后|过后|后(?!天|日|面|儿|年)"
_CLOCK = (
    rf"(?:(?P<part>{_PART})的?[大约莫概,]*)?(?<![第\d{_CN}:.])"
    rf"(?:(?P<h0>{_HOUR})(?:{_POINT}(?P<m0>{_MINUTE})?)?(?:左右)?(?P<to>到|至|-+|~+|—+|–)(?P<part1>{_PART})?)?"
    rf"(?P<h1>{_HOUR})(?:(?:{_POINT})?(?:、|或者?)?{_HOUR}(?=点))?{_POINT}(?P<m1>{_MINUTE})?"
    rf"(?:左右|前后|多|来钟|的?样子|许|之间)?(?:(?P<before>{_BEFORE})|(?P<after>{_AFTER}))?")
_ENGLISH_CLOCK = r"(?<!\d)(?P<h1>\d{1,2})(?::(?P<m1>\d\d))? ?(?P<half>am|pm)(?![a-z])"
_PARTS_ONLY = (
    rf"(?<![一整半])(?P<part>{_PART})(?:(?:[、/]|或者?|和|到|至)?(?P<part1>{_PART}))?"
    rf"(?:(?P<before>{_BEFORE})|(?P<after>{_AFTER}))?")
_MAY_BE_ONE = re.compile(r"(?:^|[,。 到约在等是就□])$")
_NO_HOUR = re.compile("[火水声要意建问]")
_HALF_DAY = 12 * 60


def _part_named(words: str) -> str:
    if words in {"早", "晚"}:
        return "上午" if words == "早" else "晚上"
    return next(name for name, pattern in _PART_WORDS.items() if re.fullmatch(pattern.replace("(?<=□)", ""), words))


def _part_of(match: re.Match[str], group: str) -> str | None:
    return _part_named(match[group]) if match[group] else None


def _minute(words: str | None) -> int:
    if not words or words == "整":
        return 0
    if words == "半":
        return 30
    if "刻" in words:
        return 45 if words[0] in "三3" else 15
    return _number(words.rstrip("分").lstrip("零〇"))


_AFTERNOON_HOURS = {"中午": range(1, 4), "下午": range(1, 12), "傍晚": range(1, 12), "晚上": range(5, 13)}


def _clock(hour_words: str, minute_words: str | None, part: str | None) -> int | None:
    """Minutes since midnight, None for an hour that does not exist.

    Without a part of day 1 to 7 are in the afternoon; one in the night belongs to the evening before.
    """
    hour, minute = _number(hour_words), _minute(minute_words)
    if hour > 24 or minute > 59:
        return None
    later = hour in (_AFTERNOON_HOURS.get(part, range(0)) if part else range(1, 8))
    if not part and hour_words.startswith("0"):
        later = False
    if part == "晚上" and hour < 5:
        return 24 * 60 + hour * 60 + minute
    return hour * 60 + minute + later * _HALF_DAY


def _read_clock(match: re.Match[str], _now: datetime) -> "_Meaning | None":
    if _is_no_clock(match):
        return None
    part = _part_of(match, "part")
    if match["h0"]:
        return _clock_range(match, part)
    start = _clock(match["h1"], match["m1"], part)
    if start is None:
        return _Impossible(match[0])
    return _around(start, part, match)


def _is_no_clock(match: re.Match[str]) -> bool:
    """一点 is mostly "a bit", 两点 may be two points of an argument."""
    if any(match[group] for group in ("part", "m1", "h0", "before", "after")) or re.search("钟|:|时", match[0]):
        return False
    before, after = match.string[:match.start()], match.string[match.end():]
    if match["h1"] == "一" and not (_MAY_BE_ONE.search(before) and not re.match("[都也不没儿]", after)):
        return True
    return bool(_NO_HOUR.match(after))


def _around(start: int, part: str | None, match: re.Match[str]) -> "_Hours":
    """A clock time without an end means two hours, 以后 the rest of the part of day, 以前 what comes before."""
    if match["before"]:
        begin = _PARTS[part][0] if part in {"下午", "晚上"} else _SERVICE[0]
        return _Hours(begin if begin < start else start - 120, start)
    if match["after"]:
        rest = _PARTS[part][1] if part else _WHOLE_DAY[1] if start <= 16 * 60 else _SERVICE[1]
        return _Hours(start, max(rest, start + 120))
    either = start + _HALF_DAY if part is None and start // 60 == 8 else None
    return _Hours(start, start + 120, clock=True, either=either)


def _clock_range(match: re.Match[str], part: str | None) -> "_Meaning":
    start = _clock(match["h0"], match["m0"], part)
    end = _clock(match["h1"], match["m1"], _part_of(match, "part1") or part)
    if start is None or end is None:
        return _Impossible(match[0])
    while end <= start:
        end += _HALF_DAY
    return _Hours(start, end)


def _read_english_clock(match: re.Match[str], _now: datetime) -> "_Meaning":
    hour, minute = int(match["h1"]), int(match["m1"] or 0)
    if not 1 <= hour <= 12 or minute > 59:
        return _Impossible(match[0])
    start = (hour % 12) * 60 + minute + (match["half"] == "pm") * _HALF_DAY
    return _Hours(start, start + 120, clock=True)


def _read_parts(match: re.Match[str], _now: datetime) -> "_Hours | None":
    part = _part_named(match["part"])
    if part == "凌晨":
        return None
    start, end = _PARTS[part]
    if match["before"]:
        return _Hours(_SERVICE[0], end if part == "中午" else max(start, _SERVICE[0] + 120))
    if match["after"]:
        return _Hours(*_PARTS["下午"]) if end <= 14 * 60 else _Hours(min(end, _PARTS["晚上"][0]), _SERVICE[1])
    if match["part1"]:
        return _Hours(start, max(end, _PARTS[_part_named(match["part1"])][1]))
    return _Hours(start, end, part=part)


# --- soon ------------------------------------------------------------------------------------------------------------

_SOON = (
    r"尽快|尽早|越快越好|越早越好|最快(?!什么|啥|几|多|哪|要)|赶紧|赶快|抓紧|(?<!□)早一?[点些](?=过?来|上门|安排)"
    r"|(?:马上|立刻|立即|现在)(?=就?(?:可以)?(?:过?来|派|安排|上门|修(?![到得好完了])|能来|有空|在家|方便))"
    r"|^(?:马上|立刻|立即|现在)(?=就行|吧|[,。!~]*$)"
    r"|(?:一会儿?|等[会下]儿?|待会儿?|稍后)(?=就?(?:过?来|上门|可以|[,。!~]*$))")
_ANY_TIME = (
    r"随时(?!都?可?能?会|都?有?可能|断|停|都?能?联系|都?可?以?打|都?能?报|沟通|通知)|任[何意]时[间候]"
    r"|[什啥]么?时[候间]都|几点都|哪一?天都|天天都?在家|每天都?在家|都在家|时间(?:都|不限|随[便意]|无所谓|你们?定|灵活)"
    r"|不限时间|都有空|都有时间|无所谓|你们(?:来|看着)?定(?!了)|师傅来?定(?![了的])"
    r"|(?:看|听|由|等|按)(?:你们|师傅|您)?的?(?:安排|时间|方便)|(?:其[他它余]|别的)(?:时间|几天|日子)?都?(?:可以|行)|^随便[,。吧的啊!~]*$"
    r"|^(?:我|这边|时间|上门|什么|那|嗯|好|,|的|啊)*都(?:可以|行|好|成|得|ok)[的吧啊哈了呀。!,~]*$")
_SPAN = (
    rf"(?:再?过(?!了))?{_NO_FIGURE}(?P<n>\d+(?:\.\d)?|{_NUM}|半)个?(?P<half>半)?(?P<unit>小时|钟头|分钟|刻钟|钟)"
    r"[以之]?(?P<rel>后|内)")
_UNIT_MINUTES = {"小时": 60, "钟头": 60, "钟": 60, "刻钟": 15, "分钟": 1}


def _read_soon(_match: re.Match[str], _now: datetime) -> "_Soon":
    return _Soon()


def _read_any_time(_match: re.Match[str], _now: datetime) -> "_Soon":
    return _Soon(any_time=True)


def _read_span(match: re.Match[str], now: datetime) -> Window:
    words = match["n"]
    number = 0.5 if words == "半" else float(words) if "." in words else _number(words)
    span = timedelta(minutes=(number + (0.5 if match["half"] else 0)) * _UNIT_MINUTES[match["unit"]])
    if match["rel"] == "内":
        start = now.replace(second=0, microsecond=0)
        return Window(start, start + span)
    start = _round_up(now + span, 15)
    return Window(start, start + VISIT_LENGTH)


def _round_up(moment: datetime, minutes: int) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    whole += timedelta(minutes=-whole.minute % minutes)
    return whole if whole >= moment else whole + timedelta(minutes=minutes)


# --- tokens ----------------------------------------------------------------------------------------------------------

_WEEK = "(?:周|星期|礼拜)"
_WHICH = r"(?:(?P<which>下下|上上|[这本上下])一?个?)?"
_NO_COUNT = rf"(?<![\d{_CN}几半多每整个]){_WHICH}"
_BEFORE_DAY_NUMBER = r"(?:^|(?<=[,。.!?;:()~ □那就到约在是等改定我么的吧月周这或要想能来选请和跟行好们有不至、-]))"
_FILLER = (
    r"[的吧啊呀哦呢嘛哈了就左右大概都行可以好来修上门师傅过约预改到成在是时间想要我能请麻烦那么等或者和还号日月周年点"
    r",.。!?~、;() □\d-]*")


def _readers() -> "Iterator[tuple[re.Pattern[str], _Reader]]":
    """The shapes of time, the more telling before the shorter."""
    unit = r"个?(?P<unit>天|日|周|星期|礼拜|月)"
    relative = "|".join(sorted("|".join(_RELATIVE).split("|"), key=len, reverse=True))
    month_day = rf"{_NO_FIGURE}(?P<m>{_NUM})月份?的?(?P<d>{_NUM})(?:[号日]|(?![\d{_CN}点个天年小:]))"
    both_days = rf"六日|六、?{_WEEK}?[日天]|六[到和至]{_WEEK}?[日天]"
    shapes: list[tuple[str, _Reader]] = [
        (r"(?P<y>20\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[号日]?", _read_iso),
        (rf"(?P<y>今年|明年|去年)?{month_day}", _read_month_day),
        (rf"(?P<which>下下|[上这本当下])个?月的?(?P<d>{_NUM})[号日]", _read_day_of_other_month),
        (r"(?<![\w/.\-※])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/%a-z※])", _read_slash),
        (rf"(?<![\w/.\-※])(?P<a>\d{{1,2}})[.\-](?P<b>\d{{1,2}})"
         rf"(?=[号日(]?(?:{_PART}|{_WEEK}| \d{{1,2}}[:点]))[号日]?", _read_slash),
        (_SPAN, _read_span),
        (rf"{_NO_FIGURE}(?P<n>\d{{3}}|{_NUM}|半){unit}[以之]?(?P<rel>后(?!天|日)|内)", _read_days_later),
        (rf"(?<!超)再?过(?P<rel>)(?P<n>{_NUM}|半){unit}(?!了)", _read_days_later),
        (rf"{_NO_FIGURE}(?:{_NUM}|半|几|好几){unit}(?:多|半)?[以之]?前|前[几两些]天|前[晚夜]|前阵子?|前段时间|上个?月|去年",
         _read_days_ago),
        ("明后[两二]?天|今明[两二]?天|这[两几三]天", _read_these_days),
        (relative, _read_relative),
        (r"[今明](?=早|晚|上午|下午|中午|晨|夜)|昨(?=早|晚|夜)|后(?=晚)", _read_short),
        (rf"{_NO_COUNT}(?:周末|{_WEEK}(?:末|{both_days})|双休日)", _read_weekend),
        (rf"{_NO_COUNT}{_WEEK}(?P<d>[一二三四五六日天]|[1-7](?![\d.:]))(?![点个楼栋单])", _read_weekday),
        (rf"(?P<which>下下|上上|[这本上下])一?个?{_WEEK}", _read_week),
        ("工作日", _read_workday),
        (rf"(?:{_NO_FIGURE}(?P<m>{_NUM})月|(?P<which>[这本下])个?月|月)底(?P<before>[以之]?前)?", _read_month_end),
    ]
    for festival in _FESTIVALS:
        shapes.append((rf"(?:{festival.pattern})节?(?P<period>期间|假期|长假|放假|假)?", _festival_reader(festival)))
    shapes += [
        (rf"{_BEFORE_DAY_NUMBER}{_NO_FIGURE}(?P<d>{_NUM})(?:[号日](?!线)|(?=(?:[、到至~-]|和|或者?){_NUM}[号日]))",
         _read_day_of_month),
        (_ANY_TIME, _read_any_time),
        (_SOON, _read_soon),
        (_ENGLISH_CLOCK, _read_english_clock),
        (_CLOCK, _read_clock),
        (_PARTS_ONLY, _read_parts),
    ]
    return ((re.compile(pattern), reader) for pattern, reader in shapes)


_READERS = tuple(_readers())


def _tokens(work: str, now: datetime) -> tuple[list[_Token], str]:
    """The tokens in the order of the text, and the text with □ in their place."""
    tokens: list[_Token] = []
    for pattern, reader in _READERS:
        read = ((match, reader(match, now)) for match in pattern.finditer(work))
        found = [_Token(match.start(), match.end(), meaning) for match, meaning in read if meaning is not None]
        for token in found:
            work = work[:token.start] + "□" * (token.end - token.start) + work[token.end:]
        tokens += found
    return sorted(tokens, key=lambda token: token.start), work


# --- mentions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Mention:
    """Tokens that belong together: a day, hours, or both; or something that stands for itself."""

    start: int
    end: int
    day: _Day | None = None
    hours: _Hours | None = None
    other: _Soon | Window | _Impossible | None = None

    @property
    def rank(self) -> int:
        """A day says more than hours alone, hours more than 尽快."""
        if isinstance(self.other, _Soon):
            return 0
        return 1 if self.hours and not self.day else 2


_GAP = r"(?:的|在|吧|呢|嘛|呃|那|就|大概|大约|差不多|约|左右|我|都|家|是|那天|[,、 (：:)]){0,6}"
_DAY_RANGE = r"(?:左右)?(?:到|至|-+|~+|—+)"
_SUFFIX = re.compile(rf"(?:(?P<before>{_BEFORE})|(?P<after>{_AFTER})|(?P<within>[以之]?内))(?!容)")


def _mentions(tokens: list[_Token], work: str) -> list[_Mention]:
    mentions: list[_Mention] = []
    for index, token in enumerate(tokens):
        gap = work[mentions[-1].end:token.start] if mentions else ""
        apart = not mentions or (not mentions[-1].day and _begins(token, tokens[index + 1:], work))
        joined = None if apart else _joined(mentions[-1], token, gap)
        if joined:
            mentions[-1] = _with_suffix(joined, token, work)
        else:
            mentions.append(_with_suffix(_alone(token), token, work))
    return _alternatives(mentions, work)


def _begins(token: _Token, following: list[_Token], work: str) -> bool:
    """Whether a day has hours of its own right after it: 平时晚上，周末全天."""
    if not isinstance(token.meaning, _Day) or not following or not isinstance(following[0].meaning, _Hours):
        return False
    return bool(re.fullmatch("的?", work[token.end:following[0].start]))


def _alternatives(mentions: list[_Mention], work: str) -> list[_Mention]:
    """周三或周四下午: the hours count for both days."""
    shared = list(mentions)
    for index in range(len(mentions) - 2, -1, -1):
        one, other = shared[index], shared[index + 1]
        either = re.fullmatch("、|或者?|和|跟|还是", work[one.end:other.start])
        if either and one.day and other.day and other.hours and not one.hours:
            shared[index] = replace(one, hours=other.hours)
    return shared


def _alone(token: _Token) -> _Mention:
    meaning = token.meaning
    if isinstance(meaning, _Day):
        return _Mention(token.start, token.end, day=meaning)
    if isinstance(meaning, _Hours):
        return _Mention(token.start, token.end, hours=meaning)
    return _Mention(token.start, token.end, other=meaning)


def _joined(mention: _Mention, token: _Token, gap: str) -> _Mention | None:
    meaning = token.meaning
    if mention.other is not None:
        return None
    if isinstance(meaning, _Impossible):
        return replace(mention, end=token.end, other=meaning) if re.fullmatch(_GAP, gap) else None
    if isinstance(meaning, _Hours):
        hours = _narrowed(mention.hours, meaning) if mention.hours else meaning
        fits = (mention.day or mention.hours) and hours and re.fullmatch(_GAP, gap)
        return replace(mention, end=token.end, hours=hours) if fits else None
    if isinstance(meaning, _Soon):
        return replace(mention, end=token.end) if mention.day and re.fullmatch(_GAP, gap) else None
    return _joined_day(mention, token.end, meaning, gap) if isinstance(meaning, _Day) else None


def _narrowed(part: _Hours, clock: _Hours) -> _Hours | None:
    """下午吧，三点: a clock time that lies in the part of day said before it."""
    if not part.part or not clock.clock:
        return None
    shifts = [shift for shift in (0, _HALF_DAY, -_HALF_DAY) if part.start <= clock.start + shift < part.end]
    return replace(clock, start=clock.start + shifts[0], end=clock.end + shifts[0], either=None) if shifts else None


def _joined_day(mention: _Mention, end: int, day: _Day, gap: str) -> _Mention | None:
    if not mention.day:
        return replace(mention, end=end, day=day) if re.fullmatch("[的,(]?", gap) else None
    if mention.hours:
        return None
    if re.fullmatch(_DAY_RANGE, gap):
        return replace(mention, end=end, day=_up_to(mention.day, day.last))
    if mention.day.weekday and not day.weekday and gap == "(":
        return replace(mention, end=end, day=day)  # 周日（29号）
    redundant = mention.day.first == day.first or (day.weekday and not mention.day.weekday and gap != ",")
    return replace(mention, end=end) if redundant and re.fullmatch(r"[,( ]?", gap) else None


def _up_to(day: _Day, last: date) -> _Day:
    while last < day.first:
        last += 7 * _DAY
    return replace(day, last=last, repeats=0)


def _with_suffix(mention: _Mention, token: _Token, work: str) -> _Mention:
    """周五前, 国庆后, 本周内: a deadline or a beginning instead of the day itself."""
    suffix = _SUFFIX.match(work, token.end)
    if not suffix or not mention.day or mention.hours or mention.other:
        return mention
    day = mention.day
    if suffix["after"]:
        after = day.after or day.last + _DAY
        day = replace(day, first=after, last=after, repeats=0)
    else:
        day = replace(day, last=day.first - _DAY if suffix["before"] else day.last, deadline=True, repeats=0)
    return replace(mention, end=suffix.end(), day=day)


# --- which mention is the visit --------------------------------------------------------------------------------------


class _Verdict(Enum):
    VISIT = "a time for the visit"
    REFUSED = "a time that does not suit"
    OTHER = "when the fault began, or something else"


_CUES = re.compile(
    r"(?P<refused>不在(?!乎)|不行(?!的话)|没空|没有?时间|没有空|不方便(?!的话)|不可以|不能|不要|不合适|不得空|有事"
    r"|(?<!不)(?<!不用)上班|加班|开会|出差|出门|没人|没有人|来不了|去不了|回不[来去]|走不开|要去|唔得|[没不别]来|不用来|不用上门|爽约|(?<![不别])取消)"
    r"|(?P<onset>开始(?!都|可以|就?行|有空|在家|方便)|坏|突然|忽然|发现|出现|出问题|漏|滴水|渗"
    r"|不制|不[转亮动热冷出工通响走启排进]|打不|没反应|没[水电气]|跳闸|[很好太]响|异响|报[警错E故]|显示|停了|刚|买"
    r"|来的(?!话|时)|装[的好完]|(?<!能)修[的过了好完]|[来换]过|来了|换了|换的|下了?单|报(?:的修|修[的了过])|约的|说|的时候|还(?!是|行|可以)|已经|老是|总是"
    r"|一直(?!在家|有人|都在|有空|都有)|就这样|那[阵会段]|毛病|就(?!行|可以|好|来|这|定|约|上|成|在|有|是|方便|过来)|起(?!来)(?!都)"
    r"|用[的着]|洗着|烧|冒烟|起火|吵|睡)"
    r"|(?P<visit>能不能|可不可以|行不行|方不方便|在不在|上门|过来|(?<![起出回下])来(?![的电自着])|能到|[来上帮]?修|安排|预?约"
    r"|可以|(?<!行)行|方便|有空|有时间|在家|到家|下班|有人|吧|改|合适|比较好|最好|都好|休息|放假|不上班|ok)")
_REFUSED_NEXT = re.compile(
    r"[,。 嘛呢啊我也都就]*(?:不行(?!的话)|不在家|没空|不方便(?!的话)|不可以|没时间|有事|来不了)")
_REFUSED_BEFORE = re.compile(r"(?:(?<!是)不是|不要|别|除了|取消|不用|不想|不约|不在|避开|上班到|忙到|开会到)$")
_FIXED_BEFORE = re.compile(
    r"(?:约[的了好]+|原(?:来|定|先)(?:约的?)?|本来(?:约的?)?|定的|(?<![我就])说[的好]?)(?:是|在|定)?$")
_FIXED_AFTER = re.compile("的(?:上门|预约|那[个单])")
_SINCE = re.compile(r"(?:从|自从?|打|刚)$")
_SINCE_NO_MORE = re.compile(r"(?:改|换|推|调|挪|都|可以|起都)")
_CORRECTS = re.compile(
    r"(?:改[到成为约在]?|换[到成]?|还是|不对|哦不|错了|[推延]迟?[后期]?到|[挪调]到|提前到|算了|那就|应该是)[,约在是]*$")
_BREAK = re.compile(r"[,，。!?;；、\n]")


@dataclass(frozen=True)
class _Around:
    """What stands around a mention: in its clause before and after it, and the whole message without it."""

    before: str
    after: str
    rest: str


def _verdict(mention: _Mention, around: _Around) -> _Verdict:
    if _REFUSED_BEFORE.search(around.before) or _is_fixed(around):
        return _Verdict.REFUSED
    if isinstance(mention.other, _Soon):
        return _Verdict.VISIT
    kind = _cue(around.after)
    if kind == "refused":
        return _Verdict.REFUSED
    return _Verdict.VISIT if _is_visit(mention, kind, around) else _Verdict.OTHER


def _is_fixed(around: _Around) -> bool:
    """Whether it is the visit agreed upon so far: 约的十点; 明天的预约."""
    wanted = re.search("[约要想到]$", around.before)
    return bool(_FIXED_BEFORE.search(around.before) or (_FIXED_AFTER.match(around.after) and not wanted))


def _cue(words: str) -> str | None:
    """refused, onset or visit, whichever comes first."""
    found = _CUES.search(words)
    return found.lastgroup if found else None


def _sure(mention: _Mention) -> _Sure:
    if mention.day:
        return mention.day.sure
    return _Sure.UNLESS_ONSET if mention.other else _Sure.IF_VISIT_IS_NAMED


def _is_visit(mention: _Mention, kind: str | None, around: _Around) -> bool:
    sure = _sure(mention)
    if sure is _Sure.VISIT:
        return True
    if sure is _Sure.NEVER or kind == "onset" or _is_since(mention, around.before, around.after):
        return False
    if sure is _Sure.PAST:
        return bool(re.fullmatch(_FILLER, around.rest))
    if _may_be_this_morning(mention) and kind != "visit" and not re.fullmatch(_FILLER, around.rest):
        return False
    named = kind == "visit" or re.fullmatch(_FILLER, around.after) or _cue(around.before) == "visit"
    return sure is _Sure.UNLESS_ONSET or bool(named)


def _may_be_this_morning(mention: _Mention) -> bool:
    """今早 among other things rather says when the fault began."""
    today = mention.day and mention.day.sure is _Sure.IF_VISIT_IS_NAMED
    return bool(today and mention.hours and mention.hours.start < 12 * 60)


def _is_since(mention: _Mention, before: str, after: str) -> bool:
    """从周三, but neither 从周三到周五 nor 从周三改到周五."""
    several = mention.day and mention.day.first != mention.day.last
    return bool(_SINCE.search(before)) and not several and not mention.hours and not _SINCE_NO_MORE.match(after)


def _judged(mentions: list[_Mention], work: str) -> Iterator[tuple[_Mention, _Verdict, bool]]:
    """Each mention with its verdict and whether it corrects an earlier one."""
    for index, mention in enumerate(mentions):
        since = mentions[index - 1].end if index else 0
        until = mentions[index + 1].start if index + 1 < len(mentions) else len(work)
        lead, follow = work[since:mention.start], work[mention.end:until]
        rest = work[:mention.start] + work[mention.end:]
        verdict = _verdict(mention, _Around(_BREAK.split(lead)[-1], _BREAK.split(follow)[0], rest))
        if verdict is _Verdict.VISIT and _REFUSED_NEXT.match(follow):
            verdict = _Verdict.REFUSED
        yield mention, verdict, bool(_CORRECTS.search(lead))


def _choose(mentions: list[_Mention], work: str) -> _Mention | None:
    """The mention that says most; of equals the first, unless a later one corrects it."""
    kept: list[tuple[_Mention, bool]] = []
    refused: list[_Day] = []
    day: _Day | None = None
    for mention, verdict, corrects in _judged(mentions, work):
        if verdict is _Verdict.VISIT:
            kept = _kept_with(kept, _lend(mention, day), corrects)
        elif verdict is _Verdict.REFUSED and mention.day and not mention.hours:
            refused.append(mention.day)
        if verdict is _Verdict.VISIT or (verdict is _Verdict.REFUSED and mention.hours):
            day = mention.day or day
    return _avoiding(_best(kept) or _exception(mentions, refused, work), refused)


def _best(kept: list[tuple[_Mention, bool]]) -> _Mention | None:
    top = max((mention.rank for mention, _ in kept), default=None)
    best = [(mention, corrects) for mention, corrects in kept if mention.rank == top]
    return next((mention for mention, corrects in reversed(best) if corrects), best[0][0] if best else None)


def _exception(mentions: list[_Mention], refused: list[_Day], work: str) -> _Mention | None:
    """除了周三都可以."""
    if refused and re.search("(?:除了|避开)(?=□).*(?:可以|行|好|得|在家|有空)", work):
        return replace(mentions[0], day=None, hours=None, other=_Soon(any_time=True))
    return None


def _avoiding(mention: _Mention | None, refused: list[_Day]) -> _Mention | None:
    """随时, but not on the refused days."""
    if mention is None or not isinstance(mention.other, _Soon):
        return mention
    never = {day.first + ahead * _DAY for day in refused for ahead in range((day.last - day.first).days + 1)}
    return replace(mention, other=replace(mention.other, never=frozenset(never)))


def _lend(mention: _Mention, day: _Day | None) -> _Mention:
    """明天我在家，下午三点来: hours without a day belong to the day before them."""
    return replace(mention, day=day) if mention.hours and not mention.day and day else mention


def _kept_with(kept: list[tuple[_Mention, bool]], mention: _Mention, corrects: bool) -> list[tuple[_Mention, bool]]:
    if not kept:
        return [(mention, corrects)]
    last, corrected = kept[-1]
    if mention.hours and mention.day and last.day is mention.day and not last.hours:
        return [*kept[:-1], (mention, corrects or corrected)]
    if last.hours and not last.day and mention.day and not mention.hours:
        return [*kept[:-1], (replace(mention, hours=last.hours), corrects)]
    return [*kept, (mention, corrects)]


# --- from a mention to a window --------------------------------------------------------------------------------------

_LEAST = timedelta(minutes=30)  # of a span under way that must be left, where the day was said


def find_visit_window(text: str, now: datetime) -> Window | None:
    """When the customer wants the technician, or None when the text does not say.

    上午 is 08–12, 中午 11–14, 下午 13–18, 晚上 18–21, a day without hours 08–18, a clock time without an end two hours;
    of a span under way what is left, from the next half hour. 尽快 is the rest of today's service hours (08–21) when
    two hours are left, else tomorrow 08–12; 随时 is tomorrow 08–18. 周末 and the like span several days. When the
    customer weighs several times the first counts, after a correction the last. A clock time outside the service hours
    is given as said. Raises PastTime, TooFar (over 60 days) or ImpossibleTime.
    """
    if now.tzinfo is None:
        raise ValueError("find_visit_window needs an aware `now`, for example utc_now()")
    here = now.astimezone(SHANGHAI)
    tokens, work = _tokens(_hide(_plain(text).text), here)
    chosen = _choose(_mentions(tokens, work), work)
    if chosen is None:
        return None
    window = _resolve(chosen, here)
    if window.start - here > FURTHEST:
        raise TooFar(window, here)
    return window


def _resolve(mention: _Mention, now: datetime) -> Window:
    if isinstance(mention.other, _Impossible):
        raise ImpossibleTime(mention.other.words)
    if isinstance(mention.other, _Soon):
        return _any_time(mention.other, now) if mention.other.any_time else _soon(now)
    if isinstance(mention.other, Window):
        return mention.other if _in_service(mention.other.start) else _soon(now)
    if mention.day and mention.day.deadline:
        return _until(mention.day, now)
    if mention.hours is None:
        return _whole(mention.day, now) if mention.day else _soon(now)
    return _at_hours(mention.day, mention.hours, now)


def _on(day: date, start: int, end: int) -> Window:
    midnight = datetime.combine(day, time(), SHANGHAI)
    return Window(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))


def _in_service(moment: datetime) -> bool:
    return _SERVICE[0] <= moment.hour * 60 + moment.minute < _SERVICE[1]


def _soon(now: datetime) -> Window:
    """The rest of today's service hours when two hours are left, else tomorrow morning."""
    today = _on(now.date(), *_SERVICE)
    start = max(today.start, _round_up(now, 30))
    return Window(start, today.end) if today.end - start >= VISIT_LENGTH else _on(now.date() + _DAY, *_PARTS["上午"])


def _any_time(soon: _Soon, now: datetime) -> Window:
    """Tomorrow, or the first day after it that was not refused."""
    day = now.date() + _DAY
    while day in soon.never:
        day += _DAY
    return _on(day, *_WHOLE_DAY)


def _until(day: _Day, now: datetime) -> Window:
    """From now to the end of a last day."""
    start = _soon(now).start
    horizon = (now + FURTHEST).date()  # 春节前, said in November
    last = min(max(day.last, now.date()), horizon) if day.last >= now.date() - _DAY else day.last
    end = _on(last, *_WHOLE_DAY).end
    if end - start < VISIT_LENGTH:
        end = _on(last, *_SERVICE).end
    if end - start < _LEAST:
        raise PastTime(_on(last, *_WHOLE_DAY), now)
    return Window(start, end)


def _whole(day: _Day, now: datetime) -> Window:
    window = Window(_on(day.first, *_WHOLE_DAY).start, _on(day.last, *_WHOLE_DAY).end)
    if window.start >= now:
        return window
    if day.repeats:
        return _on(day.first + day.repeats * _DAY, *_WHOLE_DAY)
    return _rest(window, now)


def _rest(window: Window, now: datetime) -> Window:
    """What is left of whole days: today until the evening when the afternoon is nearly over."""
    start = _round_up(now, 30)
    late = window.end - start < VISIT_LENGTH and window.end.date() == now.date()
    end = _on(now.date(), *_SERVICE).end if late else window.end
    if end - start < _LEAST:
        raise PastTime(window, now)
    return Window(start, end) if _in_service(start) else Window(_soon(now).start, end)


def _at_hours(day: _Day | None, hours: _Hours, now: datetime) -> Window:
    options = _options(day or _single(now.date(), repeats=1), hours)
    whole = hours.clock or bool(day and day.repeats)
    least = None if whole else _LEAST if day else VISIT_LENGTH
    fitting = (_fit(option, now, least) for option in options)
    ahead = next((window for window in fitting if window), None)
    if ahead is None:
        raise PastTime(options[0], now)
    return ahead


def _options(day: _Day, hours: _Hours) -> list[Window]:
    count = (day.last - day.first).days + 1
    days = [day.first + ahead * _DAY for ahead in range(count)]
    days += [day.first + day.repeats * _DAY] if day.repeats else []
    options = [_on(one, hours.start, hours.end) for one in days]
    if hours.either is not None and not day.repeats:
        options.insert(1, _on(day.first, hours.either, hours.either + 120))
    return options


def _fit(window: Window, now: datetime, least: timedelta | None) -> Window | None:
    """The window when it is ahead, the rest of it when at least `least` is left, else None."""
    if window.start >= now:
        return window
    start = _round_up(now, 30)
    return Window(start, window.end) if least is not None and window.end - start >= least else None


# --- when the fault began --------------------------------------------------------------------------------------------

_MANY = rf"(?:\d+|[{_CN}]+多?|十?几|好几|好多|半|多)"
_LENGTH = rf"{_MANY}个?(?:半|多)?(?:天|周|星期|礼拜|月|年|小时|钟头|分钟)(?:多|左右)?"
_PAST_PART = r"(?:的?(?:一?大?清?早[上晨]?|上午|中午|下午|傍晚|晚上|晚|夜里|[前后]?半夜|凌晨))?"
_PAST_CLOCK = rf"(?:{_HOUR}点钟?(?:半|多|左右|{_NUM}分)*)?"
_LONG_PAST = (
    r"大?前[天日]|昨[天日]|昨儿个?|昨(?=[早晚夜])|[琴寻]日|琴(?=晚)|前(?=晚)|前(?:几|两|些)天|前一?阵子?|前段时间|上上?个?(?:周|星期|礼拜)[一二三四五六日天末]?"
    rf"|上上?个?月(?:{_NUM}[号日]|初|底|中旬)?|去年(?:{_NUM}月份?|[春夏秋冬]天?|年?底)?")
_THIS_DAY = r"今[天日儿]个?|今(?=[早晚])"
_RECENT = (
    r"刚刚|刚才|最近|近[来期]|这[几两]天|这阵子?|这段时间|这(?:周|个?星期)(?![一二三四五六日天末])|这个?月"
    r"|今年(?:年初|[春夏秋冬]天?)?")
_DATED = (
    rf"{_NUM}月份?(?:{_NUM}[号日]|初|底)?|{_NUM}[号日]|(?:周|星期|礼拜)[一二三四五六日天末]|月初|年初"
    rf"|{'|'.join(festival.pattern for festival in _FESTIVALS)}")
_BEGIN = r"(?:那天|节|期间|以后|之后)?就?(?:开始|起(?!来))"
_NOT_FAULT = re.compile(
    r"(?:的时候)?(?:刚|才|新|我)?(?:买|购|装|换|洗过|修[过了好]|来[过了]?|约|报修|报[的了]|提交|下的?单|打过?电话|催|的?那|的一?单|还[好正能可是]|师傅|上门|联系|入手|预约)")
_NOT_FAULT_BEFORE = re.compile(r"(?:买|用|装|等|约|报修|下单|催|质保|保修|过了?保)了?(?:才|快|都|已经|有|超过)*$")
_TROUBLE_NEXT = (
    r"(?=的时候|突然|忽然|才?发现|坏|就(?:[坏不没漏有]|这样|开始)|才?出现|不[制转亮动热冷出工通]|没[反电水]|漏|跳|起来|开机|用着"
    r"|[^,。来]{0,8}(?:不|没|坏|漏|响)[^,。来]{0,6}了)")
_SINCE_SHAPES = tuple(re.compile(pattern) for pattern in (
    rf"(?:自从|从|自|打)?(?:{_LONG_PAST}|{_THIS_DAY}|{_RECENT}|{_DATED}|买来|装上|装好){_PAST_PART}{_PAST_CLOCK}{_BEGIN}",
    rf"(?:{_LONG_PAST}){_PAST_PART}{_PAST_CLOCK}",
    rf"(?:已经|都|快|差不多|大概|大约|有)*{_LENGTH}了|{_LENGTH}[以之]?前",
    r"(?:好|很|挺)(?:久|长时间|长一段时间)了?|有?一?段时间了|有一?阵子?了|老毛病",
    rf"(?:{_THIS_DAY}|{_DATED})(?:节?[以之]?[前后])?{_PAST_PART}{_PAST_CLOCK}{_TROUBLE_NEXT}",
    rf"刚?(?:{_DATED}|入[春夏秋冬])节?(?:那阵子?|那会儿|那时候?|前后)|入[春夏秋冬][以之]?后",
    r"一直(?:都|就)?(?:是)?(?:这样|如此|有)|(?:买|装|拿|用)[来回上]?(?:来|的|回来)?(?:时候)?就(?:这样|有|不)|新买的就|一开始就",
    rf"(?:{_RECENT}){_PAST_PART}",
))
_BARE_SINCE = re.compile(
    rf"(?:大概|差不多|应该是?|就|是|好像是?|有|快|从)*(?:今[天日](?:一?大?早上?|上午|中午|凌晨|半夜){_PAST_CLOCK}"
    rf"|今早{_PAST_CLOCK}|{_LENGTH}|刚|一直|凌晨|半夜)[的吧左右啊呢。,!]*")


def find_fault_since(text: str) -> str | None:
    """The customer's own words for when the fault began (上周开始, 三天了), or None when the text does not say."""
    plain = _plain(text)
    hidden = _hide(plain.text)
    if _BARE_SINCE.fullmatch(hidden):
        return text.strip(" 。，,!！\n")
    for shape in _SINCE_SHAPES:
        for match in shape.finditer(hidden):
            if _is_onset(match):
                return plain.words(match.start(), match.end())
    return None


def _is_onset(match: re.Match[str]) -> bool:
    """Neither when the appliance was bought nor when somebody came."""
    before, after = match.string[:match.start()], match.string[match.end():]
    return not _NOT_FAULT.match(after) and not _NOT_FAULT_BEFORE.search(before)


# --- saying it -------------------------------------------------------------------------------------------------------

_DAY_NAMES = {0: "今天", 1: "明天", 2: "后天", -1: "昨天"}


def say_window(window: Window, now: datetime) -> str:
    """明天（11月23日 周一）下午 15:00–17:00, in Asia/Shanghai."""
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    today = now.astimezone(SHANGHAI).date()
    if end - start > timedelta(hours=12) and end.date() > start.date():
        return f"{_say_day(start.date(), today)}{start:%H:%M} 至 {_say_day(end.date(), today)}{end:%H:%M}"
    midnight = datetime.combine(start.date(), time(), SHANGHAI)
    hours = (_minutes_of(start - midnight), _minutes_of(end - midnight))
    return f"{_say_day(start.date(), today)}{_say_part(*hours)}{_say_clock(hours[0])}–{_say_clock(hours[1])}"


def _minutes_of(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def _say_day(day: date, today: date) -> str:
    calendar = f"{day.month}月{day.day}日"
    weekday = f"周{'一二三四五六日'[day.weekday()]}"
    name = _DAY_NAMES.get((day - today).days)
    return f"{name}（{calendar} {weekday}）" if name else f"{calendar}（{weekday}）"


_PARTS_SAID = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (48, "晚上"))  # until which hour


def _say_part(start: int, end: int) -> str:
    """The part of day that a window lies in; nothing where it lies in none."""
    exact = [name for name in ("上午", "下午", "晚上", "全天", "中午") if _PARTS[name] == (start, end)]
    if exact:
        return f"{exact[0]} "
    begins = next(name for until, name in _PARTS_SAID if start < until * 60)
    return f"{begins} " if end - start <= 5 * 60 else ""


def _say_clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour if hour <= 24 else hour - 24:02}:{minute:02}"


def say_moment(moment: datetime) -> str:
    """11月23日 15:00, in Asia/Shanghai."""
    here = moment.astimezone(SHANGHAI)
    return f"{here.month}月{here.day}日 {here:%H:%M}"


_DURATION_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> timedelta:
    """30s, 10m, 24h or 2d; anything else is a ValueError that says how durations are written."""
    match = re.fullmatch(r"\s*(\d{1,6})([smhd])\s*", text, re.ASCII)
    if not match:
        raise ValueError(
            f"{text!r} is no duration: write a whole number and s, m, h or d, for example 30s, 10m, 24h or 2d")
    return timedelta(**{_DURATION_UNITS[match[2]]: int(match[1])})
