"""Three views of a message for the intent classifier: its characters, its outline, and the notions it touches."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.components.concepts import concepts
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


class Views(NamedTuple):
    """Texts to be counted: `characters` and `outline` by runs of characters, `notions` by words."""

    characters: str
    outline: str
    notions: str


def look(text: str, entities: Sequence[Found]) -> Views:
    """`characters` has shaped values as one mark each, `outline` every entity: the place matters, not the value."""
    folded = fold(text)
    shaped = [Found(span.entity, span.start, span.end) for span in find_spans(folded)]
    kinds = [f"<{found.entity}>" for found in entities]
    length = f"<length-{min(12, len(text) // 3)}>"
    variety = f"<{len(set(kinds))}-kinds>"
    return Views(
        _replace(folded, shaped), _replace(folded, entities), " ".join([*concepts(folded), *kinds, length, variety])
    )


def _replace(folded: str, spans: Sequence[Found]) -> str:
    """The text with every span and every number as one private character, blanks gone, beginning and end marked."""
    pieces: list[str] = []
    position = 0
    for span in sorted(spans, key=lambda found: found.start):
        pieces += [_NUMBERS.sub(_NUMBER, folded[position : span.start]), _MARKS.get(span.entity, _OTHER)]
        position = span.end
    pieces.append(_NUMBERS.sub(_NUMBER, folded[position:]))
    return _BEGIN + "".join("".join(pieces).split()) + _END
