"""The bodies of customer-service messages: each type's checks, and the bubble it becomes."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator import contents, links
from simulator.contents import Content
from simulator.errors import ApiError
from simulator.world import World

TEXT_BYTES = 2048
# The platform does not publish its limits for menu messages; these are wide enough for a phone's screen.
OPTIONS = 20
OPTION_BYTES = 256

Body = Mapping[str, Any]


def read(world: World, body: Body) -> Content:
    """The bubble of a message body. Raises ApiError 40008 (unknown type), 45162 (its part is missing), …"""
    kind = body.get("msgtype")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise ApiError(40008, f"msgtype {kind!r}")
    part = body.get(str(kind))
    if not isinstance(part, Mapping):
        raise ApiError(45162, f"msgtype {kind!r}")
    content = reader(world, part)
    return Content(content.type, content.text, {**content.fields, **marks(world, body)})


def marks(world: World, body: Body) -> dict[str, Any]:
    """What may stand beside any message: the agent it is shown as, the label of an AI's words. Raises ApiError 65401."""
    found: dict[str, Any] = {}
    if account := str(nested(body, "customservice").get("kf_account") or ""):
        found["agent"] = world.desk.agent(account).nickname
    if nested(body, "aimsgcontext").get("is_ai_msg") == 1:
        found["by_ai"] = True
    return found


def nested(body: Body, name: str) -> Body:
    """An object inside the body, empty where absent."""
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def read_text(_world: World, part: Body) -> Content:
    """{"content"}: 1 to 2048 bytes with good links."""
    content = text_field(part, "content")
    if not content.strip():
        raise ApiError(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise ApiError(45002)
    links.check(content)
    return contents.text(content)


def media_reader(kind: str) -> Callable[[World, Body], Content]:
    """A reader for {"media_id"}, of a video also {"thumb_media_id", "title", "description"}."""

    def read_media(world: World, part: Body) -> Content:
        media = world.media.of_kind(kind, text_field(part, "media_id"), world.now())
        return contents.media(media, **thumb(world, part))

    return read_media


def thumb(world: World, part: Body, *, needed: bool = False) -> dict[str, str]:
    """The small picture of a message, as its address. Raises ApiError 41006, 40007 or 40121."""
    media_id = text_field(part, "thumb_media_id")
    if not media_id and not needed:
        return {}
    kind = "image" if is_image(world, media_id) else "thumb"
    return {"thumb": world.media.of_kind(kind, media_id, world.now()).path}


def is_image(world: World, media_id: str) -> bool:
    """Whether a media_id stands for a picture, which serves as a small one too."""
    return bool(media_id) and world.media.get(media_id, world.now()).kind == "image"


def read_news(_world: World, part: Body) -> Content:
    """{"articles": [one of them]}."""
    articles = part.get("articles")
    if not isinstance(articles, list) or not articles:
        raise ApiError(45162, "articles")
    if len(articles) > 1:
        raise ApiError(45008)
    names = {"title": "title", "description": "description", "url": "url", "picture": "picurl"}
    return contents.news([{name: text_field(articles[0], key) for name, key in names.items()}])


def read_menu(world: World, part: Body) -> Content:
    """{"head_content", "list": [{"id", "content"}…], "tail_content"}. Raises ApiError 40200 by the account's kind."""
    if not world.config.kind.menu_messages:
        raise ApiError(40200)
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


def read_music(world: World, part: Body) -> Content:
    """{"title", "description", "musicurl", "hqmusicurl", "thumb_media_id"}."""
    thumb(world, part)
    return contents.music(*(text_field(part, name) for name in ("title", "description", "musicurl")))


def read_mini_program(world: World, part: Body) -> Content:
    """{"title", "appid", "pagepath", "thumb_media_id"}. Raises ApiError 40035 without appid, 41006 without picture."""
    if not text_field(part, "appid"):
        raise ApiError(40035, "appid")
    thumb(world, part, needed=True)
    return contents.card("小程序", text_field(part, "title"), text_field(part, "pagepath"))


def card_reader(name: str, field: str) -> Callable[[World, Body], Content]:
    """A reader for messages that only name something by its id."""

    def read_card(_world: World, part: Body) -> Content:
        if not text_field(part, field):
            raise ApiError(40035, field)
        return contents.card(name, "", text_field(part, field))

    return read_card


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
    "image": media_reader("image"),
    "voice": media_reader("voice"),
    "video": media_reader("video"),
    "music": read_music,
    "mpnews": card_reader("图文消息", "media_id"),
    "mpnewsarticle": card_reader("图文消息", "article_id"),
    "wxcard": card_reader("卡券", "card_id"),
    "miniprogrampage": read_mini_program,
}
