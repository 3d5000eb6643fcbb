"""Alembic's entry: migrates the connection it is handed (see aftersales.migrate)."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString, SQLModel

from aftersales import models
from aftersales.store import UtcDateTime, Word

assert models  # imported for its tables  # noqa: S101


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Our column types as a migration should name them: by what the database keeps, not by today's classes."""
    if kind == "type" and isinstance(item, Word):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.impl_instance.length})"  # type: ignore[attr-defined]
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
