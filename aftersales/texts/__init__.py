"""Sentences customers read that do not come from the assistant, as data."""

import functools
from importlib import resources

import yaml


@functools.lru_cache(maxsize=8)
def texts(name: str) -> dict[str, str]:
    """The sentences of `<name>.yml` by their keys."""
    file = resources.files(__name__) / f"{name}.yml"
    loaded: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {key: text.strip() for key, text in loaded.items()}
