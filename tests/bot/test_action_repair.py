"""报修: the form takes messages, photos and places, asks, stops, comes back, and becomes a work order."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bot_chat import LI_SI, Chat
from sqlmodel import select

from aftersales import intake, media
from aftersales.appointments import current_visit
from aftersales.models import Actor, AppointmentKind, WorkOrder
from aftersales.progress import events_of, orders_of
from aftersales.settings import settings
from aftersales.store import reading, transaction

FORM = "repair_form"
HOME = {"province": "广东省", "city": "佛山市", "district": "顺德区", "detail": "北滘镇美的大道6号2栋301",
        "text": "佛山顺德北滘镇美的大道6号2栋301"}
FULL: dict[str, Any] = {
    "service_type": "维修", "appliance": "空调", "brand": "美的", "model": "KFR-35GW", "fault": "不制冷",
    "fault_since": "昨天", "passed": ["photos"], "contact_name": "张三", "phone": "13800138000", "address": HOME,
    "visit": {"start": "2026-11-24T13:00:00+08:00", "end": "2026-11-24T18:00:00+08:00"},
    "consent": True,
}
#: He has been given the check list of 不制冷.
FULL["checked"] = [["空调", each.title] for each in [
    intake.checklist_of({"service_type": "维修", "appliance": "空调", "fault": "不制冷"})] if each]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


def begun(chat: Chat) -> Chat:
    """A report that began with 空调不制冷."""
    chat.hears("空调不制冷", "describe_fault", ("appliance", "空调"), ("symptom", "不制冷"))
    return chat.does("action_begin_repair").opens(FORM)


def at(chat: Chat, question: str, **changes: Any) -> Chat:
    """A report under way, all known but what `changes` empties, with a question open."""
    chat.slots = FULL | changes | {"requested_slot": question}
    chat.loop = FORM
    return chat


def send_photo(openid: str, now: datetime, content: bytes = PNG) -> None:
    with transaction() as session:
        media.keep(session, media.LocalMediaStore(settings().media_dir), openid, content, now)


def orders(openid: str) -> list[WorkOrder]:
    with reading() as session:
        return list(orders_of(session, openid))


# --- beginning -------------------------------------------------------------------------------------------------------


def test_a_fault_opens_the_form_and_only_the_rest_is_asked(chat: Chat) -> None:
    begun(chat)
    assert chat.question == "self_check"
    assert (chat.slots["service_type"], chat.slots["appliance"], chat.slots["fault"]) == ("维修", "空调", "不制冷")
    assert "空调" in "".join(chat.texts)


def test_a_new_report_inherits_nothing(chat: Chat) -> None:
    chat.slots = FULL | {"confirmed": True, "misses": 2}
    chat.hears("我要报修", "request_service").does("action_begin_repair").opens(FORM)
    assert chat.question == "appliance"
    assert {name for name, value in chat.slots.items() if value} == {"service_type", "requested_slot"}


def test_a_scanned_product_fills_the_form_in(chat: Chat) -> None:
    product = {"appliance": "空调", "brand": "美的", "model": "KFR-35GW"}
    chat.hears("/scan_product", "scan_product", metadata={"product": product})
    chat.does("action_begin_repair").opens(FORM)
    assert {name: chat.slots[name] for name in product} == product
    assert chat.question == "service_type"
    assert not chat.rejected


def test_asking_for_a_service_again_goes_on_with_the_report(chat: Chat) -> None:
    at(chat, "phone", phone=None).hears("我要报修", "request_service").does("action_begin_repair")
    assert chat.said == ["utter_repair_continues"]
    assert chat.slots["contact_name"] == "张三"


# --- answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_leads_to_the_next_question(chat: Chat) -> None:
    at(chat, "contact_name", contact_name=None, phone=None).answers("张三", "inform", ("person_name", "张三"))
    assert (chat.slots["contact_name"], chat.question, chat.said) == ("张三", "phone", [])


def test_a_wrong_answer_is_explained_and_asked_again(chat: Chat) -> None:
    at(chat, "phone", phone=None).answers("1380013800")
    assert (chat.question, chat.said) == ("phone", ["utter_problem_phone"])
    assert "10位" in chat.texts[0]
    assert chat.slots["phone"] is None


def test_after_several_misses_a_person_is_offered_and_an_answer_makes_good(chat: Chat) -> None:
    at(chat, "phone", phone=None)
    offers = ["utter_offer_person" in chat.answers("就这个微信").said for _ in range(3)]
    assert offers == [False, False, True]
    chat.answers("13800138000")
    assert not chat.slots["misses"]


def test_a_command_inside_the_form_is_left_to_the_rules(chat: Chat) -> None:
    at(chat, "phone", phone=None).answers("/query_progress", "query_progress", sure=1.0)
    assert chat.rejected
    assert chat.question == "phone"


def test_an_aside_is_left_to_the_rules_and_the_question_comes_back(chat: Chat) -> None:
    at(chat, "phone", phone=None).answers("上门要多少钱？", "faq_price")
    assert (chat.rejected, chat.said) == (True, [])
    chat.resumes()
    assert (chat.question, chat.said, chat.loop) == ("phone", [], FORM)


def test_a_detail_said_with_an_aside_is_kept(chat: Chat) -> None:
    at(chat, "phone", phone=None, visit=None).answers("多少钱？我电话13900139000", "faq_price")
    assert chat.rejected
    chat.resumes()
    assert (chat.slots["phone"], chat.question) == ("13900139000", "visit_time")


def test_after_the_aside_the_next_message_is_an_answer_again(chat: Chat) -> None:
    at(chat, "phone", phone=None, visit=None).answers("上门要多少钱？", "faq_price").resumes()
    chat.answers("13900139000")
    assert (chat.rejected, chat.slots["phone"], chat.question) == (False, "13900139000", "visit_time")


def test_breaking_off_empties_the_form(chat: Chat) -> None:
    at(chat, "phone", phone=None).answers("算了不修了", "stop")
    assert (chat.said, chat.loop, chat.question) == (["utter_repair_stopped_kept"], None, None)
    assert {name for name, value in chat.slots.items() if value} == {"kept", "consent", "checked"}


# --- photos and places -----------------------------------------------------------------------------------------------


def test_a_photo_answers_the_question_for_photos(chat: Chat) -> None:
    at(chat, "photos", passed=None, contact_name=None).answers("/send_media", "send_media", sure=1.0)
    assert [name.endswith("_received") for name in chat.said] == [True]
    assert chat.question == "contact_name"


def test_a_photo_at_another_question_leaves_it_open(chat: Chat) -> None:
    at(chat, "phone", phone=None).answers("/send_media", "send_media", sure=1.0)
    assert [name.endswith("_received") for name in chat.said] == [True]
    assert (chat.question, chat.rejected) == ("phone", False)


def test_a_pinned_place_is_the_address_and_its_door_is_asked(chat: Chat) -> None:
    label = "广东省佛山市顺德区北滘镇美的大道6号"
    at(chat, "address", address=None).answers("/send_location", "send_location", metadata={"label": label})
    assert (chat.said, chat.question) == (["utter_location_received"], "address_door")
    assert "美的大道6号" in chat.texts[0]
    chat.answers("2栋301")
    assert chat.slots["address"]["detail"].endswith("6号2栋301")
    assert chat.question == "confirm"


def test_a_place_without_a_label_is_asked_for_in_words(chat: Chat) -> None:
    at(chat, "address", address=None).answers("/send_location", "send_location", metadata={"label": ""})
    assert (chat.said, chat.question) == (["utter_problem_no_address"], "address")


def test_the_cities_to_choose_from_are_offered(chat: Chat) -> None:
    at(chat, "address", address=None).answers("鼓楼区中山路100号3栋502")
    assert chat.question == "address_choice"
    chat.does("action_ask_address_choice")
    offered = [button["payload"] for button in chat.buttons]
    assert any("南京" in city for city in offered)
    assert "鼓楼区" in chat.texts[0]
    chat.answers(next(city for city in offered if "南京" in city))
    assert chat.slots["address"]["city"] == "南京市"
    assert chat.question == "confirm"


# --- the read-back ---------------------------------------------------------------------------------------------------


def test_everything_is_read_back_with_the_number_of_photos(chat: Chat, now: datetime) -> None:
    send_photo(chat.openid, now)
    send_photo(LI_SI, now)
    at(chat, "confirm").does("action_ask_confirm")
    assert "13800138000" in chat.texts[0]
    assert "1张" in chat.texts[0]


def test_a_change_is_acknowledged_and_read_back_again(chat: Chat) -> None:
    at(chat, "confirm").answers("电话改成13900139000", "change_contact")
    assert (chat.said, chat.question) == (["utter_updated"], "confirm")
    assert chat.slots["phone"] == "13900139000"
    assert not chat.slots.get("confirmed")


def test_a_change_in_the_middle_is_named(chat: Chat) -> None:
    at(chat, "visit_time").slots["visit"] = None
    chat.answers("电话错了，是13900139000", "change_contact")
    assert (chat.said, chat.question) == (["utter_updated_to"], "visit_time")
    assert chat.texts[0].endswith("电话：13900139000")


def test_something_is_wrong_asks_what(chat: Chat) -> None:
    at(chat, "confirm").answers("我要修改", "change_contact")
    assert chat.question == "change_what"
    chat.answers("时间改到周日上午", "reschedule_visit")
    assert (chat.said, chat.question) == (["utter_updated"], "confirm")
    assert chat.slots["visit"]["start"].startswith("2026-11-29T08:00")


def test_yes_completes_the_form(chat: Chat) -> None:
    at(chat, "confirm").answers("确认提交", "affirm")
    assert (chat.slots["confirmed"], chat.question) == (True, None)


# --- submitting ------------------------------------------------------------------------------------------------------


def test_a_confirmed_report_becomes_a_work_order(chat: Chat, now: datetime) -> None:
    send_photo(chat.openid, now)
    at(chat, "confirm").answers("确认", "affirm").does("action_submit_repair")
    [made] = orders(chat.openid)
    assert chat.said == ["utter_repair_submitted"]
    assert made.number in chat.texts[0]
    assert (made.service_type, made.appliance, made.brand, made.model) == ("维修", "空调", "美的", "KFR-35GW")
    assert (made.fault_description, made.fault_since, made.contact_name) == ("不制冷", "昨天", "张三")
    assert (made.phone, made.city, made.address_detail) == ("13800138000", "佛山市", "北滘镇美的大道6号2栋301")
    with reading() as session:
        assert [event.type for event in events_of(session, made)] == ["submitted"]
        visit = current_visit(session, made, AppointmentKind.REQUESTED)
        assert visit is not None
        assert visit.start == datetime.fromisoformat("2026-11-24T13:00:00+08:00")
        assert len(media.photos_of(session, made)) == 1
    assert {name for name, value in chat.slots.items() if value} == {"consent", "checked"}


def test_without_a_yes_nothing_is_submitted(chat: Chat) -> None:
    at(chat, "confirm").does("action_submit_repair")
    assert (chat.said, orders(chat.openid)) == ([], [])


def test_the_photo_of_yesterday_belongs_to_no_new_order(chat: Chat, now: datetime) -> None:
    send_photo(chat.openid, now - timedelta(hours=25))
    at(chat, "confirm").answers("确认", "affirm").does("action_submit_repair")
    with reading() as session:
        assert media.photos_of(session, orders(chat.openid)[0]) == []


def test_two_reports_in_a_row_are_two_orders(chat: Chat) -> None:
    for appliance in ("空调", "洗衣机"):
        at(chat, "confirm", appliance=appliance).answers("确认", "affirm").does("action_submit_repair")
    assert [made.appliance for made in orders(chat.openid)] == ["洗衣机", "空调"]


TALK = [
    ("self_check", "试了没用", "deny"),
    ("brand_model", "美的KFR-35GW", "inform"),
    ("fault_since", "昨天开始的", "inform"),
    ("photos", "没有", "deny"),
    ("consent", "同意", "affirm"),
    ("contact_name", "张三", "inform"),
    ("phone", "13800138000", "inform"),
    ("address", "佛山顺德北滘镇美的大道6号2栋301", "inform"),
    ("visit_time", "明天下午", "inform"),
    ("confirm", "确认", "affirm"),
]


def test_a_whole_conversation_ends_in_an_order(chat: Chat) -> None:
    begun(chat)
    for question, text, intent in TALK:
        assert chat.question == question
        chat.answers(text, intent)
    assert chat.question is None
    chat.does("action_submit_repair")
    [made] = orders(chat.openid)
    assert (made.appliance, made.fault_description, made.model) == ("空调", "不制冷", "KFR-35GW")


@pytest.mark.parametrize("stop_at", range(len(TALK)))
def test_no_order_is_made_by_a_conversation_that_stops(chat: Chat, stop_at: int) -> None:
    begun(chat)
    for _, text, intent in TALK[:stop_at]:
        chat.answers(text, intent)
    chat.answers("不修了", "stop")
    chat.does("action_submit_repair")
    assert (chat.loop, orders(chat.openid)) == (None, [])


def test_the_event_names_the_customer(chat: Chat) -> None:
    at(chat, "confirm").answers("确认", "affirm").does("action_submit_repair")
    with reading() as session:
        made = session.exec(select(WorkOrder)).one()
        assert [event.actor for event in events_of(session, made)] == [Actor.CUSTOMER]


# --- what was asked before the report ----------------------------------------------------------------------------------


def after_the_price(chat: Chat, then: str, intent: str, *entities: tuple[str, str]) -> Chat:
    chat.hears("修空调大概多少钱", "faq_price", ("service_type", "修"), ("appliance", "空调")).does("action_answer_question")
    return chat.hears(then, intent, *entities).does("action_begin_repair").opens("repair_form")


def test_the_appliance_asked_about_need_not_be_said_again(chat: Chat) -> None:
    after_the_price(chat, "那就来修吧，不制热", "request_service", ("service_type", "修"), ("symptom", "不制热"))
    assert (chat.slots["appliance"], chat.slots["service_type"], chat.slots["fault"]) == ("空调", "维修", "不制热")


def test_another_appliance_has_nothing_of_the_one_asked_about(chat: Chat) -> None:
    after_the_price(chat, "装热水器", "request_service", ("service_type", "装"), ("appliance", "热水器"))
    assert (chat.slots["appliance"], chat.slots["service_type"], chat.slots["fault"]) == ("热水器", "安装", None)


def test_a_wish_of_another_kind_about_the_same_appliance_counts(chat: Chat) -> None:
    after_the_price(chat, "还是清洗一下吧", "request_service", ("service_type", "清洗"))
    assert (chat.slots["appliance"], chat.slots["service_type"]) == ("空调", "清洗")


def test_what_was_asked_long_ago_is_forgotten(chat: Chat) -> None:
    chat.hears("修空调大概多少钱", "faq_price", ("appliance", "空调"))
    chat.events[-1]["timestamp"] -= 3600
    chat.hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    assert chat.slots["appliance"] is None


def test_only_general_questions_lend_their_appliance(chat: Chat) -> None:
    chat.hears("催一下空调", "urge_order", ("appliance", "空调"))
    chat.hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    assert chat.slots["appliance"] is None


# --- error codes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("brand", "told"), [("奥克斯", True), ("格力", False)])
def test_a_code_that_nobody_has_explained_is_said_to_be_so(chat: Chat, brand: str, told: bool) -> None:
    chat.hears("空调显示E6", "describe_fault", ("appliance", "空调"), ("error_code", "E6"))
    chat.does("action_begin_repair").opens("repair_form").answers(brand, "inform", ("brand", brand))
    assert ("utter_code_unknown" in chat.said) is told
    chat.answers("型号不知道", "skip")
    assert "utter_code_unknown" not in chat.said


# --- moods and moments -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "intent", "response"), [
    ("你们就是一帮饭桶", "nlu_fallback", "utter_soothe_anger"), ("快点行不行", "urge_order", "utter_soothe_hurry")])
def test_a_mood_is_soothed_and_the_question_stays(chat: Chat, text: str, intent: str, response: str) -> None:
    at(chat, "phone", phone=None, misses=1).answers(text, intent)
    assert (chat.said, chat.question, chat.slots["misses"], chat.rejected) == ([response], "phone", 1, False)


@pytest.mark.parametrize("back", ["好了", "好的", "好了 你接着问"])
def test_the_question_waits_for_who_needs_a_moment(chat: Chat, back: str) -> None:
    at(chat, "photos", passed=[]).answers("等一下哈 孩子哭了", "goodbye", sure=0.6)
    assert (chat.said, chat.question) == (["utter_no_hurry"], "photos")
    chat.answers(back, "affirm")
    assert (chat.said, chat.question) == ([], "photos")
    chat.answers("没有", "deny")
    assert chat.question == "confirm"


def test_an_answer_after_a_moment_is_taken(chat: Chat) -> None:
    at(chat, "brand_model", brand=None, model=None).answers("等一下啊 我去看一眼标", "nlu_fallback")
    assert chat.question == "brand_model"
    chat.answers("看见了 松下 NH-EH1008", "inform", ("brand", "松下"), ("model", "NH-EH1008"))
    assert (chat.slots["brand"], chat.slots["model"]) == ("松下", "NH-EH1008")


def test_a_yes_confirms_even_after_a_moment(chat: Chat) -> None:
    at(chat, "confirm").answers("等一下我看看", "nlu_fallback").answers("好了，没错", "affirm")
    assert chat.slots["confirmed"]


@pytest.mark.parametrize(("text", "intent"), [
    ("先不发了", "stop"), ("不想拍", "deny"), ("拍不了", "inform"), ("懒得拍了", "stop"), ("先不拍照片了", "stop")])
def test_photos_that_are_not_wanted_end_no_report(chat: Chat, text: str, intent: str) -> None:
    at(chat, "photos", passed=[]).answers(text, intent)
    assert (chat.loop, chat.question) == (FORM, "confirm")


@pytest.mark.parametrize("text", ["先不报了", "不修了", "算了退出"])
def test_a_report_may_be_ended_when_photos_are_asked_for(chat: Chat, text: str) -> None:
    assert at(chat, "photos", passed=[]).answers(text, "stop").loop is None


@pytest.mark.parametrize("text", ["能不能还派上次那个刘师傅来", "最好派个懂这款的师傅", "麻烦请女师傅来"])
def test_a_wish_for_a_technician_is_noted(chat: Chat, text: str) -> None:
    at(chat, "fault_since", fault_since=None).answers(text, "nlu_fallback")
    assert chat.said[:1] == ["utter_remark_noted"]
    assert chat.slots["remark"] == text


def test_what_need_not_be_known_is_asked_twice_at_most(chat: Chat) -> None:
    at(chat, "model", model=None, fault_since=None)
    for asked_so_far, question in ((1, "model"), (2, "fault_since")):
        chat.events.append({"event": "bot", "metadata": {"utter_action": "utter_ask_model"}})
        chat.answers("还漏水", "describe_fault", ("symptom", f"漏水{asked_so_far}"))
        assert chat.question == question


def test_what_must_be_known_is_asked_until_it_is(chat: Chat) -> None:
    at(chat, "phone", phone=None)
    for _ in range(3):
        chat.events.append({"event": "bot", "metadata": {"utter_action": "utter_ask_phone"}})
        chat.answers("没有", "deny")
        assert chat.question == "phone"


def test_a_weekday_and_a_date_that_contradict_each_other_are_offered(chat: Chat) -> None:
    at(chat, "visit_time", visit=None).answers("这周五下午 28号")
    assert (chat.question, chat.texts[0]) == ("visit_time", "28号是周六，周五是27号，您要哪一天？")
    assert [button["payload"] for button in chat.buttons][:2] == ["11月28号周六下午", "11月27号周五下午"]
    chat.answers("28号 周六下午")
    assert chat.slots["visit"]["start"] == "2026-11-28T13:00:00+08:00"
    assert chat.question == "confirm"
