"""XML as the platform writes it, and the careful reading of a webhook's answer."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

Value = str | int | float | Mapping[str, "Value"]


class XmlError(ValueError):
    """An answer is not the XML the platform expects; the text says why."""


def cdata(text: str) -> str:
    """The text as CDATA; a closing mark inside is split over two sections."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def element(name: str, value: Value) -> str:
    """One element: text as CDATA, numbers bare, mappings nested."""
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(element(key, item) for key, item in value.items())}</{name}>"
    return f"<{name}>{cdata(value) if isinstance(value, str) else value}</{name}>"


def document(fields: Mapping[str, Value]) -> str:
    """`<xml>…</xml>` with the fields in their order."""
    return element("xml", fields)


def parse(body: bytes) -> ET.Element:
    """The root `<xml>` of an answer. Raises XmlError for anything else, also for declarations of entities."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise XmlError("回复里有 DOCTYPE 或 ENTITY 声明。")
    try:
        root = ET.fromstring(body)  # noqa: S314 (declarations are refused above)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise XmlError(f"回复不是 XML：{error}。") from error
    if root.tag != "xml":
        raise XmlError(f"回复的根元素是 <{root.tag}>，应为 <xml>。")
    return root


def written(node: ET.Element) -> str:
    """The element as text."""
    text: str = ET.tostring(node, encoding="unicode")
    return text


def text_of(node: ET.Element, path: str) -> str:
    """The text at `path`, empty where there is none."""
    return node.findtext(path) or ""
