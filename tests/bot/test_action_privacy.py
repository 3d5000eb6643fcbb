"""我的信息: shown masked, deleted only after a clear yes, with open orders explained."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from bot_chat import LI_SI, ZHANG_SAN, Chat, Opener, happened, kept, responses, set_clock
from sqlmodel import select

from aftersales import conversations, customers, media
from aftersales.media import LocalMediaStore
from aftersales.models import Customer, Message, Status
from aftersales.settings import settings
from aftersales.store import reading, transaction
from bot.actions.privacy import wants_deletion

ROOT = Path(__file__).parents[2]
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def mark_of(openid: str) -> datetime | None:
    with reading() as session:
        found = session.exec(select(Customer).where(Customer.openid == openid)).first()
    return found.forget_requested_at if found else None


def asks(chat: Chat) -> Chat:
    """The customer wishes to be forgotten and is asked to confirm it."""
    chat.hears("删除我的信息", "privacy_request").begins("action_privacy")
    assert (chat.loop, chat.question) == ("privacy_form", "forget_confirmed")
    return chat


def reset(chat: Chat) -> bool:
    """Whether the assistant has forgotten what it knew of the conversation."""
    return any(event["event"] == "reset_slots" for event in chat.events)


# --- what is wished --------------------------------------------------------------------------------------------------

SHOWING = ("看看你们存了我哪些信息", "查看我的个人资料", "我想看我的个人信息", "导出我的数据", "你们存了我什么", "我的信息",
           "不要删我的信息，我就看看", "申请查阅个人信息")
DELETING = ("删除我的信息", "注销账号", "清空我的记录", "把地址抹掉", "不要保留我的资料", "销毁我的数据", "撤回同意", "别再存我的信息了",
            "删咗我啲资料", "刪除我的個人資料", "怎么删除我的信息", "忘记我")


@pytest.mark.parametrize("text", SHOWING)
def test_wishes_to_see_are_told_from(text: str) -> None:
    assert not wants_deletion(text)


@pytest.mark.parametrize("text", DELETING)
def test_wishes_to_delete(text: str) -> None:
    assert wants_deletion(text)


def test_whoever_asks_sees_everything_masked(chat: Chat, order: Opener, now: datetime) -> None:
    order()
    with transaction() as session:
        customers.consents(session, chat.openid, now)
        conversations.log_in(session, chat.openid, "text", "你好", now)
    chat.hears("你们存了我什么", "privacy_request").begins("action_privacy")
    assert (chat.said, chat.loop) == (["utter_my_data"], None)
    text = chat.texts[0]
    for shown in ("张*", "138****8000", "北滘镇美的大道***", "工单1个", "聊天记录1条", "11月23日 10:00", "电话改成", "删除我的信息"):
        assert shown in text
    assert "张三" not in text
    assert "13800138000" not in text
    assert len(text.encode()) < 2000


def test_what_belongs_to_another_customer_is_not_shown(chat: Chat, order: Opener) -> None:
    order(openid=LI_SI)
    chat.hears("查看我的信息", "privacy_request").does("action_privacy")
    assert "没有保存您的姓名" in chat.texts[0]
    assert "工单0个" in chat.texts[0]


# --- the confirmation ------------------------------------------------------------------------------------------------


def test_what_goes_and_what_stays_is_said_before(chat: Chat) -> None:
    asks(chat).does("action_ask_forget_confirmed")
    assert chat.said == ["utter_ask_forget"]
    for word in ("姓名", "电话", "地址", "照片", "聊天记录", "找不回来", "会留下"):
        assert word in chat.texts[0]


@pytest.mark.parametrize("text", [
    "确认删除", "确认删除。", "是的", "确定", "删吧", "好的，删吧", "我要删除", "全部删除", "都删掉", "可以", "嗯，删"])
def test_a_clear_yes_deletes(chat: Chat, order: Opener, now: datetime, text: str) -> None:
    number = order(status=Status.COMPLETED)
    with transaction() as session:
        customers.consents(session, chat.openid, now)
        conversations.log_in(session, chat.openid, "text", "我叫张三", now)
    asks(chat).answers(text, "inform").does("action_finish_privacy")
    assert (chat.said, chat.loop, reset(chat)) == (["utter_forgotten"], None, True)
    assert (kept(number).contact_name, kept(number).phone, kept(number).status) == ("", "", Status.COMPLETED)
    assert mark_of(chat.openid) == now
    with reading() as session:
        assert not customers.has_consented(session, chat.openid)
        assert session.exec(select(Message)).all() == []


@pytest.mark.parametrize(("text", "intent"), [
    ("先不删", "inform"), ("不删了", "privacy_request"), ("算了", "stop"), ("不", "deny"), ("再想想", "inform"), ("取消", "stop"),
    ("别删", "privacy_request"), ("点错了", "out_of_scope"), ("还是留着吧", "inform")])
def test_a_no_deletes_nothing(chat: Chat, order: Opener, text: str, intent: str) -> None:
    number = order(status=Status.COMPLETED)
    asks(chat).answers(text, intent).does("action_finish_privacy")
    assert (chat.said, reset(chat), chat.slots["forget_confirmed"]) == (["utter_forget_kept"], False, None)
    assert (kept(number).phone, mark_of(chat.openid)) == ("13800138000", None)


@pytest.mark.parametrize("text", [
    "删了还能报修吗", "哈哈", "嗯", "删除我的信息", "删除李四的信息", "我不确定", "要不要删呢", "13800138000", "删哪些？"])
def test_what_is_not_clear_is_asked_again(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.COMPLETED)
    asks(chat).answers(text, "inform")
    assert (chat.said, chat.question, chat.loop) == (["utter_problem_forget"], "forget_confirmed", "privacy_form")
    assert [event["name"] for event in chat.events if event["event"] == "slot"][-2:] == ["forget_confirmed", "requested_slot"]  # else Rasa rejects
    chat.does("action_finish_privacy")
    assert (kept(number).phone, mark_of(chat.openid)) == ("13800138000", None)


@pytest.mark.parametrize(("text", "intent"), [
    ("查询进度", "query_progress"), ("多少钱", "faq_price"), ("转人工", "human_handoff"), ("谢谢", "thank"),
    ("看看你们存了我什么", "privacy_request"), ("/send_media", "send_media"), ("/query_progress", "query_progress")])
def test_other_wishes_in_between_are_left_to_the_rules(chat: Chat, order: Opener, text: str, intent: str) -> None:
    order()
    asks(chat).answers(text, intent)
    assert (chat.rejected, chat.said) == (True, [])
    chat.resumes()
    assert (chat.question, chat.loop) == ("forget_confirmed", "privacy_form")


@pytest.mark.parametrize(("text", "intent"), [
    ("空调不制冷", "describe_fault"), ("我要报修", "request_service"), ("家里煤气泄漏", "out_of_scope")])
def test_whoever_would_rather_report_something_does(chat: Chat, order: Opener, text: str, intent: str) -> None:
    number = order(status=Status.CLOSED)
    asks(chat).answers(text, intent).begins("action_finish_privacy")
    assert (chat.loop, chat.slots["forget_confirmed"]) == ("repair_form", None)
    assert (kept(number).phone, mark_of(chat.openid)) == ("13800138000", None)


def test_what_only_may_be_a_report_is_asked_again(chat: Chat) -> None:
    asks(chat).answers("那个", "describe_fault", sure=0.5)
    assert (chat.said, chat.loop) == (["utter_problem_forget"], "privacy_form")


def test_without_a_decision_nothing_is_done(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    chat.does("action_finish_privacy")
    assert (chat.said, kept(number).phone, mark_of(chat.openid)) == ([], "13800138000", None)


# --- open orders -----------------------------------------------------------------------------------------------------


def test_open_orders_are_named_and_may_be_withdrawn_first(chat: Chat, order: Opener) -> None:
    number = order(status=Status.DISPATCHED)
    asks(chat).does("action_ask_forget_confirmed")
    assert chat.said == ["utter_ask_forget_open"]
    assert number in chat.texts[0]
    payloads = [button["payload"] for button in responses()["utter_ask_forget_open"][0]["buttons"]]
    assert payloads == ["确认删除", "先取消工单", "先不删"]
    chat.answers("先取消工单", "cancel_order").begins("action_finish_privacy")
    assert (chat.followup, chat.slots["forget_confirmed"]) == ("action_cancel", None)
    chat.loop = None
    chat.begins("action_cancel")
    assert (chat.loop, chat.question) == ("cancel_form", "cancel_confirmed")
    assert kept(number).phone == "13800138000"


def test_work_that_has_begun_cannot_be_withdrawn(chat: Chat, order: Opener) -> None:
    order(status=Status.IN_PROGRESS)
    asks(chat).does("action_ask_forget_confirmed")
    assert chat.said == ["utter_ask_forget_begun"]
    assert "取消" not in chat.texts[0]


def test_many_open_orders_make_no_wall_of_text(chat: Chat, order: Opener) -> None:
    for _ in range(12):
        order()
    asks(chat).does("action_ask_forget_confirmed")
    assert "12个进行中的工单" in chat.texts[0]
    assert len(chat.texts[0].encode()) < 2000
    chat.answers("确认删除", "affirm").does("action_finish_privacy")
    assert len(chat.texts[0].encode()) < 2000


def test_open_orders_keep_their_contact_until_they_are_over(chat: Chat, order: Opener) -> None:
    finished, number = order(status=Status.COMPLETED), order()
    asks(chat).answers("确认删除", "affirm").does("action_finish_privacy")
    assert chat.said == ["utter_forgotten_later"]
    assert number in chat.texts[0]
    assert finished not in chat.texts[0]
    assert (kept(finished).phone, kept(number).phone) == ("", "13800138000")
    assert happened(number) == ["submitted", "note"]


# --- other customers, files, twice -----------------------------------------------------------------------------------


def test_the_data_of_another_customer_stay(chat: Chat, order: Opener) -> None:
    mine, others = order(status=Status.COMPLETED), order(status=Status.COMPLETED, openid=LI_SI)
    asks(chat).answers("确认删除", "affirm").does("action_finish_privacy")
    assert (kept(mine).phone, kept(others).phone) == ("", "13800138000")
    assert mark_of(LI_SI) is None


def test_the_files_are_deleted_where_they_lie(chat: Chat, now: datetime) -> None:
    store = LocalMediaStore(settings().media_dir)
    with transaction() as session:
        photo = media.keep(session, store, chat.openid, PICTURE, now)
    asks(chat).answers("确认删除", "affirm").does("action_finish_privacy")
    with pytest.raises(FileNotFoundError):
        store.get(photo.sha256)


def test_whoever_deletes_twice_is_answered_twice(
    chat: Chat, order: Opener, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = order(status=Status.CLOSED)
    for moment in (now, now + timedelta(hours=1)):
        set_clock(monkeypatch, moment)
        chat.slots = {}
        asks(chat).answers("确认删除", "affirm").does("action_finish_privacy")
        assert chat.said == ["utter_forgotten"]
        assert mark_of(chat.openid) == moment
    assert happened(number).count("note") == 1


def test_a_deleted_customer_who_reports_again_is_asked_for_consent(
    chat: Chat, order: Opener, now: datetime
) -> None:
    order(status=Status.CLOSED)
    with transaction() as session:
        customers.consents(session, chat.openid, now)
    chat.hears("空调不制冷", "describe_fault").does("action_begin_repair")
    assert (chat.slots["consent"], len(chat.slots["contacts"])) == (True, 1)
    asks(chat).answers("确认删除", "affirm").does("action_finish_privacy")
    again = Chat(ZHANG_SAN).hears("空调不制冷", "describe_fault").does("action_begin_repair")
    assert (again.slots["consent"], again.slots["contacts"]) == (False, [])


# --- in the middle of something else ---------------------------------------------------------------------------------


def in_a_report(chat: Chat) -> Chat:
    chat.hears("空调不制冷", "describe_fault", ("appliance", "空调"), ("symptom", "不制冷")).does("action_begin_repair")
    return chat.opens("repair_form")


def test_in_the_middle_of_a_report_the_data_are_shown_and_it_goes_on(chat: Chat) -> None:
    in_a_report(chat).hears("你们存了我什么", "privacy_request").begins("action_privacy")
    assert (chat.said, chat.loop) == (["utter_my_data"], "repair_form")


def test_in_the_middle_of_a_report_the_deletion_is_asked_for_and_the_report_can_be_taken_up(chat: Chat) -> None:
    asks(in_a_report(chat)).answers("先不删", "deny").does("action_finish_privacy")
    assert chat.said == ["utter_forget_kept_report"]
    chat.loop = None
    chat.hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    assert chat.question == "resume"


def test_in_the_middle_of_a_report_the_deletion_takes_the_report_along(chat: Chat) -> None:
    asks(in_a_report(chat)).answers("确认删除", "affirm").does("action_finish_privacy")
    assert reset(chat)


# --- words -----------------------------------------------------------------------------------------------------------


def test_the_examples_of_the_training_data_are_read_as_one_or_the_other() -> None:
    examples = yaml.safe_load((ROOT / "nlu" / "privacy.yml").read_text(encoding="utf-8"))["nlu"][0]["examples"].splitlines()
    shown = [text for text in examples if not wants_deletion(text)]
    assert len(shown) < len(examples) / 3
    assert [text for text in shown if not any(word in text for word in "看查导睇瞅发份供出列显知拿副存信记载")] == []


def test_the_question_about_privacy_names_the_ways() -> None:
    for variant in responses()["utter_faq_privacy"]:
        assert "删除我的信息" in variant["text"]
