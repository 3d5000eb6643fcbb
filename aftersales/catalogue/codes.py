"""Codes that an appliance shows."""
import re
from collections.abc import Iterator
from functools import partial

import cn2an

from .appliances import APPLIANCE_PATTERN
from .wording import half_width

_DIGITS = {**dict(zip("零〇一二三四五六七八九", "00123456789", strict=True)), "两": "2", "幺": "1"}
_EDGE = (r"(?<![A-Za-z\d/\-])", r"(?![A-Za-z\d/\-])")
_GAP = r"\s?[-.:：_]?\s?"
_TYPICAL = rf"[EFHPLCUefhplcu]{_GAP}\d{{1,2}}"
_NUMERALS = "零〇一二两三四五六七八九幺十"
#: Any code: E1, F28, CH05, 18E, Err, dF, E一 (as voice input writes it).
ANY_CODE = (
    rf"(?:[A-Za-z]{{1,2}}{_GAP}\d{{1,3}}[A-Za-z]?|\d{{1,2}}[A-Za-z]|[A-Za-z]{_GAP}[{_NUMERALS}]{{1,3}}(?!个|下|次|遍|声|格|秒|分)"
    r"|E[Rr]{1,2}\d?|[db]?[A-Z]{1,2})"
)
_CUE = (
    r"(?:显示屏?|屏幕上?|(?<![花黑白蓝绿])屏上|出(?=[EFHPLCUefhplcu])|面板上?|报错|报警|报故障|报(?!修|名|价|告|了?修)"
    r"|故障(?:代?码|灯)?|错误(?:代?码)?|代码|出现|跳出?|闪烁?|提示|亮着?)"
)
_AFTER_CUE = re.compile(
    rf"{_CUE}[^A-Za-z\d，。,;；！!？?修]{{0,6}}{_EDGE[0]}({ANY_CODE}){_EDGE[1]}(?![度℃分秒级楼栋号])"
)
_NUMBER_CODE = re.compile(r"(?:故障码|错误码|代码)(?:是|为|[:：])?\s?(\d{1,3})(?!\d)")
_BARE_NUMBER = re.compile(r"(?<![上下])(?:跳|报|闪)(?:出|了|个)*(\d{2})(?=$|[，。,;；！!了\s])")
_BEFORE_WORD = re.compile(rf"{_EDGE[0]}({ANY_CODE})\s?(?:的?故障|报警|报错|错误|代码)(?![:：])")
_AFTER_APPLIANCE = re.compile(rf"{APPLIANCE_PATTERN}[的是又总老]?\s?({_TYPICAL}){_EDGE[1]}")
_LONE = re.compile(
    rf"(?:^|[，。,;；\s]|或者?)(?:(?:应该|好像|可能|大概)?就?是|报|显示)?\s?({_TYPICAL}|\d{{1,2}}[EFHCefhc]){_EDGE[1]}(?=[，。,;；\s！!了]|这个|或|$)"
)
_LONE_ANY = re.compile(rf"\s*(?:是|就是)?({ANY_CODE})[。!！了]?\s*")
# What voice input makes of the letter in a code, between a word of showing and the figure.
_FIGURE_NEXT = rf"(?=[\d{_NUMERALS}]{{1,2}}(?![\d{_NUMERALS}]|个|下|次|遍|声|格|度|分|台|点|号|元|块|级|楼))"
_HEARD = tuple(
    (letter, re.compile(rf"(?P<cue>显示|障码|代码|码是|出现|[报跳闪是 ])(?:{heard}){_FIGURE_NEXT}"))
    for letter, heard in (("E", "[意衣伊依易]"), ("F", "艾[福芙弗付]|爱[福付]"), ("H", "[诶艾]曲|爱取"), ("P", "[屁批皮]"), ("C", "[西稀]"))
)
_NOT_SHOWN = {"LG", "OK", "TV", "AI", "HD", "3D", "4K", "8K", "5G", "4G", "ON", "NO", "QQ", "VX", "APP", "LED", "USB", "3Q"}
_SINGLE = frozenset("ABCDGIMNOQRSTVWXYZ")


def find_error_code(text: str, asked: bool = False) -> str | None:
    """The error code, in capitals without hyphen or blank (E1, F28, 18E); None where none is shown.

    A code counts behind 显示, 报, 代码 or the like, before 故障 or 报警, or right behind the appliance; `asked`: the
    message answers the question for the fault, so a code by itself counts too.
    """
    return next((code for code, _, _ in error_codes(text, asked)), None)


def error_codes(text: str, asked: bool = False) -> Iterator[tuple[str, int, int]]:
    """Every code with where it stands as typed."""
    plain = _spoken_letters(half_width(text))
    patterns = [_AFTER_CUE, _NUMBER_CODE, _BARE_NUMBER, _BEFORE_WORD, _AFTER_APPLIANCE, *([_LONE] if asked else [])]
    for found in (item for pattern in patterns for item in pattern.finditer(plain)):
        yield from _normal(found)
    alone = _LONE_ANY.fullmatch(plain) if asked else None
    if alone:
        yield from _normal(alone)


def _spoken_letters(plain: str) -> str:
    """Letters that voice input took for characters, the text as long as it was: 故障码意1."""
    for letter, heard in _HEARD:
        plain = heard.sub(partial(_in_place, letter), plain)
    return plain


def _in_place(letter: str, heard: re.Match[str]) -> str:
    return heard["cue"] + letter.rjust(len(heard[0]) - len(heard["cue"]))


def _normal(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    code = _figures(re.sub(r"[\s\-.:：_]", "", found[1])).upper()
    if code not in _NOT_SHOWN | _SINGLE:
        yield code, found.start(1), found.end(1)


def _figures(code: str) -> str:
    """E十一 is E11, F二八 is F28."""
    numeral = re.search("[一二三四五六七八九]?十[一二三四五六七八九]?", code)
    if numeral:
        code = code.replace(numeral[0], str(cn2an.cn2an(numeral[0], "smart")))
    return "".join(_DIGITS.get(letter, letter) for letter in code)
