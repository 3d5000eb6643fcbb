"""The application: the server address, the integration API, the console, health and metrics."""

from dataclasses import dataclass

from flask import Flask

import console
from aftersales import media
from aftersales.settings import Settings, generated_secret, settings
from aftersales.shared_tokens import DatabaseTokens
from bot.client import BotClient
from wechat.client import Platform
from wechat.envelope import Envelope

from . import api, health, inbound, metrics
from .answering import Answering, Parts
from .waiting import Waiting


@dataclass(frozen=True)
class Running:
    """The application and what works in the background for it."""

    app: Flask
    answering: Answering


def create(configured: Settings | None = None) -> Running:
    """Puts the parts together."""
    known = configured or settings()
    platform = Platform(
        known.wechat_appid, known.wechat_secret, known.wechat_api_base_url, redis_url=known.redis_url,
        tokens=DatabaseTokens(), media_limit=known.media_max_mb * 1024 * 1024)
    return assemble(Parts(BotClient(known.rasa_url), platform, media.LocalMediaStore(known.media_dir), known))


def assemble(parts: Parts) -> Running:
    """The application around parts that exist already."""
    known = parts.settings
    answering = Answering(parts)
    app = Flask(__name__)
    app.secret_key = generated_secret(known.var_dir / "session_key")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["baoxiu_settings"] = known
    app.extensions["baoxiu_envelope"] = Envelope(
        known.wechat_token, known.wechat_appid, known.wechat_aes_key, previous_token=known.wechat_token_previous,
        previous_aes_key=known.wechat_aes_key_previous, tolerance=known.wechat_clock_tolerance)
    app.extensions["baoxiu_store"] = parts.store
    app.extensions["baoxiu_waiting"] = Waiting(known)
    app.extensions["baoxiu_answering"] = answering
    app.extensions["baoxiu_checks"] = health.checks(parts.bot, known)
    for blueprint in (inbound.blueprint, health.blueprint, metrics.blueprint):
        app.register_blueprint(blueprint)
    api.init_app(app, parts.store, known.integration_token)
    console.init_app(app)
    return Running(app, answering)
