"""Where Rasa keeps its conversations: the database, and those of late in memory too.

Rasa's own SQL store reads all events of a conversation again for each message, replays them, and counts them once more to
write the new ones; beside a file-based database it also opens a connection and waits for the disk each time. Together
that is a quarter of a turn. Here a conversation that nobody else has touched since is taken from memory.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

#: So many conversations are kept in memory, the latest ones; one takes about as many kilobytes as it has events.
KEPT = 250
#: Who deletes from the file meanwhile (see `aftersales.trackers`) is waited for, in milliseconds.
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000")

#: How many events a conversation has in the database, and the number of the last: the same means untouched.
Mark = tuple[int, int | None]


@dataclass
class Known:
    """A conversation as it was when it stood in the database like that; so many of its events are written."""

    tracker: DialogueStateTracker
    written: int
    mark: Mark


class RecentTrackerStore(SQLTrackerStore):
    """Rasa's SQL store with a memory.

    A conversation leaves the memory while it is worked on and returns when it is saved, so that what a turn that failed
    has left half done is never taken for what happened.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._events = self.SQLEvent.__table__
        self._kept: OrderedDict[str, Known] = OrderedDict()
        self._lent: OrderedDict[str, Known] = OrderedDict()
        if self.engine.dialect.name == "sqlite":
            self._use_file()

    def _use_file(self) -> None:
        """Keeps connections to the file open, and lets it be read and written at the same time."""
        self.engine = sa.create_engine(
            self.engine.url, poolclass=sa.pool.QueuePool, connect_args={"check_same_thread": False})
        sa.event.listen(self.engine, "connect", _prepare)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        if fetch_events_from_all_sessions:
            return await super()._retrieve(sender_id, fetch_events_from_all_sessions)
        known, mark = self._kept.pop(sender_id, None), self._mark(sender_id)
        if known is None or known.mark != mark:
            tracker = await super()._retrieve(sender_id, fetch_events_from_all_sessions)
            known = Known(tracker, len(tracker.events), mark) if tracker else None
        if known is None:
            return None
        _put(self._lent, sender_id, known)
        return known.tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes the events that are new."""
        known = self._lent.pop(tracker.sender_id, None)
        if known is None or known.tracker is not tracker:
            await super().save(tracker)
            return
        await self.stream_events(tracker)
        new = list(tracker.events)[known.written:]
        with self.engine.begin() as connection:
            if new:
                connection.execute(sa.insert(self._events), [_row(tracker.sender_id, event) for event in new])
            mark = self._mark_in(connection, tracker.sender_id)
        if any(isinstance(event, SessionStarted) for event in new):
            return  # what was before does not belong to the session any more
        _put(self._kept, tracker.sender_id, Known(tracker, len(tracker.events), mark))

    def _mark(self, sender_id: str) -> Mark:
        with self.engine.connect() as connection:
            return self._mark_in(connection, sender_id)

    def _mark_in(self, connection: sa.engine.Connection, sender_id: str) -> Mark:
        columns = self._events.c
        query = sa.select(sa.func.count(), sa.func.max(columns.id)).where(columns.sender_id == sender_id)
        count, last = connection.execute(query).one()
        return count, last


def _put(memory: "OrderedDict[str, Known]", sender_id: str, known: Known) -> None:
    memory.pop(sender_id, None)
    memory[sender_id] = known
    if len(memory) > KEPT:
        memory.popitem(last=False)


def _prepare(connection: Any, _record: object) -> None:
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """An event as Rasa's own store writes it."""
    data = event.as_dict()
    intent = data.get("parse_data", {}).get("intent", {}).get("name")
    return {
        "sender_id": sender_id, "type_name": event.type_name, "timestamp": data.get("timestamp"), "intent_name": intent,
        "action_name": data.get("name"), "data": json.dumps(data)}
