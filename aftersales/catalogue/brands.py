"""Brands."""
import re
from collections.abc import Iterator

from .appliances import APPLIANCE_PATTERN
from .wording import PLACE_FOLLOWS, any_of, half_width, load

_BRANDS: dict[str, dict[str, str | bool]] = load("brands.yml")
_BRAND_OF = {
    spelling.casefold(): brand
    for brand, entry in _BRANDS.items()
    for spelling in (brand, *str(entry["spellings"]).split())
}
# The Chinese spelling of an everyday word needs its context, the Latin one does not.
_WORDS = [brand for brand, entry in _BRANDS.items() if not entry.get("plain", True)]
_PLAIN = [spelling for spelling in _BRAND_OF if spelling not in _WORDS]

_MODEL_FOLLOWS = r"[A-Za-z]{0,6}[-\d]"
_CONTEXT = rf"(?=牌|电器|的?(?:{APPLIANCE_PATTERN}|[^，。,.！!？?\s]{{0,3}}{APPLIANCE_PATTERN})|\s?{_MODEL_FOLLOWS})"
_NOT_BRAND_BEFORE = r"(?<![完优甜俊秀华很最健真挺臭爱])"
_BRAND = re.compile(
    rf"{_NOT_BRAND_BEFORE}{any_of(_PLAIN)}(?!太|好评|评价){PLACE_FOLLOWS}"
    rf"|(?<![给打评这]){any_of(_WORDS)}{_CONTEXT}"
    rf"|(?<=[是牌子：:]){any_of(_WORDS)}(?=的|牌|[，。,. ]|$)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"({any_of(_WORDS)})[的牌]*[。!！]?")
_DENIED = re.compile(r"(不是|并非)$")


def find_brand(text: str) -> str | None:
    """The brand named, by the name we keep; None where none is, or only as part of a place (美的大道)."""
    alone = _ALONE.fullmatch(text.strip())
    if alone:
        return _BRAND_OF[alone[1].casefold()]
    return next((_BRAND_OF[words.casefold()] for words, _ in brand_mentions(half_width(text))), None)


def brand_mentions(text: str) -> Iterator[tuple[str, int]]:
    """Every brand named and not denied: the words as typed and where they end."""
    for found in _BRAND.finditer(text):
        if not _DENIED.search(text[: found.start()]):
            yield found[0], found.end()
