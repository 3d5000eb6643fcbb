"""Brands."""
import re
from collections.abc import Iterator
from functools import cache, lru_cache

from aftersales.sounds import Lexicon, right_characters

from .appliances import APPLIANCE_PATTERN
from .wording import PLACE_FOLLOWS, any_of, half_width, load

_BRANDS: dict[str, dict[str, str | bool]] = load("brands.yml")
_BRAND_OF = {
    spelling.casefold(): brand
    for brand, entry in _BRANDS.items()
    for spelling in (brand, *(each.replace("_", " ") for each in str(entry["spellings"]).split()))
}
# The Chinese spelling of an everyday word needs its context, the Latin one does not.
_WORDS = [brand.casefold() for brand, entry in _BRANDS.items() if not entry.get("plain", True)]
_PLAIN = [spelling for spelling in _BRAND_OF if spelling not in _WORDS]

_MODEL_FOLLOWS = r"[A-Za-z]{0,6}[-\d]"
_APPLIANCE_FOLLOWS = rf"的?(?:{APPLIANCE_PATTERN}|[^，。,.！!？?\s]{{0,3}}{APPLIANCE_PATTERN})"
_PARTICLES = "[吧啊呀嘛呢]*"
_CONTEXT = rf"(?=牌|电器|[ ]?{_APPLIANCE_FOLLOWS}|的?{_PARTICLES}[，, ]?型号|\s?{_MODEL_FOLLOWS})"
_NOT_BRAND_BEFORE = r"(?<![完优甜俊秀华很最健真挺臭爱])"
_NOT_BRAND_AFTER = r"(?!太|好评|评价|来了|顿|额|式(?!样)|很(?:$|[,，。！!]))"
_BRAND = re.compile(
    rf"{_NOT_BRAND_BEFORE}{any_of(_PLAIN)}{_NOT_BRAND_AFTER}{PLACE_FOLLOWS}"
    rf"|(?<![给打评这]){any_of(_WORDS)}{_CONTEXT}{PLACE_FOLLOWS}"
    rf"|(?<![^，,。 ]){any_of(_WORDS)}(?=的{_PARTICLES}(?:[，,。!！ ]|$))"
    rf"|(?<=[是牌子：:]){any_of(_WORDS)}(?=的|牌|[，。,. ]|$)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"({any_of(_WORDS)})[的牌]*{_PARTICLES}[。!！]?")
_DENIED = re.compile(r"((?<!是)不是|并非)$")

# By their sound brands of three characters and more count anywhere, those of two only right before the appliance.
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_SHORT_BEGINS = re.compile(r"(?:^|[^\u4e00-\u9fff]|[家的台个是买款牌修装洗])$")
_SHORT_ENDS = re.compile(rf"的?{APPLIANCE_PATTERN}")
_NOT_MISHEARD = frozenset({"送下", "得意", "打进", "大劲", "约个", "三样", "老半", "没的", "妹的", "每个"})


def find_brand(text: str) -> str | None:
    """The brand named, by the name we keep; None where none is, or only as part of a place (美的大道)."""
    alone = _ALONE.fullmatch(text.strip())
    if alone:
        return _BRAND_OF[alone[1].casefold()]
    return next((brand for brand, _ in brand_mentions(half_width(text))), None)


def is_brand(text: str) -> bool:
    """Whether a text is a brand and nothing else."""
    alone = half_width(text).strip()
    return bool(_ALONE.fullmatch(alone) or _BRAND.fullmatch(re.sub("牌?的?$", "", alone)))


@lru_cache(maxsize=512)  # a message is asked for its brands by the readers of brands, models and symptoms
def brand_mentions(text: str) -> tuple[tuple[str, int], ...]:
    """Every brand named and not denied, in order: the name we keep and where it ends; homophones too (西门紫)."""
    spelt = [(found.start(), found.end(), _BRAND_OF[found[0].casefold()]) for found in _BRAND.finditer(text)]
    found = _apart([*spelt, *_misheard(text)])
    return tuple((brand, end) for start, end, brand in found if not _DENIED.search(text[:start]))


def _apart(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """In order, and of those that overlap the longest: 伊莱克丝 is not 莱克."""
    kept: list[tuple[int, int, str]] = []
    for start, end, brand in sorted(found, key=lambda item: item[0] - item[1]):
        if not any(start < other_end and other < end for other, other_end, _ in kept):
            kept.append((start, end, brand))
    return sorted(kept)


def _misheard(text: str) -> Iterator[tuple[int, int, str]]:
    for start, words, name in _lexicon().heard_in(text):
        is_slip = 0 < right_characters(words, name) < len(words) and words not in _NOT_MISHEARD
        if is_slip and (len(words) > 2 or _before_appliance(text, start)):
            yield start, start + len(words), _BRAND_OF[name.casefold()]


def _before_appliance(text: str, start: int) -> bool:
    return bool(_SHORT_BEGINS.search(text[:start]) and _SHORT_ENDS.match(text, start + 2))


@cache
def _lexicon() -> Lexicon:
    """Everyday words only where they are short, since those need the appliance behind them."""
    return Lexicon(_spoken(brand) for brand in _BRANDS if _is_heard(brand))


def _is_heard(brand: str) -> bool:
    spoken = _spoken(brand)
    return bool(_HAN.fullmatch(spoken)) and (len(spoken) == 2 or brand not in _WORDS)


def _spoken(brand: str) -> str:
    """A.O.史密斯 is 史密斯."""
    return re.sub(r"[A-Za-z.]", "", brand)
