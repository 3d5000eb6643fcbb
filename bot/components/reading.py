"""From a text to its entities: the intent is read by the words alone first, then the tagger is told of it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from joblib import Parallel, delayed

from bot.components.ranking import IntentModel
from bot.components.tagging import Effort, Found, Sample, Tagger
from bot.components.views import look

_GIST_FOLDER = "gist"


class Settings(NamedTuple):
    """How to learn. `known`: folded word → entity; `strength` and `least` as for `IntentModel.train`; `parts`: into how
    many parts texts are cut to read them as if they had never been seen."""

    effort: Effort
    known: Mapping[str, str]
    strength: float
    least: int
    parts: int


class Reader:
    """Finds entities. Untrained it finds what the patterns find."""

    def __init__(self, tagger: Tagger | None = None, gist: IntentModel | None = None) -> None:
        """Without a `gist` the tagger is told of no intent."""
        self._tagger = tagger or Tagger()
        self._gist = gist

    @classmethod
    def train(cls, samples: Sequence[Sample], settings: Settings) -> "Reader":
        """Learns from annotated texts."""
        told = with_gists(samples, settings)
        tagger, gist = _side_by_side(
            delayed(Tagger.train)(told, settings.effort, settings.known), delayed(_learn_gist)(samples, settings))
        return cls(tagger, gist)

    def extract(self, text: str) -> list[Found]:
        """The entities of the text in reading order, none overlapping."""
        return self._tagger.extract(text, _first_reading(self._gist, text))

    def save(self, folder: Path) -> None:
        """Writes the reader into a folder."""
        self._tagger.save(folder)
        if self._gist:
            (folder / _GIST_FOLDER).mkdir(exist_ok=True)
            self._gist.save(folder / _GIST_FOLDER)

    @classmethod
    def load(cls, folder: Path) -> "Reader":
        """Reads what `save` has written."""
        gist = folder / _GIST_FOLDER
        return cls(Tagger.load(folder), IntentModel.load(gist) if gist.exists() else None)


def extract_unseen(samples: Sequence[Sample], settings: Settings) -> list[list[Found]]:
    """The entities of each sample as found by a tagger that was trained, hastily, on the other parts of the samples.

    Whoever learns from entities has to learn from such as these: on texts it was trained on a tagger errs too little.
    """
    told = with_gists(samples, settings)
    found = _side_by_side(*(delayed(_extract_part)(told, part, settings) for part in range(settings.parts)))
    return [found[index % settings.parts][index // settings.parts] for index in range(len(told))]


def _extract_part(told: Sequence[Sample], part: int, settings: Settings) -> list[list[Found]]:
    tagger = Tagger.train(_others(told, part, settings.parts), settings.effort._replace(hasty=True), settings.known)
    return [tagger.extract(sample.text, sample.gist) for sample in told[part :: settings.parts]]


def with_gists(samples: Sequence[Sample], settings: Settings) -> list[Sample]:
    """The samples with their intent as first read by a model that was trained on the other parts of them."""
    gists = _unseen_gists(tuple((each.text, each.intent) for each in samples), settings._replace(known=()))
    return [sample._replace(gist=gist) for sample, gist in zip(samples, gists, strict=True)]


@lru_cache(maxsize=1)  # the extractor and the classifier of one training need the same
def _unseen_gists(texts: tuple[tuple[str, str], ...], settings: Settings) -> list[str]:
    samples = [Sample(text, [], intent) for text, intent in texts]
    gists = _side_by_side(*(delayed(_gists_of_part)(samples, part, settings) for part in range(settings.parts)))
    return [gists[index % settings.parts][index // settings.parts] for index in range(len(samples))]


def _gists_of_part(samples: Sequence[Sample], part: int, settings: Settings) -> list[str]:
    model = _learn_gist(_others(samples, part, settings.parts), settings)
    return [_first_reading(model, sample.text) for sample in samples[part :: settings.parts]]


def _side_by_side(*work: Any) -> list[Any]:
    """What comes of independent pieces of work, on as many cores as there are."""
    return list(Parallel(n_jobs=-1)(work))


def _learn_gist(samples: Sequence[Sample], settings: Settings) -> IntentModel | None:
    named = [sample for sample in samples if sample.intent]
    if len({sample.intent for sample in named}) < 2:
        return None
    views = [look(sample.text, []) for sample in named]
    return IntentModel.train(views, [sample.intent for sample in named], settings.strength, settings.least)


def _first_reading(model: IntentModel | None, text: str) -> str:
    return model.intents[int(model.scores(look(text, [])).argmax())] if model else ""


def _others(samples: Sequence[Sample], part: int, parts: int) -> list[Sample]:
    return [sample for index, sample in enumerate(samples) if index % parts != part]
