"""What the finders share: the data files, half width, and one pattern for many spellings."""
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from aftersales.folding import simplified

_KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
_HALF = {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_HALF |= {ord("－"): "-", ord("／"): "/", ord("．"): ".", ord("　"): " "}

#: 美的大道, 海尔路: what makes a brand the name of a place.
PLACE_FOLLOWS = (
    r"(?!.{0,2}(?:大道|路\d|路口|街|花园|小区|广场|家园|公馆|大厦|工业[区园]|科技园|总部(?!投诉|客服|官方|电话|反映)|置业|村|立交|大桥|[一-三\d]期))(?!路)"
    r"(?!城(?:\d|[一二三四五六七八九十]*[栋幢座期]))"
    r"(?!.{0,2}(?:专卖店|旗舰店|体验店|专营店|门店|店)(?:的)?(?:楼[上下]|对面|对门|旁|隔壁|附近|门口|后面|前面|左|右|斜))"
)


def load(name: str) -> Any:
    """The content of one file of aftersales/knowledge."""
    return yaml.safe_load((_KNOWLEDGE / name).read_text(encoding="utf-8"))


def half_width(text: str) -> str:
    """Letters, digits, hyphen, slash and blank in half width, characters simplified; as long as the original."""
    return simplified(text).translate(_HALF)


def any_of(spellings: Iterable[str]) -> str:
    """A pattern for any of the spellings, the longest first; Latin ones only as whole words."""
    longest_first = sorted(set(spellings), key=len, reverse=True)
    return "(?:" + "|".join(map(_whole_word, longest_first)) + ")"


def _whole_word(spelling: str) -> str:
    before = r"(?<![A-Za-z])" if re.match(r"[A-Za-z]", spelling) else ""
    after = r"(?![A-Za-z])" if re.search(r"[A-Za-z]$", spelling) else ""
    return before + re.escape(spelling) + after
