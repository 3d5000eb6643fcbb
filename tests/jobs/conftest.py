"""The jobs with a database of their own and a platform that can be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jobs_fakes import FakePlatform

from aftersales.migrate import migrate
from aftersales.settings import Settings, settings
from aftersales.store import engine


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of this test alone, with an empty, migrated database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/test.db")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    settings.cache_clear()
    engine.cache_clear()
    migrate(engine())
    yield settings()
    engine().dispose()
    engine.cache_clear()
    settings.cache_clear()


@pytest.fixture
def with_template(known: Settings) -> Settings:
    """An account that has a template for what cannot be sent otherwise."""
    return known.model_copy(update={"wechat_template_id": "TEMPLATE"})


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()
