"""A message as the readers of times want it: folded to plain characters, other numbers hidden."""
import re
from dataclasses import dataclass

import cn2an

from aftersales.folding import fold

from .slips import mended

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


def to_plain(message: str) -> _Plain:
    lower = "".join(char.lower() if char.isascii() else char for char in fold(message))
    kept = [index for index in range(len(lower)) if not _idle(lower, index)]
    plain = "".join(" " if lower[index].isspace() else lower[index] for index in kept)
    return _Plain(mended(plain), tuple(kept), message)


def _idle(text: str, index: int) -> bool:
    """Blanks count only between figures and letters: 2026-11-26 14:00."""
    if text[index] in _INVISIBLE:
        return True
    around = text[:index].rstrip()[-1:] + text[index + 1:].lstrip()[:1]
    repeated = text[index - 1:index].isspace()
    return text[index].isspace() and (repeated or not (len(around) == 2 and around.isascii() and around.isalnum()))


CN = "零〇一二两三四五六七八九十廿卅"
NUM = r"(?:\d{1,2}|[廿卅][一二三四五六七八九]?|[二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
NO_FIGURE = rf"(?<![\d{CN}])"
#: What may stand around a time without saying anything else.
FILLER = (
    r"[的吧啊呀哦呢嘛哈了就左右大概都行可以好来修上门师傅过约预改到成在是时间想要我能请麻烦那么等或者和还号日月周年点"
    r",.。!?~、;() □\d-]*")
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


def hide(text: str) -> str:
    for pattern in _HIDDEN:
        text = pattern.sub(lambda match: "※" * len(match[0]), text)
    return re.sub(r"(?<=\d)※(?=\d\d:)", " ", text)


def to_number(words: str) -> int:
    """11, 十一, 廿八, 两; ValueError when it is no number."""
    return int(words) if words.isdecimal() else int(cn2an.cn2an(_long_form(words), "smart"))


def _long_form(words: str) -> str:
    return words.replace("廿", "二十").replace("卅", "三十")
