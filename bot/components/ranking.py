"""The classifier behind the intents: linear support vector machines, one intent against the rest, over counted views."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.components.views import PARTS, View, Weight

_WORDS_FILE = "intents.json"  # what is counted, and the names of the intents
_WEIGHTS_FILE = "intents.npz"
Array = np.ndarray[Any, Any]


class Part:
    """One part of the views as columns of a matrix."""

    def __init__(self, name: str, weight: Weight, counted: Sequence[str] = ()) -> None:
        """`counted`: what has a column, in the order of the columns."""
        self.name = name
        self.counted = list(counted)
        self._weight = weight
        self._columns = {feature: column for column, feature in enumerate(counted)}

    def learn(self, views: Sequence[View], least: int) -> "Part":
        """The part with a column for everything that at least so many of the views have."""
        found = Counter(feature for view in views for feature in set(view[self.name]))
        return Part(self.name, self._weight, sorted(feature for feature, count in found.items() if count >= least))

    def matrix(self, views: Sequence[View]) -> csr_matrix:
        """One row per view."""
        starts, columns, values = [0], [], []
        for view in views:
            counts = Counter(self._columns[feature] for feature in view[self.name] if feature in self._columns)
            columns += counts.keys()
            values += [1.0] * len(counts) if self._weight.flag else [1 + np.log(count) for count in counts.values()]
            starts.append(len(columns))
        rows = csr_matrix((np.array(values, dtype=float), columns, starts), shape=(len(views), len(self.counted)))
        return (rows if self._weight.flag else normalize(rows)) * self._weight.weight


class IntentModel:
    """Scores the intents of messages by their views."""

    def __init__(self, parts: Sequence[Part], intents: Sequence[str], weights: Array, offsets: Array) -> None:
        """`weights`: one row per intent, one column per feature of the parts in their order; `offsets`: per intent."""
        self.intents = [str(name) for name in intents]
        self._parts = list(parts)
        self._weights = weights
        self._offsets = offsets
        self._by_feature = np.ascontiguousarray(weights.T, dtype=np.float32)

    @classmethod
    def train(cls, views: Sequence[View], intents: Sequence[str], strength: float, least: int) -> "IntentModel":
        """Learns from the views of messages. `strength`: the inverse of the regularisation; `least`: features that
        fewer messages have are left out."""
        parts = [Part(name, weight).learn(views, least) for name, weight in PARTS.items()]
        machine = LinearSVC(C=strength, class_weight="balanced", random_state=0)
        machine.fit(hstack([part.matrix(views) for part in parts]).tocsr(), intents)
        weights, offsets = machine.coef_, machine.intercept_
        if len(weights) == 1:  # of two intents sklearn keeps one row
            weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
        return cls(parts, machine.classes_, weights.astype(np.float16), offsets)

    def scores(self, views: Sequence[View]) -> Array:
        """One row per message, one score per intent; the greater the likelier."""
        rows = hstack([part.matrix(views) for part in self._parts]).tocsr()
        return np.asarray(rows @ self._by_feature) + self._offsets

    def save(self, folder: Path) -> None:
        """Stores the model as plain data: words as JSON, weights as arrays."""
        words = {"counted": {part.name: part.counted for part in self._parts}, "intents": self.intents}
        (folder / _WORDS_FILE).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / _WEIGHTS_FILE, weights=self._weights, offsets=self._offsets)

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """The model that was stored there. Nothing in the files is run."""
        words = json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8"))
        parts = [Part(name, PARTS[name], counted) for name, counted in words["counted"].items()]
        with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as arrays:
            return cls(parts, words["intents"], arrays["weights"], arrays["offsets"])
