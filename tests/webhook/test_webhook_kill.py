"""The running process: killed while it answers it loses nothing, says nothing twice, nothing out of order."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import webhook_fakes
from webhook_fakes import Account, conversation, everything, recorded, until

from aftersales.models import InboundState, OutboxMessage
from aftersales.settings import Settings

ROOT = Path(__file__).parents[2]
WECHAT_PATIENCE = 5.0


class Rasa:
    """A dialogue server that answers when it is let go; `heard` is what it was told, words only, `again` whether once more."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.again: list[bool] = []
        self.go = threading.Event()
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._say(rasa.answer(self.path, asked))

            def _say(self, value: Any) -> None:
                content = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    self.wfile.write(content)
                except ConnectionError:
                    self.close_connection = True  # who asked has been killed

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, asked: dict[str, Any]) -> Any:
        self.heard.append(asked["message"])
        self.again.append(asked["again"])
        self.go.wait(60)
        return {"parsed": {"intent": {"name": "inform", "confidence": 0.9}, "entities": []},
                "replies": [{"recipient_id": asked["sender"], "text": f"您说：{asked['message']}"}]}

    def close(self) -> None:
        self.go.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def rasa() -> Iterator[Rasa]:
    server = Rasa()
    yield server
    server.close()


@pytest.fixture
def start(
    configured: Settings, tmp_path: Path, rasa: Rasa, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts the service, on the same database and port each time, and waits until it listens."""
    monkeypatch.setattr(webhook_fakes, "PATIENCE", 60.0)
    running: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RASA_URL": rasa.url, "PORT": str(free_port())}
    environment |= {"WECHAT_API_BASE_URL": "http://127.0.0.1:9", "REPLY_DEADLINE": "4s", "OPS_ADMIN_PASSWORD": "x" * 12}

    def begin() -> subprocess.Popen[bytes]:
        with (tmp_path / "log").open("ab") as log:
            running.append(subprocess.Popen(
                [sys.executable, "-m", "webhook"], env=environment, cwd=tmp_path, stdout=log, stderr=log))
        running[-1].url = f"http://127.0.0.1:{environment['PORT']}"  # type: ignore[attr-defined]
        until(lambda: answers(running[-1]))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(process: Any) -> bool:
    assert process.poll() is None, "the service ended"
    try:
        return requests.get(f"{process.url}/healthz", timeout=2).ok
    except requests.ConnectionError:
        return False


def deliver(account: Account, process: Any, push: bytes) -> str | None:
    """What WeChat hears within its patience; None where it hangs up."""
    try:
        return requests.post(
            f"{process.url}/wechat", params=account.signed(push), data=push, timeout=WECHAT_PATIENCE).text
    except requests.RequestException:
        return None


def on_their_own() -> list[str]:
    """What is sent without a passive reply that carries it."""
    return [message.text for message in everything(OutboxMessage) if message.reply_id is None]


def test_what_a_killed_process_was_answering_is_answered_once_and_first(
    account: Account, start: Callable[[], Any], rasa: Rasa
) -> None:
    first, second = account.text_xml("第一句"), account.text_xml("第二句")
    process = start()
    line = threading.Thread(target=deliver, args=(account, process, first))
    line.start()
    until(lambda: rasa.heard == ["第一句"])
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    line.join(10)
    assert [row.state for row in recorded()] == [InboundState.ANSWERING]

    rasa.go.set()
    process = start()
    heard = [deliver(account, process, push) for push in (first, second, second)]
    carried = [text for text in ("您说：第一句", "您说：第二句") if any(text in (each or "") for each in heard)]
    until(lambda: len(on_their_own()) == 2 - len(carried))
    assert sorted(carried + on_their_own()) == ["您说：第一句", "您说：第二句"]
    said = "".join([*filter(None, heard), *on_their_own()])
    assert said.index("第一句") < said.index("第二句")
    assert rasa.heard == ["第一句", "第一句", "第二句"]
    assert rasa.again == [False, True, False]
    assert [text for direction, _, text in conversation() if direction == "in"] == ["第一句", "第二句"]
    deliver(account, process, first)
    assert len(on_their_own()) == 2 - len(carried)


def test_connections_that_are_kept_open_keep_nobody_out(start: Callable[[], Any]) -> None:
    process = start()
    address = urlsplit(process.url)
    kept = [socket.create_connection((address.hostname, address.port)) for _ in range(300)]
    try:
        assert answers(process)
    finally:
        for each in kept:
            each.close()
