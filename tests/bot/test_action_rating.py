"""评价: stars one by one or at once, passed over, broken off; what has been given is kept."""

from typing import Any

import pytest
from bot_chat import LI_SI, Chat, Opener, happened, kept
from sqlmodel import select

from aftersales.models import Customer, Status
from aftersales.ratings import rating_of
from aftersales.store import reading

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


def test_the_newest_finished_service_is_rated_unless_another_is_named(chat: Chat, order: Opener) -> None:
    air, fridge = order("空调", Status.COMPLETED), order("冰箱", Status.COMPLETED)
    invited(chat, "给空调那次评价，5星").answers("算了", "stop")
    assert (rating(air), rating(fridge)) == ({"overall": 5}, None)
    invited(chat, "5星").answers("算了", "stop")
    assert rating(fridge) == {"overall": 5}


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
