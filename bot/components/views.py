"""Views of a message for the intent classifier: its characters, its outline, and what is found in it."""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from bot.components.lexicon import cut, notions
from bot.components.patterns import find_spans
from bot.components.tagging import Found
from bot.components.text import fold

_BEGIN, _END, _NUMBER = "\ue000", "\ue001", "\ue002"
_KINDS = (
    *("appliance", "brand", "model", "symptom", "error_code", "service_type", "phone", "address", "time"),
    *("person_name", "score", "dimension", "order_number"),
)
_MARKS = {kind: chr(0xE010 + index) for index, kind in enumerate(_KINDS)}
_OTHER = "\ue003"
_NUMBERS = re.compile(r"\d+(?:[.:/-]\d+)*")

#: What is counted of a message, by name; `flags` are either there or not, `runs` are counted.
View = dict[str, list[str]]


class Weight(NamedTuple):
    """How much a part of the view counts; `flag` parts are neither counted nor scaled to the length of the message."""

    weight: float
    flag: bool


#: The parts of a view; the weights are those that measured best (docs/adr/0002).
PARTS: dict[str, Weight] = {
    "notions": Weight(0.15, True),
    "words": Weight(0.15, True),
    "pairs": Weight(0.3, False),
    "kinds": Weight(0.4, True),
    **{f"{text} {size} characters": Weight(1.0, False) for text in ("plain", "outline") for size in (1, 2)},
    **{f"{text} {size} words": Weight(0.5, False) for text in ("plain", "outline") for size in (1, 2, 3)},
}


def look(text: str, entities: Sequence[Found]) -> View:
    """The view of a message. `plain` has values with a shape of their own as one mark each, `outline` every entity:
    the place matters, not the value. `words` are runs of the lexicon's notions, `pairs` any two of them."""
    folded = fold(text)
    plain = _replace(folded, [Found(span.entity, span.start, span.end) for span in find_spans(folded)])
    outline = _replace(folded, entities)
    touched = sorted({notion for word in cut(outline) for notion in word.notions})
    return {
        "notions": notions(plain),
        "words": touched,
        "pairs": [f"{one}*{other}" for one, other in combinations(touched, 2)],
        "kinds": _kinds(text, entities),
        **_runs("plain", plain),
        **_runs("outline", outline),
    }


def _kinds(text: str, entities: Sequence[Found]) -> list[str]:
    found = sorted({entity.entity for entity in entities})
    several = [f"several {one.entity}" for one, other in pairwise(sorted(entities)) if one.entity == other.entity]
    return [*found, *dict.fromkeys(several), f"{len(found)} kinds", f"length {min(12, len(text) // 3)}"]


def _runs(name: str, marked: str) -> View:
    words = [word.notions[0] if word.notions else word.text for word in cut(marked)]
    characters = {f"{name} {size} characters": _grams(marked, size) for size in (1, 2)}
    return {**characters, **{f"{name} {size} words": _grams(words, size) for size in (1, 2, 3)}}


def _grams(pieces: Sequence[str], size: int) -> list[str]:
    return [" ".join(pieces[start : start + size]) for start in range(len(pieces) - size + 1)]


def _replace(folded: str, spans: Sequence[Found]) -> str:
    """The text with every span and every number as one private character, blanks gone, beginning and end marked."""
    pieces: list[str] = []
    position = 0
    for span in sorted(spans, key=lambda found: found.start):
        pieces += [_NUMBERS.sub(_NUMBER, folded[position : span.start]), _MARKS.get(span.entity, _OTHER)]
        position = span.end
    pieces.append(_NUMBERS.sub(_NUMBER, folded[position:]))
    return _BEGIN + "".join("".join(pieces).split()) + _END
