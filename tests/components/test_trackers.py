"""The tracker store writes what Rasa's own would, and takes from memory only what nobody has touched."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.components.server import trackers
from bot.components.server.trackers import RecentTrackerStore
from tests.aftersales.postgres_server import running

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"
DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [greet]
slots:
  appliance: {type: any, influence_conversation: false, mappings: [{type: custom}]}
""")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "rasa.db")


@pytest.fixture
def store(path: str) -> RecentTrackerStore:
    return RecentTrackerStore(DOMAIN, dialect="sqlite", db=path)


def turn(text: str, appliance: str) -> list[Event]:
    """What a message leaves behind."""
    parsed = {"text": text, "intent": {"name": "greet", "confidence": 0.9}, "entities": []}
    return [
        ActionExecuted("action_listen"), UserUttered(text, parsed["intent"], [], parsed),
        SlotSet("appliance", appliance), BotUttered("好的")]


def take(store: SQLTrackerStore, openid: str = ZHANG_SAN) -> DialogueStateTracker:
    return asyncio.run(store.get_or_create_tracker(openid, append_action_listen=False))


def play(store: SQLTrackerStore, events: list[Event], openid: str = ZHANG_SAN) -> DialogueStateTracker:
    """A turn: the conversation is taken, goes on and is saved."""
    tracker = take(store, openid)
    for event in events:
        tracker.update(event, DOMAIN)
    asyncio.run(store.save(tracker))
    return tracker


def words(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [str(event.text) for event in tracker.events if isinstance(event, UserUttered)]


def rows(path: str) -> list[Any]:
    with sa.create_engine(f"sqlite:///{path}").connect() as connection:
        return connection.execute(sa.text(
            "SELECT sender_id, type_name, intent_name, action_name, data FROM events ORDER BY id")).all()


def forget(path: str, openid: str) -> None:
    with sa.create_engine(f"sqlite:///{path}").begin() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE sender_id = :openid"), {"openid": openid})


def test_what_is_written_is_what_rasas_own_store_writes(store: RecentTrackerStore, path: str, tmp_path: Path) -> None:
    other = str(tmp_path / "other.db")
    rasas, first, second = SQLTrackerStore(DOMAIN, dialect="sqlite", db=other), turn("空调", "空调"), turn("冰箱", "冰箱")
    for events in (first, second):
        play(store, events)
        play(rasas, events)
    assert len(rows(path)) == 8
    assert rows(path) == rows(other)


def test_a_conversation_goes_on_where_it_was(store: RecentTrackerStore) -> None:
    first = play(store, turn("空调", "空调"))
    again = take(store)
    assert words(again) == ["空调"]
    assert again.get_slot("appliance") == "空调"
    third = play(store, turn("冰箱", "冰箱"))
    assert play(store, turn("电视", "电视")) is third  # from memory
    assert first is not third  # what was taken and not saved is read again
    assert words(take(store)) == ["空调", "冰箱", "电视"]


def test_another_process_sees_it_and_is_seen(store: RecentTrackerStore, path: str) -> None:
    other = RecentTrackerStore(DOMAIN, dialect="sqlite", db=path)
    for number, process in enumerate((store, other, store, store, other)):
        play(process, turn(f"第{number}句", "空调"))
    assert words(take(store)) == words(take(other)) == [f"第{number}句" for number in range(5)]


def test_the_same_on_postgresql() -> None:
    with running() as address:
        url = sa.engine.make_url(address)
        own: dict[str, Any] = {
            "dialect": "postgresql", "host": f"{url.host}:{url.port}", "db": "postgres", "username": url.username}
        one, other = (RecentTrackerStore(DOMAIN, **own) for _ in range(2))
        for number, process in enumerate((one, other, one, one, other)):
            play(process, turn(f"第{number}句", "空调"))
        assert words(take(one)) == words(take(other)) == [f"第{number}句" for number in range(5)]


def test_a_turn_that_failed_has_not_happened(store: RecentTrackerStore, path: str) -> None:
    play(store, turn("空调", "空调"))
    take(store).update(SlotSet("appliance", "冰箱"), DOMAIN)
    assert take(store).get_slot("appliance") == "空调"
    assert len(rows(path)) == 4


def test_what_was_deleted_meanwhile_is_forgotten(store: RecentTrackerStore, path: str) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        play(store, turn("空调", "空调"), openid)
        play(store, turn("冰箱", "冰箱"), openid)
    forget(path, ZHANG_SAN)
    assert words(take(store)) == []
    assert take(store).get_slot("appliance") is None
    assert words(take(store, LI_SI)) == ["空调", "冰箱"]


def test_a_new_session_begins_with_itself_alone(store: RecentTrackerStore) -> None:
    play(store, turn("空调", "空调"))
    play(store, turn("冰箱", "冰箱"))
    play(store, [SessionStarted(), *turn("电视", "电视")])
    assert words(take(store)) == ["电视"]
    full = asyncio.run(store.retrieve_full_tracker(ZHANG_SAN))
    assert words(full) == ["空调", "冰箱", "电视"]


def test_only_the_latest_conversations_stay_in_memory(
    store: RecentTrackerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trackers, "KEPT", 2)
    for openid in (ZHANG_SAN, LI_SI, "oWangWu", "oZhaoLiu"):
        for _ in range(2):
            play(store, turn("空调", "空调"), openid)
    assert list(store._kept) == ["oWangWu", "oZhaoLiu"]
    assert words(take(store)) == ["空调", "空调"]
