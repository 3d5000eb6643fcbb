"""The simulator behind a port: a thread for each request, so that calls that hang stand in nobody's way."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

POLL = 0.05
"""Seconds after which the server notices that it should end."""


class QuietHandler(WSGIRequestHandler):
    """Serves without a line per request; the simulator has its own log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def listen(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A server that is bound already (`server_port` tells where, with port 0 any free one) and serves when run.

    Raises OSError when the port is taken.
    """
    try:
        return make_server(host, port, app, threaded=True, request_handler=QuietHandler)
    except SystemExit as error:  # what werkzeug makes of a port that is taken
        raise OSError(f"The simulator cannot listen on {host}:{port}; choose another SIMULATOR_PORT.") from error


def in_background(server: BaseWSGIServer) -> Callable[[], None]:
    """Serve in a thread; the answer ends it."""
    thread = threading.Thread(target=server.serve_forever, args=(POLL,), name="simulator", daemon=True)
    thread.start()

    def stop(*_arguments: Any) -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return stop
