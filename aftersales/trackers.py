"""What the dialogue server itself remembers of a conversation, in a table of its own: where it lies, how it is deleted.

Rasa keeps every event of a conversation in the table `events` and reads them again for the next message. During a turn
it holds them in memory and writes what it finds missing, so they are deleted between turns only.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    and_,
    create_engine,
    delete,
    func,
    inspect,
    make_url,
    or_,
    select,
)

from .settings import Settings

#: What is needed of Rasa's table.
EVENTS = Table(
    "events", MetaData(), Column("id", Integer, primary_key=True), Column("sender_id", String), Column("type_name", String),
    Column("timestamp", Float))
#: With which events a turn of the customer begins.
BEGINNINGS = ("user", "session_started")
#: Seconds to wait for Rasa's own writing where the database is one file.
PATIENCE = 15


def database(known: Settings) -> URL:
    """Where Rasa keeps its events: on PostgreSQL in our database, else in a file beside ours, as `bot/serve.py` sets it."""
    url = make_url(known.database_url)
    if url.get_backend_name() != "sqlite":
        return url
    ours = Path(url.database or "var/baoxiu.db")
    return url.set(database=str(ours.with_name(ours.stem + "-rasa.db")))


def forget(known: Settings, openid: str, until: datetime) -> int:
    """Deletes what was said with the customer in the turns that began until then; returns how many events."""
    url = database(known)
    is_file = url.get_backend_name() == "sqlite"
    if is_file and not Path(str(url.database)).exists():
        return 0
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": PATIENCE} if is_file else {})
    with engine.begin() as connection:
        if not inspect(connection).has_table(EVENTS.name):
            return 0
        if is_file:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")  # else the words stay in the file's free pages
        return int(connection.execute(delete(EVENTS).where(_said_until(connection, openid, until))).rowcount)


def _said_until(connection: Connection, openid: str, until: datetime) -> ColumnElement[bool]:
    """The customer's events up to that moment, and the rest of the turn that was under way then."""
    mine = EVENTS.c.sender_id == openid
    begins = and_(mine, EVENTS.c.type_name.in_(BEGINNINGS), EVENTS.c.timestamp > until.timestamp())
    later = connection.scalar(select(func.min(EVENTS.c.id)).where(begins))
    if later is None:
        return mine
    return and_(mine, or_(EVENTS.c.id < later, EVENTS.c.timestamp <= until.timestamp()))
