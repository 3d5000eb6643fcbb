"""The account's menu, and QR codes with a scene."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from simulator import menu
from simulator.calls.gate import OK, Answer, answers, api, body
from simulator.errors import ApiError
from simulator.world import Code, World

LONGEST = 30 * 24 * 3600
USUAL = 60


@api.route("/cgi-bin/menu/create", methods=["GET", "POST"])
@answers
def menu_create(world: World) -> Answer:
    """Publish the menu."""
    buttons = menu.check(body().get("button"))
    with world.lock:
        world.menu = buttons
    return OK


@api.get("/cgi-bin/menu/get")
@answers
def menu_get(world: World) -> Answer:
    """The published menu."""
    if world.menu is None:
        raise ApiError(46003)
    return {"menu": {"button": world.menu}}


@api.get("/cgi-bin/get_current_selfmenu_info")
@answers
def menu_info(world: World) -> Answer:
    """Whether a menu is shown, and which."""
    return {"is_menu_open": int(world.menu is not None), "selfmenu_info": {"button": world.menu or []}}


@api.get("/cgi-bin/menu/delete")
@answers
def menu_delete(world: World) -> Answer:
    """Take the menu back."""
    with world.lock:
        world.menu = None
    return OK


@api.route("/cgi-bin/qrcode/create", methods=["GET", "POST"])
@answers
def qrcode_create(world: World) -> Answer:
    """A QR code for a scene; it can be scanned on the phone until it ends. Raises ApiError 48001, 40035."""
    if not world.config.kind.codes:
        raise ApiError(48001)
    sent = body()
    scene, lasts = scene_of(sent), lifetime(sent)
    ends = None if lasts is None else world.now() + timedelta(seconds=lasts)
    code = Code(secrets.token_urlsafe(66), scene, ends)
    with world.lock:
        world.codes[code.ticket] = code
    limited = {} if lasts is None else {"expire_seconds": lasts}
    return {"ticket": code.ticket, **limited, "url": f"http://weixin.qq.com/q/{code.ticket[:24]}"}


def scene_of(sent: Mapping[str, Any]) -> str:
    """The scene of a request for a code. Raises ApiError 40035."""
    info = sent.get("action_info")
    scene = info.get("scene") if isinstance(info, Mapping) else None
    field, largest = SCENES.get(str(sent.get("action_name")), ("", 0))
    value = scene.get(field) if isinstance(scene, Mapping) else None
    if largest and type(value) is int and 1 <= value <= largest:
        return str(value)
    if field == "scene_str" and isinstance(value, str) and 1 <= len(value) <= 64:
        return value
    raise ApiError(40035, "scene")


#: Which field holds the scene, and the largest number it may be (0: it is a text).
SCENES = {
    "QR_SCENE": ("scene_id", 2**32 - 1),
    "QR_LIMIT_SCENE": ("scene_id", 100_000),
    "QR_STR_SCENE": ("scene_str", 0),
    "QR_LIMIT_STR_SCENE": ("scene_str", 0),
}


def lifetime(sent: Mapping[str, Any]) -> int | None:
    """Seconds a code is valid: 60 unless told, 30 days at most; None for one that lasts. Raises ApiError 40035."""
    if str(sent["action_name"]).startswith("QR_LIMIT"):
        return None
    wanted = sent.get("expire_seconds", USUAL)
    if type(wanted) is not int or wanted < 1:
        raise ApiError(40035, "expire_seconds")
    return min(wanted, LONGEST)
