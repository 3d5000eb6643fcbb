"""The platform's access token in the database, for all processes: one of them fetches it, and not too often."""

from typing import Any

from sqlalchemy import case, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from .models import CallCount, SharedToken
from .store import reading, transaction


class DatabaseTokens:
    """A token store as the platform's client needs it; `now` is Unix seconds."""

    def load(self, name: str) -> dict[str, Any] | None:
        """The fields of the token that was saved."""
        with reading() as session:
            row = session.get(SharedToken, name)
        if row is None or row.value is None:
            return None
        return {"value": row.value, "renew_at": row.renew_at, "expires_at": row.expires_at}

    def save(self, name: str, content: dict[str, Any]) -> None:
        """Keeps the token's fields."""
        with transaction() as session:
            _enter(session, name)
            _change(session, update(SharedToken).where(col(SharedToken.name) == name).values(**content))

    def lock(self, name: str, now: float, seconds: float) -> bool:
        """Whether the caller may fetch; nobody else may until `unlock`, or until so many seconds are over."""
        with transaction() as session:
            _enter(session, name)
            return _change(session, update(SharedToken).where(
                col(SharedToken.name) == name, col(SharedToken.locked_until) <= now).values(locked_until=now + seconds))

    def unlock(self, name: str) -> None:
        """The caller has fetched."""
        with transaction() as session:
            _change(session, update(SharedToken).where(col(SharedToken.name) == name).values(locked_until=0.0))

    def count(self, name: str, span: int, most: int, now: float) -> bool:
        """Counts one more time within the present span of seconds; False when there have been `most` already."""
        with transaction() as session:
            return _counted(session, name, int(now // span)) <= most


def _enter(session: Session, name: str) -> None:
    table = SharedToken.__table__  # type: ignore[attr-defined]
    new = _insert(session, table).values(name=name, renew_at=0.0, expires_at=0.0, locked_until=0.0)
    session.execute(new.on_conflict_do_nothing(index_elements=["name"]))


def _counted(session: Session, name: str, span: int) -> int:
    table = CallCount.__table__  # type: ignore[attr-defined]
    first = _insert(session, table).values(name=name, span=span, times=1)
    next_one = first.on_conflict_do_update(
        index_elements=["name"], set_={"span": span, "times": case((table.c.span == span, table.c.times + 1), else_=1)})
    return int(session.execute(next_one.returning(table.c.times)).scalar_one())


def _insert(session: Session, table: Any) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _change(session: Session, statement: Any) -> bool:
    return bool(session.execute(statement.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
