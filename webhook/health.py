"""Whether the process is alive, and whether every part it depends on answers."""

from collections.abc import Callable
from datetime import timedelta

import requests
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from aftersales import heartbeats
from aftersales.settings import Settings
from aftersales.store import reading
from aftersales.times import utc_now
from bot.client import BotClient

#: How long the jobs may be silent before they count as missing.
JOBS_SILENT = timedelta(seconds=30)

blueprint = Blueprint("health", __name__)


def checks(bot: BotClient, settings: Settings) -> dict[str, Callable[[], bool]]:
    """The parts by name, each with the question whether it answers."""
    return {
        "database": database_answers,
        "rasa": bot.ready,
        "actions": lambda: _actions_answer(settings.actions_url),
        "jobs": _jobs_alive,
    }


def database_answers() -> bool:
    try:
        with reading() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _actions_answer(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=(1, 2)).ok
    except requests.RequestException:
        return False


def _jobs_alive() -> bool:
    try:
        with reading() as session:
            last = heartbeats.last_beat(session, "jobs")
    except SQLAlchemyError:
        return False
    return last is not None and utc_now() - last < JOBS_SILENT


@blueprint.get("/healthz")
def alive() -> Response:
    """200 while the process can answer at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when every part answers, else 503 naming those that do not."""
    parts: dict[str, Callable[[], bool]] = current_app.extensions["baoxiu_checks"]
    missing = [name for name, answers in parts.items() if not answers()]
    if missing:
        return jsonify(status="not ready", missing=missing), 503
    return jsonify(status="ready", missing=[]), 200
