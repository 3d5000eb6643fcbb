"""Phone numbers in free text: typed, spaced, full-width or read aloud."""

import re

from .folding import fold

_CIRCLED = {ord("①") + index: str(index + 1) for index in range(9)} | {ord("⓪"): "0"}
_FIGURES = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_READ_ALOUD = str.maketrans(_FIGURES, "001234567891234567891")
#: 要, 腰 and the radio words are everyday words: figures only where everything around them is one.
_SPOKEN = str.maketrans(_FIGURES + "要腰么妖洞两拐勾", "001234567891234567891" + "11110279")
_PAUSE = r"[ \-,，、。]"
_CHINESE_RUN = re.compile(rf"[{_FIGURES}\d](?:{_PAUSE}{{0,2}}[{_FIGURES}\d]){{5,}}")
_SPOKEN_RUN = re.compile(rf"(?<!\d)[要腰么妖幺一1](?:{_PAUSE}?[{_FIGURES}\d要腰么妖洞两拐勾]){{10}}(?![{_FIGURES}\d])")
_REPEATED = re.compile(rf"(?<=[{_FIGURES}\d])(?P<times>双|[两二2]个|[三3]个|[四4]个)(?P<figure>[{_FIGURES}\d])")
_TIMES = {"双": 2, "两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4}
_LETTERS = re.compile(r"(?<![0-9a-z])(?=(?:[oli]*\d){6})[0-9oli]{11}(?![0-9a-z])")
_AS_FIGURES = str.maketrans("oli", "011")

_JOINER = r"[ \t.·_–—\-]{0,2}"
_GROUPS = r"[ /,，、。—–\-]{1,3}"
_START = r"(?<![0-9a-z])"
_END = r"(?!\d)"
_COUNTRY = r"(?:\(?(?:\+|00)?86\)?[ \-]{0,2}|0)?"
_EXTENSION = r"(?:[ ,，(]{0,2}(?:转|分机|ext\.?|#|[\-—](?=\d{1,4}(?!\d)))[ :：]?(?:分机)?号?[ ]?(?P<extension>\d{1,5})(?!\d))?"
_BETWEEN = r"[ \-—–./,，]{0,2}"

# Strict shapes before loose ones, so that a house number before a mobile number does not become part of it.
_MOBILES = tuple(re.compile(_START + _COUNTRY + number + end) for number, end in (
    (r"(?P<mobile>1[3-9]\d[ \-]?\d{4}[ \-]?\d{4})", _END),
    (r"(?P<mobile>1[3-9]\d{9})", r"(?=1[3-9]\d{9}(?!\d))"),  # two of them without a gap
    (r"(?P<mobile>1[3-9]\d{9})", _END),
    (rf"(?P<mobile>1[3-9]\d{_GROUPS}\d{{4}}{_GROUPS}\d{{4}})", _END),
    (rf"(?P<mobile>1{_JOINER}[3-9](?:{_JOINER}\d){{9}})", _END),
))
#: 2633 8888, 333 2086, 3332 086, 26 33 88 88.
_LOCAL = r"[2-9]\d{2,3}[ \-]?\d{4}|[2-9]\d{3}[ \-]\d{3}|[2-9]\d(?:[ \-]\d\d){2}(?:[ \-]\d{1,2})"
_LANDLINES = tuple(re.compile(head + rf"(?P<local>{_LOCAL}){_END}{_EXTENSION}") for head in (
    rf"{_START}(?:\(?(?:\+|00)?86\)?[ \-]{{0,2}})?\(?(?P<area>010|02\d|0[3-9]\d\d)\)?{_BETWEEN}",
    rf"{_START}(?:(?:\+|00)86[ \-]{{0,2}}|86[ \-]{{1,2}})\(?(?P<area>10|2\d|[3-9]\d\d)\)?[ \-]{{1,2}}",
    r"区号(?:是|为|[:：])?\s*(?P<area>0\d{2,3})[^\d]{1,8}?",
))
_HOTLINE = re.compile(rf"{_START}(?P<head>[48]00)[ \-]?(?P<middle>\d{{3,4}})[ \-]?(?P<tail>\d{{3,4}}){_END}{_EXTENSION}")


def find_phones(text: str) -> list[str]:
    """All numbers in the order of the text, each once.

    Mobile numbers as 11 figures, landlines as 0757-26338888, service numbers as 400-889-9315; an extension is kept as
    0757-26338888转801.
    """
    found, rest = _found(_plain(text))
    aloud = _read_aloud(rest)
    if aloud != rest:
        found |= _found(aloud)[0]
    return list(dict.fromkeys(found[start] for start in sorted(found)))


def _plain(text: str) -> str:
    """Half width and lower case, figures for circled ones and for letters that look like them (138oo138ooo)."""
    plain = fold(text).translate(_CIRCLED).lower()
    return _LETTERS.sub(lambda match: match[0].translate(_AS_FIGURES), plain)


def _read_aloud(plain: str) -> str:
    """The text with numbers that were spoken as figures: 幺三八，零零幺三，八三个零."""
    plain = _REPEATED.sub(lambda match: match["figure"] * _TIMES[match["times"][0]], plain)
    plain = _SPOKEN_RUN.sub(lambda match: match[0].translate(_SPOKEN), plain)
    return _CHINESE_RUN.sub(lambda match: match[0].translate(_READ_ALOUD), plain)


def _found(plain: str) -> tuple[dict[int, str], str]:
    """Position → number, and the text without them, of the same length."""
    found: dict[int, str] = {}
    for pattern in _MOBILES:
        found |= {match.start("mobile"): _figures(match["mobile"]) for match in pattern.finditer(plain)}
        plain = pattern.sub(_blank, plain)
    for pattern in _LANDLINES:
        numbers = {match.start("area"): _landline(match) for match in pattern.finditer(plain)}
        found |= {start: number for start, number in numbers.items() if number and start not in found}
    for match in _HOTLINE.finditer(plain):
        rest = match["middle"] + match["tail"]
        if len(rest) == 7:
            found[match.start("head")] = f"{match['head']}-{rest[:3]}-{rest[3:]}" + _extension(match)
    return found, plain


def _landline(match: re.Match[str]) -> str | None:
    """None where area code and number do not fit: eight figures belong to any area, seven not to the large cities."""
    area, local = match["area"].removeprefix("0"), _figures(match["local"])
    return f"0{area}-{local}" + _extension(match) if len(local) == 8 or len(area) == 3 else None


def _extension(match: re.Match[str]) -> str:
    return f"转{match['extension']}" if match["extension"] else ""


def _blank(match: re.Match[str]) -> str:
    return "," * len(match[0])


def _figures(text: str) -> str:
    return re.sub(r"\D", "", text)


# --- attempts --------------------------------------------------------------------------------------------------------

_CUE = re.compile(r"(?:电话|手机|号码|联系方式|座机|固话|打给?我?)(?:号码?)?(?:是|为|改[成为]|:|：|,|，)?\s*$")
_OTHER_NUMBER = re.compile(r"(?:单号|编号|条码|序列号|身份证号?码?|型号|(?<!手)机号|sn|no)[是:：. ]*$")
_RUN = re.compile(rf"{_START}\+?\d(?:[ \-]?\d){{6,}}{_END}")
_IDENTITY = re.compile(r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3,4}")
_ALONE = re.compile(r"[\s,，。.!！;；:：]*")


def wrong_phone(text: str) -> str | None:
    """Why what looks like a phone number is none, in Chinese without a full stop; None where nothing looks like one.

    A number counts as an attempt when it begins like a mobile number, or is called a phone number, or stands alone.
    """
    if find_phones(text):
        return None
    plain = _read_aloud(_plain(text))
    reasons = (_reason(match) for match in _RUN.finditer(plain) if not _OTHER_NUMBER.search(plain[:match.start()]))
    return next((reason for reason in reasons if reason), None)


def _reason(match: re.Match[str]) -> str | None:
    figures = re.sub(r"^(?:86|0086)(?=1[3-9])", "", _figures(match[0]))
    if _IDENTITY.fullmatch(figures):
        return "这像是身份证号，证件号不用发，请发手机号或带区号的座机号" if _stands_alone(match) else None
    named = bool(_CUE.search(match.string[:match.start()])) or _stands_alone(match)
    if re.match("1[3-9]", figures):
        likely = named or len(figures) in {9, 10, 12, 13}
        return _wrong_length(figures) if likely and len(figures) < 15 else None
    if not named or re.match("20[23]", figures) or len(figures) > 14:
        return None
    if figures[0] == "0":
        return "座机号的位数不对，请写成0757-26338888这样"
    if len(figures) in {7, 8} and figures[0] != "1":
        return "座机号请带上区号，例如0757-26338888"
    return "手机号应该是11位，以13到19开头" if len(figures) in range(9, 14) else None


def _wrong_length(figures: str) -> str:
    off = len(figures) - 11
    slip = f"，{'多' if off > 0 else '少'}了{abs(off)}位" if abs(off) <= 2 else ""
    return f"手机号应该是11位，您发的是{len(figures)}位{slip}"


def _stands_alone(match: re.Match[str]) -> bool:
    return bool(_ALONE.fullmatch(match.string[:match.start()]) and _ALONE.fullmatch(match.string[match.end():]))


def mask_phone(phone: str) -> str:
    """138****8000; a landline keeps its area code and the last four figures, without the extension."""
    phone = phone.partition("转")[0]
    if "-" in phone:
        return f"{phone.partition('-')[0]}-****{_figures(phone)[-4:]}"
    if len(phone) < 8:
        return "****"
    return f"{phone[:3]}****{phone[-4:]}"
