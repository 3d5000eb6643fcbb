"""Details, pictures and places that come without a question."""

from datetime import datetime

import pytest
from bot_chat import LI_SI, Chat, Opener, happened, history, kept

from aftersales import media
from aftersales.models import Status
from aftersales.settings import settings
from aftersales.store import reading, transaction

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def send_photos(openid: str, now: datetime, count: int = 1) -> None:
    with transaction() as session:
        for number in range(count):
            store = media.LocalMediaStore(settings().media_dir)
            media.keep(session, store, openid, JPEG + bytes([number]), now)


def photos(number: str) -> int:
    with reading() as session:
        return len(media.photos_of(session, kept(number)))


@pytest.mark.parametrize("text", ["5星", "非常满意", "态度5分，速度4分"])
def test_stars_after_a_finished_service_are_a_rating(chat: Chat, order: Opener, text: str) -> None:
    order(status=Status.COMPLETED)
    chat.hears(text, "inform").does("action_take_hint")
    assert (chat.followup, chat.said) == ("rating_form", [])


@pytest.mark.parametrize("text", ["5星", "9分", "随便说说"])
def test_without_a_finished_service_they_are_not_understood(chat: Chat, order: Opener, text: str) -> None:
    order()
    order(status=Status.COMPLETED, openid=LI_SI)
    chat.hears(text, "inform").does("action_take_hint")
    assert (chat.followup, chat.said) == (None, ["utter_fallback"])


def test_an_appliance_begins_a_report_that_inherits_nothing(chat: Chat) -> None:
    chat.slots = {"phone": "13900139000", "confirmed": True}
    chat.hears("美的空调", "inform", ("appliance", "空调")).does("action_take_hint")
    assert chat.followup == "repair_form"
    chat.opens("repair_form")
    assert (chat.slots["appliance"], chat.slots["brand"], chat.slots["phone"]) == ("空调", "美的", None)


def test_what_a_display_shows_begins_a_report(chat: Chat) -> None:
    chat.hears("E4", "inform", ("error_code", "E4")).does("action_take_hint").opens("repair_form")
    assert (chat.slots["error_code"], chat.question) == ("E4", "appliance")


@pytest.mark.parametrize(("text", "appliance", "brand"), [
    ("我家洗衣机完犊子了", "洗衣机", None), ("旺财是我家扫地的那个机器人 科沃斯T20", None, "科沃斯"), ("屋头那个空调又在日怪", "空调", None)])
def test_strange_words_about_an_appliance_begin_a_report(
    chat: Chat, text: str, appliance: str | None, brand: str | None
) -> None:
    chat.hears(text, "nlu_fallback").does("action_not_understood")
    assert (chat.followup, chat.said) == ("repair_form", [])
    chat.opens("repair_form")
    assert (chat.slots["appliance"], chat.slots["brand"]) == (appliance, brand)


@pytest.mark.parametrize(("text", "intent"), [
    ("你们老板是哪里人", "nlu_fallback"), ("空调是谁发明的", "out_of_scope"), ("冰箱一台能卖多少", "nlu_fallback"),
    ("呜啦啦", "nlu_fallback"), ("美的很呐", "nlu_fallback")])
def test_a_question_beside_the_point_begins_none(chat: Chat, text: str, intent: str) -> None:
    chat.hears(text, intent).does("action_not_understood")
    assert chat.followup is None
    assert chat.said in (["utter_fallback"], ["utter_out_of_scope"])


def test_pictures_outside_a_report_go_to_the_open_order(chat: Chat, order: Opener, now: datetime) -> None:
    older, number = order(), order("冰箱")
    send_photos(chat.openid, now, 2)
    send_photos(LI_SI, now)
    chat.hears("/send_media", "send_media").does("action_receive_media")
    assert chat.said == ["utter_media_added"]
    assert number in chat.texts[0]
    assert (photos(number), photos(older)) == (2, 0)
    assert happened(number) == ["submitted", "photo"]


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_without_an_open_order_pictures_wait_for_the_report(
    chat: Chat, order: Opener, now: datetime, status: Status
) -> None:
    number = order(status=status)
    send_photos(chat.openid, now)
    chat.hears("/send_media", "send_media").does("action_receive_media")
    assert (chat.said, photos(number)) == (["utter_media_waiting"], 0)
    with reading() as session:
        assert media.loose_count(session, chat.openid, now) == 1


def shares_a_place(chat: Chat) -> Chat:
    label = "广东省佛山市顺德区北滘镇美的大道6号"
    return chat.hears("/send_location", "send_location", metadata={"label": label}).does("action_receive_place")


def test_a_shared_place_waits_for_the_report_and_its_door_is_asked(chat: Chat) -> None:
    shares_a_place(chat)
    assert chat.said == ["utter_location_waiting"]
    chat.hears("空调漏水", "describe_fault", ("appliance", "空调"), ("symptom", "漏水"))
    chat.does("action_begin_repair").opens("repair_form")
    assert chat.slots["address"]["detail"].endswith("美的大道6号")
    chat.answers("王女士，13700137000，2栋301", "inform", ("person_name", "王女士"), ("phone", "13700137000"))
    assert chat.slots["address"]["pinned"]


def test_a_shared_place_is_used_by_a_report_that_begins_with_a_detail(chat: Chat) -> None:
    shares_a_place(chat).hears("美的空调", "inform", ("appliance", "空调")).does("action_take_hint").opens("repair_form")
    assert chat.slots["address"]["district"] == "顺德区"


def test_a_shared_place_is_used_once(chat: Chat) -> None:
    shares_a_place(chat).hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    chat.answers("算了", "stop")
    chat.hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    assert chat.slots["address"] is None


def test_a_place_without_a_name_is_answered_and_not_kept(chat: Chat) -> None:
    chat.hears("/send_location", "send_location", metadata={"label": ""}).does("action_receive_place")
    assert (chat.said, chat.slots["shared_place"]) == (["utter_location_waiting"], None)


def test_whoever_presses_without_an_order_but_tells_a_fault_reports_it(chat: Chat) -> None:
    turn = chat.hears("空调漏水怎么还没人来", "query_progress", ("appliance", "空调"), ("symptom", "漏水"))
    assert turn.does("action_tell_progress").followup == "repair_form"
    chat.opens("repair_form")
    assert chat.slots["appliance"] == "空调"


# --- changes of an order, said in other words ------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["action_take_hint", "action_not_understood"])
def test_another_contact_after_the_order_changes_it(chat: Chat, order: Opener, action: str) -> None:
    number = order()
    text = "联系人也换哈 写我弟周强，手机１３７６１２３４５６７"
    chat.hears(text, "inform", ("person_name", "周强"), ("phone", "１３７６１２３４５６７")).does(action)
    assert chat.said == ["utter_changed"]
    assert (kept(number).contact_name, kept(number).phone) == ("周强", "13761234567")


@pytest.mark.parametrize(("text", "name", "phone"), [
    ("联系人写我老婆王芳", "王芳", "13800138000"), ("电话打13712345678", "张三", "13712345678"),
    ("手机号我写错了，13712345678", "张三", "13712345678")])
def test_name_or_phone_alone_are_changed(chat: Chat, order: Opener, text: str, name: str, phone: str) -> None:
    number = order()
    marked = [("person_name", "王芳")] if "王芳" in text else []
    chat.hears(text, "inform", *marked).does("action_take_hint")
    assert (chat.said, kept(number).contact_name, kept(number).phone) == (["utter_changed"], name, phone)


@pytest.mark.parametrize("text", ["13712345678", "师傅电话换成13712345678了吗", "你们的电话是13712345678吗", "电话没人接"])
def test_a_phone_that_is_not_meant_for_the_order_changes_nothing(chat: Chat, order: Opener, text: str) -> None:
    number = order()
    chat.hears(text, "inform").does("action_take_hint")
    assert (chat.said, kept(number).phone) == (["utter_fallback"], "13800138000")


@pytest.mark.parametrize("action", ["action_take_hint", "action_not_understood"])
@pytest.mark.parametrize("text", [
    "他号码给我一个，我自己问他", "师傅叫咩名，电话系几多？", "亲，那到底什么时候能来人呀，给个准话", "另外一个呢"])
def test_what_is_asked_of_an_order_under_way_is_answered(chat: Chat, order: Opener, text: str, action: str) -> None:
    number = order()
    chat.hears(text, "inform").does(action)
    assert chat.said == ["utter_progress"]
    assert number in chat.texts[0]


def test_without_an_order_nobody_asks_after_one(chat: Chat) -> None:
    chat.hears("另外一个呢", "inform").does("action_not_understood")
    assert chat.said == ["utter_fallback"]


@pytest.mark.parametrize(("action", "intent", "text"), [
    ("action_tell_progress", "query_progress", "门铃是坏的，师傅到了直接打电话哈"),
    ("action_answer_nothing", "stop", "开车来的话停地下二层，地面不让停"), ("action_take_hint", "inform", "机器挂得老高，麻烦带把梯子"),
    ("action_not_understood", "nlu_fallback", "那还是刘师傅来吧"), ("action_take_hint", "inform", "老人家耳朵背，多响几声")])
def test_what_the_technician_should_know_is_noted(chat: Chat, order: Opener, action: str, intent: str, text: str) -> None:
    number = order()
    chat.hears(text, intent).does(action)
    assert chat.said == ["utter_remark_added"]
    assert [event.note for event in history(number)][-1] == text


def test_a_question_is_no_word_for_the_technician(chat: Chat, order: Opener) -> None:
    order()
    chat.hears("师傅来之前先打电话吗", "query_progress").does("action_tell_progress")
    assert chat.said == ["utter_progress"]


def test_the_registered_contact_is_told_masked(chat: Chat, order: Opener) -> None:
    order()
    chat.hears("那现在单子上登记的是哪个号码", "query_progress").does("action_tell_progress")
    assert chat.said == ["utter_progress", "utter_registered_contact"]
    assert "138****8000" in chat.texts[1]
    assert "13800138000" not in chat.texts[1]


def test_a_brand_put_right_with_a_no(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("刚那单牌子说错了，不是美的，是万和的", "deny", ("brand", "美的"), ("brand", "万和")).does("action_answer_nothing")
    assert (chat.said, kept(number).brand) == (["utter_changed"], "万和")


def test_the_phone_that_follows_the_new_contact(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("联系人换成我婆婆，叫钱桂香", "change_contact", ("person_name", "钱桂香")).begins("action_change")
    chat.hears("她手机13700137088", "inform", ("phone", "13700137088")).does("action_take_hint")
    assert (chat.said, kept(number).contact_name, kept(number).phone) == (["utter_changed"], "钱桂香", "13700137088")


@pytest.mark.parametrize(("text", "marked", "code", "fault"), [
    ("它这会儿屏上跳E4了，加到单子里", ("error_code", "E4"), "E4", "不工作"),
    ("底下还开始滴水了，一并写上", ("symptom", "滴水"), None, "不工作，滴水")])
def test_what_is_to_be_added_to_the_order(
    chat: Chat, order: Opener, text: str, marked: tuple[str, str], code: str | None, fault: str
) -> None:
    number = order()
    chat.hears(text, "describe_fault", marked).does("action_begin_repair")
    assert (chat.said, chat.followup) == (["utter_remark_added"], "action_listen")
    assert (kept(number).error_code, kept(number).fault_description) == (code, fault)


@pytest.mark.parametrize("text", ["洗一台多少钱？", "打听一下，现在退单扣不扣钱", "取消要收费吗"])
def test_what_it_costs_is_told_however_short(chat: Chat, text: str) -> None:
    chat.hears(text, "out_of_scope").does("action_not_understood")
    assert chat.said == ["utter_faq_price"]


@pytest.mark.parametrize("text", ["今天排骨多少钱", "换个话题，你多少钱一个月", "洗牙多少钱一次，医保报不报？"])
def test_what_other_things_cost_is_not(chat: Chat, text: str) -> None:
    chat.hears(text, "out_of_scope").does("action_not_understood")
    assert chat.said == ["utter_out_of_scope"]


def test_pictures_that_are_announced_are_welcome(chat: Chat) -> None:
    chat.hears("我补两张照片，让师傅先瞧瞧", "nlu_fallback").does("action_not_understood")
    assert chat.said == ["utter_send_pictures"]


def test_a_time_right_after_a_move_moves_the_visit_once_more(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("改到礼拜六上午行不行", "reschedule_visit").begins("action_reschedule")
    chat.hears("那就定礼拜天下午了哈", "inform", ("time", "礼拜天下午")).does("action_take_hint")
    assert (chat.said, happened(number)) == (["utter_rescheduled"], ["submitted", "rescheduled", "rescheduled"])
    assert "周日" in chat.texts[0]


def test_a_time_out_of_the_blue_moves_nothing(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("那就定礼拜天下午了哈", "inform", ("time", "礼拜天下午")).does("action_take_hint")
    assert happened(number) == ["submitted"]


def test_without_an_order_there_is_no_contact_to_change(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    chat.hears("联系人换成周强，手机13761234567", "inform", ("person_name", "周强")).does("action_take_hint")
    assert chat.said == ["utter_fallback"]


@pytest.mark.parametrize(("text", "times"), [
    ("10点我得出门诶，早点行不行，明天8点半就到", ["10点", "明天8点半"]), ("明天下午3点行不行", ["明天下午3点"]),
    ("能不能晚点，后天下午", ["后天下午"]), ("我10点要出门，8点到吧", ["10点", "8点"]), ("明天不在家，后天上午才有空", ["明天", "后天上午"])])
def test_a_wish_with_a_time_moves_the_visit(chat: Chat, order: Opener, text: str, times: list[str]) -> None:
    number = order(status=Status.SCHEDULED)
    chat.hears(text, "inform", *(("time", words) for words in times)).does("action_take_hint")
    assert chat.said == ["utter_rescheduled"]
    assert happened(number)[-1] == "rescheduled"


@pytest.mark.parametrize("text", ["明天下午3点", "后天上午吧", "明天下午来"])
def test_a_bare_time_answers_the_news_of_a_fixed_visit(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.SCHEDULED)
    words = text.strip("吧来")
    chat.hears(text, "inform", ("time", words)).does("action_take_hint")
    assert (chat.said, happened(number)[-1]) == (["utter_rescheduled"], "rescheduled")


@pytest.mark.parametrize(("text", "status"), [
    ("明天下午3点", Status.SUBMITTED), ("早点行不行", Status.SCHEDULED), ("明天下雨", Status.SCHEDULED),
    ("明天下午3点行不行", Status.COMPLETED), ("明天下午3点行不行", Status.IN_PROGRESS)])
def test_a_time_without_a_wish_or_an_order_moves_nothing(chat: Chat, order: Opener, text: str, status: Status) -> None:
    number = order(status=status)
    marked = [("time", words) for words in ("明天下午3点", "明天") if words in text][:1]
    chat.hears(text, "inform", *marked).does("action_take_hint")
    assert "rescheduled" not in happened(number)
    assert "utter_rescheduled" not in chat.said


def test_of_several_orders_it_is_asked_which_visit_is_meant(chat: Chat, order: Opener) -> None:
    order()
    order("冰箱")
    chat.hears("明天下午3点行不行", "inform", ("time", "明天下午3点")).begins("action_take_hint")
    assert (chat.loop, chat.question) == ("reschedule_form", "target")
