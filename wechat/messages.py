"""What customers send: the platform's XML as one plain value, whatever its kind."""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from wechat.payload import MalformedMessage, read_fields, text_of

__all__ = ["KINDS", "InboundMessage", "MalformedMessage", "parse"]

KINDS = {
    "text": "text",
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
    "file": "file",
    "event": "event",
}
"""MsgType of the platform → `InboundMessage.kind`; any other type is `unknown`."""

# Stickers, red packets, cards and the like arrive as this text instead of what was sent.
_PLACEHOLDER = "【收到不支持的消息类型"
_SCENE_PREFIX = "qrscene_"
_QR_EVENTS = ("SUBSCRIBE", "SCAN")
_SCANNER_EVENTS = ("SCANCODE_PUSH", "SCANCODE_WAITMSG")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNIX_SECONDS = re.compile(r"[0-9]{1,10}")
_KEY_LIMIT = 200


@dataclass(frozen=True)
class InboundMessage:
    """One push of the platform. What a kind does not have is '' (coordinates: None).

    `kind` is one of text, image, voice, video, location, link, file, event, unsupported, unknown. `openid` is the
    customer, `account` the official account's gh_ id. `key` is the same for every redelivery of a push and different
    for different pushes; it has at most 200 characters. `text` is what was typed, or what a voice was recognised as.
    `event` is upper-case. `event_key` is EventKey, except that of a QR code, which is `scene` without its prefix;
    what was scanned from the account's menu is a `scene` too. `subject` is whose data an event is about, else ''.
    `menu_id` is the id of the tapped choice (bizmsgmenuid), which test accounts never send. `raw` holds every field.
    """

    openid: str
    account: str
    kind: str
    created_at: datetime
    message_id: str
    key: str
    text: str
    media_id: str
    thumb_media_id: str
    picture_url: str
    latitude: float | None
    longitude: float | None
    label: str
    event: str
    event_key: str
    scene: str
    menu_id: str
    raw: dict[str, Any]
    subject: str = ""


def parse(xml: bytes) -> InboundMessage:
    """The message in the (decrypted) body of a push.

    :raises MalformedMessage: when it is not XML, or sender, account, time or type are missing or not what they may be.
    """
    raw = read_fields(xml)
    message_type = text_of(raw, "MsgType").lower()
    if not message_type:
        raise MalformedMessage("The message has no MsgType.")
    openid, created_at = _identifier(raw, "FromUserName"), _created_at(raw)
    event = _event(raw, message_type)
    kind, text = _content(raw, message_type)
    latitude, longitude = _position(raw)
    scene = _scene(raw, event)
    return InboundMessage(
        openid=openid,
        account=_identifier(raw, "ToUserName"),
        kind=kind,
        created_at=created_at,
        message_id=_message_id(raw, event),
        key=_key(raw, openid, event, xml),
        text=text,
        media_id=text_of(raw, "MediaId"),
        thumb_media_id=text_of(raw, "ThumbMediaId"),
        picture_url=text_of(raw, "PicUrl"),
        latitude=latitude,
        longitude=longitude,
        label=text_of(_place(raw), "Label"),
        event=event,
        event_key="" if event in _QR_EVENTS and scene else text_of(raw, "EventKey"),
        scene=scene,
        subject=_subject(raw, event),
        menu_id=text_of(raw, "bizmsgmenuid"),
        raw=raw,
    )


def _identifier(raw: Mapping[str, Any], name: str) -> str:
    value = text_of(raw, name)
    if not _IDENTIFIER.fullmatch(value):
        raise MalformedMessage(f"{name} must be 1 to 64 letters, digits, - or _.")
    return value


def _created_at(raw: Mapping[str, Any]) -> datetime:
    value = text_of(raw, "CreateTime")
    if not _UNIX_SECONDS.fullmatch(value):
        raise MalformedMessage("CreateTime must be Unix seconds.")
    return datetime.fromtimestamp(int(value), tz=timezone.utc)


def _event(raw: Mapping[str, Any], message_type: str) -> str:
    if message_type != "event":
        return ""
    name = text_of(raw, "Event").upper()
    if not name:
        raise MalformedMessage("The event has no Event name.")
    return name


def _message_id(raw: Mapping[str, Any], event: str) -> str:
    return "" if event else text_of(raw, "MsgId")


def _content(raw: Mapping[str, Any], message_type: str) -> tuple[str, str]:
    kind = KINDS.get(message_type, "unknown")
    if kind == "voice":
        return kind, text_of(raw, "Recognition")
    if kind != "text":
        return kind, ""
    text = text_of(raw, "Content")
    return ("unsupported", "") if text.startswith(_PLACEHOLDER) else (kind, text)


def _scene(raw: Mapping[str, Any], event: str) -> str:
    key = text_of(raw, "EventKey")
    if event == "SCAN":
        return key
    if event == "SUBSCRIBE" and key.startswith(_SCENE_PREFIX):
        return key.removeprefix(_SCENE_PREFIX)
    if event in _SCANNER_EVENTS:
        scanned = raw.get("ScanCodeInfo")
        return text_of(scanned, "ScanResult") if isinstance(scanned, dict) else ""
    return ""


def _subject(raw: Mapping[str, Any], event: str) -> str:
    """OpenID of the privacy events, whose sender may be the platform itself."""
    return _identifier(raw, "OpenID") if event and text_of(raw, "OpenID") else ""


def _place(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where a position stands: in the message itself, or nested in the event of a menu's location button."""
    nested = raw.get("SendLocationInfo")
    return nested if isinstance(nested, dict) else raw


def _position(raw: Mapping[str, Any]) -> tuple[float | None, float | None]:
    place = _place(raw)
    latitude = _degrees(text_of(place, "Location_X") or text_of(place, "Latitude"), 90)
    longitude = _degrees(text_of(place, "Location_Y") or text_of(place, "Longitude"), 180)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(value: str, bound: int) -> float | None:
    try:
        degrees = float(value)
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= bound else None


def _key(raw: Mapping[str, Any], openid: str, event: str, xml: bytes) -> str:
    """MsgId alone is not enough: the platform has given one twice, and events have none."""
    created = text_of(raw, "CreateTime")
    if event:
        # A result event has no EventKey but the id of the message it is about.
        key = f"{openid}:{created}:{event}:{text_of(raw, 'EventKey') or text_of(raw, 'MsgID')}"
    else:
        key = f"{openid}:{text_of(raw, 'MsgId') or _digest(xml)}:{created}"
    return key if len(key) <= _KEY_LIMIT else f"{key[: _KEY_LIMIT - 65]}:{_digest(key.encode())}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
