"""评价: stars one by one or at once, in words and read back, passed over, broken off, changed; what has been given is kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bot_chat import LI_SI, ZHANG_SAN, Chat, Opener, happened, history, kept, responses, set_clock
from sqlmodel import select

from aftersales.intake import Turn
from aftersales.models import Customer, OutboxMessage, OutboxState, Status
from aftersales.ratings import invite_due, rating_of
from aftersales.store import reading, transaction
from bot.actions.invited import answers_invitation

QUESTIONS = ["overall", "attitude", "skill", "speed", "process", "comment"]


def rating(number: str) -> dict[str, Any] | None:
    """The order's rating as far as it was given."""
    with reading() as session:
        found = rating_of(session, kept(number))
    names = ("overall", "attitude", "skill", "speed", "process", "comment")
    return {name: value for name in names if (value := getattr(found, name)) is not None} if found else None


def wants_a_person(openid: str) -> bool:
    with reading() as session:
        found = session.exec(select(Customer).where(Customer.openid == openid)).first()
    return bool(found and found.handoff_requested_at)


def invited(chat: Chat, text: str = "我要评价") -> Chat:
    return chat.hears(text, "rate_service").begins("action_rate")


def test_stars_are_asked_one_by_one_and_kept(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat)
    asked = []
    for answer in ("5星", "4分", "5分", "3", "5分", "师傅很细心"):
        asked.append(chat.question)
        chat.answers(answer)
    assert asked == [f"rating_{name}" for name in QUESTIONS]
    assert chat.question is None
    assert rating(number) == {
        "overall": 5, "attitude": 4, "skill": 5, "speed": 3, "process": 5, "comment": "师傅很细心"}
    chat.does("action_finish_rating")
    assert chat.said == ["utter_rated"]
    assert not wants_a_person(chat.openid)
    assert happened(number)[-1] == "rated"
    assert not any(value for name, value in chat.slots.items() if name.startswith("rating_"))


def test_the_question_for_the_stars_names_the_service(chat: Chat, order: Opener) -> None:
    number = order("冰箱", Status.COMPLETED)
    invited(chat).does("action_ask_rating_overall")
    assert number in chat.texts[0]
    assert "冰箱维修" in chat.texts[0]


def test_everything_at_once_leaves_only_the_comment(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, "5星，态度5分，专业4分，速度3分，流程5分")
    assert chat.question == "rating_comment"
    chat.answers("没有", "deny")
    assert (chat.question, rating(number)) == (
        None, {"overall": 5, "attitude": 5, "skill": 4, "speed": 3, "process": 5})


def test_what_was_given_is_kept_at_once(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers("4星")
    assert rating(number) == {"overall": 4}
    chat.answers("算了", "stop")
    assert (chat.loop, chat.said, rating(number)) == (None, ["utter_rated"], {"overall": 4})


def test_dimensions_can_be_passed_over(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers("5星")
    for _ in QUESTIONS[1:]:
        chat.answers("跳过", "skip")
    assert (chat.question, rating(number)) == (None, {"overall": 5})
    assert chat.does("action_finish_rating").said == ["utter_rated"]


def test_breaking_off_before_the_stars_rates_nothing(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers("不评了", "stop")
    assert (chat.said, chat.loop, rating(number)) == (["utter_rating_refused"], None, None)


def test_passing_over_the_stars_does_not_lead_through_questions_for_nothing(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers("跳过", "skip")
    assert rating(number) is None
    assert chat.loop is None or chat.question == "rating_overall" or chat.question is None
    assert chat.said


@pytest.mark.parametrize("text", ["8分", "0星", "4.5分", "100", "哈哈"])
def test_what_is_no_score_is_told_and_asked_again(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers(text)
    assert (chat.said, chat.question, rating(number)) == (["utter_problem_score"], "rating_overall", None)


@pytest.mark.parametrize("stars", [1, 2])
def test_a_low_score_goes_to_a_person(chat: Chat, order: Opener, stars: int) -> None:
    order(status=Status.COMPLETED)
    invited(chat).answers(f"{stars}星")
    for _ in QUESTIONS[1:]:
        chat.answers("跳过", "skip")
    assert chat.does("action_finish_rating").said == ["utter_rated_low"]
    assert wants_a_person(chat.openid)


def test_a_low_score_goes_to_a_person_even_when_the_rest_is_broken_off(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    invited(chat).answers("1星").answers("算了", "stop")
    assert chat.said == ["utter_rated_low"]
    assert wants_a_person(chat.openid)


@pytest.mark.parametrize("text", ["给你们打100分都行", "等了8个小时才来", "师傅不错，就是贵了点", "5星好评"])
def test_any_words_are_a_comment(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, "都5分").answers(text)
    assert chat.question is None
    assert (rating(number) or {})["comment"] == text


def test_an_aside_is_left_to_the_rules_and_the_question_comes_back(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    invited(chat).answers("评价有什么用", "faq_rating_effect")
    assert (chat.rejected, chat.said) == (True, [])
    assert chat.resumes().question == "rating_overall"


@pytest.mark.parametrize("opening", ["都5分", "我要评价"])
def test_a_picture_is_no_rating(chat: Chat, order: Opener, opening: str) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, opening)
    before = (chat.question, rating(number))
    chat.answers("/send_media", "send_media", sure=1.0)
    assert chat.rejected
    assert (chat.question, rating(number)) == before


def test_of_several_services_the_one_named_is_rated(chat: Chat, order: Opener) -> None:
    air, fridge = order("空调", Status.COMPLETED), order("冰箱", Status.COMPLETED)
    invited(chat, "给空调那次评价，5星").answers("算了", "stop")
    assert (rating(air), rating(fridge)) == ({"overall": 5}, None)
    invited(chat, "5星").answers("算了", "stop")
    assert rating(fridge) == {"overall": 5}


@pytest.mark.parametrize("answer", ["{air}", "2", "第二个", "空调那次", "空调"])
def test_of_several_services_one_is_asked_for_and_the_stars_are_not_lost(chat: Chat, order: Opener, answer: str) -> None:
    air, fridge = order("空调", Status.COMPLETED), order("冰箱", Status.COMPLETED)
    invited(chat, "态度5分，总体4星")
    assert (chat.question, rating(air), rating(fridge)) == ("rating_target", None, None)
    chat.does("action_ask_rating_target")
    assert [button["payload"] for button in chat.buttons] == [fridge, air]
    assert "哪一单" in chat.texts[0]
    chat.answers(answer.format(air=air))
    assert (chat.question, rating(air), rating(fridge)) == ("rating_skill", {"overall": 4, "attitude": 5}, None)


def test_the_service_and_the_stars_may_come_together(chat: Chat, order: Opener) -> None:
    air, fridge = order("空调", Status.COMPLETED), order("冰箱", Status.COMPLETED)
    invited(chat).answers("空调那次5星")
    assert (chat.question, rating(air), rating(fridge)) == ("rating_attitude", {"overall": 5}, None)


def test_what_names_no_service_is_told_and_asked_again(chat: Chat, order: Opener) -> None:
    order("空调", Status.COMPLETED), order("冰箱", Status.COMPLETED)
    invited(chat).answers("洗衣机")
    assert (chat.said, chat.question) == (["utter_problem_which_order"], "rating_target")


def test_a_complaint_waits_for_its_order(chat: Chat, order: Opener) -> None:
    air, fridge = order("空调", Status.COMPLETED), order("冰箱", Status.COMPLETED)
    invited(chat, "师傅多收了我30块")
    assert (chat.question, chat.said) == ("rating_target", [])
    chat.answers("第二个")
    assert (chat.said, chat.question) == (["utter_rating_complaint"], "rating_confirm")
    assert [event.note for event in history(air) if event.type == "complaint"] == ["师傅多收了我30块"]
    assert "complaint" not in happened(fridge)


@pytest.mark.parametrize(("text", "expected"), [
    ("没戴鞋套", True), ("巴适", True), ("多收了30", True), ("8分", True), ("没空评", True), ("好的", False), ("明天来吗", False),
])
def test_words_are_told_from_others_only_after_an_invitation(order: Opener, now: datetime, text: str, expected: bool) -> None:
    order(status=Status.COMPLETED)
    assert not answers_invitation(ZHANG_SAN, Turn(text))
    with transaction() as session:
        invite_due(session, now, timedelta())
        message = session.exec(select(OutboxMessage).where(OutboxMessage.topic == "rating")).one()
        message.state, message.sent_at = OutboxState.SENT, now
    assert answers_invitation(ZHANG_SAN, Turn(text)) is expected


def test_stars_right_after_an_invitation_are_for_it(chat: Chat, order: Opener, now: datetime) -> None:
    order("空调", Status.COMPLETED)
    fridge = order("冰箱", Status.COMPLETED)
    with transaction() as session:
        invite_due(session, now, timedelta())
        for message in session.exec(select(OutboxMessage).where(OutboxMessage.topic == "rating")).all():
            sent = fridge in message.text
            message.state, message.sent_at = (OutboxState.SENT, now) if sent else (OutboxState.PENDING, None)
    invited(chat, "5星")
    assert (chat.question, rating(fridge)) == ("rating_attitude", {"overall": 5})


def test_there_may_be_nothing_to_rate(chat: Chat, order: Opener) -> None:
    order(status=Status.IN_PROGRESS)
    order(status=Status.COMPLETED, openid=LI_SI)
    assert invited(chat).said == ["utter_nothing_to_rate"]
    assert chat.loop is None


def test_a_service_is_rated_once(chat: Chat, order: Opener) -> None:
    order(status=Status.CLOSED)
    invited(chat, "5星").answers("算了", "stop")
    assert invited(chat).said == ["utter_rated_before"]


def test_in_the_middle_of_a_report_the_rating_waits(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    chat.loop = "repair_form"
    assert invited(chat, "5星").said == ["utter_rate_later"]
    assert chat.loop == "repair_form"


WORDS = "师傅很好但来晚了，多收了30"


def reads_back(chat: Chat) -> str:
    assert chat.question == "rating_confirm"
    return chat.does("action_ask_rating_confirm").texts[0]


def test_words_become_stars_are_kept_and_read_back(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, WORDS)
    assert chat.said == ["utter_rating_complaint"]
    assert rating(number) == {"overall": 3, "attitude": 5, "speed": 2, "process": 2, "comment": WORDS}
    assert [event.note for event in history(number) if event.type == "complaint"] == [WORDS]
    assert wants_a_person(ZHANG_SAN)
    assert reads_back(chat) == "我记下：总体3星，态度5，速度2，流程2。对吗？有不对的直接说，比如“速度改成3分”。"
    assert [button["payload"] for button in responses()["utter_ask_rating_confirm"][0]["buttons"]] == ["对", "改一下"]
    assert chat.answers("对", "affirm").question is None
    assert chat.does("action_finish_rating").said == ["utter_rated_complaint"]
    assert happened(number).count("complaint") == 1


@pytest.mark.parametrize(("text", "told"), [
    ("挺满意的", "总体4星"), ("一般般", "总体3星"), ("太差了", "总体1星"), ("很高", "总体5星"), ("杠杠的", "总体5星"),
    ("态度没得说，就是手艺差点", "总体3星，态度5，专业2"), ("五星，态度特别好", "总体5星，态度5"), ("4星，来晚了", "总体4星，速度2"),
])
@pytest.mark.parametrize("asked", [False, True])
def test_what_was_understood_is_read_back(chat: Chat, order: Opener, text: str, told: str, asked: bool) -> None:
    order(status=Status.COMPLETED)
    if asked:
        invited(chat).answers(text)
    else:
        invited(chat, text)
    assert f"我记下：{told}。" in reads_back(chat)


@pytest.mark.parametrize("text", ["五星", "4星", "5", "⭐⭐⭐⭐⭐ 五星", "好评", "态度5分，速度3分，总体4分"])
def test_plain_stars_are_not_read_back(chat: Chat, order: Opener, text: str) -> None:
    order(status=Status.COMPLETED)
    invited(chat, text)
    assert chat.question in ("rating_attitude", "rating_skill")


@pytest.mark.parametrize(("correction", "told"), [
    ("速度改成3分", "总体3星，态度5，速度3，流程2"),
    ("总体应该是4星", "总体4星，态度5，速度2，流程2"),
    ("不对，态度给4", "总体3星，态度4，速度2，流程2"),
    ("不对，专业4分，速度1分", "总体3星，态度5，专业4，速度1，流程2"),
    ("是4星", "总体4星，态度5，速度2，流程2"),
])
def test_what_is_corrected_is_kept_and_read_back_again(chat: Chat, order: Opener, correction: str, told: str) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, WORDS).answers(correction, "deny")
    assert f"我记下：{told}。" in reads_back(chat)
    assert (rating(number) or {})["comment"] == WORDS
    assert chat.answers("没错", "affirm").question is None


def test_what_shall_be_changed_is_asked(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, WORDS).answers("改一下", "change_contact")
    assert chat.does("action_ask_rating_confirm").said == ["utter_ask_rating_which"]
    chat.answers("速度")
    assert chat.does("action_ask_rating_confirm").texts == ["好的，速度打几分？"]
    chat.answers("4分")
    assert "速度4" in reads_back(chat)
    assert (rating(number) or {})["speed"] == 4
    assert chat.answers("对的", "affirm").question is None


@pytest.mark.parametrize("yes", ["对", "嗯嗯", "是的", "没问题", "提交", "好的谢谢", "没有要改的", "不用改了", "没错", "ok", "对，速度2分"])
def test_a_read_back_is_agreed_to(chat: Chat, order: Opener, yes: str) -> None:
    order(status=Status.COMPLETED)
    assert invited(chat, WORDS).answers(yes, "rate_service").question is None


@pytest.mark.parametrize("no", ["不对", "不是的", "可以改一下吗", "错了", "有问题", "改"])
def test_a_read_back_is_not_agreed_to(chat: Chat, order: Opener, no: str) -> None:
    order(status=Status.COMPLETED)
    invited(chat, WORDS).answers(no, "deny")
    assert chat.question == "rating_confirm"
    assert chat.does("action_ask_rating_confirm").said == ["utter_ask_rating_which"]


def test_an_answer_that_is_neither_yes_nor_no_is_told(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    invited(chat, WORDS).answers("香蕉", "out_of_scope")
    assert (chat.said, chat.question) == (["utter_problem_rating_confirm"], "rating_confirm")
    chat.answers("速度改成9分")
    assert (chat.said, chat.question) == (["utter_problem_score"], "rating_confirm")


def test_what_was_said_in_words_is_not_asked_again(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    invited(chat, "师傅态度特别好，手艺也好").answers("对", "affirm")
    asked = []
    while chat.question and len(asked) < 9:
        asked.append(chat.question)
        chat.answers("5分" if chat.question != "rating_comment" else "没有")
    assert asked == ["rating_speed", "rating_process"]


def test_answers_in_words_are_read_back_once_before_the_end(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, "4星")
    for answer in ("挺好的", "很高", "有点慢", "5分"):
        chat.answers(answer)
    assert "总体4星，态度4，专业5，速度2，流程5" in reads_back(chat)
    assert chat.answers("对").question == "rating_comment"
    assert rating(number) == {"overall": 4, "attitude": 4, "skill": 5, "speed": 2, "process": 5}


@pytest.mark.parametrize("text", ["来晚了", "1星，师傅迟到两小时", "没修好，态度也差", "太差了，修了三次还是不行"])
def test_who_has_told_what_was_wrong_is_asked_one_thing_more(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, text)
    assert chat.question == "rating_confirm"
    assert chat.answers("对", "affirm").question is None
    assert (rating(number) or {})["comment"] == text
    assert chat.does("action_finish_rating").said == ["utter_rated_low"]
    assert wants_a_person(chat.openid)


def test_misconduct_without_stars_is_a_complaint_and_the_stars_are_asked(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers("收了小费", "complain")
    assert (chat.said, chat.question, rating(number)) == (["utter_rating_complaint"], "rating_overall", None)
    chat.answers("2星")
    assert (chat.question, rating(number)) == (None, {"overall": 2, "comment": "收了小费"})


def test_a_complaint_in_the_comment_is_recorded(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, "都5分").answers("不过多收了20块")
    assert (chat.said, chat.question) == (["utter_rating_complaint"], None)
    assert happened(number)[-1] == "complaint"
    assert chat.does("action_finish_rating").said == ["utter_rated_complaint"]


def test_a_bare_complaint_in_between_is_left_to_the_rules(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    invited(chat).answers("我要投诉", "complain")
    assert chat.rejected


@pytest.mark.parametrize("text", ["⭐⭐⭐ 五星", "五星差评", "5分，太差了再也不来了"])
def test_stars_against_words_are_asked_again(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, text)
    assert (chat.said, chat.question, rating(number)) == (
        ["utter_problem_rating_contradiction"], "rating_overall", None)
    assert chat.answers("1星").question == "rating_attitude"
    assert rating(number) == {"overall": 1}


@pytest.mark.parametrize("text", ["10分满分", "满分10分我给9分", "6星", "10分"])
def test_another_scale_is_asked_again(chat: Chat, order: Opener, text: str) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, text)
    assert (chat.said, chat.question, rating(number)) == (["utter_problem_score"], "rating_overall", None)


def test_points_for_dimensions_are_kept_before_the_stars_are_known(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, "态度5分，速度3分")
    assert (chat.question, rating(number)) == ("rating_overall", {"overall": 4, "attitude": 5, "speed": 3})
    chat.answers("算了", "stop")
    assert (chat.said, (rating(number) or {})["overall"]) == (["utter_rated"], 4)


def test_the_overall_stars_are_corrected_in_the_middle(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat, "3星").answers("点错了，应该是5星")
    assert (chat.question, rating(number)) == ("rating_attitude", {"overall": 5})


@pytest.mark.parametrize("question", ["rating_overall", "rating_confirm"])
@pytest.mark.parametrize(("text", "intent"), [("查询进度", "query_progress"), ("转人工", "human_handoff"), ("保修多久", "faq_warranty")])
def test_questions_in_between_do_not_end_the_rating(
    chat: Chat, order: Opener, question: str, text: str, intent: str
) -> None:
    order(status=Status.COMPLETED)
    invited(chat, WORDS if question == "rating_confirm" else "我要评价").answers(text, intent)
    assert (chat.rejected, chat.said) == (True, [])
    assert chat.resumes().question == question


@pytest.mark.parametrize(("text", "intent"), [("不评了", "stop"), ("不想评价", "rate_service"), ("算了", "stop"), ("懒得评", "deny")])
def test_who_does_not_want_to_rate_is_left_in_peace(
    chat: Chat, order: Opener, now: datetime, text: str, intent: str
) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers(text, intent)
    assert (chat.said, chat.loop, rating(number)) == (["utter_rating_refused"], None, None)
    with transaction() as session:
        assert invite_due(session, now, timedelta()) == 0


def test_not_wanting_to_rate_can_be_said_without_being_asked(chat: Chat, order: Opener, now: datetime) -> None:
    air, fridge = order("空调", Status.COMPLETED), order("冰箱", Status.COMPLETED)
    assert invited(chat, "空调那次不想评价").said == ["utter_rating_refused"]
    with transaction() as session:
        assert invite_due(session, now, timedelta()) == 1
    assert (happened(air)[-1], happened(fridge)[-1]) == ("note", "completed")
    invited(chat, "给空调评5星")
    assert rating(air) == {"overall": 5}


def test_a_score_outweighs_the_wish_to_stop(chat: Chat, order: Opener) -> None:
    number = order(status=Status.COMPLETED)
    invited(chat).answers("算了，就3星吧", "stop")
    assert (chat.question, rating(number)) == ("rating_attitude", {"overall": 3})


@pytest.fixture
def rated(chat: Chat, order: Opener) -> str:
    """A service rated with five stars a while ago."""
    number = order(status=Status.COMPLETED)
    invited(chat, "5星，态度5分").answers("算了", "stop")
    return number


def test_a_rating_is_changed_in_one_sentence(chat: Chat, rated: str) -> None:
    invited(chat, "我要改评价，改成3星")
    assert (chat.question, rating(rated)) == (None, {"overall": 3, "attitude": 5})
    chat.does("action_finish_rating")
    assert chat.texts == ["评价改好了：总体3星，态度5。谢谢您！"]
    assert history(rated)[-1].note == "改评价：总体5→3"
    assert not wants_a_person(chat.openid)


def test_a_changed_rating_asks_for_the_stars_where_none_are_given(chat: Chat, rated: str) -> None:
    invited(chat, "我要改评价")
    assert chat.question == "rating_overall"
    assert "上次打了5星" in chat.does("action_ask_rating_overall").texts[0]
    chat.answers("1星")
    assert (chat.question, rating(rated)) == (None, {"overall": 1, "attitude": 5})
    assert chat.does("action_finish_rating").said == ["utter_rating_changed_low"]
    assert wants_a_person(chat.openid)


def test_a_change_in_words_is_read_back(chat: Chat, rated: str) -> None:
    invited(chat, "改一下评价，速度太慢了")
    assert "总体5星，态度5，速度1" in reads_back(chat)
    assert chat.answers("对", "affirm").question is None
    assert rating(rated) == {"overall": 5, "attitude": 5, "speed": 1, "comment": "改一下评价，速度太慢了"}


def test_a_change_that_is_not_wanted_changes_nothing(chat: Chat, rated: str) -> None:
    invited(chat, "我要改评价").answers("算了", "stop")
    assert (chat.said, rating(rated)) == (["utter_rating_unchanged"], {"overall": 5, "attitude": 5})


def test_other_stars_for_a_rated_service_change_it(chat: Chat, rated: str) -> None:
    invited(chat, "4星")
    assert (rating(rated) or {})["overall"] == 4


def test_after_seven_days_a_rating_stays(chat: Chat, rated: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, now + timedelta(days=7, seconds=1))
    assert invited(chat, "我要改评价，改成3星").said == ["utter_rating_unchangeable"]
    assert invited(chat).said == ["utter_rated_for_good"]
    assert (rating(rated) or {})["overall"] == 5


def test_of_several_ratings_the_one_to_change_is_asked_for(chat: Chat, rated: str, order: Opener) -> None:
    fridge = order("冰箱", Status.COMPLETED)
    invited(chat, "冰箱5星").answers("算了", "stop")
    invited(chat, "评价改成3星")
    assert chat.question == "rating_target"
    chat.answers("空调那单")
    assert (chat.question, rating(rated), rating(fridge)) == (
        None, {"overall": 3, "attitude": 5}, {"overall": 5})


def test_a_change_names_an_order_by_number(chat: Chat, rated: str, order: Opener) -> None:
    fridge = order("冰箱", Status.COMPLETED)
    invited(chat, "冰箱5星").answers("算了", "stop")
    invited(chat, f"{rated}的评价改成2星")
    assert ((rating(rated) or {})["overall"], (rating(fridge) or {})["overall"]) == (2, 5)


@pytest.mark.parametrize(("text", "intent", "action"), [
    ("没毛病", "affirm", "action_answer_nothing"), ("不咋地", "deny", "action_answer_nothing"),
    ("没空评", "skip", "action_answer_nothing"), ("太差了", "nlu_fallback", "action_not_understood"),
    ("师傅很好但来晚了，多收了30", "complain", "action_complain"), ("等了三天", "urge_order", "action_urge"),
    ("8分", "inform", "action_take_hint")])
def test_words_after_the_invitation_are_a_rating_whatever_they_look_like(
    chat: Chat, order: Opener, now: datetime, text: str, intent: str, action: str
) -> None:
    order(status=Status.COMPLETED)
    chat.hears(text, intent).does(action)
    with transaction() as session:
        invite_due(session, now, timedelta())
        message = session.exec(select(OutboxMessage).where(OutboxMessage.topic == "rating")).one()
        message.state, message.sent_at = OutboxState.SENT, now
    chat.hears(text, intent).does(action)
    assert chat.followup == "rating_form" or chat.said == ["utter_rating_refused"]


def test_a_question_in_between_is_no_score(chat: Chat, order: Opener) -> None:
    order(status=Status.COMPLETED)
    invited(chat, "还行吧")
    assert chat.question == "rating_confirm"
    chat.answers("你们上门收费吗", "faq_price")
    assert chat.rejected
    assert chat.slots["rating_overall"] == 3
