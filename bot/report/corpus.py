"""The training data as it stands in its files: every example with its file, its line and its marks.

Read here without Rasa: the checker runs in the service's environment, and Rasa forgets the line of an example.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from bot.components.text import fold

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MARK = re.compile(r"\[(?P<words>[^\[\]]*)\]\((?P<entity>[^()\s]*)\)")
_SILENT = re.compile(r"[^\w⭐★👍👎👌]|_")


@dataclass(frozen=True)
class Mention:
    """Words marked as an entity; `start` inclusive, `end` exclusive, in characters of the plain text."""

    entity: str
    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Example:
    """One sentence of the training data. `raw` is the line with its marks, `place` reads `file:line`."""

    place: str
    intent: str
    raw: str

    @cached_property
    def text(self) -> str:
        """The sentence as a customer would type it."""
        return _MARK.sub(lambda match: match["words"], self.raw)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """The entities in reading order."""
        return tuple(_mentions(self.raw))

    @cached_property
    def core(self) -> str:
        """The folded text without blanks and punctuation; the whole folded text where nothing else is left."""
        folded = fold(self.text)
        return _SILENT.sub("", folded) or folded


def _mentions(raw: str) -> Iterator[Mention]:
    removed = 0
    for match in _MARK.finditer(raw):
        start = match.start() - removed
        yield Mention(match["entity"], match["words"], start, start + len(match["words"]))
        removed += len(match.group()) - len(match["words"])


def read(paths: Iterable[Path]) -> list[Example]:
    """The examples of files and of the `.yml` files in folders, in the order in which they stand.

    Raises:
        ValueError: when a file is no Rasa training data, naming file and line.
    """
    return [example for path in _files(paths) for example in _examples(path)]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.yml")) if path.is_dir() else [path]


def _examples(path: Path) -> Iterator[Example]:
    try:
        tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{path}:{line}: this is no YAML: {error.problem}") from error
    for entry in _items(tree, "nlu"):
        fields = {key.value: value for key, value in entry.value} if isinstance(entry, yaml.MappingNode) else {}
        if "intent" in fields and "examples" in fields:
            yield from _lines(path, fields["intent"].value, fields["examples"])


def _items(tree: "yaml.Node | None", name: str) -> list[yaml.Node]:
    if not isinstance(tree, yaml.MappingNode):
        return []
    return next((value.value for key, value in tree.value if key.value == name), [])


def _lines(path: Path, intent: str, block: yaml.Node) -> Iterator[Example]:
    if not isinstance(block, yaml.ScalarNode) or block.style != "|":
        raise ValueError(f"{path}:{block.start_mark.line + 1}: write the examples of {intent} as a block: examples: |")
    for offset, line in enumerate(block.value.splitlines(), start=2):
        place = f"{path}:{block.start_mark.line + offset}"
        if line.strip() and not line.startswith("- "):
            raise ValueError(f"{place}: an example begins with '- ': {line}")
        if line.strip("- "):
            yield Example(place, intent, line[2:].strip())
