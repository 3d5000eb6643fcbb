"""What a customer can do on the phone: each deed becomes a bubble, a push and, mostly, a quota grant."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator import contents, quota, samples
from simulator.contents import Content
from simulator.customers import CUSTOMER, Customer, Entry
from simulator.errors import ApiError, RefusedError
from simulator.log import Record
from simulator.media import Media
from simulator.push import Push, PushEngine
from simulator.world import World
from simulator.xml import Value


class NotFollowingError(RefusedError):
    """Only followers can write to the account."""


@dataclass(frozen=True)
class Request:
    """A deed asked for: who, the given fields, and the uploaded file if any."""

    world: World
    customer: Customer
    data: Mapping[str, Any]
    upload: bytes | None = None

    def text(self, name: str) -> str:
        """A field as text, empty where absent."""
        return str(self.data.get(name) or "")

    def needed(self, name: str) -> str:
        """A field that must be there. Raises RefusedError naming it."""
        value = self.data.get(name)
        if value is None:
            raise RefusedError(f"缺少 {name}。")
        return str(value)

    def number(self, name: str) -> float:
        """A number that must be there. Raises RefusedError naming it."""
        try:
            return float(self.needed(name))
        except ValueError as error:
            raise RefusedError(f"{name} 应为数字。") from error

    @property
    def copies(self) -> int:
        """How many times the push goes out at the same moment, 1 unless told."""
        return int(self.number("copies")) if self.data.get("copies") else 1

    def store(self, kind: str, content: bytes) -> Media:
        """Keep a file the customer sends. Raises RefusedError when the platform would not take it."""
        try:
            return self.world.media.add(kind, content, self.world.now())
        except ApiError as error:
            raise RefusedError(f"这个文件发不出去，格式不支持或太大（{error.code}）。") from error


@dataclass(frozen=True)
class Deed:
    """The outcome: what the chat holds, what is pushed (without the common head), which grant it opens."""

    content: Content
    fields: Mapping[str, Value]
    grant: str | None = None
    quiet: bool = False


def perform(engine: PushEngine, request: Request) -> tuple[Entry, Record]:
    """Do it: the entry of the chat and the record of the push. Raises RefusedError."""
    kind = request.text("type")
    builder = BUILDERS.get(kind)
    if builder is None:
        raise RefusedError(f"不认识的类型 {kind!r}，可用：{'、'.join(sorted(BUILDERS))}。")
    if not request.customer.following and request.text("event") not in COMING:
        raise NotFollowingError(f"{request.customer.name}还没有关注公众号，请先关注。")
    deed = builder(request)
    entry, push = settle(request, deed)
    return entry, engine.send(push, copies=request.copies)


def settle(request: Request, deed: Deed) -> tuple[Entry, Push]:
    """Write the deed into the chat and the ledger."""
    world, customer = request.world, request.customer
    with world.lock:
        now = world.now()
        if deed.grant:
            world.ledger.open(customer.openid, deed.grant, now)
            customer.spoke_at = now
        via = "event" if deed.content.type == "event" else "said"
        entry = world.say(customer.openid, CUSTOMER, via, deed.content)
    return entry, Push(customer.openid, now, deed.fields, deed.quiet)


def message(request: Request, content: Content, fields: Mapping[str, Value], **after: Value) -> Deed:
    """An ordinary message; `after` are the fields behind MsgId."""
    fields = {**fields, "MsgId": request.world.next_message_id(), **after}
    return Deed(content, fields, quota.MESSAGE)


def text(request: Request) -> Deed:
    """Typed text: `text`."""
    words = request.needed("text")
    return message(request, contents.said(words), {"MsgType": "text", "Content": words})


def tap(request: Request) -> Deed:
    """A tapped option of a menu message or a menu link: `text` and `id`."""
    words = request.needed("text")
    deed = message(
        request, contents.said(words), {"MsgType": "text", "Content": words}, bizmsgmenuid=request.needed("id")
    )
    grant = quota.MESSAGE if request.world.config.tap_renews_window else quota.TAP
    return Deed(deed.content, deed.fields, grant)


def image(request: Request) -> Deed:
    """A photo: the uploaded file, or a drawn one named by `text`."""
    try:
        content = samples.as_jpeg(request.upload) if request.upload else samples.photo(sample_name(request))
    except samples.PictureError as error:
        raise RefusedError(str(error)) from error
    stored = request.store("image", content)
    fields = {"MsgType": "image", "PicUrl": request.world.config.base_url + stored.path, "MediaId": stored.id}
    return message(request, contents.media(stored), fields)


def voice(request: Request) -> Deed:
    """A voice message; `text`, if given, is what the platform recognised in it."""
    words = request.text("text")
    seconds = samples.spoken_seconds(words)
    stored = request.store("voice", samples.voice(seconds))
    fields = {"MsgType": "voice", "MediaId": stored.id, "Format": "amr"}
    recognised = {"Recognition": words} if words else {}
    content = contents.media(stored, seconds=seconds, recognition=words)
    return message(request, content, {**fields, **recognised}, MediaId16K=stored.id)


def video(request: Request) -> Deed:
    """A video: the uploaded MP4, or a made one."""
    stored = request.store("video", request.upload or samples.video())
    thumb = request.store("thumb", samples.photo(sample_name(request)))
    fields = {"MsgType": "video", "MediaId": stored.id, "ThumbMediaId": thumb.id}
    return message(request, contents.media(stored, thumb=thumb.path), fields)


def location(request: Request) -> Deed:
    """A place: `label`, `lat`, `lng`."""
    label, latitude, longitude = request.needed("label"), request.number("lat"), request.number("lng")
    fields: dict[str, Value] = {"MsgType": "location", "Location_X": latitude, "Location_Y": longitude}
    return message(request, contents.location(label, latitude, longitude), {**fields, "Scale": 16, "Label": label})


def link(request: Request) -> Deed:
    """A shared web page: `title`, `description`, `url`."""
    title, description, url = request.needed("title"), request.text("description"), request.needed("url")
    card = contents.news([{"title": title, "description": description, "url": url, "picture": ""}])
    return message(request, card, {"MsgType": "link", "Title": title, "Description": description, "Url": url})


def event(request: Request) -> Deed:
    """An event: `event` names it, `key`, `scene`, `lat`, `lng` belong to it. Unknown names go through as they are."""
    name = request.needed("event")
    return EVENTS.get(name, other_event)(request)


def click(request: Request) -> Deed:
    """A tapped menu button: `key`."""
    return event_deed("CLICK", request.needed("key"), quota.MENU)


def view(request: Request) -> Deed:
    """A menu button that opens a page: `key` is its address."""
    return event_deed("VIEW", request.needed("key"), quiet=True)


def follow(request: Request) -> Deed:
    """Following, with a `scene` when it came from a QR code."""
    scene = request.text("scene")
    with request.world.lock:
        request.customer.following = True
        request.customer.followed_at = request.world.now()
        request.customer.scene = scene
    if not scene:
        return event_deed("subscribe", "", quota.FOLLOW)
    return event_deed("subscribe", f"qrscene_{scene}", quota.SCAN, Ticket=ticket(request, scene))


def unfollow(request: Request) -> Deed:
    """No longer following; every grant ends."""
    with request.world.lock:
        request.customer.following = False
        request.world.ledger.close(request.customer.openid)
    return event_deed("unsubscribe", "", quiet=True)


def scan(request: Request) -> Deed:
    """A scanned QR code: `scene`. Who does not follow yet, follows by it."""
    scene = request.needed("scene")
    if not request.customer.following:
        return follow(request)
    return event_deed("SCAN", scene, quota.SCAN, Ticket=ticket(request, scene))


def position(request: Request) -> Deed:
    """The position reported on entering the chat: `lat`, `lng`."""
    place = {"Latitude": request.number("lat"), "Longitude": request.number("lng"), "Precision": 65.0}
    return Deed(contents.event("LOCATION", ""), {"MsgType": "event", "Event": "LOCATION", **place}, quiet=True)


def other_event(request: Request) -> Deed:
    """Any other event, with `key` as its EventKey."""
    return event_deed(request.needed("event"), request.text("key"), quiet=True)


def event_deed(name: str, key: str, grant: str | None = None, *, quiet: bool = False, **after: Value) -> Deed:
    """An event with an EventKey."""
    fields = {"MsgType": "event", "Event": name, "EventKey": key, **after}
    return Deed(contents.event(name, key), fields, grant, quiet)


def ticket(request: Request, scene: str) -> str:
    """The ticket of the account's own code for the scene; a printed code of unknown origin gets a new one."""
    known = next((code.ticket for code in request.world.codes.values() if code.scene == scene), "")
    return known or secrets.token_urlsafe(48)


def sample_name(request: Request) -> str:
    """What distinguishes one made picture from the next."""
    return request.text("text") or secrets.token_hex(4)


COMING = {"subscribe", "SCAN"}
BUILDERS: dict[str, Callable[[Request], Deed]] = {
    "text": text, "tap": tap, "image": image, "voice": voice, "video": video,
    "location": location, "link": link, "event": event,
}  # fmt: skip
EVENTS: dict[str, Callable[[Request], Deed]] = {
    "CLICK": click, "VIEW": view, "subscribe": follow, "unsubscribe": unfollow, "SCAN": scan, "LOCATION": position,
}  # fmt: skip
