"""Passive replies: the XML in the HTTP answer, and texts that fit and are safe."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from wechatpy.replies import TextReply

from wechat.characters import cdata_content, printable
from wechat.messages import InboundMessage

SUCCESS = "success"
"""The answer that says nothing to the customer and stops redelivery."""

TEXT_LIMIT = 2000
"""UTF-8 bytes of a text that every client shows; the platform's own limit is 2048."""

_TRANSFER = (
    "<xml><ToUserName><![CDATA[{target}]]></ToUserName><FromUserName><![CDATA[{source}]]></FromUserName>"
    "<CreateTime>{time}</CreateTime><MsgType><![CDATA[transfer_customer_service]]></MsgType>{agent}</xml>"
)
_PLATFORM_LIMIT = 2048
_WIDEST_CHARACTER = 4
_LINK = re.compile(r"<a\b[^>]*>.*?</a\s*>", re.IGNORECASE | re.DOTALL)
_TAG_START = re.compile(r"<(?=[\s/]*[A-Za-z])")
_DIRECTION_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Where a text may be divided, the best first. A border below a third of the room is passed over for a lesser one.
# ASCII punctuation counts only before a space: it also stands in addresses and times.
_BORDERS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[。！？；…]+[”’」』）]*|[.!?;]+(?=\s)"),
    re.compile(r"[，、：\s]"),
)


def text_reply(message: InboundMessage, text: str, now: datetime) -> str:
    """The passive reply to a message. Links are kept: make what customers typed `plain` before putting it in.

    :raises ValueError: when the text is empty or longer than 2048 bytes, for which the customer would see a fault.
    """
    content = printable(text).strip()
    if not content:
        raise ValueError("A reply needs a text; to say nothing, answer SUCCESS.")
    if _size(content) > _PLATFORM_LIMIT:
        raise ValueError(f"A reply may have {_PLATFORM_LIMIT} bytes, this has {_size(content)}; use split_text.")
    reply = TextReply(
        source=message.account, target=message.openid, time=int(now.timestamp()), content=cdata_content(content)
    )
    rendered: str = reply.render()
    return rendered


def transfer_reply(message: InboundMessage, now: datetime, kf_account: str | None = None) -> str:
    """The passive reply that hands a customer's message over to WeChat's own customer service: to that agent, who must be
    online, because the customer waits for nobody else then, or to the next who is free.

    :raises ValueError: for an event, which cannot be handed over.
    """
    if message.kind == "event":
        raise ValueError("Only a customer's message can be handed over to WeChat's customer service, not an event.")
    agent = f"<TransInfo><KfAccount><![CDATA[{cdata_content(kf_account)}]]></KfAccount></TransInfo>" if kf_account else ""
    return _TRANSFER.format(
        target=cdata_content(message.openid), source=cdata_content(message.account), time=int(now.timestamp()), agent=agent)


def choice_link(label: str, content: str | None = None, menu_id: str | None = None) -> str:
    """A link in a text that, tapped, sends `content` (by default the label) as the customer's own message.

    The content should explain itself, since test accounts do not send `menu_id` back. Both end up non-empty in the
    link, because the client ignores the tap otherwise.
    """
    shown = plain(label).strip()
    if not shown:
        raise ValueError("A choice needs a label that can be tapped.")
    said = printable(content or "").strip() or shown
    parameters = f"msgmenucontent={quote(said, safe='')}&msgmenuid={quote(menu_id or '1', safe='')}"
    return f'<a href="weixin://bizmsgmenu?{parameters}">{shown}</a>'


def plain(text: str) -> str:
    """What a customer typed, made harmless inside our own texts: no tags, control or direction characters."""
    return _TAG_START.sub("＜", _DIRECTION_OVERRIDES.sub("", printable(text)))


def split_text(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The text in parts of at most `limit` UTF-8 bytes, divided between paragraphs, lines or sentences if possible.

    A link stays in one part. A blank text has no parts.

    :raises ValueError: when a single link is longer than the limit, or the limit is below one character.
    """
    if limit < _WIDEST_CHARACTER:
        raise ValueError(f"A part must have room for a character: at least {_WIDEST_CHARACTER} bytes.")
    return list(_parts(printable(text).strip(), limit))


def _parts(rest: str, limit: int) -> Iterator[str]:
    while _size(rest) > limit:
        end = _division(rest, _prefix_length(rest, limit))
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()
    if rest:
        yield rest


def _division(text: str, room: int) -> int:
    """Where to divide, at most `room` characters in and never within a link."""
    links = [match.span() for match in _LINK.finditer(text)]
    for border in _BORDERS:
        ends = [match.end() for match in border.finditer(text, 0, room) if not _inside(match.end(), links)]
        if ends and ends[-1] > room // 3:
            return ends[-1]
    end = next((start for start, stop in links if start < room < stop), room)
    if end == 0:
        raise ValueError("A link is longer than a message may be; shorten its address or its label.")
    return end


def _inside(position: int, links: list[tuple[int, int]]) -> bool:
    return any(start < position < stop for start, stop in links)


def _prefix_length(text: str, limit: int) -> int:
    """How many whole characters fit into `limit` bytes."""
    return len(text.encode()[:limit].decode(errors="ignore"))


def _size(text: str) -> int:
    return len(text.encode())
