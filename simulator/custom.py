"""Customer-service messages: the checks of their bodies, the quota, the typing sign."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from simulator import contents, links
from simulator.contents import Content
from simulator.customers import ACCOUNT, Customer
from simulator.errors import ApiError
from simulator.world import World

TEXT_BYTES = 2048
# The platform does not publish its limits for menu messages; these are wide enough for a phone's screen.
OPTIONS = 20
OPTION_BYTES = 256

TYPING_LASTS = timedelta(seconds=15)
TYPING_AFTER_DEED = timedelta(seconds=30)

Body = Mapping[str, Any]


def send(world: World, body: Body) -> None:
    """Show a message on the customer's phone. Raises ApiError for a bad body, a closed window, a spent quota."""
    with world.lock:
        customer = addressee(world, body)
        content = read(world, body)
        if not customer.following:
            raise ApiError(45015)
        world.ledger.take(customer.openid, world.now())
        world.say(customer.openid, ACCOUNT, "custom", content)


def typing(world: World, body: Body) -> None:
    """Show or end the typing sign; it lasts 15 s and needs a deed of the customer in the last 30 s."""
    with world.lock:
        customer, now = addressee(world, body), world.now()
        command = body.get("command")
        if command not in {"Typing", "CancelTyping"}:
            raise ApiError(45072)
        world.ledger.check(customer.openid, now)
        if command == "CancelTyping":
            customer.typing_until = None
            return
        if customer.spoke_at is None or now - customer.spoke_at > TYPING_AFTER_DEED:
            raise ApiError(45080)
        if customer.is_typing(now):
            raise ApiError(45081)
        customer.typing_until = now + TYPING_LASTS


def addressee(world: World, body: Body) -> Customer:
    """The customer of `touser`. Raises ApiError 40003."""
    openid = body.get("touser")
    customer = world.customers.get(openid) if isinstance(openid, str) else None
    if customer is None:
        raise ApiError(40003)
    return customer


def read(world: World, body: Body) -> Content:
    """The bubble of a message body. Raises ApiError 40008 (unknown type), 45162 (its part is missing), …"""
    kind = body.get("msgtype")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise ApiError(40008, f"msgtype {kind!r}")
    part = body.get(str(kind))
    if not isinstance(part, Mapping):
        raise ApiError(45162, f"msgtype {kind!r}")
    return reader(world, part)


def read_text(_world: World, part: Body) -> Content:
    """{"content"}: 1 to 2048 bytes with good links."""
    content = text_field(part, "content")
    if not content.strip():
        raise ApiError(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise ApiError(45002)
    links.check(content)
    return contents.text(content)


def read_media(world: World, part: Body) -> Content:
    """{"media_id"}."""
    media_id = text_field(part, "media_id")
    if not media_id:
        raise ApiError(41006)
    return contents.media(world.media.get(media_id, world.now()))


def read_news(_world: World, part: Body) -> Content:
    """{"articles": [one of them]}."""
    articles = part.get("articles")
    if not isinstance(articles, list) or not articles:
        raise ApiError(45162, "articles")
    if len(articles) > 1:
        raise ApiError(45008)
    names = {"title": "title", "description": "description", "url": "url", "picture": "picurl"}
    return contents.news([{name: text_field(articles[0], key) for name, key in names.items()}])


def read_menu(_world: World, part: Body) -> Content:
    """{"head_content", "list": [{"id", "content"}…], "tail_content"}."""
    options = part.get("list")
    if not isinstance(options, list) or not options:
        raise ApiError(40035, "msgmenu.list")
    if len(options) > OPTIONS:
        raise ApiError(45098)
    listed = [read_option(option) for option in options]
    return contents.menu(text_field(part, "head_content"), listed, text_field(part, "tail_content"))


def read_option(option: object) -> dict[str, str]:
    """One option; ids may come as numbers."""
    if not isinstance(option, Mapping) or not option.get("content") or not str(option.get("id", "")):
        raise ApiError(40035, "msgmenu.list")
    content = str(option["content"])
    if len(content.encode()) > OPTION_BYTES:
        raise ApiError(45099)
    return {"id": str(option["id"]), "content": content}


def read_music(_world: World, part: Body) -> Content:
    """{"title", "description", "musicurl"}."""
    return contents.music(*(text_field(part, name) for name in ("title", "description", "musicurl")))


def text_field(part: object, name: str) -> str:
    """A text field, empty where absent. Raises ApiError 40035 for another kind of value."""
    value = part.get(name, "") if isinstance(part, Mapping) else None
    if not isinstance(value, str):
        raise ApiError(40035, name)
    return value


READERS: dict[str, Callable[[World, Body], Content]] = {
    "text": read_text,
    "msgmenu": read_menu,
    "news": read_news,
    "image": read_media,
    "voice": read_media,
    "video": read_media,
    "music": read_music,
}
