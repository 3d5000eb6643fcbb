"""The figures of a report: shares, scores, confusions, times. Nothing here needs Rasa."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

Mention = tuple[str, int, int]
#: Confidences between which sentences are counted together.
EDGES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


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
        return " ".join(f"{entity}={self.text[start:end]}" for entity, start, end in ordered) or "–"


@dataclass(frozen=True)
class Run:
    """What one training showed, and what it took: seconds, and bytes of the model."""

    outcomes: list[Outcome]
    training_seconds: float
    model_bytes: int

    def as_data(self) -> dict[str, Any]:
        """The run as JSON can hold it."""
        data = asdict(self)
        for outcome in data["outcomes"]:
            for field in ("expected_entities", "entities"):
                outcome[field] = sorted(outcome[field])
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Run":
        """The run that `as_data` has written."""
        return cls([_outcome(entry) for entry in data["outcomes"]], data["training_seconds"], data["model_bytes"])


def _outcome(entry: dict[str, Any]) -> Outcome:
    mentions = {field: frozenset(map(tuple, entry[field])) for field in ("expected_entities", "entities")}
    return Outcome(**{**entry, **mentions})


@dataclass(frozen=True)
class Scores:
    """Precision, recall and F1 of spans that agree in kind, beginning and end; `count` are those annotated."""

    count: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Summary:
    """The figures of a measurement; shares from 0 to 1, NaN where there is nothing to share."""

    sentences: int
    intents: float
    intents_mean: float
    topics: float
    entities: float
    all_entities_right: float
    accepted: float
    accepted_right: float
    in_scope_refused: float
    p50: float
    p99: float
    training_seconds: float
    model_megabytes: float


def summary(runs: Sequence[Run]) -> Summary:
    """The figures over all runs; times and sizes are means of the runs."""
    outcomes = all_outcomes(runs)
    times = sorted(outcome.milliseconds for outcome in outcomes)
    served = [outcome for outcome in outcomes if outcome.expected_intent != "out_of_scope"]
    return Summary(
        sentences=len(outcomes),
        intents=share(outcome.right for outcome in outcomes),
        intents_mean=statistics.mean(row.recall for row in by_intent(outcomes).values()),
        topics=share(outcome.right for outcome in outcomes if outcome.expected_intent.startswith("faq")),
        entities=entity_scores(outcomes).f1,
        all_entities_right=share(outcome.entities == outcome.expected_entities for outcome in outcomes),
        accepted=share(outcome.accepted for outcome in outcomes),
        accepted_right=share(outcome.right for outcome in outcomes if outcome.accepted),
        in_scope_refused=share(not outcome.accepted for outcome in served),
        p50=quantile(times, 0.5),
        p99=quantile(times, 0.99),
        training_seconds=statistics.mean(run.training_seconds for run in runs),
        model_megabytes=statistics.mean(run.model_bytes for run in runs) / 1e6,
    )


def all_outcomes(runs: Sequence[Run]) -> list[Outcome]:
    """The outcomes of all runs in their order."""
    return [outcome for run in runs for outcome in run.outcomes]


def by_intent(outcomes: Sequence[Outcome]) -> dict[str, Scores]:
    """Precision, recall and F1 of every annotated intent."""
    expected = Counter(outcome.expected_intent for outcome in outcomes)
    named = Counter(outcome.intent for outcome in outcomes)
    hits = Counter(outcome.intent for outcome in outcomes if outcome.right)
    return {intent: _scores(hits[intent], named[intent], expected[intent]) for intent in sorted(expected)}


def by_entity(outcomes: Sequence[Outcome]) -> dict[str, Scores]:
    """Strict precision, recall and F1 of every kind of entity that is annotated or found."""
    kinds = {mention[0] for outcome in outcomes for mention in outcome.expected_entities | outcome.entities}
    return {kind: entity_scores(outcomes, kind) for kind in sorted(kinds)}


def entity_scores(outcomes: Sequence[Outcome], kind: str | None = None) -> Scores:
    """Strict precision, recall and F1 of one kind of entity, or of all together (micro)."""
    expected = {(i, m) for i, o in enumerate(outcomes) for m in o.expected_entities if kind in (None, m[0])}
    found = {(i, m) for i, o in enumerate(outcomes) for m in o.entities if kind in (None, m[0])}
    return _scores(len(expected & found), len(found), len(expected))


def _scores(hits: int, found: int, expected: int) -> Scores:
    precision, recall = hits / max(1, found), hits / max(1, expected)
    return Scores(expected, precision, recall, 2 * hits / max(1, found + expected))


def confusions(outcomes: Sequence[Outcome]) -> list[tuple[str, str, int]]:
    """Annotated intent, understood intent and how often, the most frequent first."""
    pairs = Counter((outcome.expected_intent, outcome.intent) for outcome in outcomes if not outcome.right)
    return [(expected, named, count) for (expected, named), count in pairs.most_common()]


def confidences(outcomes: Sequence[Outcome]) -> list[tuple[float, float, int, float]]:
    """From, to, sentences, and the share of right ones among them."""
    rows = []
    for low, high in pairwise(EDGES):
        inside = [o for o in outcomes if low <= o.confidence < high or high == EDGES[-1] <= o.confidence]
        rows.append((low, high, len(inside), share(outcome.right for outcome in inside)))
    return rows


def share(values: Iterable[bool]) -> float:
    """The share of true values; NaN where there are none."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else float("nan")


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which that part of the ordered values lies; NaN where there are none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")
