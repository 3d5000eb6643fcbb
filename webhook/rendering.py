"""The assistant's answers as texts that fit. Choices stay marks until a text leaves for WeChat."""

import re
from collections.abc import Sequence

from bot.client import Reply
from wechat.choices import render, unmark, with_choices
from wechat.replies import plain, split_text

_MARK = re.compile(r"\[\[[^\[\]]+\]\]")


def text_of(replies: Sequence[Reply]) -> str:
    """One text of all the answers, '' where there are none; nothing that a customer typed becomes a link in it."""
    return "\n\n".join(with_choices(unmark(plain(reply.text)), reply.choices) for reply in replies)


def in_parts(text: str) -> list[str]:
    """The text in parts that are short enough once they are rendered; a choice stays whole.

    :raises ValueError: when a choice has nothing to tap, or is too long for a message.
    """
    marks = {render(mark): mark for mark in _MARK.findall(text)}
    return [_marked(part, marks) for part in split_text(render(text))]


def _marked(part: str, marks: dict[str, str]) -> str:
    for link, mark in marks.items():
        part = part.replace(link, mark)
    return part
