"""A webhook that answers as scripted, a clock that stands still, and the simulator with its parts at hand."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from flask import Flask
from flask.testing import FlaskClient

from simulator.push import PushEngine
from simulator.world import World

START = datetime(2026, 11, 22, 10, 0, tzinfo=timezone(timedelta(hours=8)))


@dataclass
class FakeClock:
    """Stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Seen:
    """One request that reached the webhook."""

    method: str
    query: dict[str, str]
    body: str

    def xml(self) -> dict[str, str]:
        return {node.tag: node.text or "" for node in ET.fromstring(self.body)}


Script = Callable[[Seen], "tuple[int, str]"]


@dataclass
class Webhook:
    """A small HTTP server; `script` decides about the answers, `seen` holds what arrived."""

    seen: list[Seen] = field(default_factory=list)
    script: Script = lambda seen: (200, "success")
    url: str = ""

    def answer(self, status: int, body: str) -> None:
        self.script = lambda seen: (status, body)

    def reply(self, content: str) -> None:
        """Answer every push with a good text reply."""
        self.script = lambda seen: (200, text_reply(seen.xml(), content))

    def messages(self) -> list[dict[str, str]]:
        return [seen.xml() for seen in self.seen]


def text_reply(push: dict[str, str], content: str, **changed: str) -> str:
    """A text reply to a push; `changed` overrides elements."""
    fields = {
        "ToUserName": push["FromUserName"],
        "FromUserName": push["ToUserName"],
        "CreateTime": "1795312800",
        "MsgType": "text",
        "Content": content,
    }
    inner = "".join(f"<{tag}><![CDATA[{text}]]></{tag}>" for tag, text in (fields | changed).items())
    return f"<xml>{inner}</xml>"


def handler_for(webhook: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            seen = Seen(self.command, query, self.rfile.read(length).decode())
            webhook.seen.append(seen)
            status, body = webhook.script(seen)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = serve  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Keep the test output readable."""

    return Handler


class QuietServer(ThreadingHTTPServer):
    """Dropped connections are part of these tests, and so are many at once."""

    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news."""


@dataclass
class Simulator:
    """The application with its parts at hand."""

    app: Flask
    clock: FakeClock

    @property
    def world(self) -> World:
        found: World = self.app.extensions["simulator"]
        return found

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def settle(self) -> None:
        engine: PushEngine = self.app.extensions["simulator_push"]
        assert engine.wait(10)

    def add(self, name: str) -> str:
        answer = self.client.post("/api/customers", json={"name": name})
        assert answer.status_code == 201
        return str(answer.json["openid"])

    def act(self, openid: str, **deed: Any) -> dict[str, Any]:
        answer = self.client.post(f"/api/customers/{openid}/send", json=deed)
        assert answer.status_code == 202, answer.json
        self.settle()
        return dict(answer.json)

    def chat(self, openid: str) -> list[dict[str, Any]]:
        return list(self.client.get(f"/api/customers/{openid}/messages").json["messages"])

    def texts(self, openid: str, sender: str = "account") -> list[str]:
        return [entry["text"] for entry in self.chat(openid) if entry["from"] == sender]

    def token(self) -> str:
        body = {"grant_type": "client_credential", "appid": "wxsimulator00000001", "secret": "simulator-secret"}
        return str(self.client.post("/cgi-bin/stable_token", json=body).json["access_token"])

    def call(self, path: str, body: dict[str, Any], **query: str) -> dict[str, Any]:
        query = {"access_token": self.token()} | query
        data = json.dumps(body, ensure_ascii=False).encode()
        answer = self.client.post(f"/cgi-bin/{path}", data=data, query_string=query)
        assert answer.status_code == 200
        self.settle()
        return dict(answer.json)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return dict(self.client.get(f"/cgi-bin/{path}", query_string={"access_token": self.token(), **query}).json)

    def say(self, openid: str, content: str) -> int:
        """Send a customer-service text; the errcode."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": content}}
        return int(self.call("message/custom/send", body)["errcode"])


Maker = Callable[..., Simulator]
