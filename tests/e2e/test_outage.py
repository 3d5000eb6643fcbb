"""The platform's API is down, slow, refuses tokens, or says that a budget is spent: what is due arrives afterwards, in order."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from running_system import ROOT, System
from sqlalchemy import create_engine
from sqlmodel import Session, select

from aftersales import customers, outbox
from aftersales.models import OutboxAttempt, OutboxMessage, OutboxState
from aftersales.times import utc_now
from simulator.config import Config
from simulator.local import LocalPlatform, Person

pytestmark = pytest.mark.e2e

SEND = "message/custom/send"
#: So long the platform cannot be reached, in seconds; afterwards nothing may take longer than the longest pause.
DOWN, PAUSE = 60.0, 90.0
SAYINGS = 4


@pytest.fixture(scope="module")
def platform() -> Iterator[LocalPlatform]:
    with LocalPlatform(Config(port=0)) as running:
        yield running


@pytest.fixture(scope="module")
def system(platform: LocalPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The processes that talk to the platform; nobody needs the assistant here."""
    config = platform.world.config
    running = System.prepare(tmp_path_factory.mktemp("outage"), {
        "WECHAT_APPID": config.appid, "WECHAT_SECRET": config.secret, "WECHAT_TOKEN": config.token, "WECHAT_AES_KEY": "",
        "WECHAT_API_BASE_URL": platform.base_url, "WECHAT_TEMPLATE_ID": ""})
    platform.configure(webhook_url=f"{running.url}/wechat")
    subprocess.run([sys.executable, "-m", "aftersales.migrate"], cwd=ROOT, env=running.environment, check=True)
    running.start("webhook", "jobs")
    try:
        yield running
    finally:
        running.stop(hard=True)


@pytest.fixture(autouse=True)
def mended(platform: LocalPlatform) -> Iterator[None]:
    """Whatever a test has broken works again after it."""
    yield
    platform.clear_faults()


def database(system: System) -> Session:
    return Session(create_engine(system.environment["DATABASE_URL"], connect_args={"timeout": 30}))


def there(system: System, platform: LocalPlatform, names: Sequence[str]) -> list[Person]:
    """Customers who have just written, for the platform and for us."""
    people = [platform.person(name, f"o{name}") for name in names]
    for person in people:
        person.open_window()
        with database(system) as session:
            customers.heard_from(session, person.openid, utc_now())
            session.commit()
    return people


def says(system: System, people: Sequence[Person]) -> None:
    """We have several things to say to everybody, one after the other."""
    for number in range(1, SAYINGS + 1):
        for person in people:
            with database(system) as session:
                outbox.say(session, person.openid, "reply", f"第{number}条", utc_now())
                session.commit()
        time.sleep(0.3)


def heard(person: Person) -> list[str]:
    return [line for text in person.texts() for line in text.split("\n\n")]


ALL = [f"第{number}条" for number in range(1, SAYINGS + 1)]


def until(true: Callable[[], bool], seconds: float, problem: Callable[[], object]) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, problem()
        time.sleep(0.2)


def everything_arrives(people: Sequence[Person], seconds: float = PAUSE) -> None:
    until(lambda: all(heard(person) == ALL for person in people), seconds,
          lambda: {person.name: heard(person) for person in people})


def states(system: System, person: Person) -> set[OutboxState]:
    with database(system) as session:
        rows = session.exec(select(OutboxMessage).where(OutboxMessage.openid == person.openid)).all()
        return {row.state for row in rows}


def fetches(platform: LocalPlatform) -> int:
    return int(platform.report()["token_fetches"]["total"])


def test_a_platform_that_cannot_be_reached_for_a_minute(system: System, platform: LocalPlatform) -> None:
    people, before = there(system, platform, ["张三", "李四", "王五"]), fetches(platform)
    platform.order_fault("*", close=True, forever=True)
    says(system, people)
    time.sleep(DOWN)
    assert [heard(person) for person in people] == [[], [], []]
    platform.clear_faults()
    everything_arrives(people)
    assert fetches(platform) - before <= 2
    assert all(states(system, person) == {OutboxState.SENT} for person in people)


def test_a_slow_platform(system: System, platform: LocalPlatform) -> None:
    people = there(system, platform, ["赵六", "孙七"])
    platform.order_fault(SEND, delay=3.0, forever=True)
    says(system, people)
    everything_arrives(people)


def test_a_daily_limit_that_is_lifted(system: System, platform: LocalPlatform) -> None:
    people = there(system, platform, ["周八", "吴九"])
    platform.order_fault(SEND, errcode=45009, forever=True)
    says(system, people)
    time.sleep(6)
    calls = platform.report()["counts"].get(SEND, 0)
    assert [heard(person) for person in people] == [[], []]
    platform.clear_faults()
    everything_arrives(people)
    assert calls < 40  # it was not called again and again meanwhile


def test_tokens_refused_for_ever_are_not_fetched_for_ever(system: System, platform: LocalPlatform) -> None:
    people, before = there(system, platform, ["郑十"]), fetches(platform)
    platform.order_fault(SEND, errcode=40001, forever=True)
    says(system, people)
    time.sleep(30)
    assert fetches(platform) - before <= 10
    platform.clear_faults()
    everything_arrives(people)


@pytest.mark.parametrize(("errcode", "name"), [(45015, "钱一"), (45047, "冯二")])
def test_a_closed_window_waits_for_the_customer(
    system: System, platform: LocalPlatform, errcode: int, name: str
) -> None:
    (person,) = there(system, platform, [name])
    platform.order_fault(SEND, errcode=errcode, forever=True, openid=person.openid)
    says(system, [person])
    until(lambda: states(system, person) == {OutboxState.HELD}, 20, lambda: states(system, person))
    platform.clear_faults()
    time.sleep(3)
    assert heard(person) == []
    there(system, platform, [name])
    everything_arrives([person], 20)


def test_every_try_is_on_record(system: System) -> None:
    with database(system) as session:
        codes = {attempt.errcode for attempt in session.exec(select(OutboxAttempt)).all()}
        tried = session.exec(select(OutboxMessage).where(OutboxMessage.attempts > 0)).all()
    assert {45009, 40001, 45015, 45047} <= codes
    assert tried
