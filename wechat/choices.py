"""What can be tapped, as it stands in a stored text: `[[5星]]`, or `[[label|what the tap says]]`.

Stored that way a text is readable in the log, and becomes links only where it leaves for WeChat.
"""

import re
from collections.abc import Sequence

from wechat.replies import choice_link

_MARK = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]|]+))?\]\]")


def mark(label: str, content: str | None = None) -> str:
    """A choice as it is stored."""
    return f"[[{label}|{content}]]" if content and content != label else f"[[{label}]]"


def unmark(text: str) -> str:
    """Somebody's words in which nothing is taken for a choice."""
    return text.replace("[[", "［［")


def with_choices(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """A text with its choices, (label, content) each, on a line of their own."""
    if not choices:
        return text
    return "\n".join(filter(None, (text, "  ".join(mark(label, content) for label, content in choices))))


def render(text: str) -> str:
    """The text as it is sent: every choice a link."""
    return _MARK.sub(lambda found: choice_link(found[1], found[2]), text)


def rendered_size(text: str) -> int:
    """How many UTF-8 bytes the text has as it is sent; one that cannot be rendered has as it stands."""
    try:
        return len(render(text).encode())
    except ValueError:
        return len(text.encode())


def without_choices(text: str) -> str:
    """The text for a place where nothing can be tapped: of choices, their labels."""
    return _MARK.sub(r"\1", text)
