"""One settings module; a bad value stops the start-up with its own name."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aftersales.settings import Settings, SettingsError, generated_secret, settings
from aftersales.times import QuietHours


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_the_contracts_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "RASA_URL", "PORT", "WECHAT_API_BASE_URL", "RATING_INVITE_DELAY", "JOB_INTERVAL"):
        monkeypatch.delenv(name, raising=False)
    known = Settings()
    assert known.database_url == "sqlite:///var/baoxiu.db"
    assert known.rasa_url == "http://127.0.0.1:5005"
    assert known.wechat_api_base_url == "https://api.weixin.qq.com"
    assert known.port == 8000
    assert known.rating_invite_delay == timedelta(minutes=10)
    assert known.job_interval == timedelta(seconds=1)


@pytest.mark.parametrize(("name", "value", "said"), [
    ("RATING_INVITE_DELAY", "soon", "soon"),
    ("JOB_INTERVAL", "0s", "longer than 0s"),
    ("PORT", "many", "integer"),
    ("DATABASE_URL", "mysql://x", "postgresql"),
    ("HANDOFF_TO", "phone", "'console' or 'wechat'"),
    ("HANDOFF_QUIET", "0m", "longer than 0s"),
    ("WECHAT_AES_KEY", "short", "43 characters"),
    ("WECHAT_AES_KEY_PREVIOUS", "short", "43 characters"),
    ("WECHAT_CLOCK_TOLERANCE", "0s", "longer than 0s"),
    ("WECHAT_TRIES", "0", "greater than or equal to 1"),
    ("QUIET_HOURS", "nachts", "22-8"),
])
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as caught:
        settings()
    assert said in str(caught.value)


def test_quiet_hours_have_a_default_and_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUIET_HOURS", raising=False)
    assert Settings().quiet == QuietHours(22, 8)
    monkeypatch.setenv("QUIET_HOURS", "")
    assert Settings().quiet is None


def test_an_env_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RATING_INVITE_DELAY", raising=False)
    (tmp_path / ".env").write_text("RATING_INVITE_DELAY=2s\n")
    assert settings().rating_invite_delay == timedelta(seconds=2)


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "api_token"
    first = generated_secret(path)
    assert generated_secret(path) == first
    assert len(first) >= 24
    assert path.stat().st_mode & 0o077 == 0
