"""评价: stars for a finished service, dimension by dimension; what has been given is kept at once."""

import re
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftersales import ratings, scores, wishes
from aftersales.intake import Turn
from aftersales.progress import FINISHED, find_order, orders_of
from aftersales.ratings import DIMENSIONS, LOW_SCORE
from aftersales.store import reading, transaction
from aftersales.times import utc_now

from .choosing import choose
from .tasks import ASIDES
from .turns import REQUESTED, asked, cleared, is_command, is_resuming, reject, slots, turn_of

FORM = "rating_form"
TARGET = "rating_target"
PASSED = "rating_passed"
SCORES = ("overall", *DIMENSIONS)
QUESTIONS = (*SCORES, "comment")
#: Words around the stars shorter than this tell nothing: 我来评个分.
TELLING = 6
_REFUSAL = re.compile(r"(不想?|懒得|没空|没时间|不用|不愿意?)(再|去|给)?(评|打分)")
_STARS_ONLY = re.compile(
    r"(我)?(来|要|想)?(评个?分|评价一下|评价|打个?分|给个?)|[一二三四五1-5]\s*(颗)?(星|分)(好评)?|⭐|★|满分|好评|差评|给你?们?|总体|全部|都|"
    r"(服务)?态度|专业(水平)?|技术|手艺|(响应)?速度|(服务)?流程(规范)?|[，,。；;、 ]")
SLOTS = (TARGET, PASSED, *(f"rating_{name}" for name in QUESTIONS))


class Rate(Action):
    """Starts the rating of the newest finished service, or of the one that is named."""

    def name(self) -> str:
        return "action_rate"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if (tracker.active_loop or {}).get("name"):
            dispatcher.utter_message(response="utter_rate_later")
            return []
        if _REFUSAL.search(turn_of(tracker).text):
            dispatcher.utter_message(response="utter_rating_refused")
            return []
        with reading() as session:
            orders = ratings.ratable_orders(session, tracker.sender_id)
            finished = orders_of(session, tracker.sender_id, FINISHED, limit=1)
        if not orders:
            dispatcher.utter_message(response="utter_rated_before" if finished else "utter_nothing_to_rate")
            return []
        order = choose(orders, turn_of(tracker).text) or orders[0]
        return [*cleared(SLOTS), SlotSet(TARGET, order.number), FollowupAction(FORM)]


@dataclass
class Stars:
    """What has been given so far, and the questions passed over."""

    values: dict[str, Any] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    problem: bool = False

    def next_question(self) -> str | None:
        open_questions = (name for name in QUESTIONS if self.values.get(name) is None and name not in self.passed)
        return next(open_questions, None)


class ValidateRatingForm(Action):
    """Reads stars and words; whatever is known is kept in the order's rating before the next question."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        stars = _stars_of(tracker)
        if is_resuming(tracker):
            return _ask(stars)
        turn, question = turn_of(tracker), _question(tracker)
        if question and is_command(turn):
            return [reject(FORM)]
        if question and _breaks_off(turn, question):
            _thank(dispatcher, tracker.sender_id, stars.values.get("overall"))
            return [*cleared(SLOTS), ActiveLoop(None), SlotSet(REQUESTED, None)]
        before = dict(stars.values)
        take(turn, stars, question)
        if question and stars.values == before and _is_aside(turn, question):
            return [reject(FORM)]
        if stars.problem:
            dispatcher.utter_message(response="utter_problem_score")
        _keep(tracker.get_slot(TARGET), stars, before)
        return _ask(stars)


def take(turn: Turn, stars: Stars, question: str | None) -> None:
    """Takes stars and comment out of a message."""
    if question == "comment":
        _take_comment(turn, stars)
        return
    try:
        found = scores.find_scores(turn.text)
    except scores.ScoreOutOfRange:
        stars.problem = True
        return
    given = {name: getattr(found, name) for name in SCORES if getattr(found, name) is not None}
    if question in DIMENSIONS and set(given) == {"overall"}:
        given = {question: given["overall"]}
    if given:
        stars.values.update(given)
        _take_words(turn, stars)
    elif question and turn.intent in ("skip", "deny"):
        stars.passed += DIMENSIONS if question in DIMENSIONS else [question]
    elif question and not _is_aside(turn, question):
        stars.problem = True
    if (stars.values.get("overall") or LOW_SCORE + 1) <= LOW_SCORE and stars.values.get("comment"):
        stars.passed += DIMENSIONS  # who has said why they are unhappy is not sent through more questions


def _take_words(turn: Turn, stars: Stars) -> None:
    """What was said around the stars is the comment; it need not be said again."""
    words = _STARS_ONLY.sub("", turn.text).strip(" ，,。.！!、")
    if len(words) >= TELLING and not stars.values.get("comment"):
        stars.values["comment"] = turn.text.strip()[:500]


def _take_comment(turn: Turn, stars: Stars) -> None:
    if turn.intent in ("skip", "deny", "goodbye") or turn.text.strip() in ("没有", "没有了", "没", "无", "跳过", "提交"):
        stars.passed.append("comment")
    elif not _is_aside(turn, "comment"):
        stars.values["comment"] = turn.text.strip()[:500]


def _is_aside(turn: Turn, question: str) -> bool:
    if question == "comment":
        return turn.intent in ("query_progress", "human_handoff", "list_services") and turn.confidence > 0.6
    return turn.intent in ASIDES or turn.intent.startswith("faq_")


def _question(tracker: Tracker) -> str | None:
    return (asked(tracker) or "").removeprefix("rating_") or None


def _stars_of(tracker: Tracker) -> Stars:
    values = {name: tracker.get_slot(f"rating_{name}") for name in QUESTIONS}
    return Stars(values, list(tracker.get_slot(PASSED) or []))


def _ask(stars: Stars) -> list[EventType]:
    question = stars.next_question()
    return [
        *slots({f"rating_{name}": value for name, value in stars.values.items()}),
        SlotSet(PASSED, stars.passed),
        SlotSet(REQUESTED, f"rating_{question}" if question else None),
    ]


def _keep(number: str, stars: Stars, before: dict[str, Any]) -> None:
    values = stars.values
    if values.get("overall") is None or values == before:
        return
    dimensions = {name: values[name] for name in DIMENSIONS if values.get(name) is not None}
    with transaction() as session:
        order = find_order(session, number, for_update=True)
        ratings.record_rating(
            session, order, values["overall"], utc_now(), dimensions=dimensions, comment=values.get("comment"))


class FinishRating(Action):
    """Says thank you; a low score goes to a person."""

    def name(self) -> str:
        return "action_finish_rating"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if tracker.get_slot(TARGET):  # none: it was broken off, with a word already
            _thank(dispatcher, tracker.sender_id, tracker.get_slot("rating_overall"))
        return cleared(SLOTS)


def _thank(dispatcher: CollectingDispatcher, openid: str, overall: int | None) -> None:
    if overall is None:
        dispatcher.utter_message(response="utter_rating_refused")
        return
    if overall <= LOW_SCORE:
        with transaction() as session:
            wishes.hand_over(session, openid, f"评价{overall}星", utc_now())
    dispatcher.utter_message(response="utter_rated_low" if overall <= LOW_SCORE else "utter_rated")


def _breaks_off(turn: Turn, question: str) -> bool:
    return turn.intent == "stop" or (question == "overall" and turn.intent in ("skip", "deny"))


class AskRatingOverall(Action):
    """Asks for the stars, naming the service."""

    def name(self) -> str:
        return "action_ask_rating_overall"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with reading() as session:
            order = find_order(session, tracker.get_slot(TARGET))
        dispatcher.utter_message(response="utter_ask_rating_overall", number=order.number, what=order.what)
        return []
