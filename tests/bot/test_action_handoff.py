"""转人工, 投诉: a person is called, by day and by night, and the order notes it."""

from datetime import datetime

import pytest
from bot_chat import LI_SI, Chat, Opener, happened, history, set_clock
from sqlmodel import select

from aftersales.handoff import events_of, state_of, take
from aftersales.models import Customer, Handoff, Status
from aftersales.store import reading, transaction


def called(openid: str) -> datetime | None:
    """When the customer asked for a person."""
    with reading() as session:
        found = session.exec(select(Customer).where(Customer.openid == openid)).first()
    return found.handoff_requested_at if found else None


@pytest.mark.parametrize(("hour", "said"), [
    (7, "utter_handoff_closed"), (8, "utter_handoff"), (20, "utter_handoff"), (21, "utter_handoff_closed"),
    (3, "utter_handoff_closed")])
def test_a_person_is_called_at_any_hour_and_the_answer_says_when(
    chat: Chat, now: datetime, monkeypatch: pytest.MonkeyPatch, hour: int, said: str
) -> None:
    moment = now.replace(hour=hour, minute=30)
    set_clock(monkeypatch, moment)
    chat.hears("转人工", "human_handoff").does("action_hand_over")
    assert chat.said == [said]
    assert called(chat.openid) == moment
    assert called(LI_SI) is None


def test_the_hotline_is_named(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    chat.hears("转人工", "human_handoff").does("action_hand_over")
    assert "400-800-1234" in chat.texts[0]


def test_the_open_order_notes_the_call(chat: Chat, order: Opener) -> None:
    first, finished = order(), order(status=Status.COMPLETED)
    chat.hears("转人工，急", "human_handoff").does("action_hand_over")
    assert (history(first)[-1].type, history(first)[-1].note) == ("handoff", "转人工，急")
    assert "handoff" not in happened(finished)


def test_a_complaint_is_recorded_with_the_newest_order(chat: Chat, order: Opener) -> None:
    order()
    number = order(status=Status.COMPLETED)
    chat.hears("我要投诉，师傅迟到两小时还乱收费", "complain").does("action_complain")
    assert chat.said == ["utter_complaint_recorded"]
    assert number in chat.texts[0]
    assert (history(number)[-1].type, history(number)[-1].note) == ("complaint", "我要投诉，师傅迟到两小时还乱收费")
    assert called(chat.openid) is not None


def test_a_complaint_without_an_order_still_goes_to_a_person(chat: Chat) -> None:
    chat.hears("你们的客服态度太差了，我要投诉", "complain").does("action_complain")
    assert (chat.said, called(chat.openid) is not None) == (["utter_complaint_recorded"], True)


def test_a_bare_complaint_is_asked_what_it_is_about(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    chat.hears("我要投诉", "complain").begins("action_complain")
    assert (chat.loop, chat.question) == ("complaint_form", "complaint")
    chat.answers("师傅把我家地板刮花了")
    assert chat.question is None
    chat.does("action_finish_complaint")
    assert chat.said == ["utter_complaint_recorded"]
    assert history(number)[-1].note == "师傅把我家地板刮花了"
    assert chat.slots["complaint"] is None


@pytest.mark.parametrize("text", ["我要投诉上次那个师傅", "等等，我先投诉一下你们的安装师傅", "投诉找谁"])
def test_whom_it_is_about_is_not_yet_a_complaint(chat: Chat, order: Opener, text: str) -> None:
    number = order()
    chat.hears(text, "complain").begins("action_complain")
    assert (chat.loop, "complaint" in happened(number)) == ("complaint_form", False)


@pytest.mark.parametrize("text", ["投诉，乱收费", "师傅骂人，投诉他"])
def test_a_few_words_that_tell_what_happened_are_a_complaint(chat: Chat, order: Opener, text: str) -> None:
    number = order()
    chat.hears(text, "complain").does("action_complain")
    assert (chat.said, "complaint" in happened(number)) == (["utter_complaint_recorded"], True)


def test_whoever_thinks_better_of_it_complains_of_nothing(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    chat.hears("投诉", "complain").begins("action_complain").answers("算了", "stop").does("action_finish_complaint")
    assert (chat.said, chat.loop) == ([], None)
    assert "complaint" not in happened(number)


@pytest.mark.parametrize("command", ["send_media", "query_progress"])
def test_a_picture_or_a_tap_is_no_complaint(chat: Chat, order: Opener, command: str) -> None:
    number = order(status=Status.COMPLETED)
    chat.hears("投诉", "complain").begins("action_complain").answers(f"/{command}", command, sure=1.0)
    assert chat.rejected
    assert "complaint" not in happened(number)
    assert chat.resumes().question == "complaint"


def test_in_the_middle_of_a_report_a_complaint_is_recorded_at_once(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    chat.loop = "repair_form"
    chat.hears("我要投诉", "complain").begins("action_complain")
    assert (chat.said, chat.loop) == (["utter_complaint_recorded"], "repair_form")
    assert happened(number)[-1] == "complaint"


# --- the offer after words that were not understood ------------------------------------------------------------------

def test_a_yes_to_the_offer_of_a_person_calls_one(chat: Chat) -> None:
    for words in ("呜啦啦", "叽里咕噜", "哔哩吧啦"):
        chat.hears(words, "nlu_fallback").does("action_not_understood")
    assert chat.said == ["utter_fallback_person"]
    assert called(chat.openid) is None
    chat.hears("好的", "affirm").does("action_answer_nothing")
    assert chat.said == ["utter_handoff"]
    assert called(chat.openid) is not None


def test_a_yes_to_anything_else_calls_nobody(chat: Chat) -> None:
    for words in ("呜啦啦", "叽里咕噜"):
        chat.hears(words, "nlu_fallback").does("action_not_understood")
    chat.hears("好的", "affirm").does("action_answer_nothing")
    assert called(chat.openid) is None


@pytest.mark.parametrize(("words", "intent", "action", "step"), [
    ("转人工", "human_handoff", "action_hand_over", "asked"),
    ("师傅乱收费，我要投诉", "complain", "action_complain", "complained"),
])
def test_the_conversation_says_why_a_person_was_called(
    chat: Chat, now: datetime, words: str, intent: str, action: str, step: str
) -> None:
    chat.hears(words, intent).does(action)
    with reading() as session:
        assert [(each.step, each.at) for each in events_of(session, chat.openid, None, None)] == [(step, now)]


def test_who_talks_to_a_person_already_is_not_called_one_again(chat: Chat, now: datetime) -> None:
    with transaction() as session:
        take(session, chat.openid, "王敏", now)
    chat.hears("转人工", "human_handoff").does("action_hand_over")
    with reading() as session:
        assert state_of(session, chat.openid) is Handoff.PERSON


@pytest.mark.parametrize("text", ["没有投诉，就想问师傅的事", "不是投诉", "我不想投诉", "算了不投诉了", "没说要投诉啊", "不是要投诉你们，问问进度"])
def test_a_denied_complaint_is_none(chat: Chat, order: Opener, text: str) -> None:
    number = order()
    chat.hears(text, "complain").does("action_complain")
    assert (chat.said, "complaint" in happened(number)) == (["utter_progress"], False)


@pytest.mark.parametrize("text", [
    "我不是要投诉客服，我要投诉师傅乱收费", "你们没有投诉电话吗，师傅骂人", "师傅没来，我要投诉", "不投诉不行了，师傅乱收费"])
def test_no_and_complaint_in_one_message_may_be_one(chat: Chat, order: Opener, text: str) -> None:
    number = order()
    chat.hears(text, "complain").does("action_complain")
    assert (chat.said, "complaint" in happened(number)) == (["utter_complaint_recorded"], True)


def test_asked_what_it_is_about_a_denied_complaint_is_none(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("投诉", "complain").begins("action_complain").answers("没有投诉，点错了", "complain")
    assert (chat.said, chat.loop) == (["utter_task_stopped"], None)
    assert "complaint" not in happened(number)
