"""What a deletion leaves for later: Rasa's own events between two turns, open orders when they are over."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jobs_fakes import LI_SI, NOW, ZHANG_SAN, everything, order
from sqlalchemy import make_url
from sqlmodel import select

from aftersales import inbox, privacy, trackers
from aftersales.inbox import Delivery
from aftersales.media import LocalMediaStore
from aftersales.models import Actor, Customer, Status, WorkOrder
from aftersales.progress import Step, advance
from aftersales.settings import Settings
from aftersales.store import transaction
from bot.serve import environment
from jobs.privacy import forget_rest

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
#: The table as Rasa 3.6 makes it.
LAYOUT = """
CREATE TABLE events (
    id INTEGER NOT NULL, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL, timestamp FLOAT,
    intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT, PRIMARY KEY (id));
CREATE INDEX ix_events_sender_id ON events (sender_id);
"""


@pytest.fixture
def memory(known: Settings) -> Iterator[sqlite3.Connection]:
    """Rasa's own database, empty."""
    with closing(sqlite3.connect(str(trackers.database(known).database))) as connection:
        connection.executescript(LAYOUT)
        connection.commit()
        yield connection


def turn(memory: sqlite3.Connection, openid: str, words: str, at: datetime, *types: str) -> None:
    """A turn as Rasa keeps it: what the customer says, what follows half a second later."""
    for place, kind in enumerate(("user", *(types or ("slot", "action", "bot", "action")))):
        data = json.dumps({"event": kind, "text": words}, ensure_ascii=False)
        memory.execute(
            "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)",
            (openid, kind, at.timestamp() + place / 2, data))
    memory.commit()


def remembered(memory: sqlite3.Connection, openid: str = ZHANG_SAN) -> list[str]:
    """The words that Rasa still knows of the customer."""
    found = memory.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (openid,)).fetchall()
    return list(dict.fromkeys(str(json.loads(data)["text"]) for (data,) in found))


def forget(known: Settings, at: datetime = NOW, openid: str = ZHANG_SAN) -> None:
    with transaction() as session:
        privacy.forget(session, LocalMediaStore(known.media_dir), openid, at)


def marks() -> list[datetime | None]:
    return [customer.forget_requested_at for customer in everything(Customer)]


# --- Rasa's events ---------------------------------------------------------------------------------------------------


def test_rasa_s_database_is_the_one_that_rasa_is_told(known: Settings) -> None:
    assert str(trackers.database(known).database) == environment(known)["RASA_TRACKER_DB"]
    server = known.model_copy(update={"database_url": "postgresql+psycopg://user:word@db:6543/desk"})
    told, url = environment(server), trackers.database(server)
    assert (told["RASA_TRACKER_HOST"], told["RASA_TRACKER_DB"]) == (f"{url.host}:{url.port}", url.database)
    assert url == make_url(server.database_url)


def test_the_conversation_is_forgotten_by_rasa_seconds_later(known: Settings, memory: sqlite3.Connection) -> None:
    turn(memory, ZHANG_SAN, "我叫张三", NOW - MINUTE)
    turn(memory, ZHANG_SAN, "确认删除", NOW - SECOND)
    turn(memory, LI_SI, "我叫李四", NOW - MINUTE)
    forget(known)
    assert forget_rest(known, NOW + 3 * SECOND) == 0
    assert remembered(memory) == ["我叫张三", "确认删除"]
    assert forget_rest(known, NOW + 6 * SECOND) == 10
    assert (remembered(memory), remembered(memory, LI_SI)) == ([], ["我叫李四"])


def test_the_words_are_not_left_in_the_file(known: Settings, memory: sqlite3.Connection) -> None:
    turn(memory, ZHANG_SAN, "钥匙在门垫下面", NOW - MINUTE)
    forget(known)
    file = Path(str(trackers.database(known).database))
    assert "钥匙在门垫下面".encode() in file.read_bytes()
    forget_rest(known, NOW + 6 * SECOND)
    assert "钥匙在门垫下面".encode() not in file.read_bytes()


def test_what_was_said_after_the_wish_stays(known: Settings, memory: sqlite3.Connection) -> None:
    turn(memory, ZHANG_SAN, "确认删除", NOW - SECOND)  # its last events come after the moment of the wish
    turn(memory, ZHANG_SAN, "我要报修", NOW + 3 * SECOND)
    forget(known)
    forget_rest(known, NOW + 10 * SECOND)
    assert remembered(memory) == ["我要报修"]


def test_what_a_turn_under_way_writes_again_is_found_the_next_time(known: Settings, memory: sqlite3.Connection) -> None:
    turn(memory, ZHANG_SAN, "我叫张三", NOW - MINUTE)
    forget(known)
    assert forget_rest(known, NOW + 6 * SECOND) == 5
    turn(memory, ZHANG_SAN, "我要报修", NOW + 5 * SECOND)
    turn(memory, ZHANG_SAN, "我叫张三", NOW - MINUTE)
    assert forget_rest(known, NOW + 2 * MINUTE) == 5
    assert marks() == [NOW]
    assert remembered(memory) == ["我要报修"]
    assert forget_rest(known, NOW + 2 * MINUTE + SECOND) == 0
    assert marks() == [None]


def test_a_turn_under_way_is_waited_for(known: Settings, memory: sqlite3.Connection) -> None:
    turn(memory, ZHANG_SAN, "我叫张三", NOW - MINUTE)
    forget(known)
    with transaction() as session:
        row, _ = inbox.record(session, Delivery("k", ZHANG_SAN, "text", "{}"), NOW + 5 * SECOND)
    assert forget_rest(known, NOW + 6 * SECOND) == 0
    with transaction() as session:
        inbox.answer(session, row.id, "好的", NOW + 7 * SECOND)
    assert forget_rest(known, NOW + 8 * SECOND) == 5


def test_the_wish_is_settled_when_nothing_is_left(known: Settings, memory: sqlite3.Connection) -> None:
    forget(known)
    forget_rest(known, NOW + 30 * SECOND)
    assert marks() == [NOW]
    forget_rest(known, NOW + MINUTE)
    assert marks() == [None]


def test_where_rasa_has_remembered_nothing_yet_nothing_is_made(known: Settings) -> None:
    forget(known)
    forget_rest(known, NOW + MINUTE)
    assert not Path(str(trackers.database(known).database)).exists()
    assert marks() == [None]


def test_a_database_without_the_table_is_left_alone(known: Settings) -> None:
    with closing(sqlite3.connect(str(trackers.database(known).database))) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    assert trackers.forget(known, ZHANG_SAN, NOW) == 0


# --- open orders -----------------------------------------------------------------------------------------------------


def test_an_open_order_is_emptied_when_it_is_over(known: Settings, memory: sqlite3.Connection) -> None:
    order()
    order(LI_SI)
    forget(known)
    forget_rest(known, NOW + 40 * MINUTE)
    assert [each.phone for each in everything(WorkOrder)] == ["13800138000"] * 2
    turn(memory, ZHANG_SAN, "电话改成13900139000", NOW + 41 * MINUTE)
    with transaction() as session:
        for found in session.exec(select(WorkOrder)).all():
            advance(session, found, Step(Status.CANCELLED, Actor.CUSTOMER), NOW + 42 * MINUTE)
    assert forget_rest(known, NOW + 72 * MINUTE) == 1
    assert [each.phone for each in everything(WorkOrder)] == ["", "13800138000"]
    assert marks() == [NOW + 72 * MINUTE, None]
    forget_rest(known, NOW + 73 * MINUTE)
    assert remembered(memory) == []
    forget_rest(known, NOW + 74 * MINUTE)
    assert marks() == [None, None]
