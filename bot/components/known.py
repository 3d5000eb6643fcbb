"""Appliances and brands that are known before any training: the knowledge files of the business."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.components.text import fold


def read_known(folder: Path) -> dict[str, str]:
    """Folded words with their entity, from `appliances.yml` and `brands.yml` of the folder.

    Names of one character, and brands that are everyday words too, are left out.

    Raises:
        FileNotFoundError: when the folder lacks one of them.
    """
    return dict([*_appliances(folder / "appliances.yml"), *_brands(folder / "brands.yml")])


def _appliances(path: Path) -> Iterator[tuple[str, str]]:
    for kind, names in _yaml(path).items():
        yield from ((fold(name), "appliance") for name in [kind, *str(names).split()] if len(name) > 1 and name != "其他")


def _brands(path: Path) -> Iterator[tuple[str, str]]:
    for brand, facts in _yaml(path).items():
        known = facts or {}
        names = [brand, *str(known.get("spellings", "")).split()] if known.get("plain", True) else []
        yield from ((fold(name), "brand") for name in names if len(name) > 1)


def _yaml(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
