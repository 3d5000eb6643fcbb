"""Words that tell a time become tokens."""
import re
from datetime import datetime

from . import dates, days, english, festivals, hours, lunar, months, soon, weeks
from .meanings import Reader, Token

#: The shapes of time, the more telling before the shorter.
_SHAPES: tuple[tuple[str, Reader], ...] = (
    *english.SHAPES,
    *lunar.SHAPES,
    *dates.SHAPES,
    *soon.SPANS,
    *weeks.LATER,
    *days.COUNTED,
    *days.SHAPES,
    *weeks.SHAPES,
    *days.WORKDAY,
    *months.SHAPES,
    *festivals.SHAPES,
    *dates.DAY_OF_MONTH,
    *soon.SHAPES,
    *hours.SHAPES,
)
_READERS = tuple((re.compile(pattern), reader) for pattern, reader in _SHAPES)


def read_tokens(work: str, now: datetime) -> tuple[list[Token], str]:
    """The tokens in the order of the text, and the text with □ in their place."""
    tokens: list[Token] = []
    for pattern, reader in _READERS:
        read = ((match, reader(match, now)) for match in pattern.finditer(work))
        found = [Token(match.start(), match.end(), meaning) for match, meaning in read if meaning is not None]
        for token in found:
            work = work[:token.start] + "□" * (token.end - token.start) + work[token.end:]
        tokens += found
    return sorted(tokens, key=lambda token: token.start), work
