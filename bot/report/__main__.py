"""How well messages are understood: cross-validation of config.yml on nlu/, run in the Rasa environment.

    .venv-rasa/bin/python -m bot.report [--quick] [--config config.yml] [--nlu nlu] [--output var/nlu-report.md]

Every fold trains the whole pipeline through Rasa and parses sentences it has not seen. Equal texts (but for case and
width) stay in one fold. `--quick` plays one fold of five.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.model_selection import StratifiedGroupKFold

from bot.components.text import fold

FOLDS = 5
_ROWS = 25

Mention = tuple[str, int, int]


@dataclass(frozen=True)
class Outcome:
    """One sentence, what it is annotated with and what was understood. `intent` is the best one before the fallback."""

    text: str
    expected_intent: str
    intent: str
    confidence: float
    accepted: bool
    expected_entities: frozenset[Mention]
    entities: frozenset[Mention]
    milliseconds: float

    @property
    def right(self) -> bool:
        """Whether the best intent is the annotated one."""
        return self.intent == self.expected_intent

    def show(self, mentions: Iterable[Mention]) -> str:
        """Mentions as words, in reading order."""
        ordered = sorted(mentions, key=lambda mention: mention[1])
        return " ".join(f"{entity}={self.text[start:end]}" for entity, start, end in ordered) or "-"


@dataclass(frozen=True)
class Fold:
    """What one fold showed, and what training it took."""

    outcomes: list[Outcome]
    training_seconds: float
    model_bytes: int


def run(config: Path, nlu: Path, folds: int) -> list[Fold]:
    """Trains and measures the first `folds` of the five folds."""
    data = load_data(str(nlu))
    examples = [example for example in data.nlu_examples if example.get("text")]
    results = []
    for number, (train, test) in enumerate(_splits(examples), start=1):
        if number > folds:
            break
        sys.stderr.write(f"Fold {number} of {folds}: {len(train)} sentences to learn, {len(test)} to understand.\n")
        results.append(_fold(config, data, train, test))
    return results


def _splits(examples: Sequence[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    intents = [example.get("intent") for example in examples]
    texts = [fold(example.get("text")) for example in examples]
    splitter = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=7)
    for train, test in splitter.split(texts, intents, groups=texts):
        yield [examples[i] for i in train], [examples[i] for i in test]


def _fold(config: Path, data: TrainingData, train: list[Any], test: list[Any]) -> Fold:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RASA_CACHE_DIRECTORY"] = str(Path(folder) / "cache")
        path = Path(folder) / "nlu.yml"
        TrainingData(train, data.entity_synonyms, data.regex_features, data.lookup_tables).persist_nlu(str(path))
        start = time.perf_counter()
        model = train_nlu(str(config), str(path), folder, fixed_model_name="fold")
        seconds = time.perf_counter() - start
        if model is None:
            raise RuntimeError(f"Rasa trained no model from {config}; its messages above tell why.")
        outcomes = asyncio.run(_understand(Agent.load(model), test))
        return Fold(outcomes, seconds, Path(model).stat().st_size)


async def _understand(agent: Agent, examples: list[Any]) -> list[Outcome]:
    await agent.parse_message("你好")
    return [await _outcome(agent, example) for example in examples]


async def _outcome(agent: Agent, example: Any) -> Outcome:
    start = time.perf_counter()
    parsed = await agent.parse_message(example.get("text"))
    milliseconds = (time.perf_counter() - start) * 1000
    ranking = [entry for entry in parsed["intent_ranking"] if entry["name"] != "nlu_fallback"]
    return Outcome(
        text=example.get("text"),
        expected_intent=example.get("intent"),
        intent=ranking[0]["name"],
        confidence=ranking[0]["confidence"],
        accepted=parsed["intent"]["name"] != "nlu_fallback",
        expected_entities=_mentions(example.get("entities", [])),
        entities=_mentions(parsed["entities"]),
        milliseconds=milliseconds,
    )


def _mentions(entities: Iterable[dict[str, Any]]) -> frozenset[Mention]:
    return frozenset((entity["entity"], entity["start"], entity["end"]) for entity in entities)


def render(folds: Sequence[Fold]) -> str:
    """The report as Markdown."""
    outcomes = [outcome for fold in folds for outcome in fold.outcomes]
    sections = [
        ("Understanding of messages, cross-validated", _summary(folds, outcomes)),
        ("Intents", _intents(outcomes)),
        ("Entities", _entities(outcomes)),
        ("Confidence", _confidences(outcomes)),
        ("Confusions", _confusions(outcomes)),
        ("Sentences with a wrong intent", _wrong_intents(outcomes)),
        ("Sentences with wrong entities", _wrong_entities(outcomes)),
    ]
    return "\n\n".join(f"# {title}\n\n{body}" for title, body in sections) + "\n"


def _summary(folds: Sequence[Fold], outcomes: Sequence[Outcome]) -> str:
    faq = [outcome for outcome in outcomes if outcome.expected_intent.startswith("faq")]
    times = sorted(outcome.milliseconds for outcome in outcomes)
    rows = [
        ("sentences parsed", str(len(outcomes))),
        ("folds", f"{len(folds)} of {FOLDS}"),
        ("intent accuracy", _share(outcome.right for outcome in outcomes)),
        ("intent accuracy of each fold", " ".join(_share(o.right for o in fold.outcomes) for fold in folds)),
        ("intent accuracy, mean over intents", _mean_recall(outcomes)),
        ("FAQ topic accuracy", _share(outcome.right for outcome in faq)),
        ("accepted by the fallback", _share(outcome.accepted for outcome in outcomes)),
        ("accuracy of the accepted", _share(outcome.right for outcome in outcomes if outcome.accepted)),
        ("accepted and right", _share(outcome.right and outcome.accepted for outcome in outcomes)),
        ("entity F1, strict", f"{_scores(outcomes)[2]:.3f}"),
        ("sentences with every entity right", _share(o.entities == o.expected_entities for o in outcomes)),
        ("parse time p50 / p99", f"{_quantile(times, 0.5):.1f} / {_quantile(times, 0.99):.1f} ms"),
        ("training time", f"{statistics.mean(fold.training_seconds for fold in folds):.1f} s"),
        ("model size", f"{statistics.mean(fold.model_bytes for fold in folds) / 1e6:.2f} MB"),
    ]
    return _table(("measure", "value"), rows)


def _intents(outcomes: Sequence[Outcome]) -> str:
    rows = []
    for intent in sorted({outcome.expected_intent for outcome in outcomes}):
        expected = [outcome for outcome in outcomes if outcome.expected_intent == intent]
        named = [outcome for outcome in outcomes if outcome.intent == intent]
        rows.append((intent, str(len(expected)), _share(o.right for o in named), _share(o.right for o in expected)))
    return _table(("intent", "sentences", "precision", "recall"), rows)


def _entities(outcomes: Sequence[Outcome]) -> str:
    kinds = {mention[0] for outcome in outcomes for mention in outcome.expected_entities | outcome.entities}
    rows = []
    for kind in sorted(kinds):
        count = sum(mention[0] == kind for outcome in outcomes for mention in outcome.expected_entities)
        rows.append((kind, str(count), *(f"{score:.3f}" for score in _scores(outcomes, kind))))
    return _table(("entity", "mentions", "precision", "recall", "F1"), rows)


def _scores(outcomes: Sequence[Outcome], kind: str | None = None) -> tuple[float, float, float]:
    """Precision, recall and F1 of spans that agree in kind, beginning and end."""
    expected = Counter((i, m) for i, o in enumerate(outcomes) for m in o.expected_entities if kind in (None, m[0]))
    found = Counter((i, m) for i, o in enumerate(outcomes) for m in o.entities if kind in (None, m[0]))
    hits = len(expected.keys() & found.keys())
    precision, recall = hits / max(1, len(found)), hits / max(1, len(expected))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _confidences(outcomes: Sequence[Outcome]) -> str:
    rows = []
    for low in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        high = 0.2 if low == 0.0 else low + 0.1
        inside = [outcome for outcome in outcomes if low <= outcome.confidence < high + (low == 0.9)]
        rows.append((f"{low:.1f}-{high:.1f}", str(len(inside)), _share(outcome.right for outcome in inside)))
    return _table(("confidence", "sentences", "right"), rows)


def _confusions(outcomes: Sequence[Outcome]) -> str:
    pairs = Counter((outcome.expected_intent, outcome.intent) for outcome in outcomes if not outcome.right)
    rows = [(expected, named, str(count)) for (expected, named), count in pairs.most_common(_ROWS)]
    return _table(("expected", "understood", "times"), rows)


def _wrong_intents(outcomes: Sequence[Outcome]) -> str:
    wrong = sorted((o for o in outcomes if not o.right), key=lambda o: (o.expected_intent, -o.confidence))
    rows = [(o.text, o.expected_intent, o.intent, f"{o.confidence:.2f}") for o in wrong]
    return _table(("sentence", "expected", "understood", "confidence"), rows)


def _wrong_entities(outcomes: Sequence[Outcome]) -> str:
    wrong = [outcome for outcome in outcomes if outcome.entities != outcome.expected_entities]
    rows = [(o.text, o.show(o.expected_entities - o.entities), o.show(o.entities - o.expected_entities)) for o in wrong]
    return _table(("sentence", "missed", "wrongly found"), rows)


def _mean_recall(outcomes: Sequence[Outcome]) -> str:
    intents = {outcome.expected_intent for outcome in outcomes}
    recalls = [statistics.mean(o.right for o in outcomes if o.expected_intent == intent) for intent in intents]
    return f"{statistics.mean(recalls):.3f}"


def _share(values: Iterable[bool]) -> str:
    listed = list(values)
    return f"{sum(listed) / len(listed):.3f}" if listed else "-"


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line, prints the tables and writes the whole report."""
    parser = argparse.ArgumentParser(description="Cross-validates the language understanding.")
    parser.add_argument("--quick", action="store_true", help="one fold instead of five")
    parser.add_argument("--config", type=Path, default=Path("config.yml"))
    parser.add_argument("--nlu", type=Path, default=Path("nlu"))
    parser.add_argument("--output", type=Path, default=Path("var/nlu-report.md"))
    options = parser.parse_args(arguments)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    report = render(run(options.config, options.nlu, 1 if options.quick else FOLDS))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(report, encoding="utf-8")
    sys.stdout.write(report)


if __name__ == "__main__":
    main()
