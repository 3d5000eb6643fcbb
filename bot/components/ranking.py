"""The classifier behind the intents: linear support vector machines, one intent against the rest, over counted views."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.components.views import PARTS, View

_WORDS_FILE = "intents.json"  # what is counted, and the names of the intents
_WEIGHTS_FILE = "intents.npz"
Array = np.ndarray[Any, Any]


class Part:
    """One part of the views: a number for everything that is counted of it."""

    def __init__(self, name: str, counted: Sequence[str], first: int) -> None:
        """`counted`: what is counted, in the order of the numbers, which begin with `first`."""
        self.name = name
        self.counted = list(counted)
        self._weight = PARTS[name]
        self._numbers = {feature: number for number, feature in enumerate(counted, start=first)}

    def row(self, view: View) -> tuple[list[int], Array]:
        """The numbers of what the view has of this part, and how much each counts."""
        counts = Counter(number for number in map(self._numbers.get, view[self.name]) if number is not None)
        if self._weight.flag or not counts:
            return list(counts), np.full(len(counts), self._weight.weight)
        values = 1 + np.log(list(counts.values()))
        return list(counts), values * (self._weight.weight / np.linalg.norm(values))


def _learn(views: Sequence[View], least: int) -> list[Part]:
    """The parts with what at least so many of the views have."""
    parts: list[Part] = []
    first = 0
    for name in PARTS:
        found = Counter(feature for view in views for feature in set(view[name]))
        parts.append(Part(name, sorted(feature for feature, count in found.items() if count >= least), first))
        first += len(parts[-1].counted)
    return parts


class IntentModel:
    """Scores the intents of messages by their views."""

    def __init__(self, parts: Sequence[Part], intents: Sequence[str], weights: Array, offsets: Array) -> None:
        """`weights`: one row per number of the parts, one column per intent; `offsets`: one per intent."""
        self.intents = [str(name) for name in intents]
        self._parts = list(parts)
        self._weights = weights
        self._offsets = offsets

    @classmethod
    def train(cls, views: Sequence[View], intents: Sequence[str], strength: float, least: int) -> "IntentModel":
        """Learns from the views of messages. `strength`: the inverse of the regularisation; `least`: features that
        fewer messages have are left out."""
        parts = _learn(views, least)
        machine = LinearSVC(C=strength, class_weight="balanced", random_state=0)
        machine.fit(_matrix(parts, views), intents)
        weights, offsets = machine.coef_, machine.intercept_
        if len(weights) == 1:  # of two intents sklearn keeps one row
            weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
        return cls(parts, machine.classes_, _stored(weights.T).astype(np.float32), offsets)

    def scores(self, view: View) -> Array:
        """One score per intent; the greater the likelier."""
        numbers, values = _row(self._parts, view)
        return np.asarray(values.astype(np.float32) @ self._weights[numbers] + self._offsets)

    def save(self, folder: Path) -> None:
        """Stores the model as plain data: words as JSON, weights as arrays."""
        words = {"counted": {part.name: part.counted for part in self._parts}, "intents": self.intents}
        (folder / _WORDS_FILE).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / _WEIGHTS_FILE, weights=_stored(self._weights), offsets=self._offsets)

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """The model that was stored there. Nothing in the files is run."""
        words = json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8"))
        parts, first = [], 0
        for name, counted in words["counted"].items():
            parts.append(Part(name, counted, first))
            first += len(counted)
        with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as arrays:
            return cls(parts, words["intents"], arrays["weights"].astype(np.float32), arrays["offsets"])


def _stored(weights: Array) -> Array:
    """Weights as precise as they are stored."""
    return np.ascontiguousarray(weights, dtype=np.float16)


def _row(parts: Sequence[Part], view: View) -> tuple[list[int], Array]:
    rows = [part.row(view) for part in parts]
    return [number for numbers, _ in rows for number in numbers], np.concatenate([values for _, values in rows])


def _matrix(parts: Sequence[Part], views: Sequence[View]) -> csr_matrix:
    rows = [_row(parts, view) for view in views]
    starts = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
    columns = [number for numbers, _ in rows for number in numbers]
    width = sum(len(part.counted) for part in parts)
    return csr_matrix((np.concatenate([values for _, values in rows]), columns, starts), shape=(len(views), width))
