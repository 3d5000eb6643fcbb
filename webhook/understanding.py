"""What a message of a customer is to the assistant: words, or something that happened."""

from dataclasses import dataclass, field
from typing import Any

from aftersales import catalogue
from wechat.menu import LABELS, MY_SERVICES, QUERY_PROGRESS, REPORT_REPAIR
from wechat.messages import InboundMessage

#: What a tap on the account's menu means.
MENU_INTENTS = {
    REPORT_REPAIR: "request_service",
    QUERY_PROGRESS: "query_progress",
    MY_SERVICES: "list_services",
}
#: Events of the sessions of WeChat's own customer service, with the field that names the agent ('' where it is over).
SESSION_EVENTS = {
    "KF_CREATE_SESSION": "KfAccount",
    "KF_SWITCH_SESSION": "ToKfAccount",
    "KF_CLOSE_SESSION": "",
}
PRODUCT_SCENE = "product:"
#: Kinds of message, and events, that the bridge answers by itself, with the text of that name.
OWN_ANSWERS = {
    "unsupported": "unsupported", "unknown": "unsupported", "file": "file", "link": "link",
    "CLICK": "menu_unknown", "SCANCODE_WAITMSG": "scan_unknown",
}
#: How operators see what has no words.
SHOWN = {
    "image": "[照片]", "video": "[视频]", "voice": "[语音]",
    "unsupported": "[看不了的消息]", "unknown": "[看不了的消息]", "file": "[文件]", "link": "[链接]",
    "CLICK": "[点击菜单]", "SCANCODE_WAITMSG": "[扫码]", "UNSUBSCRIBE": "[取消关注]",
}
#: A product's QR code may be scanned on following, later, or from the account's menu.
SCANS = ("SUBSCRIBE", "SCAN", "SCANCODE_PUSH", "SCANCODE_WAITMSG")


@dataclass(frozen=True)
class Command:
    """Something that happened without words, by the intent that stands for it."""

    intent: str
    shown: str
    metadata: dict[str, Any] = field(default_factory=dict)


def command_of(message: InboundMessage) -> Command | None:
    """What an event or a shared place means; None for everything that needs no answer from the assistant."""
    if message.kind == "location":
        place = {"label": message.label, "latitude": message.latitude, "longitude": message.longitude}
        return Command("send_location", f"[位置] {message.label}", place)
    if message.event == "CLICK" and message.event_key in MENU_INTENTS:
        return Command(MENU_INTENTS[message.event_key], f"[点击菜单] {LABELS[message.event_key]}")
    if message.event in SCANS:
        return _arrival(message)
    return None


def own_answer_of(message: InboundMessage) -> str | None:
    """The name of the text with which the bridge itself answers, None where that is not its business."""
    return OWN_ANSWERS.get(message.event or message.kind) if command_of(message) is None else None


def shown(message: InboundMessage) -> str:
    """How operators see a message that did not go to the assistant as words."""
    command = command_of(message)
    if command is not None:
        return command.shown
    name = SHOWN.get(message.event or message.kind, "")
    return message.text.strip() or f"{name} {message.scene or message.event_key}".strip()


def is_silent(message: InboundMessage) -> bool:
    """Whether nobody waits for an answer: an unfollow, a receipt, a tap on a link."""
    return message.kind == "event" and command_of(message) is None and own_answer_of(message) is None


def _arrival(message: InboundMessage) -> Command | None:
    product = product_of(message.scene)
    if product:
        return Command("scan_product", f"[扫码] {message.scene}", {"product": product})
    if message.event not in ("SUBSCRIBE", "SCAN"):
        return None
    return Command("follow_account", "[关注]" if message.event == "SUBSCRIBE" else f"[扫码] {message.scene}")


def product_of(scene: str) -> dict[str, str]:
    """The product of a manual's QR code, product:<appliance>:<brand>:<model>, as the report's fields."""
    if not scene.startswith(PRODUCT_SCENE):
        return {}
    appliance, brand, model, *_ = [*scene.removeprefix(PRODUCT_SCENE).split(":"), "", "", ""]
    known = {"appliance": catalogue.find_appliance(appliance) or "", "brand": brand, "model": model}
    return {name: value for name, value in known.items() if value}
