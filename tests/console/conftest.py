"""A desk with a database of its own: 张三 has reported a broken air conditioner, 李四 has only said hello."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from console_desk import MONDAY, PASSWORD, Browser, Story, tell_story
from flask import Flask
from sqlmodel import SQLModel

import console
from aftersales.settings import settings
from aftersales.store import engine, transaction
from console import login as login_page
from console import operators
from console.operators import ensure_admin
from console.throttle import LoginThrottle

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the real one takes its time


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings and tables of this test alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPS_ADMIN_PASSWORD", raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/test.db")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    settings.cache_clear()
    engine.cache_clear()
    SQLModel.metadata.create_all(engine())
    yield
    engine().dispose()
    engine.cache_clear()
    settings.cache_clear()


@pytest.fixture
def app(database: None, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application with the console and its first operator, `admin`."""
    monkeypatch.setattr(login_page, "throttle", LoginThrottle())
    monkeypatch.setattr(operators, "_hasher", QUICK_HASHER)
    with transaction() as session:
        ensure_admin(session, settings().model_copy(update={"ops_admin_password": PASSWORD}), MONDAY)
    app = Flask("desk")
    app.secret_key = "only for tests"
    console.init_app(app)

    @app.post("/wechat")
    def wechat() -> str:
        return "success"

    return app


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Somebody who is not logged in."""
    return Browser(app.test_client())


@pytest.fixture
def operator(app: Flask) -> Browser:
    """`admin`, logged in."""
    browser = Browser(app.test_client())
    assert browser.login().status_code == 302
    return browser


@pytest.fixture
def story(app: Flask) -> Story:
    """张三's air conditioner, from the first word to the rating; 李四 says hello and asks for a person."""
    return tell_story()
