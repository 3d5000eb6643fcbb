"""A local WeChat platform with phones in the browser: for development, demonstrations and tests.

It imports nothing of the product, so that a misunderstanding of the platform cannot hide in both.
"""

from flask import Flask

from simulator.config import Clock, Config, utc_now
from simulator.control import control, page
from simulator.platform import api, files
from simulator.push import PushEngine
from simulator.world import World

__all__ = ["Config", "create_app"]

LARGEST_REQUEST = 24 * 1024 * 1024


def create_app(config: Config | None = None, clock: Clock = utc_now) -> Flask:
    """The simulator as a Flask application; `clock` gives aware moments and can be turned by tests."""
    app = Flask(__name__, static_folder="static")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    world = World(config or Config(), clock)
    app.extensions["simulator"] = world
    app.extensions["simulator_push"] = PushEngine(world)
    for blueprint in (api, files, control, page):
        app.register_blueprint(blueprint)
    return app
