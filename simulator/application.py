"""The simulator as a Flask application."""

from flask import Flask

from simulator.calls import api, public
from simulator.config import Clock, Config, utc_now
from simulator.control import control, page, uncached, unknown
from simulator.push import PushEngine
from simulator.switchboard import switches
from simulator.world import UnknownCustomerError, World

LARGEST_REQUEST = 24 * 1024 * 1024


def create_app(config: Config | None = None, clock: Clock = utc_now) -> Flask:
    """The simulator as a Flask application; `clock` gives aware moments, which the simulator's own clock follows."""
    app = Flask(__name__, static_folder="static")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    world = World(config or Config(), clock)
    app.extensions["simulator"] = world
    app.extensions["simulator_push"] = PushEngine(world)
    for blueprint in (api, public, control, switches, page):
        app.register_blueprint(blueprint)
    app.register_error_handler(UnknownCustomerError, unknown)
    app.after_request(uncached)
    return app
