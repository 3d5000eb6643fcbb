"""The events among a customer's deeds: following, menu buttons, codes, positions, agreements."""

import secrets
from collections.abc import Callable

from simulator import contents, quota
from simulator.asking import Deed, Request
from simulator.errors import RefusedError
from simulator.subscriptions import ACCEPT, REJECT
from simulator.world import Code
from simulator.xml import Value

MENU_ID = 457435214
COMING = {"subscribe", "SCAN"}


def event(request: Request) -> Deed:
    """An event: `event` names it, `key`, `scene`, `lat`, `lng` belong to it. Unknown names go through as they are."""
    name = request.needed("event")
    return EVENTS.get(name, other)(request)


def event_deed(name: str, key: str, grant: str | None = None, *, quiet: bool = False, **after: Value) -> Deed:
    """An event with an EventKey."""
    fields = {"MsgType": "event", "Event": name, "EventKey": key, **after}
    return Deed(contents.event(name, key), fields, grant, quiet)


def click(request: Request) -> Deed:
    """A tapped menu button: `key`."""
    return event_deed("CLICK", request.needed("key"), quota.MENU)


def view(request: Request) -> Deed:
    """A menu button that opens a page or a mini program: `key` is its address."""
    return event_deed(request.text("event"), request.needed("key"), quiet=True, MenuId=MENU_ID)


def scan_code(request: Request) -> Deed:
    """A menu button that scans any code: `key`, and `scene` as what the code says."""
    result: Value = {"ScanType": "qrcode", "ScanResult": request.text("scene") or "1"}
    return event_deed(request.text("event"), request.needed("key"), quota.MENU, ScanCodeInfo=result)


def choose_place(request: Request) -> Deed:
    """A menu button that asks for a place: `key`, `lat`, `lng`, `label`."""
    place: dict[str, Value] = {"Location_X": str(request.number("lat")), "Location_Y": str(request.number("lng"))}
    place |= {"Scale": "15", "Label": request.text("label"), "Poiname": ""}
    return event_deed("location_select", request.needed("key"), quiet=True, SendLocationInfo=place)


def follow(request: Request) -> Deed:
    """Following, with a `scene` when it came from a QR code, with `paid` when it came after a payment."""
    scene, paid = request.text("scene"), request.text("paid")
    with request.world.lock:
        request.customer.following = True
        request.customer.followed_at = request.world.now()
        request.customer.scene = scene
    if paid:
        return event_deed("subscribe", f"last_trade_no_{paid}", quota.FOLLOW)
    if not scene:
        return event_deed("subscribe", "", quota.FOLLOW)
    return event_deed("subscribe", f"qrscene_{scene}", quota.SCAN, Ticket=ticket(request, scene))


def unfollow(request: Request) -> Deed:
    """No longer following; every grant ends, and so does a session with an agent."""
    world, openid = request.world, request.customer.openid
    with world.lock:
        request.customer.following = False
        world.ledger.close(openid)
        world.desk.leave(openid)
    return event_deed("unsubscribe", "", quiet=True)


def scan(request: Request) -> Deed:
    """A scanned QR code: `scene`. Who does not follow yet, follows by it. Raises RefusedError for one that has ended."""
    scene = request.needed("scene")
    made, now = codes_for(request, scene), request.world.now()
    if made and not any(code.expires_at is None or code.expires_at > now for code in made):
        raise RefusedError("这个二维码已过期。")
    if not request.customer.following:
        return follow(request)
    return event_deed("SCAN", scene, quota.SCAN, Ticket=ticket(request, scene))


def position(request: Request) -> Deed:
    """The position reported on entering the chat: `lat`, `lng`."""
    place = {"Latitude": request.number("lat"), "Longitude": request.number("lng"), "Precision": 65.0}
    return Deed(contents.event("LOCATION", ""), {"MsgType": "event", "Event": "LOCATION", **place}, quiet=True)


def agree(request: Request) -> Deed:
    """The pop-up of subscription notices: `template`, `status` accept or reject."""
    template, status = agreement(request)
    with request.world.lock:
        request.world.subscriptions.answer(request.customer.openid, template, status)
    listed: Value = {"List": {"TemplateId": template, "SubscribeStatusString": status, "PopupScene": 1}}
    name = "subscribe_msg_popup_event"
    fields: dict[str, Value] = {"MsgType": "event", "Event": name, "SubscribeMsgPopupEvent": listed}
    return Deed(contents.event(name, template), fields, quiet=True)


def change_agreement(request: Request) -> Deed:
    """The switch in the account's settings: `template`, `status` accept or reject."""
    template, status = agreement(request)
    with request.world.lock:
        request.world.subscriptions.change(request.customer.openid, template, status)
    listed: Value = {"List": {"TemplateId": template, "SubscribeStatusString": status}}
    name = "subscribe_msg_change_event"
    fields: dict[str, Value] = {"MsgType": "event", "Event": name, "SubscribeMsgChangeEvent": listed}
    return Deed(contents.event(name, template), fields, quiet=True)


def agreement(request: Request) -> tuple[str, str]:
    """Template and status of an agreement. Raises RefusedError."""
    status = request.text("status") or ACCEPT
    if status not in {ACCEPT, REJECT}:
        raise RefusedError(f"status 应为 {ACCEPT} 或 {REJECT}。")
    return request.needed("template"), status


def revoke(request: Request) -> Deed:
    """The customer takes back the authorisation of personal data, or changes it."""
    name, appid = request.text("event"), request.world.config.appid
    after: dict[str, Value] = {"OpenID": request.customer.openid, "AppID": appid}
    if name == "user_authorization_revoke":
        after["RevokeInfo"] = request.text("key") or "1"
    return Deed(contents.event(name, ""), {"MsgType": "event", "Event": name, **after}, quiet=True)


def other(request: Request) -> Deed:
    """Any other event, with `key` as its EventKey."""
    return event_deed(request.needed("event"), request.text("key"), quiet=True)


def ticket(request: Request, scene: str) -> str:
    """The ticket of the account's own code for the scene; a printed code of unknown origin gets a new one."""
    known = codes_for(request, scene)
    return known[0].ticket if known else secrets.token_urlsafe(48)


def codes_for(request: Request, scene: str) -> list[Code]:
    """The codes that the account made for a scene."""
    with request.world.lock:
        return [code for code in request.world.codes.values() if code.scene == scene]


EVENTS: dict[str, Callable[[Request], Deed]] = {
    "CLICK": click, "VIEW": view, "view_miniprogram": view, "scancode_push": scan_code, "scancode_waitmsg": scan_code,
    "location_select": choose_place, "subscribe": follow, "unsubscribe": unfollow, "SCAN": scan, "LOCATION": position,
    "subscribe_msg_popup_event": agree, "subscribe_msg_change_event": change_agreement,
    "user_info_modified": revoke, "user_authorization_revoke": revoke,
}  # fmt: skip
