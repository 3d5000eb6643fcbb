"""Measurements kept in a folder, so that nothing is trained again while its inputs stay the same."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.report.figures import Run


def fingerprint(inputs: Iterable[Path]) -> str:
    """A digest of files, and of the `.yml` and `.py` files below folders, with their names."""
    digest = hashlib.sha256()
    for path in sorted(file for each in inputs for file in _files(each)):
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [each for each in path.rglob("*") if each.suffix in (".yml", ".py")]


@dataclass(frozen=True)
class Store:
    """The folder of the kept measurements. With `fresh` nothing kept counts."""

    folder: Path
    fresh: bool = False

    def runs(self, name: str, inputs: Iterable[Path], measure: Callable[[], list[Run]]) -> list[Run]:
        """The kept runs of that name where the inputs are still the same, else new ones, which are then kept."""
        wanted, path = fingerprint(inputs), self.folder / f"{name}.json"
        kept = None if self.fresh else _read(path, wanted)
        if kept is not None:
            return kept
        runs = measure()
        self.folder.mkdir(parents=True, exist_ok=True)
        data = {"fingerprint": wanted, "runs": [run.as_data() for run in runs]}
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return runs


def _read(path: Path, wanted: str) -> list[Run] | None:
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return [Run.from_data(run) for run in data["runs"]] if data["fingerprint"] == wanted else None
