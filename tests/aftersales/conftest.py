"""Databases for the tests of the business: every test that asks for one runs on SQLite and on PostgreSQL."""

import itertools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from postgres_server import running
from sqlalchemy import create_engine, text

from aftersales.addresses import Address
from aftersales.migrate import migrate
from aftersales.models import Technician
from aftersales.repairs import Report
from aftersales.settings import settings
from aftersales.store import engine, transaction
from aftersales.times import SHANGHAI, Window

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """An empty, migrated database; its name is the parameter."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    url = f"sqlite:///{tmp_path}/test.db"
    if request.param == "postgresql":
        url = _new_database(request.getfixturevalue("postgres"))
    monkeypatch.setenv("DATABASE_URL", url)
    settings.cache_clear()
    engine.cache_clear()
    migrate(engine())
    yield str(request.param)
    engine().dispose()
    engine.cache_clear()
    settings.cache_clear()


def _new_database(address: str) -> str:
    name = f"test{next(_numbers)}"
    administration = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    administration.dispose()
    return f"{address}/{name}"


@pytest.fixture
def now() -> datetime:
    """Monday, 23 November 2026, ten in the morning."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def report(now: datetime) -> Report:
    """张三's air conditioner in Shunde does not cool; he would like the visit tomorrow afternoon."""
    address = Address("广东省", "佛山市", "顺德区", "北滘镇美的大道6号", "佛山顺德北滘镇美的大道6号")
    visit = Window(now.replace(day=24, hour=13), now.replace(day=24, hour=18))
    return Report("维修", "空调", "张三", "13800138000", address, visit, brand="美的", fault="不制冷")


@pytest.fixture
def wang(database: str) -> Technician:
    """王师傅, who repairs air conditioners in 佛山市."""
    with transaction() as session:
        technician = Technician(name="王建国", phone="13500135001", skills=["空调"], service_areas=["佛山市"])
        session.add(technician)
    return technician
