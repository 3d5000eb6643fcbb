"""The platform's API under /cgi-bin, and the public addresses of pictures and videos."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request

from simulator import contents, custom, menu
from simulator.customers import ACCOUNT, Customer
from simulator.errors import ApiError
from simulator.push import Push, PushEngine
from simulator.tokens import Token
from simulator.world import Code, World
from simulator.xml import Value

api = Blueprint("platform", __name__, url_prefix="/cgi-bin")
files = Blueprint("files", __name__)

Answer = dict[str, Any]
Call = Callable[[World], Answer | Response]

UNPROTECTED = {"token", "stable_token"}
ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
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
    def view() -> Response:
        result = function(world())
        return result if isinstance(result, Response) else jsonify(result)

    return view


def call_name() -> str:
    """The path below /cgi-bin/."""
    return request.path.removeprefix("/cgi-bin/")


@api.before_request
def ordered_fault() -> tuple[str, int] | None:
    """Play the fault that was ordered for this call."""
    g.started = time.monotonic()
    fault = world().faults.take(call_name())
    if fault is None:
        return None
    time.sleep(fault.delay)
    if fault.http_status:
        return "<html><body>Bad Gateway</body></html>", fault.http_status
    if fault.errcode:
        raise ApiError(fault.errcode)
    return None


@api.before_request
def check_token() -> None:
    """Every call but those for tokens needs a good one."""
    if call_name() not in UNPROTECTED:
        world().tokens.check(request.args.get("access_token", ""), world().now())


@api.errorhandler(ApiError)
def refused(error: ApiError) -> Response:
    """Errors are JSON under HTTP 200."""
    return jsonify(error.body())


@api.after_request
def logged(response: Response) -> Response:
    """Note the call for the developer, without tokens and secrets."""
    protected = call_name() not in UNPROTECTED
    record = world().start_record("call", call_name(), str(sent_json().get("touser") or ""))
    with world().changing(record):
        record.latency_ms = round((time.monotonic() - g.started) * 1000)
        record.request = request.get_data().decode(errors="replace") if protected and not request.files else ""
        record.response = response.get_data(as_text=True) if protected and response.is_json else ""
        record.outcome = outcome_of(response)
        if ESCAPE.search(request.get_data()):
            record.note = r"请求里有 \uXXXX 转义；请用 ensure_ascii=False 发送原文，平台可能会拒绝或照原样显示。"
    return response


def outcome_of(response: Response) -> str:
    """The errcode, or the HTTP status where there is none."""
    if response.is_json:
        return str((response.get_json() or {}).get("errcode", 0))
    return "0" if response.status_code == 200 else f"HTTP {response.status_code}"


def sent_json() -> Mapping[str, Any]:
    """The request's JSON object, empty where there is none; whatever the content type says."""
    try:
        found = json.loads(request.get_data())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def body() -> Mapping[str, Any]:
    """The request's JSON object. Raises ApiError 43002, 44002 or 47001."""
    if request.method != "POST":
        raise ApiError(43002)
    if not request.get_data():
        raise ApiError(44002)
    found = sent_json()
    if not found:
        raise ApiError(47001)
    return found


@api.get("/token")
@answers
def plain_token(world: World) -> Answer:
    """A token of the plain line."""
    check_account(world, request.args)
    return token_answer(world, world.tokens.plain(world.now()))


@api.route("/stable_token", methods=["GET", "POST"])
@answers
def stable_token(world: World) -> Answer:
    """The token of the stable line."""
    sent = body()
    check_account(world, sent)
    return token_answer(world, world.tokens.stable(world.now(), force=sent.get("force_refresh") is True))


def check_account(world: World, given: Mapping[str, Any]) -> None:
    """Grant type, appid and secret. Raises ApiError 40002, 40013, 41004 or 40125."""
    if given.get("grant_type") != "client_credential":
        raise ApiError(40002)
    if given.get("appid") != world.config.appid:
        raise ApiError(40013)
    if not given.get("secret"):
        raise ApiError(41004)
    if given["secret"] != world.config.secret:
        raise ApiError(40125)


def token_answer(world: World, token: Token) -> Answer:
    """A token as the caller reads it."""
    return {"access_token": token.value, "expires_in": token.seconds_left(world.now())}


@api.route("/message/custom/send", methods=["GET", "POST"])
@answers
def custom_send(world: World) -> Answer:
    """A customer-service message."""
    custom.send(world, body())
    return OK


@api.route("/message/custom/typing", methods=["GET", "POST"])
@answers
def custom_typing(world: World) -> Answer:
    """The typing sign."""
    custom.typing(world, body())
    return OK


@api.route("/message/template/send", methods=["GET", "POST"])
@answers
def template_send(world: World) -> Answer:
    """A template message; its result is pushed afterwards. A repeated client_msg_id is not shown again."""
    sent = body()
    with world.lock:
        customer = custom.addressee(world, sent)
        content = world.templates.render(sent)
        if not customer.following:
            raise ApiError(43004)
        known = world.sent_templates.get(str(sent.get("client_msg_id") or ""))
        message_id = known or deliver_template(world, customer, content, str(sent.get("client_msg_id") or ""))
    return {**OK, "msgid": message_id}


def deliver_template(world: World, customer: Customer, content: contents.Content, client_id: str) -> int:
    """Show the card, remember the caller's id, report the result. Returns the message id."""
    message_id = world.next_message_id()
    world.say(customer.openid, ACCOUNT, "template", content)
    if client_id:
        world.sent_templates[client_id] = message_id
    fields: dict[str, Value] = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": message_id}
    fields["Status"] = "success"
    engine().send(Push(customer.openid, world.now(), fields, quiet=True))
    return message_id


@api.get("/media/get")
@answers
def media_get(world: World) -> Answer | Response:
    """A file of a customer or of the account; for videos the address where it lies."""
    media_id = request.args.get("media_id", "")
    if not media_id:
        raise ApiError(41006)
    media = world.media.get(media_id, world.now())
    if media.kind == "video":
        return {"video_url": world.config.base_url + media.path}
    disposition = f'attachment; filename="{media.filename}"'
    return Response(media.content, mimetype=media.mimetype, headers={"Content-Disposition": disposition})


@api.post("/media/upload")
@answers
def media_upload(world: World) -> Answer:
    """Store a file of the account: query `type`, multipart field `media`."""
    upload = request.files.get("media")
    if upload is None:
        raise ApiError(41005)
    media = world.media.add(request.args.get("type", ""), upload.read(), world.now())
    return {"type": media.kind, "media_id": media.id, "created_at": int(media.created_at.timestamp())}


@api.route("/menu/create", methods=["GET", "POST"])
@answers
def menu_create(world: World) -> Answer:
    """Publish the menu."""
    buttons = menu.check(body().get("button"))
    with world.lock:
        world.menu = buttons
    return OK


@api.get("/menu/get")
@answers
def menu_get(world: World) -> Answer:
    """The published menu."""
    if world.menu is None:
        raise ApiError(46003)
    return {"menu": {"button": world.menu}}


@api.get("/menu/delete")
@answers
def menu_delete(world: World) -> Answer:
    """Take the menu back."""
    with world.lock:
        world.menu = None
    return OK


@api.route("/qrcode/create", methods=["GET", "POST"])
@answers
def qrcode_create(world: World) -> Answer:
    """A QR code for a scene; it can then be scanned on the phone."""
    sent = body()
    code = Code(secrets.token_urlsafe(66), scene_of(sent))
    with world.lock:
        world.codes[code.ticket] = code
    lasting = {} if str(sent["action_name"]).startswith("QR_LIMIT") else {"expire_seconds": lifetime(sent)}
    return {"ticket": code.ticket, **lasting, "url": f"http://weixin.qq.com/q/{code.ticket[:24]}"}


def scene_of(sent: Mapping[str, Any]) -> str:
    """The scene of a request for a code. Raises ApiError 40035."""
    info = sent.get("action_info")
    scene = info.get("scene") if isinstance(info, Mapping) else None
    field = SCENE_FIELDS.get(str(sent.get("action_name")))
    value = scene.get(field) if isinstance(scene, Mapping) and field else None
    if value is None or not 1 <= len(str(value)) <= 64:
        raise ApiError(40035, "scene")
    return str(value)


SCENE_FIELDS = {
    "QR_SCENE": "scene_id",
    "QR_LIMIT_SCENE": "scene_id",
    "QR_STR_SCENE": "scene_str",
    "QR_LIMIT_STR_SCENE": "scene_str",
}


def lifetime(sent: Mapping[str, Any]) -> int:
    """Seconds a code is valid, 60 unless told, 30 days at most."""
    wanted = sent.get("expire_seconds", 60)
    if not isinstance(wanted, int) or wanted < 1:
        raise ApiError(40035, "expire_seconds")
    return min(wanted, 30 * 24 * 3600)


@api.get("/user/info")
@answers
def user_info(world: World) -> Answer:
    """What the account may know of a customer: no name, no picture."""
    customer = custom.addressee(world, {"touser": request.args.get("openid", "")})
    if not customer.following:
        return {"subscribe": 0, "openid": customer.openid}
    followed_at = customer.followed_at or world.now()
    return {
        "subscribe": 1,
        "openid": customer.openid,
        "language": "zh_CN",
        "subscribe_time": int(followed_at.timestamp()),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if customer.scene else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": customer.scene,
    }


@api.route("/<path:_name>", methods=["GET", "POST"])
def unknown_call(_name: str) -> Response:
    """Calls that this platform does not have."""
    raise ApiError(40066)


@files.get("/mmbiz/<public_id>/0")
@files.get("/video/<public_id>")
def public_file(public_id: str) -> Response:
    """A picture or video, to anybody who knows its address."""
    media = world().media.public(public_id)
    if media is None:
        return Response("这个文件不存在。", status=404, mimetype="text/plain")
    return Response(media.content, mimetype=media.mimetype, headers={"Cache-Control": "max-age=259200"})
