"""Rasa's own events are deleted where Rasa keeps them: beside our SQLite file, or in our PostgreSQL database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, insert, select

from aftersales import trackers
from aftersales.settings import settings

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"
SECOND = timedelta(seconds=1)


@pytest.fixture
def memory(database: str) -> Iterator[Connection]:
    """Rasa's database with its table, empty."""
    engine = create_engine(trackers.database(settings()))
    trackers.EVENTS.create(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


def write(memory: Connection, openid: str, kind: str, at: datetime) -> None:
    memory.execute(insert(trackers.EVENTS).values(sender_id=openid, type_name=kind, timestamp=at.timestamp()))


def left(memory: Connection, openid: str = ZHANG_SAN) -> list[str]:
    query = select(trackers.EVENTS.c.type_name).where(trackers.EVENTS.c.sender_id == openid)
    return list(memory.scalars(query.order_by(trackers.EVENTS.c.id)))


def test_only_that_customer_is_forgotten(memory: Connection, now: datetime) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        for kind in ("session_started", "user", "bot"):
            write(memory, openid, kind, now)
    assert trackers.forget(settings(), ZHANG_SAN, now) == 3
    assert (left(memory), left(memory, LI_SI)) == ([], ["session_started", "user", "bot"])
    assert trackers.forget(settings(), ZHANG_SAN, now) == 0


def test_the_turn_under_way_goes_to_its_end_and_the_next_stays(memory: Connection, now: datetime) -> None:
    for seconds, kind in ((-1, "user"), (1, "slot"), (2, "bot"), (9, "user"), (10, "bot")):
        write(memory, ZHANG_SAN, kind, now + seconds * SECOND)
    assert trackers.forget(settings(), ZHANG_SAN, now) == 3
    assert left(memory) == ["user", "bot"]


def test_what_was_written_again_behind_a_newer_turn_goes(memory: Connection, now: datetime) -> None:
    for seconds, kind in ((9, "user"), (-60, "user"), (-59, "bot"), (10, "bot")):
        write(memory, ZHANG_SAN, kind, now + seconds * SECOND)
    assert trackers.forget(settings(), ZHANG_SAN, now) == 2
    assert left(memory) == ["user", "bot"]


def test_without_rasa_there_is_nothing(database: str, now: datetime) -> None:
    assert trackers.forget(settings(), ZHANG_SAN, now) == 0
    if database == "sqlite":
        assert not Path(str(trackers.database(settings()).database)).exists()
