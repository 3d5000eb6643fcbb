"""How the pages say things."""

from datetime import datetime, timedelta, timezone

import pytest
from console_desk import MONDAY

from aftersales.models import Actor, AppointmentKind, MediaKind, Message, OutboxState, Status
from aftersales.times import Window
from console import names, words
from console.words import Piece


@pytest.mark.parametrize(("ago", "said"), [
    (timedelta(0), "09:30"),
    (timedelta(hours=9, minutes=30), "00:00"),
    (timedelta(hours=9, minutes=31), "昨天 23:59"),
    (timedelta(days=2), "11月14日 09:30"),
    (timedelta(days=365), "2025年11月16日 09:30"),
])
def test_moments_are_said_as_short_as_they_are_clear(ago: timedelta, said: str) -> None:
    assert words.say_when((MONDAY - ago).astimezone(timezone.utc), MONDAY.astimezone(timezone.utc)) == said


def test_days_are_those_of_shanghai() -> None:
    late = datetime(2026, 11, 15, 16, 30, tzinfo=timezone.utc)  # half past midnight in Shanghai
    assert words.say_day(late, MONDAY) == "今天 11月16日 星期一"
    assert words.say_day(late - timedelta(hours=1), MONDAY) == "昨天 11月15日 星期日"
    messages = [Message(openid="o", direction="in", channel="wechat", kind="text", at=at)
                for at in (late - timedelta(hours=1), late, MONDAY)]
    assert [len(day) for _, day in words.by_day(messages)] == [1, 2]


def test_a_visit_is_said_with_its_weekday() -> None:
    window = Window(MONDAY.astimezone(timezone.utc), MONDAY.astimezone(timezone.utc) + timedelta(hours=2))
    assert words.say_visit(window, MONDAY) == "11月16日 星期一 09:30–11:30"


@pytest.mark.parametrize(("text", "pieces"), [
    ("您好", [Piece("您好")]),
    ("", []),
    ("打几星？\n[[5星]] [[4星]]",
     [Piece("打几星？\n"), Piece("5星", "5星"), Piece(" "), Piece("4星", "4星")]),
    ("[[先看看|自查步骤]]好吗", [Piece("先看看", "自查步骤"), Piece("好吗")]),
    ("[[]] [不是] [[没完", [Piece("[[]] [不是] [[没完")]),
])
def test_choices_are_cut_out_of_the_text(text: str, pieces: list[Piece]) -> None:
    assert words.pieces(text) == pieces


@pytest.mark.parametrize(("direction", "kind", "text", "gist"), [
    ("out", "text", "打几星？\n[[5星]] [[4星|四]]", "打几星？ 5星 4星"),
    ("in", "text", "[[5星]]\n好", "[[5星]] 好"),
    ("in", "text", "[捂脸]", "[捂脸]"),
    ("in", "image", "[照片]", "[照片]"),
    ("in", "image", "", "[照片]"),
    ("in", "voice", "明天来", "[语音] 明天来"),
    ("in", "location", "[位置] 美的大道6号", "[位置] 美的大道6号"),
    ("in", "event", "[点击菜单] 我要报修", "[点击菜单] 我要报修"),
    ("in", "poke", "[poke]", "[poke]"),
])
def test_the_gist_of_a_message_is_one_line(direction: str, kind: str, text: str, gist: str) -> None:
    message = Message(openid="o", direction=direction, channel="wechat", kind=kind, text=text)
    assert words.gist(message) == gist


@pytest.mark.parametrize(("confidence", "level"), [
    (1.0, "high"), (0.8, "high"), (0.79, "middle"), (0.5, "middle"), (0.1, "low"), (0.0, "low"), (None, "unknown")])
def test_confidence_has_three_colours(confidence: float | None, level: str) -> None:
    assert words.level(confidence) == level


def test_every_word_of_the_tables_has_a_name() -> None:
    assert set(Status) <= set(names.EVENTS) | {"in_progress"}
    assert set(names.ACTORS) == set(Actor)
    assert set(names.OUTBOX_STATES) == set(OutboxState)
    assert set(names.MEDIA_KINDS) == set(MediaKind)
    assert set(names.VISITS) == set(AppointmentKind)
    assert set(names.STATUS_TONES) == set(Status)


def test_intents_have_names_however_general_questions_are_written() -> None:
    assert names.intent_name("faq/price") == names.intent_name("faq_price") == "问：费用"
    assert names.intent_name("something_new") == "something_new"
