"""Values that have a shape of their own: phone and order numbers, models, error codes, scores.

All patterns read folded text (see `text.fold`). A *certain* span stands on its own; a *probable* one gives way where
the trained extractor reads the same characters differently (`A3-1201` in an address, `P10` as a model).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class Span(NamedTuple):
    """A typed stretch of the message, `start` inclusive, `end` exclusive, in characters."""

    entity: str
    start: int
    end: int
    certain: bool


_DIGIT_WORDS = "零〇一二两三四五六七八九幺"
_BUILDING = r"(?:栋|幢|座|单元|号|楼|层|室|区|门|口|馆|厅|排|弄|巷)"
_LOOSE = r"(?<![a-z0-9])"
_END = r"(?![a-z0-9])"
_FILLER = r"(?:一直|总是|老是|出来|一个|这个|那个|错误|故障|代码|[了的是为个着出有:,\"'“‘「『\s])*"
_LETTER_CODE = r"(?:[a-z]{1,2}-?\d{1,3}|\d[a-z]\d?|[a-z]{2}|er(?:r|ror)?[- ]?\d{1,3})"

_PHONE = re.compile(
    r"(?<![0-9a-z])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
    r"|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:-\d{1,5})?"
    r"|[48]00[- ]?\d{3,4}[- ]?\d{3,4})(?!\d)"
    rf"|(?<![{_DIGIT_WORDS}])[一幺][{_DIGIT_WORDS}]{{10}}(?![{_DIGIT_WORDS}])"
)
_ORDER_NUMBER = re.compile(rf"{_LOOSE}[a-z]{{2}}[- ]?\d{{10,14}}{_END}")
_NAMED_CODE = re.compile(
    rf"(?:故障码|错误码|代码|报错码?|报码|提示码|编码){_FILLER}(?P<span>{_LETTER_CODE}|\d{{1,4}}){_END}(?!\s*{_BUILDING})"
)
_SHOWN_CODE = re.compile(
    rf"(?:显示屏?|屏幕|面板|报|闪烁?|亮|跳|出现|提示|弹出|故障|错误){_FILLER}(?P<span>{_LETTER_CODE}){_END}"
    rf"(?!\s*{_BUILDING}|-\d)"
)
_ASKED_CODE = re.compile(
    rf"{_LOOSE}(?P<span>{_LETTER_CODE}){_END}(?=\s*(?:故障|错误|报警|报错|代码|是什么|什么意思|啥意思|是啥|怎么回事|咋回事))"
)
_BARE_CODE = re.compile(rf"{_LOOSE}(?P<span>[cefhlpud]\d{{1,2}}){_END}(?!\s*{_BUILDING}|[-/]\d|\s*寸|\s+[a-z0-9])")
_ALPHANUMERIC = re.compile(
    r"(?<![a-z0-9])[a-z0-9]+(?:[-/.+][a-z0-9]+)*(?:\([a-z0-9]{1,4}\))?(?:\s?(?:pro|max|plus|ultra|mini)(?![a-z]))?"
)
_QUANTITY = re.compile(r"\d+(?:[-.]\d+)*(?:kg|g|l|ml|w|kw|v|hz|cm|mm|m|mpa|pa|db|p|inch|mb|min|h|k)")
_INTERNET = re.compile(r"(?:https?|www|wxid|wifi|ipv?)\b|.*(?:@|\.com|\.cn)")
_NUMBER = rf"(?:\d+(?:\.\d)?|[{_DIGIT_WORDS}十]|半)"
_SCORE = re.compile(
    rf"(?:⭐️?|★)+|{_NUMBER}\s*颗?星(?![期级座辰球]|际)半?|(?<![\d点:.]){_NUMBER}\s*分(?![钟之享贝机店期开公支为成部量数])半?|满[分星]"
    r"|最[高低]分"
)
_IDIOMS = re.compile(
    r"十分(?!好评|$|[,。!~])|[少多差扣]一?分|(?:点|时|:)\s*\S{1,3}分|百分|三星(?:的|冰|洗|空|电|手)|万分|三分之"
)


def _phones(text: str) -> Iterable[Span]:
    return (Span("phone", *match.span(), True) for match in _PHONE.finditer(text))


def _order_numbers(text: str) -> Iterable[Span]:
    return (Span("order_number", *match.span(), True) for match in _ORDER_NUMBER.finditer(text))


def _error_codes(text: str) -> Iterable[Span]:
    for pattern in (_NAMED_CODE, _SHOWN_CODE, _ASKED_CODE):
        yield from (Span("error_code", *match.span("span"), True) for match in pattern.finditer(text))
    yield from (Span("error_code", *match.span("span"), False) for match in _BARE_CODE.finditer(text))


def _models(text: str) -> Iterable[Span]:
    return (Span("model", *match.span(), False) for match in _ALPHANUMERIC.finditer(text) if _is_model(match.group()))


def _is_model(word: str) -> bool:
    """Letters and at least two digits, five characters or more, neither a quantity nor something of the internet."""
    if len(word) < 5 or _QUANTITY.fullmatch(word) or _INTERNET.match(word):
        return False
    return sum(c.isdigit() for c in word) >= 2 and any(c.isalpha() for c in word)


def _scores(text: str) -> Iterable[Span]:
    idioms = [match.span() for match in _IDIOMS.finditer(text)]
    for match in _SCORE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in idioms):
            yield Span("score", *match.span(), False)


_FINDERS = (_phones, _order_numbers, _error_codes, _models, _scores)
PATTERN_ENTITIES: tuple[str, ...] = ("phone", "order_number", "error_code", "model", "score")


@lru_cache(maxsize=256)
def find_spans(text: str) -> tuple[Span, ...]:
    """The spans of the folded text in reading order, none overlapping; the earlier kind in the table above wins."""
    taken: list[Span] = []
    for finder in _FINDERS:
        for span in finder(text):
            if not any(overlap(span, other) for other in taken):
                taken.append(span)
    return tuple(sorted(taken, key=lambda span: span.start))


def overlap(one: Span, other: Span) -> bool:
    """Whether the two spans share a character."""
    return one.start < other.end and other.start < one.end
