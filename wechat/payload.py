"""The XML of a push, read with suspicion: it comes from the internet and holds what customers typed."""

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict  # type: ignore[import-untyped]

from wechat.characters import printable

MAX_DEPTH = 8
"""Elements within each other; the platform's own messages have five."""

_DECLARATION_ONLY = re.compile(r"\s*(<\?xml[^>]*\?>)?\s*")


class MalformedMessage(ValueError):  # noqa: N818
    """The body is not a message of the platform; the sentence says what is wrong with it."""


def read_fields(body: bytes) -> dict[str, Any]:
    """The elements inside `<xml>` by name: a text, None when empty, a dict when nested, a list when repeated.

    Bytes that are not UTF-8 become U+FFFD and control characters are dropped, so that one broken emoji does not cost
    a customer the answer. Document type declarations and entities are refused.

    :raises MalformedMessage: when this is not XML, not one `<xml>` element with something in it, or nested too deep.
    """
    text = printable(body.decode("utf-8-sig", errors="replace"))
    prolog, _, _ = text.partition("<xml")
    if not _DECLARATION_ONLY.fullmatch(prolog):
        raise MalformedMessage("The body must be one <xml> element without a document type or comments before it.")
    fields = _parse(text).get("xml")
    if not isinstance(fields, dict):
        raise MalformedMessage("The <xml> element has no fields.")
    if _is_deeper(fields, MAX_DEPTH):
        raise MalformedMessage(f"The elements are nested more than {MAX_DEPTH} deep.")
    return fields


def _parse(text: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = xmltodict.parse(text, disable_entities=True)
    except (ExpatError, ValueError) as error:
        raise MalformedMessage(f"The body is not well-formed XML: {error}.") from error
    return document


def _is_deeper(value: object, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return [inner for each in value for inner in _inside(each)] if isinstance(value, list) else []


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """The text of a field, of its first occurrence when it is repeated, '' when it is missing, empty or nested."""
    value = fields.get(name)
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, dict):  # an element with attributes
        value = value.get("#text")
    return value if isinstance(value, str) else ""
