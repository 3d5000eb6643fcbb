"""Model designations."""
import re

from .appliances import APPLIANCE_PATTERN
from .brands import brand_mentions
from .codes import error_codes
from .wording import half_width

_TOKEN = re.compile(
    r"(?<![A-Za-z0-9@/.])[A-Za-z0-9][A-Za-z0-9\-/.+]*(?:\s[\-/]\s[A-Za-z0-9][A-Za-z0-9\-/.+]*)*"
    r"(?:\([A-Za-z0-9\-/]+\))?[A-Za-z0-9\-/+]*(?!@)"
)
_CODE_LIKE = re.compile(r"[A-Za-z]\d{1,2}|\d{1,2}[A-Za-z]|[A-Za-z]{1,2}\d")
_QUANTITY = re.compile(
    r"\d+(?:\.\d+)?(?:p|kg|v|w|kw|kwh|l|hz|khz|a|cm|mm|m|ml|g|k|mah|db|mpa|pa|min|h|s|d|am|pm|c|x|bit|mb|gb|tb|rmb)(?:\d|/.*)?"
    r"|wi-?fi\d?|ipx\d|\d+-\d+|\d+[a-z]?-\d+-?\d*|\d{1,2}-[a-z]\d{2,4}|no\.?\d+|top\d+|vip\d*",
    re.IGNORECASE,
)
_ORDER_NUMBER = re.compile(r"[A-Z]{2}\d{8,}", re.IGNORECASE)
_OF_ADDRESS = re.compile(r"\s*(?:号|栋|幢|座|楼|单元|室|层|区|档|铺|门|弄|路|街|户|组|班|出口|线|馆|期|国道|省道|县道|高速)")
_IN_ADDRESS = re.compile(r"(?:[栋幢座楼室]|单元|号|路|街|塔)\s*$")
_ACCOUNT = re.compile(r"(?:微信号?|QQ号?|vx|V信|邮箱|账号|用户名|WiFi|密码)[:：是]?\s*$", re.IGNORECASE)
_MODEL_WORD = re.compile(r"型号(?:就?是|为|叫|写的?是?|写着|那栏写?的?是?|[:：])?\s*[:：]?\s*$")
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]$")
_EDITION = re.compile(r" ?(?:pro|plus|max|ultra|mini|se)(?![A-Za-z])", re.IGNORECASE)
_SECOND_WORD = re.compile(r" [A-Za-z]?\d[A-Za-z0-9\-/]*")  # VUW 242/5-3
_BRAND_LINK = re.compile(r"\s*(?:牌子?|品牌)?的?(?:型号)?(?:是|[:：])?\s*")
_APPLIANCE_LINK = re.compile(rf"\s*(?:牌子?|品牌)?的?[\u4e00-\u9fff]{{0,2}}{APPLIANCE_PATTERN}\s*")
_SERIES = re.compile(r"[AGIJKMNOQRSTVWXYZ]\d{1,2}", re.IGNORECASE)


def find_model(text: str) -> str | None:
    """The model designation as typed (KFR-35GW/N8XHA1); None where none is named.

    What looks like an error code (P7) counts right behind a brand or 型号 only.
    """
    plain = half_width(text)
    codes = {start for _, start, _ in error_codes(plain)}
    for found in _TOKEN.finditer(plain):
        words = _whole(plain, found)
        if _is_model(plain, words, found.start(), found.start() in codes):
            return text[found.start() : found.start() + len(words)]
    return None


def _whole(plain: str, found: re.Match[str]) -> str:
    """The words found, with their edition (T20 PRO) or the second word of a designation of two behind 型号."""
    words = found[0].rstrip("-/.+")
    edition = _EDITION.match(plain, found.end())
    if edition and words == found[0]:
        return words + edition[0]
    second = _SECOND_WORD.match(plain, found.end())
    if second and words.isalpha() and _MODEL_WORD.search(plain[: found.start()]):
        return words + second[0]
    return words


def _is_model(text: str, words: str, start: int, is_code: bool) -> bool:
    before, after = text[:start], text[start + len(words) :]
    if _MODEL_WORD.search(before):
        return len(words) >= 2 and not re.fullmatch(r"1\d{10}", words)
    if not _has_letter_and_digit(words) or _belongs_elsewhere(words, before, after):
        return False
    if _CODE_LIKE.fullmatch(_EDITION.sub("", words)):
        return _behind_brand(text, words, start)
    return not is_code


def _has_letter_and_digit(words: str) -> bool:
    return bool(re.search(r"[A-Za-z]", words) and re.search(r"\d", words))


def _belongs_elsewhere(words: str, before: str, after: str) -> bool:
    """A quantity, an order's number, a house number or an account."""
    if _QUANTITY.fullmatch(words) or _ORDER_NUMBER.fullmatch(words):
        return True
    if _PLATE.search(before) and re.fullmatch(r"[A-Z][A-Z\d]{5,6}", words):
        return True
    return bool(_OF_ADDRESS.match(after) or _IN_ADDRESS.search(before) or _ACCOUNT.search(before))


def _behind_brand(text: str, words: str, start: int) -> bool:
    """Right behind a brand; with the appliance between only for letters that error codes do not begin with."""
    for _, end in brand_mentions(text[:start] + words):
        if end > start:
            continue
        if _BRAND_LINK.fullmatch(text, end, start):
            return True
        if _APPLIANCE_LINK.fullmatch(text, end, start) and _SERIES.fullmatch(_EDITION.sub("", words)):
            return True
    return False
