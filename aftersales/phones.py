"""Phone numbers in free text: typed, spaced, full-width or read aloud."""

import re

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_READ_ALOUD = str.maketrans("零〇一幺二三四五六七八九", "001123456789")
_CHINESE_RUN = re.compile(r"[零〇一幺二三四五六七八九\d][零〇一幺二三四五六七八九\d \-]{5,}")
_JOINER = r"[ \t.·_–—\-]{0,2}"
_START = r"(?<![0-9a-z])"
_END = r"(?!\d)"
_COUNTRY = r"(?:\(?(?:\+|00)?86\)?[ \-]{0,2}|0)?"

# Strict shapes before loose ones, so that a house number before a mobile number does not become part of it.
_MOBILES = tuple(re.compile(_START + _COUNTRY + number + _END) for number in (
    r"(?P<mobile>1[3-9]\d[ \-]?\d{4}[ \-]?\d{4})",
    rf"(?P<mobile>1{_JOINER}[3-9](?:{_JOINER}\d){{9}})",
))
_LANDLINE = re.compile(
    rf"{_START}(?:\(?(?:\+|00)?86\)?[ \-]{{0,2}})?\(?(?P<area>010|02\d|0[3-9]\d\d)\)?[ \-]{{0,2}}"
    rf"(?P<local>[2-9]\d{{2,3}}[ \-]?\d{{4}}){_END}")
_HOTLINE = re.compile(rf"{_START}(?P<head>[48]00)[ \-]?(?P<middle>\d{{3,4}})[ \-]?(?P<tail>\d{{3,4}}){_END}")


def find_phones(text: str) -> list[str]:
    """All numbers in the order of the text, each once.

    Mobile numbers as 11 figures, landlines as 0757-26338888, service numbers as 400-889-9315.
    """
    found, rest = _found(_plain(text))
    aloud = _CHINESE_RUN.sub(lambda match: match[0].translate(_READ_ALOUD), rest)
    if aloud != rest:
        found |= _found(aloud)[0]
    return list(dict.fromkeys(found[start] for start in sorted(found)))


def _plain(text: str) -> str:
    return text.translate(_WIDE).lower()


def _found(plain: str) -> tuple[dict[int, str], str]:
    """Position → number, and the text without them, of the same length."""
    found: dict[int, str] = {}
    for pattern in _MOBILES:
        for match in pattern.finditer(plain):
            found[match.start("mobile")] = _figures(match["mobile"])
        plain = pattern.sub(_blank, plain)
    for match in _LANDLINE.finditer(plain):
        local = _figures(match["local"])
        if len(local) == 8 or len(match["area"]) == 4:
            found[match.start("area")] = f"{match['area']}-{local}"
    for match in _HOTLINE.finditer(plain):
        rest = match["middle"] + match["tail"]
        if len(rest) == 7:
            found[match.start("head")] = f"{match['head']}-{rest[:3]}-{rest[3:]}"
    return found, plain


def _blank(match: re.Match[str]) -> str:
    return "," * len(match[0])


def _figures(text: str) -> str:
    return re.sub(r"\D", "", text)


# --- attempts --------------------------------------------------------------------------------------------------------

_CUE = re.compile(r"(?:电话|手机|号码|联系方式|座机|固话|打给?我?)(?:号码?)?(?:是|为|改[成为]|:|：|,|，)?\s*$")
_OTHER_NUMBER = re.compile(r"(?:单号|编号|条码|序列号|身份证号?码?|型号|(?<!手)机号|sn|no)[是:：. ]*$")
_RUN = re.compile(rf"{_START}\+?\d(?:[ \-]?\d){{6,}}{_END}")
_ALONE = re.compile(r"[\s,，。.!！;；:：]*")


def wrong_phone(text: str) -> str | None:
    """Why what looks like a phone number is none, in Chinese without a full stop; None where nothing looks like one.

    A number counts as an attempt when it begins like a mobile number, or is called a phone number, or stands alone.
    """
    if find_phones(text):
        return None
    plain = _CHINESE_RUN.sub(lambda match: match[0].translate(_READ_ALOUD), _plain(text))
    reasons = (_reason(match) for match in _RUN.finditer(plain) if not _OTHER_NUMBER.search(plain[:match.start()]))
    return next((reason for reason in reasons if reason), None)


def _reason(match: re.Match[str]) -> str | None:
    figures = re.sub(r"^(?:86|0086)(?=1[3-9])", "", _figures(match[0]))
    named = bool(_CUE.search(match.string[:match.start()])) or _stands_alone(match)
    if re.match("1[3-9]", figures):
        likely = named or len(figures) in {9, 10, 12, 13}
        return f"手机号应该是11位，您发的是{len(figures)}位" if likely and len(figures) < 15 else None
    if not named or re.match("20[23]", figures) or len(figures) > 14:
        return None
    if figures[0] == "0":
        return "座机号的位数不对，请写成0757-26338888这样"
    if len(figures) in {7, 8} and figures[0] != "1":
        return "座机号请带上区号，例如0757-26338888"
    return "手机号应该是11位，以13到19开头" if len(figures) in range(9, 14) else None


def _stands_alone(match: re.Match[str]) -> bool:
    return bool(_ALONE.fullmatch(match.string[:match.start()]) and _ALONE.fullmatch(match.string[match.end():]))


def mask_phone(phone: str) -> str:
    """138****8000; a landline keeps its area code and the last four figures."""
    if "-" in phone:
        return f"{phone.partition('-')[0]}-****{_figures(phone)[-4:]}"
    if len(phone) < 8:
        return "****"
    return f"{phone[:3]}****{phone[-4:]}"
