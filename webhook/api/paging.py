"""Pages of a list, newest first: a cursor says after which row the next page begins, and only we read it."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import TypeVar

from sqlmodel import SQLModel

from .inputs import invalid

Row = TypeVar("Row", bound=SQLModel)
_POSITION = re.compile(r"after:(\d{1,18})", re.ASCII)


def position(cursor: str | None) -> int | None:
    """The id before which the page begins; None is the beginning.

    Raises:
        ApiError: when the cursor is not one of ours.
    """
    if cursor is None:
        return None
    found = _POSITION.fullmatch(_decoded(cursor))
    if found is None:
        raise invalid("cursor: take it unchanged from next_cursor of the page before")
    return int(found[1])


def _decoded(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], str | None]:
    """The rows of the page and the cursor of the next; `rows` has one more than the page where there is a next."""
    shown = rows[:limit]
    return shown, _cursor(shown[-1]) if len(rows) > limit else None


def _cursor(last: SQLModel) -> str:
    words = f"after:{last.id}"  # type: ignore[attr-defined]
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")
