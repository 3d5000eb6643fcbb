"""The account's menu: the platform's checks on publishing it, and the one shown before anything is published."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.errors import ApiError

DEFAULT: list[dict[str, Any]] = [
    {"type": "click", "name": "我要报修", "key": "report_repair"},
    {"type": "click", "name": "查询进度", "key": "query_progress"},
    {"type": "click", "name": "我的服务", "key": "my_services"},
]

KEYED = {
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin",
    "location_select",
}  # fmt: skip
OTHER = {"view", "miniprogram", "media_id", "view_limited", "article_id", "article_view_limited"}


class Errors:
    """The error codes of one level of the menu."""

    def __init__(self, count: int, kind: int, name: int, key: int, url: int) -> None:
        self.count, self.kind, self.name, self.key, self.url = count, kind, name, key, url


TOP = Errors(40016, 40017, 40018, 40019, 40020)
SUB = Errors(40023, 40024, 40025, 40026, 40027)


def check(buttons: object) -> list[dict[str, Any]]:
    """The buttons when they may be published; raises ApiError 40016–40027 otherwise."""
    listed = check_count(buttons, 3, TOP)
    for button in listed:
        check_size(button.get("name"), 16, TOP.name)
        check_button(button)
    return listed


def check_button(button: Mapping[str, Any]) -> None:
    """A top button: with buttons of its own, or with a deed."""
    if not button.get("sub_button"):
        check_deed(button, TOP)
        return
    for sub in check_count(button["sub_button"], 5, SUB):
        check_size(sub.get("name"), 60, SUB.name)
        check_deed(sub, SUB)


def check_deed(button: Mapping[str, Any], errors: Errors) -> None:
    """Type, key and address of one button."""
    kind = button.get("type")
    if kind not in KEYED | OTHER:
        raise ApiError(errors.kind, f"type {kind!r}")
    if kind in KEYED:
        check_size(button.get("key"), 128, errors.key)
    if kind in {"view", "miniprogram"}:
        check_size(button.get("url"), 1024, errors.url)


def check_count(buttons: object, most: int, errors: Errors) -> list[dict[str, Any]]:
    """The buttons as a list of 1 to `most`."""
    if not isinstance(buttons, Sequence) or isinstance(buttons, str) or not 1 <= len(buttons) <= most:
        raise ApiError(errors.count)
    return list(buttons)


def check_size(value: object, most: int, code: int) -> None:
    """A text of 1 to `most` bytes."""
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise ApiError(code)
