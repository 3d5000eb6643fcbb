"""Starts the dialogue server in its own environment: `python -m bot.serve`.

Rasa's stores are configured by environment variables derived from ours, so that DATABASE_URL and REDIS_URL are said once.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url

from aftersales.settings import Settings, SettingsError, settings

MODEL = Path("var/models/baoxiu.tar.gz")
RASA = Path(".venv-rasa/bin/rasa")
#: Rasa works well; its old libraries are loud.
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL_LIBRARIES": "ERROR", "CUDA_VISIBLE_DEVICES": "-1",
}


def environment(known: Settings) -> dict[str, str]:
    """What `bot/endpoints.yml` asks of the environment."""
    return _tracker_store(known) | _lock_store(known) | {
        "ACTIONS_ENDPOINT": f"{known.actions_url}/webhook", "PYTHONPATH": "."} | QUIET


def _tracker_store(known: Settings) -> dict[str, str]:
    url = make_url(known.database_url)
    if url.get_backend_name() == "sqlite":
        database = Path(url.database or "var/baoxiu.db")
        parts = {"DIALECT": "sqlite", "DB": str(database.with_name(database.stem + "-rasa.db"))}
    else:
        host = f"{url.host or '127.0.0.1'}:{url.port or 5432}"
        parts = {"DIALECT": "postgresql", "HOST": host, "DB": url.database or "", "USERNAME": url.username or "",
                 "PASSWORD": url.password or ""}
    names = ("DIALECT", "HOST", "DB", "USERNAME", "PASSWORD")
    return {f"RASA_TRACKER_{name}": parts.get(name, "") for name in names}


def _lock_store(known: Settings) -> dict[str, str]:
    url = urlsplit(known.redis_url or "")
    return {
        "RASA_LOCK_STORE": "redis" if known.redis_url else "in_memory",
        "RASA_LOCK_HOST": url.hostname or "",
        "RASA_LOCK_PORT": str(url.port or 6379),
        "RASA_LOCK_DB": url.path.strip("/") or "0",
        "RASA_LOCK_USERNAME": url.username or "",
        "RASA_LOCK_PASSWORD": url.password or "",
    }


def command(known: Settings) -> list[str]:
    """The server's command line."""
    address = urlsplit(known.rasa_url)
    return [
        str(RASA), "run", "--enable-api", "--interface", address.hostname or "127.0.0.1", "--port",
        str(address.port or 5005), "--model", str(MODEL), "--endpoints", "bot/endpoints.yml", "--credentials",
        "bot/credentials.yml",
    ]


def _redirect(log: Path) -> None:
    """Lets the server, whose old libraries warn by the page, speak into a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(handle, sys.stdout.fileno())
    os.dup2(handle, sys.stderr.fileno())


def main() -> None:
    try:
        known = settings()
    except SettingsError as error:
        sys.exit(f"cannot start: {error}")
    if not MODEL.exists():
        sys.exit(f"cannot start: there is no model at {MODEL}; run make train")
    line = command(known)
    log = known.var_dir / "rasa.log"
    print(f"the dialogue server's own words go to {log}", flush=True)  # noqa: T201
    _redirect(log)
    os.execve(line[0], line, os.environ | environment(known))  # noqa: S606 - the server takes this process's place


if __name__ == "__main__":
    main()
