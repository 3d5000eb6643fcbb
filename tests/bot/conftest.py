"""A real SQLite database, a moment that stands still, and orders to talk about."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from bot_chat import NOW, ZHANG_SAN, Chat, Opener, set_clock
from sqlmodel import Session

from aftersales.addresses import Address
from aftersales.migrate import migrate
from aftersales.models import Actor, Status, Technician, WorkOrder
from aftersales.progress import Step, advance
from aftersales.repairs import Report, submit_order
from aftersales.settings import settings
from aftersales.store import engine, transaction
from aftersales.times import Window


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Monday, 23 November 2026, ten in the morning; the actions believe it."""
    set_clock(monkeypatch, NOW)
    return NOW


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty, migrated database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/test.db")
    settings.cache_clear()
    engine.cache_clear()
    migrate(engine())
    yield
    engine().dispose()
    engine.cache_clear()
    settings.cache_clear()


@pytest.fixture
def chat(database: None, now: datetime) -> Chat:
    """张三's conversation."""
    return Chat()


#: The steps by which an order comes to a status.
WAY = (Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED, Status.CLOSED)


@pytest.fixture
def order(database: None, now: datetime) -> Opener:
    """Opens orders, taken by 王师傅 to the status wanted."""
    with transaction() as session:
        wang = Technician(name="王建国", phone="13500135001", skills=["空调"], service_areas=["佛山市"])
        session.add(wang)

    def open_order(appliance: str = "空调", status: Status = Status.SUBMITTED, openid: str = ZHANG_SAN) -> str:
        address = Address("广东省", "佛山市", "顺德区", "北滘镇美的大道6号2栋301", "佛山顺德北滘镇美的大道6号2栋301")
        visit = Window(now + timedelta(hours=27), now + timedelta(hours=32))
        report = Report("维修", appliance, "张三", "13800138000", address, visit, fault="不工作")
        with transaction() as session:
            made = submit_order(session, openid, report, now)
            _take_to(session, made, status, wang, visit, now)
            return made.number

    return open_order


def _take_to(session: Session, made: WorkOrder, status: Status, wang: Technician, visit: Window, now: datetime) -> None:
    if status is Status.CANCELLED:
        advance(session, made, Step(status, Actor.CUSTOMER), now)
        return
    for step in WAY[: WAY.index(status) + 1] if status in WAY else ():
        advance(session, made, Step(step, Actor.OPERATOR, technician_id=wang.id if step is Status.DISPATCHED else None,
                                    window=visit if step is Status.SCHEDULED else None), now)
