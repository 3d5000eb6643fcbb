"""Readers of days counted from today: 后天, 三天后, 这两天, 工作日."""
import re
from datetime import datetime

from .festivals import next_workday
from .meanings import Day, Reader, Sure, single
from .plain import NO_FIGURE, NUM, to_number
from .windows import DAY

_RELATIVE = {
    "大大后[天日]": 4, "大后[天日儿]|外后[天日]": 3, "后天|后日|后儿个?": 2,
    "明天|明日|赶?明儿个?|明个|听日|转天|明朝(?![代皇末历的])": 1, "今天|今日|今儿个?|今朝|当天": 0,
    "昨天|昨日|昨儿个?|琴日|寻日": -1, "大前[天日]": -3, "前天|前日|前儿个?": -2,
}
_SHORT = {"今": 0, "明": 1, "听": 1, "后": 2, "昨": -1}
_UNIT_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
_THESE_DAYS = {"明后": (1, 2), "今明": (0, 1), "这两": (0, 1), "这几": (0, 2), "这三": (0, 2)}


def _read_relative(match: re.Match[str], now: datetime) -> Day:
    ahead = next(days for pattern, days in _RELATIVE.items() if re.fullmatch(pattern, match[0]))
    return _days_ahead(ahead, now)


def _read_short(match: re.Match[str], now: datetime) -> Day:
    return _days_ahead(_SHORT[match[0]], now)


def _days_ahead(ahead: int, now: datetime) -> Day:
    sure = Sure.VISIT if ahead > 0 else Sure.PAST if ahead < 0 else Sure.IF_VISIT_IS_NAMED
    return single(now.date() + ahead * DAY, sure)


def _read_days_later(match: re.Match[str], now: datetime) -> Day | None:
    number = 0.5 if match["n"] == "半" else to_number(match["n"])
    ahead = round(number * _UNIT_DAYS[match["unit"]]) * DAY
    if match["rel"] == "内":
        return Day(now.date(), now.date() + ahead, Sure.UNLESS_ONSET, deadline=True)
    return single(now.date() + ahead, Sure.UNLESS_ONSET)


def _read_days_ago(_match: re.Match[str], now: datetime) -> Day:
    return single(now.date() - DAY, Sure.NEVER)


def _read_these_days(match: re.Match[str], now: datetime) -> Day:
    first, last = _THESE_DAYS[match[0][:2]]
    sure = Sure.VISIT if first else Sure.IF_VISIT_IS_NAMED
    return Day(now.date() + first * DAY, now.date() + last * DAY, sure)


def _read_workday(_match: re.Match[str], now: datetime) -> Day:
    return single(next_workday(now.date() + DAY), Sure.UNLESS_ONSET)


_OR_MORE = r"(?:(?:、|到|-)?[\d三四五六七八九](?!十))?"  # 两三天
_UNIT = r"个?(?P<unit>天|日|周|星期|礼拜|月)"
_ANY_RELATIVE = "|".join(sorted("|".join(_RELATIVE).split("|"), key=len, reverse=True))
COUNTED: tuple[tuple[str, Reader], ...] = (
    (rf"{NO_FIGURE}(?P<n>\d{{3}}|{NUM}|半){_OR_MORE}{_UNIT}[以之]?(?P<rel>后(?!天|日)|内)", _read_days_later),
    (rf"(?<!超)再?过个?(?P<rel>)(?P<n>{NUM}|半){_OR_MORE}{_UNIT}(?!了)", _read_days_later),
    (rf"{NO_FIGURE}(?:{NUM}|半|几|好几){_UNIT}(?:多|半)?[以之]?前|前[几两些]天|前[晚夜]|前阵子?|前段时间|上个?月|去年",
     _read_days_ago),
)
SHAPES: tuple[tuple[str, Reader], ...] = (
    ("明后[两二]?天|今明[两二]?天|这[两几三]天", _read_these_days),
    (_ANY_RELATIVE, _read_relative),
    (r"[今明](?=早|晚|上午|下午|中午|晨|夜)|昨(?=早|晚|夜)|后(?=晚)|(?<![好难动视旁重])听(?=晚(?!点)|朝)", _read_short),
)
WORKDAY: tuple[tuple[str, Reader], ...] = (("工作日", _read_workday),)
