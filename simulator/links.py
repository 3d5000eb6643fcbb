"""Links inside a text: what of it a phone makes tappable.

A text is cut into runs: `{"text"}`, `{"text", "href"}` for a web link, `{"text", "choice": {"content", "id"}}`
for a tap that sends a text. Everything else, other tags included, stays literal text.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulator.errors import ApiError

Run = dict[str, Any]

ANCHOR = re.compile(r"<a\s+(?P<attributes>[^<>]*)>(?P<label>[^<]*)</a>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
BARE_URL = re.compile(r"https?://[\w\-.~:/?#@!$&*+,;=%]+[\w/=&%-]", re.ASCII)
MENU_HREF = "weixin://bizmsgmenu"


def runs(text: str) -> list[Run]:
    """The text as runs, in order; joining their texts gives what the customer reads."""
    found: list[Run] = []
    position = 0
    for match in ANCHOR.finditer(text):
        found += bare_runs(text[position : match.start()])
        found.append(anchor_run(match))
        position = match.end()
    return found + list(bare_runs(text[position:]))


def anchor_run(match: re.Match[str]) -> Run:
    """The run of one `<a>`; a link that WeChat would not open stays literal, as a sender's mistake should show."""
    href, label = href_of(match), match["label"]
    if href.startswith(MENU_HREF):
        return {"text": label, "choice": menu_choice(href)}
    if is_web(href):
        return {"text": label, "href": href}
    return {"text": match[0]}


def bare_runs(text: str) -> Iterator[Run]:
    """Plain text with web addresses made links, as the phone does by itself."""
    position = 0
    for match in BARE_URL.finditer(text):
        if match.start() > position:
            yield {"text": text[position : match.start()]}
        yield {"text": match[0], "href": match[0]}
        position = match.end()
    if position < len(text):
        yield {"text": text[position:]}


def menu_choice(href: str) -> dict[str, str] | None:
    """What a tap sends; None where a parameter is missing, because the phone then ignores the tap."""
    parameters = parse_qs(urlsplit(href).query, encoding="utf-8")
    content, number = (parameters.get(name, [""])[0] for name in ("msgmenucontent", "msgmenuid"))
    return {"content": content, "id": number} if content and number else None


def href_of(match: re.Match[str]) -> str:
    """The `href` of an `<a>`, empty where there is none."""
    for attribute in ATTRIBUTE.finditer(match["attributes"]):
        if attribute[1].lower() == "href":
            return attribute[2] or attribute[3] or ""
    return ""


def is_web(href: str) -> bool:
    """Whether a browser may open it."""
    return href.startswith(("http://", "https://"))


def plain(text: str) -> str:
    """The text as the customer reads it."""
    return "".join(run["text"] for run in runs(text))


def check(text: str) -> None:
    """Raise ApiError 40213 or 40214 for links that customer-service messages may not carry."""
    for match in ANCHOR.finditer(text):
        href = href_of(match)
        if not (is_web(href) or href.startswith(MENU_HREF)):
            raise ApiError(40213, f"href {href!r}")
        if not match["label"].strip():
            raise ApiError(40214, f"href {href!r}")
