"""Checks the training data: `python -m bot.report.checker [--warnings] [nlu …]`; part of `make lint`.

It names file and line of labels the domain does not know, of broken and ill-fitting marks, of values without a mark,
of contradictions and of duplicates, and says which intents have too few sentences. What is right all the same stands,
with its reason, in `bot/report/accepted.yml`.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.components.known import read_known
from bot.components.text import fold
from bot.report.checks import Fault, Known, check
from bot.report.corpus import read

ACCEPTED = Path(__file__).with_name("accepted.yml")
DOMAIN = Path("bot/domain")
KNOWLEDGE = Path("aftersales/knowledge")


class Accepted(NamedTuple):
    """An exception: faults of the kind that name exactly these words are right, for the reason given."""

    kind: str
    words: frozenset[str]
    reason: str


def load_accepted(path: Path = ACCEPTED) -> list[Accepted]:
    """The exceptions.

    Raises:
        ValueError: when one has no kind, no words or no reason.
    """
    entries = _yaml(path).get("accepted") or []
    for number, entry in enumerate(entries, start=1):
        if not all(entry.get(field) for field in ("kind", "words", "reason")):
            raise ValueError(f"{path}: exception {number} needs kind, words and reason")
    return [Accepted(e["kind"], frozenset(map(str, e["words"])), e["reason"]) for e in entries]


def load_known(domain: Path = DOMAIN, knowledge: Path = KNOWLEDGE) -> Known:
    """The labels of the domain, and the appliances and brands that have to be marked."""
    rare = {fold(name) for name in str(_yaml(knowledge / "appliances.yml").get("其他", "")).split()}
    parts = [_yaml(path) for path in sorted(domain.glob("*.yml"))]
    return Known(
        frozenset(name for part in parts for name in part.get("intents") or []),
        frozenset(name for part in parts for name in part.get("entities") or []),
        {word: entity for word, entity in read_known(knowledge).items() if word not in rare},
    )


def _yaml(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return loaded


def sift(faults: Iterable[Fault], accepted: Sequence[Accepted]) -> list[Fault]:
    """The faults that no exception covers, and a warning for every exception that covers none."""
    listed = list(faults)
    covered = {(entry.kind, entry.words) for entry in accepted}
    found = {(fault.kind, fault.words) for fault in listed}
    left = [fault for fault in listed if (fault.kind, fault.words) not in covered]
    return left + [_idle(entry) for entry in accepted if (entry.kind, entry.words) not in found]


def _idle(entry: Accepted) -> Fault:
    words = " / ".join(sorted(entry.words))
    message = f"nothing needs the exception {entry.kind}: {words}"
    return Fault("exception", ACCEPTED.name, message, entry.words, warning=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the faults, one line each, and answers 1 where there is one that is no warning."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("nlu")])
    parser.add_argument("--warnings", action="store_true", help="print every warning instead of their number")
    options = parser.parse_args(arguments)
    try:
        examples = read(options.paths)
        faults = sift(check(examples, load_known()), load_accepted())
    except ValueError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    errors = [fault for fault in faults if not fault.warning]
    warnings = [fault for fault in faults if fault.warning]
    _print(errors + (warnings if options.warnings else []))
    _sum_up(len(examples), errors, warnings)
    return 1 if errors else 0


def _print(faults: Iterable[Fault]) -> None:
    for fault in faults:
        sys.stdout.write(f"{fault.place}: {fault.kind}: {fault.message}\n")


def _sum_up(sentences: int, errors: Sequence[Fault], warnings: Sequence[Fault]) -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(fault.kind for fault in errors).items())
    sys.stdout.write(f"{sentences} sentences, {len(errors)} faults{f' ({kinds})' if kinds else ''}")
    sys.stdout.write(f", {len(warnings)} warnings (--warnings shows them)\n" if warnings else "\n")


if __name__ == "__main__":
    sys.exit(main())
