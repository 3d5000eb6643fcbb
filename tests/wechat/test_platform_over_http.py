"""The client against a real HTTP server on this machine: tokens, time-outs, and nothing secret in any log or error."""

import json
import logging
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from wechat.client import Platform, PlatformError, Reaction
from wechat.errors import Effect
from wechat.token_stores import MemoryTokens
from wechat.tokens import FETCHES_A_MINUTE

SECRET = "s3cret-of-the-account"
ZHANG_SAN = "oZhangSan"
BASE = "/cgi-bin/"


class Server(ThreadingHTTPServer):
    """WeChat as far as these tests need it: `refuses` is a code for every message, `answers` go first, `slow` in seconds."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fetched: list[bool] = []
        self.sent: list[tuple[str, str]] = []
        self.refuses = 0
        self.answers: list[tuple[int, bytes]] = []
        self.slow = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str, token: str, body: dict[str, Any]) -> tuple[int, bytes]:
        if path == BASE + "stable_token":
            assert body["secret"] == SECRET
            self.fetched.append(body["force_refresh"])
            return _json({"access_token": f"token-{len(self.fetched)}-of-many", "expires_in": 7200})
        self.sent.append((token, body.get("text", {}).get("content", "")))
        if self.answers:
            return self.answers.pop(0)
        return _json({"errcode": self.refuses, "errmsg": "refused rid: 66f8a2b1-0c3d4e5f-1a2b3c4d" if self.refuses else "ok"})

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has hung up is part of these tests."""


def _json(content: dict[str, Any]) -> tuple[int, bytes]:
    return 200, json.dumps(content).encode()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"{}")
        address = urlsplit(self.path)
        token = parse_qs(address.query).get("access_token", [""])[0]
        status, content = self.server.answer(address.path, token, body)
        time.sleep(self.server.slow)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """The tests read what was sent, not the server's log."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def failing() -> Iterator[list[PlatformError]]:
    caught: list[PlatformError] = []
    try:
        yield caught
    except PlatformError as error:
        caught.append(error)


def platform_of(server: Server, shared: MemoryTokens | None = None, *, patience: float = 5) -> Platform:
    return Platform("wx1", SECRET, server.url, (1, patience), tokens=shared)


def test_a_message_arrives_with_its_characters(server: Server) -> None:
    platform_of(server).send_text(ZHANG_SAN, "师傅已出发 😀")
    assert server.sent == [("token-1-of-many", "师傅已出发 😀")]


def test_processes_with_one_store_fetch_one_token(server: Server) -> None:
    shared = MemoryTokens()
    for _ in range(3):
        platform_of(server, shared).send_text(ZHANG_SAN, "你好")
    assert (len(server.fetched), {token for token, _ in server.sent}) == (1, {"token-1-of-many"})


def test_a_token_that_is_refused_for_ever_costs_few_fetches(server: Server) -> None:
    server.refuses = 40001
    shared, refusals = MemoryTokens(), []
    processes = [platform_of(server, shared) for _ in range(3)]
    for process in processes * 10:
        with failing() as caught:
            process.send_text(ZHANG_SAN, "你好")
        refusals += caught
    assert len(refusals) == 30
    assert len(server.fetched) <= 2 * FETCHES_A_MINUTE  # the minute may have ended meanwhile
    assert len(server.sent) <= 2 * 30
    assert {error.reaction for error in refusals} <= {Reaction.REFRESH_TOKEN, Reaction.RETRY}


def test_an_answer_that_does_not_come_may_have_been_a_message_sent(server: Server) -> None:
    platform = platform_of(server, patience=0.2)
    platform.send_text(ZHANG_SAN, "一")
    server.slow = 0.5
    with failing() as caught:
        platform.send_text(ZHANG_SAN, "二")
    assert [(error.reaction, error.maybe_delivered) for error in caught] == [(Reaction.RETRY, True)]
    assert len(server.sent) == 2


def test_a_server_that_is_not_there_has_taken_nothing(server: Server) -> None:
    shared = MemoryTokens()
    platform_of(server, shared).send_text(ZHANG_SAN, "一")
    server.shutdown()
    server.server_close()
    with failing() as caught:
        platform_of(server, shared).send_text(ZHANG_SAN, "二")
    assert [(error.reaction, error.maybe_delivered) for error in caught] == [(Reaction.RETRY, False)]


@pytest.mark.parametrize(("answer", "reaction", "effect"), [
    ((502, b"<html>Bad Gateway</html>"), Reaction.RETRY, None),
    ((404, b"<html>Not Found</html>"), Reaction.ALARM, Effect.STOP),
    ((200, b"<html>maintenance</html>"), Reaction.RETRY, None),
    ((200, b'{"errcode": 45009, "errmsg": "quota rid: 66f8a2b1"}'), Reaction.ALARM, Effect.STOP_TODAY),
])
def test_every_answer_has_its_reaction(
    server: Server, answer: tuple[int, bytes], reaction: Reaction, effect: Effect | None
) -> None:
    server.answers = [answer]
    with failing() as caught:
        platform_of(server).send_text(ZHANG_SAN, "一")
    assert [(error.reaction, error.then.effect) for error in caught] == [(reaction, effect)]


def test_neither_secret_nor_token_is_in_any_log_or_error(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.answers = [(502, b"bad"), (200, b"<html>"), (404, b"no")]
    server.refuses = 40001
    told = []
    with caplog.at_level(logging.DEBUG):
        platform = platform_of(server)
        for _ in range(5):
            with failing() as caught:
                platform.send_text(ZHANG_SAN, "一")
            told += ["".join(traceback.format_exception(error)) for error in caught]
        server.slow = 0.5
        with failing() as caught:
            platform_of(server, patience=0.1).send_text(ZHANG_SAN, "一")
        told += ["".join(traceback.format_exception(error)) for error in caught]
    everything_told = "\n".join([*told, caplog.text])
    assert len(told) == 6
    assert "access_token=…" in everything_told
    assert SECRET not in everything_told
    assert "of-many" not in everything_told
