"""The bridge with a database of its own, an assistant and a platform that can be read, and WeChat before it."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from webhook_fakes import Account, FakeBot, FakeFiles

from aftersales.media import LocalMediaStore
from aftersales.migrate import migrate
from aftersales.settings import Settings, settings
from aftersales.store import engine
from webhook import answering, files
from webhook.answering import Parts
from webhook.app import assemble

sys.path.append(str(Path(__file__).parents[1] / "aftersales"))  # PostgreSQL is started there


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    from postgres_server import running  # noqa: PLC0415 - found only now

    with running() as address:
        administration = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
        with administration.connect() as connection:
            connection.execute(text("CREATE DATABASE webhook"))
        administration.dispose()
        yield f"{address}/webhook"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, or PostgreSQL where a test asks for it by parameter."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture
def configured(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of this test alone, with an empty, migrated database; nothing pauses between attempts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("REPLY_DEADLINE", "30s")  # whatever else the machine has to do
    monkeypatch.setenv("PHOTO_PAUSE", "0s")
    monkeypatch.setattr(answering, "BOT_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(files, "MEDIA_PAUSES", (0.0,))
    settings.cache_clear()
    engine.cache_clear()
    migrate(engine())
    yield settings()
    engine().dispose()
    engine.cache_clear()
    settings.cache_clear()


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def platform() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
def open_account(configured: Settings, bot: FakeBot, platform: FakeFiles) -> Iterator[Callable[..., Account]]:
    """Starts the bridge with other settings, and with another assistant where one is given."""
    opened: list[Account] = []

    def start(assistant: object = bot, **changed: Any) -> Account:
        known = configured.model_copy(update=changed)
        running = assemble(Parts(assistant, platform, LocalMediaStore(known.media_dir), known))
        opened.append(Account(running, known))
        return opened[-1]

    yield start
    for account in opened:
        account.close()
        account.running.answering.close()


@pytest.fixture
def account(open_account: Callable[..., Account]) -> Account:
    """The bridge as it is by default."""
    return open_account()


@pytest.fixture
def impatient(open_account: Callable[..., Account]) -> Account:
    """The bridge when WeChat waits only 300 milliseconds and delivers once."""
    return open_account(reply_deadline=timedelta(milliseconds=300), wechat_tries=1)


@pytest.fixture
def hasty(open_account: Callable[..., Account]) -> Account:
    """The bridge when WeChat hangs up after half a second and delivers three times."""
    return open_account(reply_deadline=timedelta(milliseconds=400), wechat_hang_up=timedelta(milliseconds=500))
