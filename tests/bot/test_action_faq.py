"""General questions: each has its answer, some depend on the appliance, several in one message are all answered."""

import pytest
from bot_chat import Chat, Opener

from aftersales.care import care_for
from aftersales.catalogue import APPLIANCES
from aftersales.models import Status


@pytest.mark.parametrize(("text", "words"), [
    ("油烟机怎么清洗", "油杯"), ("滚筒洗衣机多久清一次", "过滤器"), ("空调滤网要不要洗", "滤网"), ("雪柜点样除霜", "除霜")])
def test_the_advice_is_about_the_appliance_named(chat: Chat, text: str, words: str) -> None:
    chat.hears(text, "faq_maintenance").does("action_answer_question")
    assert chat.said == ["utter_care"]
    assert words in chat.texts[0]


@pytest.mark.parametrize("text", ["家电平时怎么保养", "消毒柜怎么保养"])
def test_without_an_appliance_we_know_the_advice_is_general(chat: Chat, text: str) -> None:
    chat.hears(text, "faq_maintenance").does("action_answer_question")
    assert chat.said == ["utter_faq_maintenance"]


@pytest.mark.parametrize("kind", [kind for kind in APPLIANCES if kind != "其他"])
def test_every_plain_kind_has_its_advice_and_it_is_short(kind: str) -> None:
    found = care_for(kind)
    assert found is not None
    assert 20 < len(found[1]) <= 90


@pytest.mark.parametrize(("intent", "questions", "said"), [
    ("faq_invoice", ["faq_price", "faq_invoice"], ["utter_faq_price", "utter_faq_invoice"]),
    ("faq_price", [], ["utter_faq_price"]),
    ("faq_hours", ["faq_coverage"], ["utter_faq_hours", "utter_faq_coverage"]),
    ("faq_dissatisfied", ["faq_price"], ["utter_faq_dissatisfied"]),
])
def test_every_question_of_a_message_is_answered(
    chat: Chat, intent: str, questions: list[str], said: list[str]
) -> None:
    chat.hears("上门费多少，能开发票吗", intent, questions=questions).does("action_answer_question")
    assert chat.said == said


@pytest.mark.parametrize(("text", "intent"), [("qwerty uiop", "stop"), ("jkljkl", "goodbye"), ("asdfgh", "deny")])
def test_letters_without_sense_are_not_taken_for_a_word(chat: Chat, text: str, intent: str) -> None:
    chat.hears(text, intent).does("action_answer_nothing")
    assert chat.said[0] in ("utter_fallback", "utter_english")


@pytest.mark.parametrize("text", ["stop", "no thanks", "OK bye"])
def test_english_words_for_no_are(chat: Chat, text: str) -> None:
    assert chat.hears(text, "stop").does("action_answer_nothing").said == ["utter_nothing_to_stop"]


def test_words_of_an_end_in_the_middle_of_a_report_are_told_how_to_end_it(chat: Chat) -> None:
    chat.hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    assert chat.hears("我走了哈", "stop").does("action_answer_nothing").said == ["utter_how_to_stop"]


def test_two_questions_that_together_fit_nothing_are_answered_one_by_one(chat: Chat) -> None:
    chat.hears("上门费多少，能开发票吗", "nlu_fallback", questions=["faq_price", "faq_invoice"])
    assert chat.does("action_not_understood").said == ["utter_faq_price", "utter_faq_invoice"]


def test_a_question_beside_a_report_is_answered_and_the_report_begins(chat: Chat) -> None:
    chat.hears("空调不制冷，上门多少钱", "describe_fault", ("appliance", "空调"), ("symptom", "不制冷"), questions=["faq_price"])
    chat.does("action_begin_repair").opens("repair_form")
    assert chat.said == ["utter_faq_price", "utter_fault_understood"]
    assert chat.slots["appliance"] == "空调"


def test_a_question_beside_an_answer_is_answered_once_and_the_answer_taken(chat: Chat) -> None:
    chat.hears("空调不制冷", "describe_fault", ("appliance", "空调"), ("symptom", "不制冷"))
    chat.does("action_begin_repair").opens("repair_form").answers("没解决", "deny")
    chat.answers("格力，修完保修多久", "inform", ("brand", "格力"), questions=["faq_warranty"])
    assert chat.said.count("utter_faq_warranty") == 1
    assert chat.slots["brand"] == "格力"


def test_a_question_beside_progress_is_answered(chat: Chat) -> None:
    chat.hears("师傅到哪了，能开发票吗", "query_progress", questions=["faq_invoice"]).does("action_tell_progress")
    assert chat.said == ["utter_faq_invoice", "utter_no_orders"]


def test_an_answer_with_a_question_behind_it_counts_even_where_the_question_weighs_more(chat: Chat) -> None:
    chat.hears("空调不制冷", "describe_fault", ("appliance", "空调"), ("symptom", "不制冷"))
    chat.does("action_begin_repair").opens("repair_form").answers("没解决", "deny")
    chat.answers("格力的，你们几点下班", "faq_hours", ("brand", "格力"), questions=["faq_hours"])
    assert (chat.rejected, chat.slots["brand"]) == (True, "格力")
    assert chat.does("action_answer_question").said == ["utter_faq_hours"]
    assert chat.resumes().question == "model"


def test_a_new_time_with_a_question_behind_it_is_taken(chat: Chat, order: Opener) -> None:
    order()
    chat.hears("改个时间", "reschedule_visit").begins("action_reschedule")
    chat.answers("周日上午，你们几点下班", "faq_hours", ("time", "周日上午"), questions=["faq_hours"])
    assert (chat.rejected, chat.slots["new_visit"] is not None) == (True, True)
    assert chat.does("action_answer_question").said == ["utter_faq_hours"]
    assert chat.resumes().question is None


@pytest.mark.parametrize("text", ["明儿个具体几点到哇", "大概什么时候能来", "啥时候来", "今天几点上门", "师傅到我家是几点", "具体几点呢"])
def test_whoever_waits_for_a_visit_asks_after_it(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.SCHEDULED)
    chat.hears(text, "faq_hours").does("action_answer_question")
    assert chat.said == ["utter_progress"]
    assert number in chat.texts[0]


@pytest.mark.parametrize("text", [
    "你们几点下班", "几点开门", "几点到几点有人", "你们几点到几点上班", "周末几点来人", "一般什么时候上门", "晚上能来吗"])
def test_when_we_are_open_is_a_question_in_general(chat: Chat, order: Opener, text: str) -> None:
    order(status=Status.SCHEDULED)
    chat.hears(text, "faq_hours").does("action_answer_question")
    assert chat.said == ["utter_faq_hours"]


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_whoever_waits_for_nobody_asks_in_general(chat: Chat, order: Opener, status: Status) -> None:
    order(status=status)
    chat.hears("几点能来", "faq_hours").does("action_answer_question")
    assert chat.said == ["utter_faq_hours"]


@pytest.mark.parametrize(("text", "answered"), [
    ("我人不在那边 也可以帮她报的吧", True), ("能帮我妈报修吗", True), ("可以替家人登记不", True), ("帮我爸报可以吗", True),
    ("帮我妈报修一下", False), ("可以帮我报修吗", False)])
def test_one_may_report_for_the_family(chat: Chat, text: str, answered: bool) -> None:
    chat.slots, chat.loop = {"service_type": "维修", "appliance": "电视", "fault": "花屏", "requested_slot": "phone"}, "repair_form"
    chat.answers(text, "nlu_fallback")
    assert ("utter_faq_for_family" in chat.said) is answered
