"""Postal addresses out of what customers write: found, completed, checked and masked.

Nothing is looked up outside: an address that is found need not exist.
"""
import re
from dataclasses import dataclass, replace

from .address_spans import DOOR, NAMED, NUMBER, ROAD, TOWN, UNIT, AddressSpan, find_span, tidy
from .divisions import cities_of, is_town_only, read_region, town_at_start

_ROOM = re.compile(
    r"号楼|[\dA-Za-z一二三四五六七八九十]\s*[栋幢座室层户档铺房]|单元|\d+楼|\d+-\d+|号\D{0,12}\d{3,4}|(?<!\d)\d{3,4}(?!\d|号|弄|国道|省道)"
)
_ROAD_NAME = re.compile(rf"[\u4e00-\u9fff]{{2,6}}?{ROAD}")
_FIGURE = r"[\dA-Za-z一二三四五六七八九十]{1,4}"
#: The parts of a door from the outside in: number of the road, building, unit, room.
_DOOR_PARTS = (
    re.compile(r"(?<!\d)\d{1,5}号(?!楼|院|线)"),
    re.compile(rf"{_FIGURE}(?:栋|幢|座|号楼)"),
    re.compile(r"[\d一二三四五六七八九十]{1,2}单元"),
    re.compile(r"(?<!\d)\d{3,4}(?:室|房)?(?!\d|号|弄|米|单元|栋|幢|座)"),
)
#: A part that is named apart from its figure: 楼号是21, 单元是2.
_LABELLED = (
    (re.compile(r"(?:楼号|栋号|楼栋|几[栋幢号楼]+)\D{0,6}?(?P<figure>\d{1,3})(?![\d号栋幢座楼单室])"), "号楼|栋|幢|座", "号楼"),
    (re.compile(r"单元号?\D{0,4}?(?P<figure>\d{1,2})(?![\d号栋幢座楼单室])"), "单元", "单元"),
)
_PART = r"[\dA-Za-z一二三四五六七八九十]{1,5}(?:号楼|号院|号(?![楼院])|栋|幢|座|单元|楼|层|室|房|弄)?"
_FIGURE_AHEAD = re.compile(r"^[\dA-Za-z一二三四五六七八九十]+")
_KIND_AHEAD = re.compile(r"^(?:号楼|号院|号|栋|幢|座|单元|楼|层|室|房|弄)")
#: 不是12号楼，是21号楼; 68号不是66号; 803写错了，是805.
_EXCHANGED = tuple(re.compile(pattern) for pattern in (
    rf"(?:并?不是|而?非)(?P<old>{_PART})[的了吧啊哦，,。 ]*(?:而|应该?|，)*(?:就?是|改成?)(?P<new>{_PART})",
    rf"(?P<new>{_PART})[的了吧啊哦，,。 ]*(?:而|并)?不是(?P<old>{_PART})",
    rf"(?P<old>{_PART})(?:改[成为]|换成|(?:是?[写打说发填]?错了?|不对)[的了吧啊哦，,。 ]*(?:应该?)?[是改]成?)(?P<new>{_PART})",
))
_BARE_DOOR = re.compile(r"[A-Za-z]?\d{1,4}")


@dataclass(frozen=True)
class Address:
    """An address: province, city and district by their official names, None where not known.

    `detail` is what lies below the district, blanks tidied; `text` is the customer's own wording.
    """

    province: str | None
    city: str | None
    district: str | None
    detail: str
    text: str


def find_address(text: str, asked: bool = False) -> Address | None:
    """The address in a message, upper levels inferred where they are certain; None where there is none.

    `asked`: the message answers the question for the address, so a lone estate or door number counts too; otherwise
    only a division's name or a road or estate with a number does.
    """
    span = find_span(text, asked)
    return _address(text, span) if span else None


def missing_parts(address: Address, pinned: bool = False) -> str | None:
    """What a technician still needs to find it: 'region', 'road', 'door', or None when it is complete.

    `pinned`: the address is the label of a map pin, whose house number is only the nearest one, so that a building
    or room is needed besides.
    """
    if not address.city:
        return "region"
    if not _has_road(address.detail):
        return "road"
    if not DOOR.search(address.detail) or (pinned and not has_room(address)):
        return "door"
    return None


def has_room(address: Address) -> bool:
    """Whether a building, floor, room or booth is named, not only the house number of a road."""
    return bool(_ROOM.search(address.detail))


def ambiguous(address: Address) -> list[str]:
    """The cities to choose from where the district alone does not tell (鼓楼区); empty where the city is known."""
    if address.city or not address.district:
        return []
    return cities_of(address.district, address.province)


def with_door(address: Address, addition: str) -> Address:
    """The address with a building or room that was said later; what is said twice is kept once."""
    if _says_region(addition):
        return merge(address, addition)
    found = find_address(addition, asked=True)
    door = found.detail if found else tidy(addition)
    if found is None and not _BARE_DOOR.fullmatch(door):
        return address
    known = address.detail
    road = _ROAD_NAME.search(door)
    if road and road[0] in known:  # the same road with another number, or more of it
        known = known[: known.index(road[0])]
        return replace(address, detail=known + door, text=address.text.replace(address.detail[len(known) :], door))
    more = _new_part(known, door)
    return replace(address, detail=_joined(known, more), text=_joined(address.text, more))


def corrected_door(address: Address, words: str) -> Address | None:
    """The address with another building, unit or room, as a correction names it: 是3幢203, 房号是1203; None if it names none.

    What the correction does not name stays.
    """
    named = [part.search(words) for part in _DOOR_PARTS]
    if not any(named):
        return _labelled(address, words)
    new = [found[0] if found else None for found in named]
    return replace(address, detail=_with_parts(address.detail, new), text=_with_parts(address.text, new))


def _with_parts(detail: str, new: list[str | None]) -> str:
    """The detail with the parts that are given in the place of its own; one that it lacks comes before the next inner one."""
    end = len(detail)
    for part, words in reversed(list(zip(_DOOR_PARTS, new, strict=True))):
        known = list(part.finditer(detail, 0, end))
        first, last = known[-1].span() if known else (end, end)
        if words is not None:
            detail = detail[:first] + words + detail[last:]
        end = first
    return detail


def _labelled(address: Address, words: str) -> Address | None:
    for label, kinds, usual in _LABELLED:
        said = label.search(words)
        if said is None:
            continue
        old = re.search(rf"{_FIGURE}(?P<kind>{kinds})", address.detail)
        new = said["figure"] + (old["kind"] if old else usual)
        return corrected_door(address, new)
    return None


def exchanged(address: Address, words: str) -> tuple[Address, str] | None:
    """The address with one part in another's place (不是803，是805), and what else was said; None where its old part is not there."""
    for pattern in _EXCHANGED:
        for said in pattern.finditer(words):
            detail = _with_instead(address.detail, said["old"], said["new"])
            if detail is not None:
                text = _with_instead(address.text, said["old"], said["new"]) or address.text
                return replace(address, detail=detail, text=text), words[: said.start()] + "，" + words[said.end() :]
    return None


def _with_instead(detail: str, old: str, new: str) -> str | None:
    """The detail with a part in another's place; a figure without its unit takes over the old one's."""
    beyond = r"(?!楼|院)" if old.endswith("号") else r"(?![\dA-Za-z])" if old[-1].isalnum() and old[-1].isascii() else ""
    places = list(re.finditer(rf"(?<![\dA-Za-z]){re.escape(old)}{beyond}", detail))
    if not places or old == new:
        return None
    kind, new_kind = (_FIGURE_AHEAD.sub("", words) for words in (old, new))
    rest = detail[places[-1].end() :]
    if new_kind and not kind:
        rest = _KIND_AHEAD.sub("", rest)
    return detail[: places[-1].start()] + new + ("" if new_kind else kind) + rest


def merge(address: Address, addition: str) -> Address:
    """The address completed or corrected by an answer such as 南京, 鼓楼区 or 文三路478号."""
    found = find_address(addition, asked=True)
    if found is None:
        return address
    if not _knows_region(found):
        return with_door(address, addition)
    province, city, district = _combined_region(address, found)
    if _has_road(found.detail):
        return Address(province, city, district, found.detail, found.text)
    detail = _joined(address.detail, _new_part(address.detail, found.detail))
    return Address(province, city, district, detail, _merged_text(address, found, detail))


def from_location(label: str) -> Address | None:
    """The address in the label of a location message; None for an empty label."""
    label = label.strip().removeprefix("[位置]").strip()
    if len(label) < 2:
        return None
    plain = label.removeprefix("中国")
    return find_address(plain, asked=True) or Address(None, None, None, tidy(plain), plain)


def full_address(address: Address) -> str:
    """The whole address on one line, the municipality named once."""
    city = None if address.city == address.province else address.city
    return "".join(filter(None, (address.province, city, address.district, address.detail)))


def mask_address(address: Address) -> str:
    """The address without numbers, building and room: 陕西省西安市碑林区友谊东路***."""
    road = re.match(rf"[^\dA-Za-z]*?(?=\s*(?:[\dA-Za-z]|{NUMBER}{UNIT}))", address.detail)
    shown = road[0] if road else address.detail
    return full_address(replace(address, detail=shown)) + ("***" if shown != address.detail else "")


def _address(text: str, span: AddressSpan) -> Address:
    said = text[span.start : span.end].strip(" \t\n，,。;；、：:")
    region = span.region
    found = Address(None, None, None, span.detail, said)
    if region:
        found = replace(found, province=region.province, city=region.city, district=region.district)
    return _with_town(found)


def _with_town(address: Address) -> Address:
    """北滘镇 lies in 顺德, unless another place was said."""
    town = town_at_start(address.detail)
    if town is None or address.district or address.province not in {None, town.province} or address.city not in {None, town.city}:
        return address
    return replace(address, province=town.province, city=town.city, district=town.district)


def _has_road(detail: str) -> bool:
    """Whether anything but a town and numbers is named: a road, an estate, a village, a shop."""
    if is_town_only(detail):
        return False
    rest = re.sub(rf"{NUMBER}\s*{UNIT}|[A-Za-z]?\d+(?:-\d+)*", "0", TOWN.sub("", detail))
    letters = len(re.findall(r"[\u4e00-\u9fffA-Za-z]", rest))
    return letters >= 4 or (letters >= 2 and ("0" in rest or bool(NAMED.search(rest))))


def _knows_region(address: Address) -> bool:
    return bool(address.province or address.city or address.district)


def _says_region(text: str) -> bool:
    found = find_address(text, asked=True)
    return found is not None and _knows_region(found)


def _new_part(known: str, more: str) -> str:
    """What of `more` is not yet at the end of `known`: 五四路158号 + 158号2号楼 gives 2号楼."""
    more = tidy(more)
    if not more or more in known:
        return ""
    if more.startswith(known):
        return more[len(known) :]
    overlap = next((size for size in range(min(len(known), len(more)), 1, -1) if known.endswith(more[:size])), 0)
    return more[overlap:]


def _joined(first: str, second: str) -> str:
    figures = re.search(r"[\dA-Za-z]$", first) and re.match(r"[\dA-Za-z]", second)
    return (first + (" " if figures else "") + second).strip()


def _contradicts(address: Address, found: Address) -> bool:
    """Whether the answer names another place than was known, as a correction does."""
    pairs = ((address.province, found.province), (address.city, found.city))
    same_level = address.district and found.district and found.city and address.district != found.district
    return bool(same_level) or any(known and said and known != said for known, said in pairs)


def _combined_region(address: Address, found: Address) -> tuple[str | None, str | None, str | None]:
    """The names of both, the newer ones first; an older one only where it lies in the newer."""
    older = Address(None, None, None, "", "") if _contradicts(address, found) else address
    upper = (found.province or older.province, found.city or older.city)
    for district in (found.district, address.district):
        read = read_region("".join(filter(None, (*upper, district)))) if district else None
        if read and read.district and read.levels > len(set(filter(None, upper))):
            return read.province, read.city, read.district
    return (*upper, found.district or older.district)


def _merged_text(address: Address, found: Address, detail: str) -> str:
    if _contradicts(address, found):
        return _joined(found.text, detail)
    if found.text in address.text or address.text in found.text:
        return max(found.text, address.text, key=len)
    if not _knows_region(address) or (found.city and address.district and not address.city):
        return _joined(found.text, address.text)
    return f"{address.text}，{found.text}" if address.detail else _joined(address.text, found.text)
