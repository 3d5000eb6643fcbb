"""Plays a test story to the real Rasa, action server and database, and tells where they go another way.

`rasa test` runs no action: it only checks how messages are understood and which action the rules want. Here the actions
run, so that a story's actions, loops and slots are what a customer gets.

A story's metadata say how things stand before it: `consent: true`, and `orders`, the oldest first, each an appliance with
a status after a slash where it is not 已提交, and `mum` where it was for another household. The first order is called
BX2611220001 in the story, the second BX2611220002; whatever numbers they really have is put in their place.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests
from sqlmodel import Session, select

from aftersales import customers
from aftersales.addresses import Address
from aftersales.models import Actor, Media, Status, Technician
from aftersales.progress import Step, advance
from aftersales.repairs import Report, submit_order
from aftersales.store import transaction
from aftersales.times import Window, utc_now
from bot.client import BotClient

#: What the bridge sends along with something that happens without words.
SENT: dict[str, dict[str, Any]] = {
    "send_media": {"kind": "image"},
    "send_location": {"label": "佛山市顺德区北滘镇美的大道6号2栋301"},
    "scan_product": {"product": {"appliance": "空调", "brand": "美的", "model": "KFR-35GW/N8XHA1"}},
}
PLACES = {
    None: Address("广东省", "佛山市", "顺德区", "北滘镇美的大道6号2栋301", "佛山顺德北滘镇美的大道6号2栋301"),
    "妈妈家": Address("广东省", "广州市", "天河区", "体育西路103号5栋602", "广州市天河区体育西路103号5栋602"),
}
#: The steps by which an order comes to a status.
WAY = (Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED, Status.CLOSED)
_MARKED = re.compile(r"\[([^\]]+)\]\(\w+\)")
_NUMBER = re.compile(r"BX261122\d{2}(\d{2})")


@dataclass
class Turn:
    """A message of the customer, and what the story says comes of it."""

    message: dict[str, str]
    steps: list[tuple[str, str | None]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)


def turns_of(story: dict[str, Any]) -> list[Turn]:
    """The story message by message."""
    turns: list[Turn] = []
    for step in story["steps"]:
        if "intent" in step:
            turns.append(Turn(step))
        elif "slot_was_set" in step:
            turns[-1].slots |= {name: value for each in step["slot_was_set"] for name, value in each.items()}
        else:
            turns[-1].steps += step.items()
    return turns


class Player:
    """One customer, who plays one story."""

    def __init__(self, rasa_url: str) -> None:
        self.openid = f"oStory{uuid.uuid4().hex}"
        self._url = rasa_url
        self._bot = BotClient(rasa_url)
        self._numbers: list[str] = []

    def differences(self, story: dict[str, Any]) -> list[str]:
        """Where the system goes another way than the story."""
        self._prepare(story.get("metadata") or {})
        found: list[str] = []
        for turn in turns_of(story):
            self._say(turn.message)
            happened, slots = self._outcome()
            held = {name: slots.get(name) for name in turn.slots}
            if (happened, held) != (turn.steps, turn.slots):
                found.append(f"{turn.message}: {happened} {held} instead of {turn.steps} {turn.slots}")
        return found

    def _prepare(self, before: dict[str, Any]) -> None:
        with transaction() as session:
            if before.get("consent"):
                customers.consents(session, self.openid, utc_now())
            self._numbers = [open_order(session, self.openid, *each.split("/")) for each in before.get("orders") or []]

    def _say(self, message: dict[str, str]) -> None:
        intent = message["intent"]
        if "user" in message:
            text = _MARKED.sub(r"\1", message["user"].strip())
            self._bot.say(
                self.openid, _NUMBER.sub(lambda match: self._numbers[int(match[1]) - 1], text), uuid.uuid4().hex)
            return
        if intent == "send_media":
            _keep_picture(self.openid)
        self._bot.command(self.openid, intent, SENT.get(intent, {}), uuid.uuid4().hex)

    def _outcome(self) -> tuple[list[tuple[str, str | None]], dict[str, Any]]:
        """What has happened since the latest message, as a story tells it, and how the slots stand."""
        answer = requests.get(
            f"{self._url}/conversations/{self.openid}/tracker", params={"include_events": "ALL"}, timeout=10)
        answer.raise_for_status()
        tracker = answer.json()
        events = tracker["events"]
        latest = max(index for index, event in enumerate(events) if event["event"] == "user")
        return list(as_told(events[latest:])), tracker["slots"]


def as_told(events: list[dict[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """The actions and loops of a turn in the order of a story.

    Where an action has called a form, a story has to name the loop before the form; any other action that was called so
    cannot be told in a story at all.
    """
    called: str | None = None
    loop: str | None = ""
    for event in events:
        kind, name = event["event"], event.get("name")
        if kind == "followup":
            called = name
        elif kind == "active_loop" and name != loop:
            loop = name
            yield kind, name
        elif kind == "action" and name == called:
            called = None
            if name and name.endswith("_form"):
                loop = name
                yield from (("active_loop", name), (kind, name))
        elif kind == "action" and name not in ("action_listen", "action_session_start"):
            yield kind, name


def open_order(session: Session, openid: str, appliance: str, status: str = "submitted", whose: str = "") -> str:
    """An order of three hours ago, taken by 王师傅 to the status wanted; its number."""
    now = utc_now() - timedelta(hours=3)
    visit = Window(now + timedelta(hours=27), now + timedelta(hours=32))
    household = "妈妈家" if whose == "mum" else None
    report = Report("维修", appliance, "张三", "13800138000", PLACES[household], visit, fault="不工作", household=household)
    order = submit_order(session, openid, report, now)
    for step in WAY[: WAY.index(Status(status)) + 1] if status != Status.SUBMITTED else ():
        technician = _wang(session).id if step is Status.DISPATCHED else None
        advance(session, order, Step(
            step, Actor.OPERATOR, technician_id=technician, window=visit if step is Status.SCHEDULED else None), now)
    return order.number


def _wang(session: Session) -> Technician:
    found = session.exec(select(Technician)).first()
    if found is None:
        found = Technician(name="王建国", phone="13500135001", skills=["空调"], service_areas=["佛山市"])
        session.add(found)
        session.flush()
    return found


def _keep_picture(openid: str) -> None:
    with transaction() as session:
        session.add(Media(
            sha256=uuid.uuid4().hex * 2, openid=openid, content_type="image/jpeg", size=9, created_at=utc_now()))
