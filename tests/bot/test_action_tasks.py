"""催单, 取消, 改约, 修改信息: at once where the message says enough, else by a form; and in the middle of another form."""

from datetime import datetime

import pytest
from bot_chat import LI_SI, Chat, Opener, happened, history, kept

from aftersales import wishes
from aftersales.appointments import current_visit
from aftersales.models import Actor, AppointmentKind, Status
from aftersales.progress import Step, advance, find_order
from aftersales.store import reading, transaction

#: topic · what is said · its intent
OPENINGS = [
    ("urge", "怎么还没人来", "urge_order"),
    ("cancel", "我要取消工单", "cancel_order"),
    ("reschedule", "改个时间", "reschedule_visit"),
    ("change", "联系方式要改一下", "change_contact"),
]


# --- no order --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("topic", "text", "intent"), OPENINGS)
def test_without_an_order_there_is_nothing_to_do(chat: Chat, topic: str, text: str, intent: str) -> None:
    chat.hears(text, intent).begins(f"action_{topic}")
    assert (chat.said, chat.followup, chat.loop) == ([f"utter_no_order_to_{topic}"], None, None)


@pytest.mark.parametrize(("topic", "text", "intent"), OPENINGS)
def test_neither_finished_orders_nor_those_of_others_count(
    chat: Chat, order: Opener, topic: str, text: str, intent: str
) -> None:
    order(status=Status.COMPLETED)
    order(status=Status.CANCELLED)
    others = order(openid=LI_SI)
    chat.hears(f"{text} {others}", intent).begins(f"action_{topic}")
    assert chat.said == [f"utter_no_order_to_{topic}"]
    assert happened(others) == ["submitted"]


# --- one order -------------------------------------------------------------------------------------------------------


def test_the_only_order_is_urged_at_once(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("怎么还没人来", "urge_order").begins("action_urge")
    assert (chat.said, chat.loop) == (["utter_urged"], None)
    assert number in chat.texts[0]
    assert [(event.type, event.note) for event in history(number)][1:] == [("urged", "怎么还没人来")]


def test_urging_twice_is_told_as_twice(chat: Chat, order: Opener) -> None:
    number = order()
    for _ in range(2):
        chat.hears("催一下", "urge_order").begins("action_urge")
    assert happened(number) == ["submitted", "urged", "urged"]
    assert "2" in chat.texts[0].removeprefix(number).split("\n")[-1]


def test_withdrawing_wants_a_confirmation_that_names_the_order(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("不修了，取消吧", "cancel_order").begins("action_cancel")
    assert (chat.loop, chat.question) == ("cancel_form", "cancel_confirmed")
    assert kept(number).status is Status.SUBMITTED
    chat.does("action_ask_cancel_confirmed")
    assert number in chat.texts[0]
    assert "空调维修" in chat.texts[0]


@pytest.mark.parametrize(("text", "intent"), [
    ("确定取消", "cancel_order"), ("是的", "affirm"), ("嗯", "affirm"), ("取消", "stop"), ("不要了", "stop"),
    ("不修了", "cancel_order"), ("不要了", "deny"), ("对，取消吧", "deny"), ("行，取消", "inform"), ("对的对的谢谢你啊小姑娘", "thank"),
    ("对，取消空调那单", "cancel_order"), ("嗯退吧", "affirm"), ("对，只退空调的", "affirm")])
def test_a_confirmed_withdrawal_is_carried_out(chat: Chat, order: Opener, text: str, intent: str) -> None:
    number = order(status=Status.SCHEDULED)
    chat.hears("不修了，换新的了", "cancel_order").begins("action_cancel").answers(text, intent)
    assert chat.question is None
    chat.does("action_finish_cancel")
    assert chat.said == ["utter_cancelled"]
    assert kept(number).status is Status.CANCELLED
    assert history(number)[-1].note == "不修了，换新的了"
    assert chat.slots["target"] is None


@pytest.mark.parametrize(("text", "intent"), [
    ("先不取消", "cancel_order"), ("不取消了", "deny"), ("再等等", "inform"), ("算了，还是来吧", "inform"), ("不是", "deny"),
    ("确定不取消", "cancel_order"), ("先不退了", "deny"), ("嗯，不取消了", "affirm"), ("好吧，先不取消", "cancel_order"), ("是的不取消", "affirm")])
def test_a_withdrawal_that_is_not_confirmed_leaves_the_order_alone(
    chat: Chat, order: Opener, text: str, intent: str
) -> None:
    number = order()
    chat.hears("取消", "cancel_order").begins("action_cancel").answers(text, intent).does("action_finish_cancel")
    assert chat.said == ["utter_cancel_kept"]
    assert happened(number) == ["submitted"]


@pytest.mark.parametrize(("text", "intent"), [
    ("洗衣机", "inform"), ("是不是还能改时间", "reschedule_visit"), ("可以不取消吗", "cancel_order"), ("取消要收费吗？", "cancel_order"),
    ("好的 赶紧派人来", "urge_order"), ("对，取消洗衣机那单", "cancel_order")])
def test_neither_yes_nor_no_is_asked_again(chat: Chat, order: Opener, text: str, intent: str) -> None:
    number = order()
    chat.hears("取消", "cancel_order").begins("action_cancel").answers(text, intent)
    assert (chat.said, chat.question) == (["utter_problem_yes_or_no"], "cancel_confirmed")
    assert happened(number) == ["submitted"]


def test_what_the_technician_has_begun_cannot_be_withdrawn(chat: Chat, order: Opener) -> None:
    number = order(status=Status.IN_PROGRESS)
    chat.hears("取消", "cancel_order").begins("action_cancel")
    assert (chat.said, chat.loop) == (["utter_cancel_too_late"], None)
    assert kept(number).status is Status.IN_PROGRESS


def test_what_the_technician_begins_meanwhile_cannot_be_withdrawn(chat: Chat, order: Opener, now: datetime) -> None:
    number = order(status=Status.SCHEDULED)
    chat.hears("取消", "cancel_order").begins("action_cancel").answers("确定", "affirm")
    with transaction() as session:
        advance(session, find_order(session, number), Step(Status.IN_PROGRESS, Actor.TECHNICIAN), now)
    chat.does("action_finish_cancel")
    assert (chat.said, kept(number).status) == (["utter_cancel_too_late"], Status.IN_PROGRESS)


def test_another_time_is_noted_at_once(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("改到周六上午来", "reschedule_visit").begins("action_reschedule")
    assert (chat.said, chat.loop) == (["utter_rescheduled"], None)
    with reading() as session:
        visit = current_visit(session, find_order(session, number), AppointmentKind.REQUESTED)
    assert visit is not None
    assert visit.start == datetime.fromisoformat("2026-11-28T08:00:00+08:00")
    assert happened(number) == ["submitted", "rescheduled"]


def test_another_time_is_asked_for(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("我要改时间", "reschedule_visit").begins("action_reschedule")
    assert (chat.loop, chat.question) == ("reschedule_form", "new_visit")
    chat.answers("周六上午").does("action_finish_reschedule")
    assert chat.said == ["utter_rescheduled"]
    assert happened(number) == ["submitted", "rescheduled"]


@pytest.mark.parametrize(("text", "problem"), [
    ("昨天", "past_time"), ("11月31号", "impossible_time"), ("明年五月一号", "too_far"), ("哈哈", "no_time")])
def test_a_time_that_cannot_be_is_explained(chat: Chat, order: Opener, text: str, problem: str) -> None:
    number = order()
    chat.hears("我要改时间", "reschedule_visit").begins("action_reschedule").answers(text)
    assert (chat.said, chat.question) == ([f"utter_problem_{problem}"], "new_visit")
    assert happened(number) == ["submitted"]


def test_a_time_that_cannot_be_in_the_first_message_is_explained_at_once(chat: Chat, order: Opener) -> None:
    order()
    chat.hears("改到昨天", "reschedule_visit").begins("action_reschedule")
    assert (chat.said, chat.question) == (["utter_problem_past_time"], "new_visit")


def test_particulars_are_corrected_at_once(chat: Chat, order: Opener) -> None:
    number = order()
    text = "电话改成13900139000，联系人李四，地址改成佛山市禅城区祖庙路1号5栋201"
    chat.hears(text, "change_contact", ("person_name", "李四")).begins("action_change")
    assert (chat.said, chat.loop) == (["utter_changed"], None)
    changed = kept(number)
    assert (changed.phone, changed.contact_name, changed.district) == ("13900139000", "李四", "禅城区")
    assert changed.address_detail.endswith("祖庙路1号5栋201")
    assert "李四" in chat.texts[0]
    assert happened(number) == ["submitted", "changed"]


def test_one_particular_leaves_the_others_alone(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("电话换成13900139000", "change_contact").begins("action_change")
    changed = kept(number)
    assert (changed.phone, changed.contact_name, changed.district) == ("13900139000", "张三", "顺德区")


@pytest.mark.parametrize("text", ["联系人改成我老公陈志强，明天他在家", "电话改成13900139000，周六我妈在家"])
def test_who_is_at_home_moves_no_visit(chat: Chat, order: Opener, text: str) -> None:
    number = order()
    marked = [("person_name", "陈志强")] if "陈志强" in text else []
    chat.hears(text, "change_contact", *marked).begins("action_change")
    assert chat.said == ["utter_changed"]
    assert happened(number) == ["submitted", "changed"]


def test_a_time_beside_the_new_phone_moves_the_visit(chat: Chat, order: Opener) -> None:
    order()
    chat.hears("电话改成13900139000，时间改到周六上午", "change_contact").begins("action_change")
    assert chat.said == ["utter_changed", "utter_rescheduled"]


def test_thanks_after_a_submitted_report_are_answered_as_such(chat: Chat, order: Opener) -> None:
    order()
    assert chat.hears("好吧 辛苦了", "affirm").does("action_answer_nothing").said == ["utter_thank"]
    assert chat.hears("好吧", "affirm").does("action_answer_nothing").said == ["utter_all_is_well"]


def test_the_particulars_are_asked_for(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("电话写错了", "change_contact").begins("action_change")
    assert (chat.loop, chat.question) == ("change_form", "new_contact")
    chat.answers("哈哈")
    assert (chat.said, chat.question) == (["utter_problem_no_change"], "new_contact")
    chat.answers("1390013900")
    assert (chat.said, chat.question) == (["utter_problem_phone"], "new_contact")
    chat.answers("13900139000").does("action_finish_change")
    assert (chat.said, kept(number).phone) == (["utter_changed"], "13900139000")


@pytest.mark.parametrize("topic", ["reschedule", "change"])
def test_what_the_technician_has_begun_cannot_be_changed(chat: Chat, order: Opener, topic: str) -> None:
    order(status=Status.IN_PROGRESS)
    chat.hears("改到周六上午，电话13900139000", "change_contact").begins(f"action_{topic}")
    assert chat.said == [f"utter_no_order_to_{topic}"]


# --- several orders --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "urged"), [
    ("催一下冰箱", "冰箱"), ("空调怎么还没人来", "空调"), ("催第一个", "冰箱"), ("催最后一个", "空调")])
def test_the_order_that_is_meant_is_urged_at_once(chat: Chat, order: Opener, text: str, urged: str) -> None:
    numbers = {"空调": order("空调"), "冰箱": order("冰箱")}
    chat.hears(text, "urge_order").begins("action_urge")
    assert chat.said == ["utter_urged"]
    assert {name: happened(number) for name, number in numbers.items()} == {
        name: ["submitted", "urged"] if name == urged else ["submitted"] for name in numbers}


def test_the_order_named_by_number_is_urged(chat: Chat, order: Opener) -> None:
    first, second = order(), order()
    chat.hears(f"{first.lower()} 催一下", "urge_order").begins("action_urge")
    assert (happened(first), happened(second)) == (["submitted", "urged"], ["submitted"])


@pytest.mark.parametrize(("answer", "chosen"), [("第一个", 1), ("2", 0), ("空调的那个", 0), ("最后一个", 0)])
def test_with_several_orders_the_customer_chooses(chat: Chat, order: Opener, answer: str, chosen: int) -> None:
    numbers = [order("空调"), order("冰箱")]
    chat.hears("催单", "urge_order").begins("action_urge")
    assert (chat.loop, chat.question) == ("urge_form", "target")
    chat.does("action_ask_target")
    assert [button["payload"] for button in chat.buttons] == numbers[::-1]
    chat.answers(answer).does("action_finish_urge")
    assert happened(numbers[chosen]) == ["submitted", "urged"]
    assert happened(numbers[1 - chosen]) == ["submitted"]


@pytest.mark.parametrize(("text", "urged"), [
    ("两个单都催一下", "空调 冰箱 洗衣机"), ("全部帮我催", "空调 冰箱 洗衣机"), ("空调和冰箱都催一下", "空调 冰箱")])
def test_several_orders_are_urged_at_once(chat: Chat, order: Opener, text: str, urged: str) -> None:
    numbers = {"空调": order("空调"), "冰箱": order("冰箱"), "洗衣机": order("洗衣机")}
    chat.hears(text, "urge_order").begins("action_urge")
    assert chat.said == ["utter_urged"]
    assert [name for name, number in numbers.items() if "urged" in happened(number)] == urged.split()


@pytest.mark.parametrize("text", ["都三天了怎么还没人来", "都没人管我了", "两个星期了还不来", "三个月前就报了"])
def test_words_that_only_look_like_several_still_ask_which_order(chat: Chat, order: Opener, text: str) -> None:
    order("空调"), order("冰箱")
    chat.hears(text, "urge_order").begins("action_urge")
    assert (chat.loop, chat.question) == ("urge_form", "target")


@pytest.mark.parametrize("opening", ["两个单子都取消", "取消工单"])
def test_all_orders_are_cancelled_after_one_question(chat: Chat, order: Opener, opening: str) -> None:
    numbers = [order("空调"), order("冰箱")]
    chat.hears(opening, "cancel_order").begins("action_cancel")
    if chat.question == "target":
        chat.answers("都取消", "cancel_order")
    assert chat.question == "cancel_confirmed"
    chat.does("action_ask_cancel_confirmed")
    assert chat.said == ["utter_ask_cancel_all_confirmed"]
    assert all(number in chat.texts[0] for number in numbers)
    chat.answers("确定", "affirm").does("action_finish_cancel")
    assert chat.said == ["utter_cancelled", "utter_cancelled"]
    assert [kept(number).status for number in numbers] == [Status.CANCELLED, Status.CANCELLED]


@pytest.mark.parametrize(("text", "goes"), [
    ("不是，是冰箱那单", "冰箱"), ("说错了 是冰箱那单取消", "冰箱"), ("对，取消冰箱那单", "冰箱"), ("空调的照修，取消冰箱的", "冰箱")])
def test_the_other_order_can_be_named_where_the_confirmation_is_asked(chat: Chat, order: Opener, text: str, goes: str) -> None:
    numbers = {"空调": order("空调"), "冰箱": order("冰箱")}
    chat.hears("取消空调那单", "cancel_order").begins("action_cancel").answers(text, "cancel_order")
    assert (chat.slots["target"], chat.question) == (numbers[goes], "cancel_confirmed")
    assert [kept(number).status for number in numbers.values()] == [Status.SUBMITTED, Status.SUBMITTED]


def test_of_several_orders_one_can_be_singled_out_where_the_confirmation_is_asked(chat: Chat, order: Opener) -> None:
    order("空调")
    fridge = order("冰箱")
    chat.hears("两个都取消", "cancel_order").begins("action_cancel").answers("只取消冰箱", "cancel_order")
    assert (chat.slots["target"], chat.question) == (fridge, "cancel_confirmed")


def test_of_all_orders_the_one_under_way_stays_and_is_told(chat: Chat, order: Opener) -> None:
    first, second = order("空调"), order("冰箱")
    chat.hears("两个都取消", "cancel_order").begins("action_cancel")
    with transaction() as session:
        begun = find_order(session, second, for_update=True)
        begun.status = Status.IN_PROGRESS
    chat.answers("确定", "affirm").does("action_finish_cancel")
    assert sorted(chat.said) == ["utter_cancel_too_late", "utter_cancelled"]
    assert (kept(first).status, kept(second).status) == (Status.CANCELLED, Status.IN_PROGRESS)


def test_both_orders_move_to_another_day_in_one_message(chat: Chat, order: Opener) -> None:
    order("空调"), order("冰箱")
    chat.hears("两个都改到周日上午", "reschedule_visit").begins("action_reschedule")
    assert chat.said == ["utter_rescheduled", "utter_rescheduled"]


def test_a_tap_on_the_order_chooses_it(chat: Chat, order: Opener) -> None:
    numbers = [order(), order()]
    chat.hears("我要取消", "cancel_order").begins("action_cancel").answers(numbers[0])
    assert (chat.slots["target"], chat.question) == (numbers[0], "cancel_confirmed")
    chat.answers("确定", "affirm").does("action_finish_cancel")
    assert [kept(number).status for number in numbers] == [Status.CANCELLED, Status.SUBMITTED]


def test_an_answer_that_names_no_order_is_asked_again(chat: Chat, order: Opener) -> None:
    order(), order("冰箱")
    chat.hears("催单", "urge_order").begins("action_urge").answers("洗衣机")
    assert (chat.said, chat.question) == (["utter_problem_which_order"], "target")
    chat.answers("BX9901010001")
    assert (chat.said, chat.question) == (["utter_problem_which_order"], "target")


def test_with_one_order_the_number_of_another_is_not_taken_for_it(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("BX9901010001 催一下", "urge_order").begins("action_urge")
    assert chat.question == "target"
    chat.answers("BX9901010001")
    assert (chat.said, happened(number)) == (["utter_problem_which_order"], ["submitted"])


def test_the_order_of_another_customer_cannot_be_chosen(chat: Chat, order: Opener) -> None:
    order(), order("冰箱")
    others = order(openid=LI_SI)
    chat.hears("取消", "cancel_order").begins("action_cancel").answers(others)
    assert chat.slots["target"] is None
    assert chat.question == "target"


def test_order_and_time_are_taken_from_one_message_and_from_two(chat: Chat, order: Opener) -> None:
    air, fridge = order("空调"), order("冰箱")
    chat.hears("冰箱改到周六上午", "reschedule_visit").begins("action_reschedule")
    assert happened(fridge) == ["submitted", "rescheduled"]
    chat.hears("改到周日上午", "reschedule_visit").begins("action_reschedule")
    assert chat.question == "target"
    chat.answers("空调").does("action_finish_reschedule")
    assert "11月29日" in chat.texts[0]
    assert happened(air) == ["submitted", "rescheduled"]


# --- asides and breaking off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "intent"), [
    ("师傅几点来", "query_progress"), ("多少钱", "faq_price"), ("转人工", "human_handoff"), ("谢谢", "thank")])
def test_an_aside_is_left_to_the_rules_and_the_question_comes_back(
    chat: Chat, order: Opener, text: str, intent: str
) -> None:
    order()
    chat.hears("我要改时间", "reschedule_visit").begins("action_reschedule").answers(text, intent)
    assert (chat.rejected, chat.said) == (True, [])
    chat.resumes()
    assert (chat.question, chat.loop) == ("new_visit", "reschedule_form")


@pytest.mark.parametrize(("topic", "text", "intent"), [opening for opening in OPENINGS if opening[0] in ("reschedule", "change")])
def test_breaking_off_changes_nothing(chat: Chat, order: Opener, topic: str, text: str, intent: str) -> None:
    number = order()
    chat.hears(text, intent).begins(f"action_{topic}").answers("算了", "stop")
    assert (chat.said, chat.loop, chat.question) == (["utter_task_stopped"], None, None)
    chat.does(f"action_finish_{topic}")
    assert (chat.said, happened(number)) == ([], ["submitted"])


@pytest.mark.parametrize(("topic", "intent"), [("reschedule", "reschedule_visit"), ("urge", "urge_order")])
def test_a_picture_in_the_middle_of_a_task_is_left_to_the_rules(
    chat: Chat, order: Opener, topic: str, intent: str
) -> None:
    order(), order("冰箱")
    chat.hears("帮我办一下", intent).begins(f"action_{topic}")
    chat.answers("/send_media", "send_media", sure=1.0)
    assert (chat.rejected, chat.said) == (True, [])


def test_an_order_is_named_by_the_household(chat: Chat, order: Opener) -> None:
    own, mothers = order(), order("洗衣机")
    with transaction() as session:
        find_order(session, mothers, for_update=True).household = "妈妈家"
    chat.hears("我妈那单电话要写13318881234，我自己那单别动", "change_contact").begins("action_change")
    assert (chat.said, kept(mothers).phone, kept(own).phone) == (["utter_changed"], "13318881234", "13800138000")


# --- in the middle of a report ---------------------------------------------------------------------------------------


def test_in_the_middle_of_a_report_the_only_order_is_urged(chat: Chat, order: Opener) -> None:
    number = order()
    chat.loop = "repair_form"
    chat.hears("催一下", "urge_order").begins("action_urge")
    assert (chat.said, chat.loop) == (["utter_urged"], "repair_form")
    assert happened(number) == ["submitted", "urged"]


@pytest.mark.parametrize(("topic", "text", "intent"), OPENINGS)
def test_in_the_middle_of_a_report_no_second_form_starts(
    chat: Chat, order: Opener, topic: str, text: str, intent: str
) -> None:
    numbers = [order(), order("冰箱")]
    chat.loop = "repair_form"
    chat.hears(text, intent).begins(f"action_{topic}")
    assert (chat.said, chat.loop, chat.followup) == (["utter_name_the_order"], "repair_form", None)
    assert all(number in chat.texts[0] for number in numbers)
    assert [happened(number) for number in numbers] == [["submitted"], ["submitted"]]


def test_in_the_middle_of_a_report_a_complete_wish_is_carried_out(chat: Chat, order: Opener) -> None:
    _, fridge = order(), order("冰箱")
    chat.loop = "repair_form"
    chat.hears("冰箱改到周六上午", "reschedule_visit").begins("action_reschedule")
    assert (chat.said, happened(fridge)) == (["utter_rescheduled"], ["submitted", "rescheduled"])


@pytest.mark.parametrize("text", ["哦对，冰箱那单取消掉，房东给换新的了", "冰箱不用来了，取消", "把{number}退掉"])
def test_in_the_middle_of_a_report_the_order_named_is_withdrawn(chat: Chat, order: Opener, text: str) -> None:
    other, fridge = order(), order("冰箱")
    chat.loop = "repair_form"
    chat.hears(text.format(number=fridge), "cancel_order").begins("action_cancel")
    assert (chat.said, chat.loop, chat.followup) == (["utter_cancelled"], "repair_form", None)
    assert (happened(other), happened(fridge)) == (["submitted"], ["submitted", "cancelled"])


@pytest.mark.parametrize("text", ["冰箱那单能取消吗？", "冰箱那单先不取消", "冰箱那单"])
def test_in_the_middle_of_a_report_nothing_goes_that_may_stay(chat: Chat, order: Opener, text: str) -> None:
    fridge = order("冰箱")
    chat.loop = "repair_form"
    chat.hears(text, "cancel_order").begins("action_cancel")
    assert (chat.said, happened(fridge)) == (["utter_name_the_order"], ["submitted"])


# --- what happens meanwhile ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("topic", "opening", "answer"), [
    ("reschedule", "我要改时间", "周六上午"), ("change", "电话写错了", "13900139000")])
def test_the_work_has_begun_while_the_form_was_open(
    chat: Chat, order: Opener, now: datetime, topic: str, opening: str, answer: str
) -> None:
    number = order()
    chat.hears(opening, "inform").begins(f"action_{topic}").answers(answer)
    with transaction() as session:
        wishes.cancel(session, find_order(session, number), None, now)
    chat.does(f"action_finish_{topic}")
    assert len(chat.said) == 1
    assert happened(number) == ["submitted", "cancelled"]


def test_the_order_is_withdrawn_twice(chat: Chat, order: Opener, now: datetime) -> None:
    number = order()
    chat.hears("取消", "cancel_order").begins("action_cancel").answers("确定", "affirm")
    with transaction() as session:
        wishes.cancel(session, find_order(session, number), None, now)
    chat.does("action_finish_cancel")
    assert len(chat.said) == 1
    assert happened(number) == ["submitted", "cancelled"]


# --- an order that there is not --------------------------------------------------------------------------------------


def test_an_appliance_that_was_never_reported_does_not_move_another_order(chat: Chat, order: Opener) -> None:
    number = order("空调")
    chat.hears("催一下冰箱", "urge_order").begins("action_urge")
    assert (chat.loop, chat.question) == ("urge_form", "target")
    chat.answers("冰箱那单", "inform")
    assert (chat.said, chat.loop) == (["utter_no_such_order", "utter_no_other_order"], None)
    assert happened(number) == ["submitted"]


def test_the_only_order_can_still_be_meant(chat: Chat, order: Opener) -> None:
    number = order("空调")
    chat.hears("催一下冰箱", "urge_order").begins("action_urge")
    chat.answers("是的", "affirm").does("action_finish_urge")
    assert [(event.type, event.note) for event in history(number)][1:] == [("urged", "催一下冰箱")]


def test_a_word_for_the_technician_is_no_urging(chat: Chat, order: Opener) -> None:
    number = order()
    chat.hears("跟师傅说一声小区不让停车", "urge_order").begins("action_urge")
    assert (chat.said, happened(number)) == (["utter_remark_added"], ["submitted", "note"])
