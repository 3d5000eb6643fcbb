"""Pages of a long list, by `?page=`; whether there is a next one is seen by reading one row more."""

from dataclasses import dataclass
from typing import TypeVar

from flask import request, url_for

PER_PAGE = 30
LAST_PAGE = 10_000
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page:
    """Where in the list we are; `limit` reads one row more than is shown."""

    number: int
    limit: int = PER_PAGE + 1

    @property
    def offset(self) -> int:
        return (self.number - 1) * PER_PAGE

    def shown(self, rows: list[Row]) -> list[Row]:
        """The rows of this page."""
        return rows[:PER_PAGE]

    def newer(self) -> str | None:
        """The address of the page before; None on the first."""
        return self._address(self.number - 1) if self.number > 1 else None

    def older(self, rows: list[Row]) -> str | None:
        """The address of the page after; None on the last."""
        return self._address(self.number + 1) if len(rows) > PER_PAGE else None

    def _address(self, number: int) -> str:
        given = {name: value for name, value in request.args.items() if name not in {"page"} and value}
        return url_for(request.endpoint or "", **given, page=number)  # type: ignore[arg-type]


def asked_page() -> Page:
    """The page the address asks for; the first where it says nothing sensible."""
    number = request.args.get("page", 1, type=int)
    return Page(min(max(number, 1), LAST_PAGE))
