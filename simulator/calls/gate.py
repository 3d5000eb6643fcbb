"""What every call of the API passes: ordered faults, the access token, the daily count, the book."""

import json
import re
import socket
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request

from simulator.book import CallMade
from simulator.errors import ApiError
from simulator.faults import Fault
from simulator.push import PushEngine
from simulator.world import World

api = Blueprint("platform", __name__)

Answer = dict[str, Any]
Call = Callable[[World], Answer | Response]

UNPROTECTED = {"token", "stable_token", "clear_quota/v2"}
SECRET = re.compile(r'("secret"|"appsecret")\s*:\s*"[^"]*"')
ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
ESCAPED = r"请求里有 \uXXXX 转义；请用 ensure_ascii=False 发送原文，平台可能会拒绝或照原样显示。"
HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
OK: Answer = {"errcode": 0, "errmsg": "ok"}


def world() -> World:
    """The world of the application that serves this request."""
    found: World = current_app.extensions["simulator"]
    return found


def engine() -> PushEngine:
    """The push engine of the application that serves this request."""
    found: PushEngine = current_app.extensions["simulator_push"]
    return found


def answers(function: Call) -> Callable[..., Response]:
    """Hand the world to an API function and turn its dictionary into JSON."""

    @wraps(function)
    def view(**_parts: str) -> Response:
        result = function(world())
        return result if isinstance(result, Response) else jsonify(result)

    return view


def call_name() -> str:
    """The path, without the usual cgi-bin/ in front."""
    return request.path.removeprefix("/").removeprefix("cgi-bin/")


def openid_named() -> str:
    """The customer a call is about, empty where it is about none."""
    sent = sent_json()
    return str(sent.get("touser") or sent.get("openid") or request.args.get("openid") or "")


@api.before_request
def ordered_faults() -> Response | None:
    """Play the faults that were ordered for this call; of one that is carried out, only the answer is lost."""
    g.started, g.lost = time.monotonic(), None
    for fault in world().faults.take(call_name(), openid_named()):
        world().faults.sleep(fault.delay)
        if fault.ends and fault.carried_out:
            g.lost = fault
        elif fault.ends:
            return ending(fault)
    return None


@api.before_request
def check_token() -> None:
    """Every call but those for tokens needs a good one, and is counted against the day's limit."""
    if call_name() not in UNPROTECTED:
        world().tokens.check(request.args.get("access_token", ""), world().now())
        count_call(call_name())


def count_call(call: str) -> None:
    """Count a call of this day. Raises ApiError 45009 when there were enough."""
    world().limits.count(call, world().now(), world().config.daily_limit(call))


def ending(fault: Fault) -> Response:
    """How a fault ends the call. Raises ApiError for an errcode."""
    if fault.close:
        return hung_up()
    if fault.http_status or fault.html:
        return Response(HTML, status=fault.http_status or 200, mimetype="text/html")
    raise ApiError(fault.errcode, fault.detail or DETAILS.get(fault.errcode, ""))


DETAILS = {40164: "127.0.0.1 ipv6 ::ffff:127.0.0.1", 47003: "data.thing1.value invalid"}


def hung_up() -> Response:
    """Have the connection closed without a word; a test client, which has no connection, is answered HTTP 500."""
    g.hung_up = True
    return Response(status=500)


@api.errorhandler(ApiError)
def refused(error: ApiError) -> Response:
    """Errors are JSON under HTTP 200."""
    return jsonify(error.body())


# Flask runs these three in the reverse order: the answer may get lost, the book sees what goes out, then it goes.
@api.after_request
def hang_up(response: Response) -> Response:
    """Close the connection where a fault says so, once the call is in the book."""
    connection = request.environ.get("werkzeug.socket")
    if g.get("hung_up") and isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return response


@api.after_request
def note(response: Response) -> Response:
    """Note the call in the book and for the developer, without tokens and secrets."""
    protected = call_name() not in UNPROTECTED
    sent = SECRET.sub(r'\1:"…"', sent_bytes().decode(errors="replace"))
    made = call_made(response, sent)
    world().book.note(made)
    record = world().start_record("call", made.call, made.openid, sent if protected else "")
    with world().changing(record):
        record.latency_ms = round((time.monotonic() - g.started) * 1000)
        record.response = response.get_data(as_text=True) if protected and response.is_json else ""
        record.outcome = f"HTTP {made.http_status}" if made.errcode is None else str(made.errcode)
        if ESCAPE.search(sent_bytes()):
            record.note = ESCAPED
    return response


@api.after_request
def lose_the_answer(response: Response) -> Response:
    """Answer a call that was carried out as its fault says."""
    if g.get("lost") is None:
        return response
    try:
        return ending(g.lost)
    except ApiError as error:
        return jsonify(error.body())


def call_made(response: Response, sent: str) -> CallMade:
    """The call as the book keeps it."""
    answer = response.get_json() if response.is_json else {}
    lost = response.status_code != 200 or response.mimetype == "text/html"
    code = None if lost else int(answer.get("errcode", 0))
    words = "" if lost else str(answer.get("errmsg", ""))
    return CallMade(world().now(), call_name(), openid_named(), code, words, response.status_code, sent)


def sent_bytes() -> bytes:
    """The request's body as it came, whatever the content type says; empty for uploads, which are read as files."""
    return b"" if request.mimetype == "multipart/form-data" else request.get_data(cache=True)


def sent_json() -> Mapping[str, Any]:
    """The request's JSON object, empty where there is none."""
    try:
        found = json.loads(sent_bytes())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def body() -> Mapping[str, Any]:
    """The request's JSON object. Raises ApiError 43002, 44002 or 47001, and 40033 or 47002 where so set."""
    if request.method != "POST":
        raise ApiError(43002)
    if not sent_bytes():
        raise ApiError(44002)
    found = sent_json()
    if not found:
        raise ApiError(47001)
    if world().config.refuse_escapes and ESCAPE.search(sent_bytes()):
        raise ApiError(world().config.refuse_escapes)
    return found


def text(sent: Mapping[str, Any], name: str) -> str:
    """A text that must be there. Raises ApiError 40035."""
    value = sent.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError(40035, name)
    return value


@api.route("/cgi-bin/<path:_name>", methods=["GET", "POST"])
@api.route("/customservice/<path:_name>", methods=["GET", "POST"])
def unknown_call(_name: str) -> Response:
    """Calls that this platform does not have."""
    raise ApiError(40066)
