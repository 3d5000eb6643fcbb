"""How the pages say things: moments in Asia/Shanghai, tappable choices, the gist of a message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol, TypeVar

from aftersales.handoff import is_overdue
from aftersales.models import HandoffEvent, Message, OutboxMessage, Status
from aftersales.progress import STATUS_NAMES
from aftersales.times import SHANGHAI, Window, utc_now

from . import names
from .pages import blueprint
from .queries import open_alarms

WEEKDAYS = "一二三四五六日"
CHOICE = re.compile(r"\[\[(?P<label>[^\[\]|]+)(?:\|(?P<sends>[^\[\]]*))?\]\]")
PLACEHOLDER = re.compile(r"^\[[^\[\]]+\]\s*")
SURE, FAIRLY_SURE = 0.8, 0.5


class Timed(Protocol):
    """What has a place in time."""

    @property
    def at(self) -> datetime: ...


Dated = TypeVar("Dated", bound=Timed)


@dataclass(frozen=True)
class Piece:
    """A stretch of one of our messages: plain text, or a choice and what tapping it sends."""

    text: str
    sends: str | None = None


def pieces(text: str) -> list[Piece]:
    """The text cut at its choices: `[[文字]]` sends what it shows, `[[标签|内容]]` sends the part after the bar."""
    found: list[Piece] = []
    end = 0
    for match in CHOICE.finditer(text):
        found += [Piece(text[end:match.start()])] if match.start() > end else []
        found.append(Piece(match["label"], match["sends"] or match["label"]))
        end = match.end()
    return found + ([Piece(text[end:])] if end < len(text) else [])


def words_of(message: Message) -> str:
    """What the customer said with a message; `[照片]`, `[关注]` and the like in its place are left to the kind."""
    return message.text if message.kind in ("text", "event") else PLACEHOLDER.sub("", message.text)


def gist(message: Message) -> str:
    """A message in one line: its words, with choices as their labels, or what kind of thing it was."""
    if message.direction == "out":
        return " ".join("".join(piece.text for piece in pieces(message.text)).split())
    kind = "" if message.kind in ("text", "event") else f"[{names.KINDS.get(message.kind, message.kind)}] "
    return " ".join((kind + words_of(message)).split())


def say_day(moment: datetime, now: datetime) -> str:
    """今天 11月22日 星期日; the year where it is another one."""
    day, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    near = {0: "今天 ", 1: "昨天 "}.get((today.date() - day.date()).days, "")
    return f"{near}{_date(day, today)} 星期{WEEKDAYS[day.weekday()]}"


def say_when(moment: datetime, now: datetime) -> str:
    """14:05 today, 昨天 14:05, 11月20日 14:05, 2025年11月20日 14:05: as short as it is clear."""
    local, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    days = (today.date() - local.date()).days
    day = {0: "", 1: "昨天 "}.get(days, f"{_date(local, today)} ")
    return f"{day}{local:%H:%M}"


def _date(day: datetime, today: datetime) -> str:
    year = f"{day.year}年" if day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日"


def say_clock(moment: datetime) -> str:
    """14:05."""
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def say_exactly(moment: datetime) -> str:
    """2026-11-22 14:05:09."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def say_visit(window: Window, now: datetime) -> str:
    """11月23日 星期一 14:00–16:00."""
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    day = f"{_date(start, now.astimezone(SHANGHAI))} 星期{WEEKDAYS[start.weekday()]}"
    return f"{day} {start:%H:%M}–{end:%H:%M}"


def say_for(length: timedelta) -> str:
    """How long something takes: 不到1分钟, 12分钟, 3小时5分钟, 2天."""
    minutes = int(length.total_seconds()) // 60
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return f"{days}天"
    if hours:
        return f"{hours}小时{minutes % 60}分钟" if minutes % 60 else f"{hours}小时"
    return f"{minutes}分钟" if minutes else "不到1分钟"


def say_step(event: HandoffEvent) -> str:
    """A change of hands in words; the step's own word where there are none."""
    return names.HANDOFF_STEPS.get(event.step, event.step).format(by=event.by or "")


def say_reason(message: OutboxMessage) -> str:
    """Why a message has not been sent, '' where nothing went wrong."""
    return names.REASONS.get(message.errcode or 0) or message.error or ""


def by_day(lines: Sequence[Dated]) -> list[tuple[datetime, list[Dated]]]:
    """Messages or other lines in their order, under the first moment of each day (Asia/Shanghai)."""
    grouped = groupby(lines, key=lambda line: line.at.astimezone(SHANGHAI).date())
    days = [list(group) for _, group in grouped]
    return [(day[0].at, day) for day in days]


def level(confidence: float | None) -> str:
    """high, middle or low, the colour a confidence is shown in; unknown where the assistant gave none."""
    if confidence is None:
        return "unknown"
    if confidence >= SURE:
        return "high"
    return "middle" if confidence >= FAIRLY_SURE else "low"


def percent(confidence: float) -> str:
    """97% for 0.97."""
    return f"{confidence:.0%}"


def customer_name(openid: str, known: dict[str, str]) -> str:
    """The contact's name where there is an order, else the end of the openid."""
    return known.get(openid) or f"客户 {openid[-6:]}"


def name_in(word: str, table: str) -> str:
    """The Chinese name of a word of `names.TABLES`; the word itself where there is none."""
    return names.TABLES[table].get(word, word)


def status_name(status: Status) -> str:
    """What the customer reads for a status."""
    return STATUS_NAMES[status]


FILTERS = (
    pieces, words_of, gist, say_day, say_when, say_clock, say_exactly, say_visit, by_day, level, percent,
    customer_name, name_in, status_name, names.intent_name, say_for, say_step, say_reason, is_overdue,
)
for _filter in FILTERS:
    blueprint.add_app_template_filter(_filter)


@blueprint.context_processor
def common() -> dict[str, object]:
    """What every page knows."""
    return {"now": utc_now(), "statuses": STATUS_NAMES, "open_alarms": open_alarms}
