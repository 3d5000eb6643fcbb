"""Signs of life of the processes that have no port of their own."""

from datetime import datetime

from sqlmodel import Session

from .models import Heartbeat


def beat(session: Session, name: str, now: datetime) -> None:
    """The process is alive."""
    session.merge(Heartbeat(name=name, at=now))


def last_beat(session: Session, name: str) -> datetime | None:
    """When the process was last known to be alive."""
    row = session.get(Heartbeat, name)
    return row.at if row else None
