"""Kinds of appliance."""
import re
from dataclasses import dataclass

from .wording import any_of, load

_NAMES: dict[str, str] = load("appliances.yml")

#: The plain kinds, in the order of the integration API.
APPLIANCES: tuple[str, ...] = tuple(_NAMES)
KIND_OF = {name: kind for kind, names in _NAMES.items() for name in names.split()}
APPLIANCE_PATTERN = any_of(KIND_OF)
_APPLIANCE = re.compile(APPLIANCE_PATTERN + r"(?!台|贴|房(?!间)|病|被|盒子|遥控器?厂)")
_DENIED = re.compile(r"(不是|不要|并非|别的|不是说)$")


@dataclass(frozen=True)
class Appliance:
    """An appliance named in a text: its kind, the words as typed, and where they stand (`text[start:end]`)."""

    kind: str
    words: str
    start: int
    end: int


def find_appliances(text: str) -> list[Appliance]:
    """All appliances named, in order of mention, the longest name where several fit."""
    return [Appliance(KIND_OF[item[0]], item[0], item.start(), item.end()) for item in _APPLIANCE.finditer(text)]


def find_appliance(text: str) -> str | None:
    """The kind of the first appliance that is not denied (不是空调，是洗碗机); None where none is named."""
    found = find_appliances(text)
    return next((item.kind for item in found if not _DENIED.search(text[: item.start])), None)
