"""Processes die at random while fifty customers talk: everybody is answered once, no order and no push is lost or doubled."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from crowd import CONSENT, TALK, Visitor, crowd, talk_all
from running_system import ROOT, System
from sqlalchemy import create_engine, text
from sqlmodel import Session, col, select

from aftersales.models import InboundMessage, InboundState, Media, Message, OutboxMessage, OutboxState, WorkOrder
from simulator.config import Config
from simulator.local import LocalPlatform
from wechat.choices import render

pytestmark = pytest.mark.e2e

CUSTOMERS = 50
#: Which process dies how often; the assistant takes longest to come back.
DEATHS = {"webhook": 4, "jobs": 4, "actions": 4, "rasa": 2}
UNTIL_QUIET = 180.0
OVER = (OutboxState.SENT, OutboxState.OVERTAKEN)


@pytest.fixture(scope="module")
def platform() -> Iterator[LocalPlatform]:
    with LocalPlatform(Config(port=0, retry_pause=5.0)) as running:
        yield running


@pytest.fixture(scope="module")
def system(platform: LocalPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    config = platform.world.config
    running = System.prepare(tmp_path_factory.mktemp("survival"), {
        "WECHAT_APPID": config.appid, "WECHAT_SECRET": config.secret, "WECHAT_TOKEN": config.token, "WECHAT_AES_KEY": "",
        "WECHAT_API_BASE_URL": platform.base_url})
    platform.configure(webhook_url=f"{running.url}/wechat")
    for module in ("aftersales.migrate", "aftersales.demo"):  # technicians, so that orders are dispatched and that is said
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=running.environment, check=True)
    running.start("webhook", "jobs", "actions", "rasa")
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.stop(hard=True)


class Reaper:
    """Kills and restarts processes, one at a time, in an order that is the same in every run."""

    def __init__(self, system: System, seed: int = 4) -> None:
        self._system = system
        self._random = random.Random(seed)
        self._victims = [name for name, times in DEATHS.items() for _ in range(times)]
        self._random.shuffle(self._victims)
        self.killed: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._reap)

    def __enter__(self) -> "Reaper":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.join()

    def _reap(self) -> None:
        for name in self._victims:
            time.sleep(self._random.uniform(1.0, 6.0))
            self._system.stop(name, hard=True)
            time.sleep(self._random.uniform(0.1, 1.5))
            self._system.start(name)
            self.killed[name] += 1


@pytest.fixture(scope="module")
def visitors(system: System, platform: LocalPlatform) -> list[Visitor]:
    """Everybody after the talk, when nothing is under way any more."""
    present = crowd(platform, CUSTOMERS)
    with Reaper(system) as reaper:
        talk_all(present)
    assert reaper.killed == DEATHS
    wait_until_quiet(system, platform)
    return present


def database(system: System) -> Session:
    return Session(create_engine(system.environment["DATABASE_URL"]))


def wait_until_quiet(system: System, platform: LocalPlatform) -> None:
    deadline = time.monotonic() + UNTIL_QUIET
    while time.monotonic() < deadline:
        platform.settle(5)
        if not open_work(system):
            return
        time.sleep(0.5)
    raise AssertionError(f"still under way: {open_work(system)}\n{system.logs()}")


def open_work(system: System) -> list[str]:
    """What is neither answered nor sent."""
    with database(system) as session:
        waiting = session.exec(select(InboundMessage).where(InboundMessage.state != InboundState.ANSWERED)).all()
        unsent = session.exec(select(OutboxMessage).where(col(OutboxMessage.state).not_in(OVER))).all()
        return [f"{row.key} {row.state}" for row in waiting] + [f"{row.topic} {row.state} {row.error}" for row in unsent]


def test_every_message_is_recorded_once_or_the_platform_told_its_failure(
    visitors: list[Visitor], system: System
) -> None:
    """Both where the process died between the two: the platform has given it up, and it is answered later all the same."""
    with database(system) as session:
        found = Counter(row.openid for row in session.exec(select(InboundMessage)).all() if row.kind in ("text", "image"))
    sent = {each.person.openid: len(each.said) + each.photos for each in visitors}
    told = {each.person.openid: len(each.given_up()) for each in visitors}
    assert {openid: found[openid] for openid in sent if not sent[openid] - told[openid] <= found[openid] <= sent[openid]} == {}
    assert sum(found.values()) >= CUSTOMERS * (3 + len(TALK)) * 0.9


def test_every_message_is_answered_once(visitors: list[Visitor], system: System) -> None:
    """Every paragraph that was written for a customer has arrived as often as it was written, and nothing else has.

    A reply that nobody fetched, because the process died with it in hand and was not back for the last delivery, is one
    whose failure the platform has told.
    """
    wrong = []
    for visitor in visitors:
        due, came = paragraphs(written(system, visitor)), paragraphs(visitor.heard())
        if due != came:
            wrong.append((visitor.person.name, "missing", due - came, "too much", came - due))
    assert wrong == []


def written(system: System, visitor: Visitor) -> list[str]:
    """What the customer has to have read: the passive replies, and what was sent by itself."""
    with database(system) as session:
        answers = session.exec(select(InboundMessage).where(InboundMessage.openid == visitor.person.openid)).all()
        unasked = session.exec(select(OutboxMessage).where(
            OutboxMessage.openid == visitor.person.openid, OutboxMessage.state == OutboxState.SENT)).all()
    by_itself = [row.text for row in unasked if row.channel != "passive"]  # the others stand in the replies
    fetched = [row for row in answers if not row.late and json.loads(row.payload)["message_id"] not in visitor.given_up()]
    return [*(row.reply or "" for row in fetched), *by_itself]


def paragraphs(texts: Iterable[str]) -> Counter[str]:
    return Counter(part for text in texts for part in render(text).split("\n\n") if part)


def test_every_line_stands_in_the_log_once(visitors: list[Visitor], system: System) -> None:
    with database(system) as session:
        recorded = session.exec(select(InboundMessage.id).where(InboundMessage.kind != "event")).all()
        logged = session.exec(select(Message.inbound_id).where(Message.direction == "in", Message.kind != "event")).all()
    assert Counter(logged) == Counter(recorded)


def test_every_photo_that_was_kept_is_kept_once(visitors: list[Visitor], system: System) -> None:
    """One that the platform could not deliver, or we could not fetch, was told to the customer."""
    with database(system) as session:
        files = Counter(row.openid for row in session.exec(select(Media)).all())
        shown = Counter(row.openid for row in session.exec(select(Message).where(col(Message.media_id).is_not(None))).all())
    lost = [each for each in visitors if files[each.person.openid] < each.photos]
    assert files == shown
    assert set(files.values()) <= {1}
    assert [each.person.name for each in lost if not each.given_up() and "照片没有收到" not in "".join(each.heard())] == []


def test_the_assistant_answered_no_message_twice(visitors: list[Visitor], system: System) -> None:
    path = system.environment["DATABASE_URL"].replace("system.db", "system-rasa.db")
    with create_engine(path).connect() as connection:
        events = connection.execute(text(
            "SELECT sender_id, type_name, data FROM events WHERE type_name IN ('user', 'bot') ORDER BY sender_id, id")).all()
    answered: Counter[str] = Counter()
    for (_, kind, data), (_, follows, _) in pairwise(events):
        answered[json.loads(data).get("message_id", "")] += (kind, follows) == ("user", "bot")
    assert len(answered) > CUSTOMERS * len(TALK)
    assert [key for key, times in answered.items() if times > 1] == []


def test_no_answer_is_empty(visitors: list[Visitor], system: System) -> None:
    with database(system) as session:
        rows = session.exec(select(InboundMessage).where(InboundMessage.kind == "text")).all()
    assert [row.key for row in rows if not row.reply] == []


def test_who_was_told_of_an_order_has_exactly_one(visitors: list[Visitor], system: System) -> None:
    """And who has one was told so, or that a message had failed."""
    with database(system) as session:
        orders = Counter(order.openid for order in session.exec(select(WorkOrder)).all())
    assert set(orders.values()) == {1}
    assert {each.person.openid for each in visitors if each.reported} <= set(orders)
    silent = [each for each in visitors if each.person.openid in orders and not each.reported]
    assert [each.person.name for each in silent if not each.given_up()] == []


def test_progress_was_said_of_every_order(visitors: list[Visitor], system: System) -> None:
    with database(system) as session:
        said = Counter(row.order_id for row in session.exec(
            select(OutboxMessage).where(OutboxMessage.topic == "progress", OutboxMessage.state == OutboxState.SENT)).all())
        orders = session.exec(select(WorkOrder)).all()
    assert {order.id for order in orders} == set(said)


def test_the_consent_was_asked_of_everybody(visitors: list[Visitor]) -> None:
    assert all(any(CONSENT in text for text in visitor.heard()) for visitor in visitors)


def test_most_reports_came_through(visitors: list[Visitor]) -> None:
    assert sum(visitor.reported for visitor in visitors) >= CUSTOMERS * 0.8


