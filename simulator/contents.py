"""What a bubble on the phone holds, built alike for passive replies and customer-service messages.

`type` names the kind, `text` is what a person reads in it, the other fields belong to the kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator import links
from simulator.media import Media


@dataclass(frozen=True)
class Content:
    """One bubble's content."""

    type: str
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The content as the page and the control interface read it."""
        return {"type": self.type, "text": self.text, **self.fields}


def text(content: str) -> Content:
    """A text of the account with its links found; `raw` is what was sent, `text` what is read."""
    return Content("text", links.plain(content), {"raw": content, "runs": links.runs(content)})


def said(content: str) -> Content:
    """A text of the customer: no links, it is shown as typed."""
    return Content("text", content, {"raw": content, "runs": [{"text": content}]})


def menu(head: str, options: Sequence[Mapping[str, str]], tail: str) -> Content:
    """A menu message: the options send their content when tapped."""
    listed = [{"id": option["id"], "content": option["content"]} for option in options]
    lines = [head, *(option["content"] for option in listed), tail]
    fields = {"head": links.runs(head), "options": listed, "tail": links.runs(tail)}
    return Content("msgmenu", "\n".join(line for line in lines if line), fields)


def news(articles: Sequence[Mapping[str, str]]) -> Content:
    """Article cards, each with `title`, `description`, `url` and `picture`."""
    return Content("news", "\n".join(article["title"] for article in articles), {"articles": list(articles)})


def media(stored: Media, **fields: Any) -> Content:
    """A picture, voice or video."""
    return Content(stored.kind, NAMES[stored.kind], {"url": stored.path, "media_id": stored.id, **fields})


def music(title: str, description: str, url: str) -> Content:
    """A piece of music, shown as a card."""
    return card("音乐", title, description, url)


def card(kind: str, title: str, description: str = "", url: str = "") -> Content:
    """Anything else that is shown as a card: a coupon, a mini program, an article of the account, a file."""
    shown = {"title": title or kind, "description": description, "url": url, "picture": ""}
    return Content("news", title or kind, {"articles": [shown], "card": kind})


def location(label: str, latitude: float, longitude: float) -> Content:
    """A place."""
    return Content("location", label, {"latitude": latitude, "longitude": longitude})


def notice(title: str, rows: Sequence[tuple[str, str]], url: str) -> Content:
    """A template message: rows of a label and a value."""
    listed = [{"label": label, "value": value} for label, value in rows]
    readable = "\n".join([title, *(f"{label}：{value}" for label, value in rows)])
    return Content("template", readable, {"title": title, "rows": listed, "url": url})


def tip(words: str) -> Content:
    """A grey line of the platform itself."""
    return Content("tip", words)


def event(name: str, key: str) -> Content:
    """A deed of the customer that leaves no bubble."""
    return Content("event", name, {"event": name, "key": key})


NAMES = {"image": "[图片]", "voice": "[语音]", "video": "[视频]", "thumb": "[图片]"}
