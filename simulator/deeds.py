"""What a customer can do on the phone: each deed becomes a bubble, a push and, mostly, a quota grant."""

import secrets
from collections.abc import Callable, Mapping

from simulator import contents, events, handover, quota, samples
from simulator.asking import Deed, NotFollowingError, Request
from simulator.contents import Content
from simulator.customers import CUSTOMER, Entry
from simulator.errors import RefusedError
from simulator.log import Record
from simulator.push import Push, PushEngine
from simulator.xml import Value

__all__ = ["Deed", "NotFollowingError", "Request", "perform"]

UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"


def perform(engine: PushEngine, request: Request) -> tuple[Entry, Record]:
    """Do it: the entry of the chat and the record of the push. Raises RefusedError.

    In a session with a human agent a message goes to the agent; it leaves a record, but is not pushed.
    """
    kind = request.text("type")
    builder = BUILDERS.get(kind)
    if builder is None:
        raise RefusedError(f"不认识的类型 {kind!r}，可用：{'、'.join(sorted(BUILDERS))}。")
    if not request.customer.following and request.text("event") not in events.COMING:
        raise NotFollowingError(f"{request.customer.name}还没有关注公众号，请先关注。")
    deed = builder(request)
    entry, push = settle(request, deed)
    to_agent = None
    if not push.is_event:
        to_agent = handover.heard_by_agent(engine, request.customer, deed.fields, deed.content.text)
    return entry, to_agent or engine.send(push, copies=request.copies)


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
    """Typed text: `text`; with `article` it was written under an article of the account."""
    words = request.needed("text")
    origin: dict[str, Value] = {"MsgDataId": request.text("article"), "Idx": 1} if request.text("article") else {}
    return message(request, contents.said(words), {"MsgType": "text", "Content": words}, **origin)


def tap(request: Request) -> Deed:
    """A tapped option of a menu message or a menu link: `text` and `id`, which only service accounts are told."""
    words, number = request.needed("text"), request.needed("id")
    told: dict[str, Value] = {"bizmsgmenuid": number} if request.world.config.kind.menu_ids else {}
    deed = message(request, contents.said(words), {"MsgType": "text", "Content": words}, **told)
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
    """A voice message; `text`, if given, is what the platform recognised in it, which test accounts never learn."""
    words = request.text("text")
    seconds = samples.spoken_seconds(words)
    stored = request.store("voice", samples.voice(seconds))
    fields = {"MsgType": "voice", "MediaId": stored.id, "Format": "amr"}
    recognised = {"Recognition": words} if words and request.world.config.kind.recognition else {}
    content = contents.media(stored, seconds=seconds, recognition=words)
    return message(request, content, {**fields, **recognised}, MediaId16K=stored.id)


def video(request: Request) -> Deed:
    """A video: the uploaded MP4, or a made one; `type` shortvideo is one taken in the chat."""
    stored = request.store("video", request.upload or samples.video())
    thumb = request.store("thumb", samples.photo(sample_name(request)))
    fields = {"MsgType": request.text("type"), "MediaId": stored.id, "ThumbMediaId": thumb.id}
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


def file(request: Request) -> Deed:
    """A file, which the account cannot fetch: `title` names it."""
    title = request.text("title") or "文件.pdf"
    fields: dict[str, Value] = {"MsgType": "file", "Title": title, "Description": "", "FileKey": secrets.token_hex(16)}
    return message(request, contents.card("文件", title), {**fields, "FileMd5": "0" * 32, "FileTotalLen": 123})


def mini_program(request: Request) -> Deed:
    """A page of a mini program: `title`."""
    title = request.text("title") or "小程序"
    fields: dict[str, Value] = {"MsgType": "miniprogrampage", "Title": title, "AppId": "wx0", "PagePath": "pages/index"}
    return message(request, contents.card("小程序", title), {**fields, "ThumbUrl": "", "ThumbMediaId": ""})


def sticker(request: Request) -> Deed:
    """A sticker, red packet or the like: what the platform cannot forward arrives as a text that says so."""
    return message(request, contents.tip("[表情]"), {"MsgType": "text", "Content": UNSUPPORTED})


def raw(request: Request) -> Deed:
    """Anything: `fields` follow the common head as they are; with an Event among them it is one."""
    fields = request.data.get("fields")
    if not isinstance(fields, Mapping) or not fields:
        raise RefusedError("请用 fields 给出 XML 的字段，例如 {\"MsgType\": \"text\", \"Content\": \"\"}。")
    if "Event" in fields:
        return Deed(contents.event(str(fields["Event"]), str(fields.get("EventKey", ""))), fields, quiet=True)
    return Deed(contents.said(str(fields.get("Content", ""))), fields, quota.MESSAGE)


def sample_name(request: Request) -> str:
    """What distinguishes one made picture from the next."""
    return request.text("text") or secrets.token_hex(4)


BUILDERS: dict[str, Callable[[Request], Deed]] = {
    "text": text, "tap": tap, "image": image, "voice": voice, "video": video, "shortvideo": video,
    "location": location, "link": link, "file": file, "miniprogrampage": mini_program, "sticker": sticker,
    "event": events.event, "raw": raw,
}  # fmt: skip
