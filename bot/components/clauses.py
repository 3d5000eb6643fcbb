"""The clauses of a message that ask something of their own: 上门费多少，能开发票吗."""

import re
from collections.abc import Iterator, Sequence

from bot.components.tagging import Found
from bot.components.text import fold

_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+[？?]?")
_LINK = re.compile(r"\s*(还有|另外|顺便|再|对了|请?问|那个?|然后|而且|还想|想)*(一?下)?(就是)?")
_ASKS = re.compile(
    r"[？?]|[吗嘛么不]$|多少|多久|多长|几[天点时号]|怎么(?!回事)|咋|什么|啥|哪|[能会要用得][不没]|是不是|可不可以|有没有|收费|收钱|要钱|谁")
_LEAST = 3  # characters of a clause that can ask something


def asking(text: str) -> list[tuple[int, int]]:
    """The clauses of a message of several that are questions, by beginning and end."""
    found = list(_clauses(text))
    return [(start, end) for start, end in found if _ASKS.search(fold(text[start:end]))] if len(found) > 1 else []


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    for clause in _CLAUSE.finditer(text):
        link = _LINK.match(text, clause.start(), clause.end())
        start = link.end() if link else clause.start()
        if clause.end() - start >= _LEAST:
            yield start, clause.end()


def inside(entities: Sequence[Found], start: int, end: int) -> list[Found]:
    """The entities within a stretch of the message, counted from its beginning."""
    within = (found for found in entities if start <= found.start and found.end <= end)
    return [found._replace(start=found.start - start, end=found.end - start) for found in within]
