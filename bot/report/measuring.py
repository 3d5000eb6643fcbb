"""What a pipeline understands of sentences it has not seen, measured through Rasa: training, loading, parsing.

Only this module of the report needs Rasa's environment.
"""

import asyncio
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.utils.log_utils import configure_structlog
from sklearn.model_selection import StratifiedGroupKFold

from bot.components.text import fold
from bot.report.figures import Mention, Outcome, Run

FOLDS = 5
WARM_UP = 100  # sentences
configure_structlog(logging.ERROR)  # otherwise Rasa prints every sentence it parses
warnings.filterwarnings("ignore")  # its libraries are old and say so by the page


def cross_validate(config: Path, nlu: Path, folds: int) -> list[Run]:
    """Trains and measures the first `folds` of the five folds. Equal texts (but for case and width) stay in one fold."""
    data = load_data(str(nlu))
    runs = []
    for number, (train, test) in enumerate(_splits(_examples(data)), start=1):
        if number > folds:
            break
        _say(f"fold {number} of {folds}: {len(train)} sentences to learn, {len(test)} to understand")
        runs.append(_run(config, data, train, test))
    return runs


def hold_out(config: Path, nlu: Path, held_out: Path) -> Run:
    """Trains on all the data and measures on the held-out set, without the sentences that stand in the data too."""
    data = load_data(str(nlu))
    train = _examples(data)
    known = {fold(example.get("text")) for example in train}
    test = [example for example in _examples(load_data(str(held_out))) if fold(example.get("text")) not in known]
    _say(f"{config}: {len(train)} sentences to learn, {len(test)} held out")
    return _run(config, data, train, test)


def _say(words: str) -> None:
    sys.stderr.write(f"{words} …\n")


def _examples(data: TrainingData) -> list[Any]:
    return [example for example in data.nlu_examples if example.get("text")]


def _splits(examples: Sequence[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    intents = [example.get("intent") for example in examples]
    texts = [fold(example.get("text")) for example in examples]
    splitter = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=7)
    for train, test in splitter.split(texts, intents, groups=texts):
        yield [examples[i] for i in train], [examples[i] for i in test]


def _run(config: Path, data: TrainingData, train: list[Any], test: list[Any]) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RASA_CACHE_DIRECTORY"] = str(Path(folder) / "cache")
        path = Path(folder) / "nlu.yml"
        TrainingData(train, data.entity_synonyms, data.regex_features, data.lookup_tables).persist_nlu(str(path))
        start = time.perf_counter()
        model = train_nlu(str(config), str(path), folder, fixed_model_name="fold")
        seconds = time.perf_counter() - start
        if model is None:
            raise RuntimeError(f"Rasa trained no model from {config}; its messages above tell why.")
        outcomes = asyncio.run(_understand(Agent.load(model), train[:WARM_UP], test))
        return Run(outcomes, seconds, Path(model).stat().st_size)


async def _understand(agent: Agent, known: list[Any], examples: list[Any]) -> list[Outcome]:
    """Parses the examples one after the other; the known ones before, since a server that just began is slower."""
    for example in known:
        await agent.parse_message(example.get("text"))
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
        confidence=float(ranking[0]["confidence"]),
        accepted=parsed["intent"]["name"] != "nlu_fallback",
        expected_entities=_mentions(example.get("entities", [])),
        entities=_mentions(parsed["entities"]),
        milliseconds=milliseconds,
    )


def _mentions(entities: Iterable[dict[str, Any]]) -> frozenset[Mention]:
    return frozenset((entity["entity"], entity["start"], entity["end"]) for entity in entities)
