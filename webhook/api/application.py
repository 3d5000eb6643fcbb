"""How the API joins an application."""

from flask import Flask

from aftersales.media import MediaStore

from . import (  # noqa: F401 - the calls join the blueprint
    auth,
    conversations,
    document,
    errors,
    events,
    ledger,
    media,
    photos,
    technicians,
    work_orders,
)
from .calls import EXTENSION, Api, blueprint


def init_app(app: Flask, store: MediaStore, token: str) -> None:
    """Adds everything under /api/v1; `token` is what callers must bear, `store` where the files lie.

    Raises:
        RuntimeError: when the token is empty, which would let everybody in.
    """
    if not token.strip():
        raise RuntimeError("the integration API needs a token: set API_TOKEN, or leave it out to have one made")
    app.extensions[EXTENSION] = Api(store, token)
    app.register_blueprint(blueprint)
