"""What the dialogue server is told: its stores by environment, its address and model by command line."""

import re
from pathlib import Path

import pytest
import yaml

from aftersales.settings import Settings
from bot import serve
from bot.serve import command, environment

ENDPOINTS = Path(serve.__file__).with_name("endpoints.yml")


def settings(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's environment says."""
    for name in ("DATABASE_URL", "REDIS_URL", "RASA_URL", "ACTIONS_URL"):
        monkeypatch.delenv(name, raising=False)


def tracker_store(database_url: str) -> dict[str, str]:
    told = environment(settings(database_url=database_url))
    return {name.removeprefix("RASA_TRACKER_"): value for name, value in told.items() if name.startswith("RASA_TRACKER_")}


def lock_store(redis_url: str | None) -> dict[str, str]:
    told = environment(settings(**{"redis_url": redis_url} if redis_url else {}))
    return {name.removeprefix("RASA_LOCK_"): value for name, value in told.items() if name.startswith("RASA_LOCK_")}


@pytest.mark.parametrize("values", [
    {}, {"database_url": "postgresql+psycopg://localhost/baoxiu"}, {"redis_url": "redis://localhost"}])
def test_every_variable_of_the_endpoints_is_set(values: dict[str, str]) -> None:
    wanted = set(re.findall(r"\$\{(\w+)\}", str(yaml.safe_load(ENDPOINTS.read_text(encoding="utf-8")))))
    assert wanted
    assert wanted <= environment(settings(**values)).keys()
    assert all(isinstance(value, str) for value in environment(settings(**values)).values())


@pytest.mark.parametrize(("url", "file"), [
    ("sqlite:///var/baoxiu.db", "var/baoxiu-rasa.db"), ("sqlite:////srv/data/shop.db", "/srv/data/shop-rasa.db")])
def test_with_sqlite_the_conversations_lie_in_a_file_beside_ours(url: str, file: str) -> None:
    assert tracker_store(url) == {"DIALECT": "sqlite", "DB": file, "HOST": "", "USERNAME": "", "PASSWORD": ""}


@pytest.mark.parametrize(("url", "expected"), [
    ("postgresql+psycopg://bao:secret@db.example:6432/desk", ("db.example:6432", "desk", "bao", "secret")),
    ("postgresql+psycopg://bao:p%40ss%2Fword@db/desk", ("db:5432", "desk", "bao", "p@ss/word")),
    ("postgresql+psycopg:///desk", ("127.0.0.1:5432", "desk", "", "")),
])
def test_with_postgresql_they_lie_in_the_same_database(url: str, expected: tuple[str, str, str, str]) -> None:
    host, name, user, password = expected
    assert tracker_store(url) == {
        "DIALECT": "postgresql", "HOST": host, "DB": name, "USERNAME": user, "PASSWORD": password}


def test_without_redis_the_locks_are_in_memory() -> None:
    assert lock_store(None)["STORE"] == "in_memory"


@pytest.mark.parametrize(("url", "expected"), [
    ("redis://cache.example:6380/3", ("cache.example", "6380", "3", "", "")),
    ("redis://localhost", ("localhost", "6379", "0", "", "")),
    ("redis://bao:secret@localhost:6379/0", ("localhost", "6379", "0", "bao", "secret")),
    ("redis://:secret@localhost", ("localhost", "6379", "0", "", "secret")),
])
def test_with_redis_the_locks_lie_there(url: str, expected: tuple[str, ...]) -> None:
    found = lock_store(url)
    assert found["STORE"] == "redis"
    assert tuple(found[name] for name in ("HOST", "PORT", "DB", "USERNAME", "PASSWORD")) == expected


def test_the_actions_are_called_where_they_listen() -> None:
    assert environment(settings(actions_url="http://127.0.0.1:6055"))["ACTIONS_ENDPOINT"] == "http://127.0.0.1:6055/webhook"


def test_the_server_listens_where_we_call_it() -> None:
    line = command(settings(rasa_url="http://127.0.0.2:6005"))
    assert line[line.index("--interface") + 1] == "127.0.0.2"
    assert line[line.index("--port") + 1] == "6005"
    assert line[line.index("--model") + 1] == str(serve.MODEL)
    assert "--enable-api" in line


def test_the_usual_address_is_the_loopback() -> None:
    line = command(settings())
    assert (line[line.index("--interface") + 1], line[line.index("--port") + 1]) == ("127.0.0.1", "5005")


def test_without_a_model_the_server_does_not_start(database: None) -> None:
    with pytest.raises(SystemExit, match="make train"):
        serve.main()
