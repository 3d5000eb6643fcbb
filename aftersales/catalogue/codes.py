"""Codes that an appliance shows."""
import re
from collections.abc import Iterator

from .appliances import APPLIANCE_PATTERN
from .wording import half_width

_DIGITS = {**dict(zip("零〇一二三四五六七八九", "00123456789", strict=True)), "两": "2", "幺": "1"}
_EDGE = (r"(?<![A-Za-z\d/\-])", r"(?![A-Za-z\d/\-])")
_TYPICAL = r"[EFHPLCUefhplcu]\s?-?\s?\d{1,2}"
#: Any code: E1, F28, CH05, 18E, Err, dF, E一 (as voice input writes it).
ANY_CODE = (
    r"(?:[A-Za-z]{1,2}\s?-?\s?\d{1,3}[A-Za-z]?|\d{1,2}[A-Za-z]|E[Rr]{1,2}\d?|[db]?[A-Z]{1,2}"
    r"|[A-Za-z][零〇一二两三四五六七八九幺]{1,2})"
)
_CUE = (
    r"(?:显示屏?|屏幕上?|面板上?|报错|报警|报故障|报(?!修|名|价|告|了?修)"
    r"|故障(?:代?码|灯)?|错误(?:代?码)?|代码|出现|跳出?|闪烁?|提示|亮着?)"
)
_AFTER_CUE = re.compile(
    rf"{_CUE}[^A-Za-z\d，。,;；！!？?修]{{0,6}}{_EDGE[0]}({ANY_CODE}){_EDGE[1]}(?![度℃分秒级楼栋号])"
)
_NUMBER_CODE = re.compile(r"(?:故障码|错误码|代码)(?:是|为|[:：])?\s?(\d{1,3})(?!\d)")
_BEFORE_WORD = re.compile(rf"{_EDGE[0]}({ANY_CODE})\s?(?:的?故障|报警|报错|错误|代码)")
_AFTER_APPLIANCE = re.compile(rf"{APPLIANCE_PATTERN}[的是又总老]?\s?({_TYPICAL}){_EDGE[1]}")
_LONE = re.compile(
    rf"(?:^|[，。,;；\s])(?:是|就是|报|显示)?\s?({_TYPICAL}|\d{{1,2}}[EFHCefhc]){_EDGE[1]}(?=[，。,;；\s！!了]|$)"
)
_LONE_ANY = re.compile(rf"\s*(?:是|就是)?({ANY_CODE})[。!！了]?\s*")
_NOT_SHOWN = {"LG", "OK", "TV", "AI", "HD", "3D", "4K", "8K", "5G", "4G", "ON", "NO", "QQ", "VX", "APP", "LED", "USB"}
_SINGLE = frozenset("ABCDGIMNOQRSTVWXYZ")


def find_error_code(text: str, asked: bool = False) -> str | None:
    """The error code, in capitals without hyphen or blank (E1, F28, 18E); None where none is shown.

    A code counts behind 显示, 报, 代码 or the like, before 故障 or 报警, or right behind the appliance; `asked`: the
    message answers the question for the fault, so a code by itself counts too.
    """
    return next((code for code, _, _ in error_codes(text, asked)), None)


def error_codes(text: str, asked: bool = False) -> Iterator[tuple[str, int, int]]:
    """Every code with where it stands as typed."""
    plain = half_width(text)
    patterns = [_AFTER_CUE, _NUMBER_CODE, _BEFORE_WORD, _AFTER_APPLIANCE, *([_LONE] if asked else [])]
    for found in (item for pattern in patterns for item in pattern.finditer(plain)):
        yield from _normal(found)
    alone = _LONE_ANY.fullmatch(plain) if asked else None
    if alone:
        yield from _normal(alone)


def _normal(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    code = "".join(_DIGITS.get(letter, letter) for letter in re.sub(r"[\s\-]", "", found[1])).upper()
    if code not in _NOT_SHOWN | _SINGLE:
        yield code, found.start(1), found.end(1)
