"""评价: stars for a finished service, in points or in words; what has been given is kept at once and can be changed later."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlmodel import Session

from aftersales import catalogue, ratings, wishes
from aftersales.intake import Turn
from aftersales.models import WorkOrder
from aftersales.opinions import words_of
from aftersales.progress import FINISHED, find_order, orders_of
from aftersales.ratings import DIMENSIONS, LOW_SCORE
from aftersales.scores import ScoreOutOfRange, read_scores, say_scores
from aftersales.store import reading, transaction
from aftersales.telling import numbered
from aftersales.times import utc_now

from .choosing import ORDER_NUMBER, choose
from .invited import REFUSAL
from .stars import CHANGE, SCORES, Stars, asks, is_aside, slots_of, stars_of, take
from .turns import REQUESTED, asked, cleared, is_command, is_resuming, reject, slots, turn_of, warn

FORM = "rating_form"
TARGET = "rating_target"
SLOTS = (TARGET, "rating_state", *(f"rating_{name}" for name in (*SCORES, "comment")))
PROBLEMS = {
    "score": "utter_problem_score",
    "contradiction": "utter_problem_rating_contradiction",
    "confirm": "utter_problem_rating_confirm",
}
#: An answer that only says which of the services: 2, 第二个.
_POSITION = re.compile(r"第?[\d一二三四五六七八九]{1,2}[个单次]?[。,，!！ ]*")


class Rate(Action):
    """Starts the rating of a finished service, or the change of one; 不想评 is the last word about it."""

    def name(self) -> str:
        return "action_rate"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn, openid = turn_of(tracker), tracker.sender_id
        if (tracker.active_loop or {}).get("name"):
            dispatcher.utter_message(response="utter_rate_later")
            return []
        if REFUSAL.search(turn.text):
            _decline(openid, turn)
            dispatcher.utter_message(response="utter_rating_refused")
            return []
        with reading() as session:
            wanted = _wanted(session, openid, turn)
            if not wanted.orders:
                dispatcher.utter_message(response=_why_not(session, openid, turn))
                return []
            target = _target(session, wanted, turn)
            stars = Stars(changing=wanted.changing)
            stars = _with_earlier(session, stars, target) if target else stars
        return [*cleared(SLOTS), *_kept_in_slots(stars, target.number if target else None), FollowupAction(FORM)]


@dataclass(frozen=True)
class _Wanted:
    """The orders a message may be about, newest first, and whether a rating given before is to be changed."""

    orders: Sequence[WorkOrder]
    changing: bool = False


def _wanted(session: Session, openid: str, turn: Turn) -> _Wanted:
    ratable, changeable = _named(
        turn.text, ratings.ratable_orders(session, openid), ratings.changeable_orders(session, openid, utc_now()))
    if changeable and CHANGE.search(turn.text):
        return _Wanted(changeable, changing=True)
    if ratable:
        return _Wanted(ratable)
    return _Wanted(changeable, changing=True) if _rates(turn) else _Wanted([])


def _named(text: str, *lists: Sequence[WorkOrder]) -> list[Sequence[WorkOrder]]:
    """Of each list the orders named by number or appliance; all of them where none is named."""
    number, appliance = ORDER_NUMBER.search(text), catalogue.find_appliance(text)
    named = [[order for order in orders if (order.number == number[0].upper() if number else order.appliance == appliance)]
             for orders in lists]
    return list(named if any(named) else lists)


def _rates(turn: Turn) -> bool:
    """Whether a message gives a score, be it an impossible one."""
    try:
        return bool(read_scores(turn.text).given)
    except ScoreOutOfRange:
        return True


def _why_not(session: Session, openid: str, turn: Turn) -> str:
    """The response where there is nothing to rate or to change."""
    if not orders_of(session, openid, FINISHED, limit=1):
        return "utter_nothing_to_rate"
    if CHANGE.search(turn.text) or _rates(turn):
        return "utter_rating_unchangeable"
    return "utter_rated_before" if ratings.changeable_orders(session, openid, utc_now()) else "utter_rated_for_good"


def _target(session: Session, wanted: _Wanted, turn: Turn) -> WorkOrder | None:
    """The service that is meant: the only one, the one named, or with a score the one just asked about."""
    if len(wanted.orders) == 1 and not ORDER_NUMBER.search(turn.text):
        return wanted.orders[0]
    chosen = choose(wanted.orders, turn.text)
    return chosen or (ratings.invited(session, wanted.orders, utc_now()) if _rates(turn) else None)


def _with_earlier(session: Session, stars: Stars, order: WorkOrder) -> Stars:
    """What is given now on top of the rating that is being changed."""
    known = ratings.rating_of(session, order) if stars.changing else None
    earlier = {name: getattr(known, name) for name in (*SCORES, "comment")} if known else {}
    now = {name: value for name, value in stars.values.items() if value is not None}
    return replace(stars, values=earlier | now)


def _decline(openid: str, turn: Turn) -> None:
    """Leaves the customer in peace about the service that is named, or about all."""
    with transaction() as session:
        (orders,) = _named(turn.text, ratings.ratable_orders(session, openid))
        for order in orders:
            ratings.decline(session, order, utc_now())


class ValidateRatingForm(Action):
    """Reads stars and words; whatever is known is kept in the order's rating before the next question."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        before, target = stars_of(tracker), tracker.get_slot(TARGET)
        if is_resuming(tracker):
            return _ask(before, target)
        turn, question = turn_of(tracker), _question(tracker)
        if question and (is_command(turn) or asks(turn)):
            return [reject(FORM)]
        warn(dispatcher, turn)
        if question and _breaks_off(turn, question):
            _leave(dispatcher, tracker.sender_id, before, target)
            return [*cleared(SLOTS), ActiveLoop(None), SlotSet(REQUESTED, None)]
        if question == "target":
            return _answer_which(dispatcher, tracker.sender_id, turn, before)
        stars = take(turn, before, question)
        if question and stars == before and is_aside(turn, question):
            return [reject(FORM)]
        return _taken(dispatcher, target, stars, before, turn)


def _taken(
    dispatcher: CollectingDispatcher, target: str | None, stars: Stars, before: Stars, turn: Turn
) -> list[EventType]:
    if stars.problem:
        dispatcher.utter_message(response=PROBLEMS[stars.problem])
    if target and stars != before:
        _keep(dispatcher, target, stars, turn.text)
    return _ask(stars, target)


def _answer_which(dispatcher: CollectingDispatcher, openid: str, turn: Turn, stars: Stars) -> list[EventType]:
    """Takes the service that was asked for; stars given before or along with it are kept for it."""
    with reading() as session:
        order = choose(_choice(session, openid, stars), turn.text)
        chosen = _with_earlier(session, stars, order) if order else stars
    if order is None and is_aside(turn, "target"):
        return [reject(FORM)]
    if order is None:
        dispatcher.utter_message(response="utter_problem_which_order")
        return _ask(stars, None)
    rest = ORDER_NUMBER.sub("", turn.text)
    if not _POSITION.fullmatch(rest.strip()) and _rates(Turn(rest)):
        chosen = take(replace(turn, text=rest), chosen, None)
    if chosen.problem:
        dispatcher.utter_message(response=PROBLEMS[chosen.problem])
    told = replace(chosen, misconduct=chosen.misconduct or stars.complained)
    _keep(dispatcher, order.number, told, chosen.values.get("comment") or turn.text)
    return _ask(chosen, order.number)


def _choice(session: Session, openid: str, stars: Stars) -> Sequence[WorkOrder]:
    """The services one of which is meant."""
    return ratings.changeable_orders(session, openid, utc_now()) if stars.changing else (
        ratings.ratable_orders(session, openid))


def _question(tracker: Tracker) -> str | None:
    return (asked(tracker) or "").removeprefix("rating_") or None


def _ask(stars: Stars, target: str | None) -> list[EventType]:
    question = stars.next_question() if target else "target"
    return [*_kept_in_slots(stars, target), SlotSet(REQUESTED, f"rating_{question}" if question else None)]


def _kept_in_slots(stars: Stars, target: str | None) -> list[EventType]:
    return slots({TARGET: target} | slots_of(stars))


def _keep(dispatcher: CollectingDispatcher, number: str, stars: Stars, words: str) -> None:
    """Keeps what is known in the order's rating, and a complaint with a person."""
    overall, now = stars.overall(), utc_now()
    dimensions = {name: value for name in DIMENSIONS if (value := stars.values.get(name)) is not None}
    with transaction() as session:
        order = find_order(session, number, for_update=True)
        if overall is not None:
            ratings.record_rating(
                session, order, overall, now, dimensions=dimensions, comment=stars.values.get("comment"))
        if stars.misconduct:
            ratings.complain(session, order, words, now)
    if stars.misconduct:
        dispatcher.utter_message(response="utter_rating_complaint")


class FinishRating(Action):
    """Says thank you; a low score goes to a person."""

    def name(self) -> str:
        return "action_finish_rating"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if tracker.get_slot(TARGET):  # none: it was broken off, with a word already
            _thank(dispatcher, tracker.sender_id, stars_of(tracker))
        return cleared(SLOTS)


def _thank(dispatcher: CollectingDispatcher, openid: str, stars: Stars) -> None:
    overall = stars.overall()
    low = overall is not None and overall <= LOW_SCORE
    if low and not stars.complained:  # a complaint has called a person already
        with transaction() as session:
            wishes.hand_over(session, openid, f"评价{overall}星", utc_now())
    dispatcher.utter_message(response=_thanks(stars, low=low), stars=say_scores(stars.values))


def _thanks(stars: Stars, *, low: bool) -> str:
    if stars.changing:
        return "utter_rating_changed_low" if low else "utter_rating_changed"
    if stars.complained:
        return "utter_rated_complaint"
    return "utter_rated_low" if low else "utter_rated"


def _breaks_off(turn: Turn, question: str) -> bool:
    """Whether the customer does not go on. A score in the message is taken all the same: 算了，就3星吧."""
    if REFUSAL.search(turn.text):
        return True
    declines = turn.intent == "stop" or (question == "overall" and turn.intent in ("skip", "deny"))
    return declines and not _rates(turn)


def _leave(dispatcher: CollectingDispatcher, openid: str, stars: Stars, target: str | None) -> None:
    """Ends the rating where it stands; what has been given counts, and who has given nothing is not asked again."""
    if stars.changing and not stars.new:
        dispatcher.utter_message(response="utter_rating_unchanged")
        return
    if target and stars.overall() is not None:
        _thank(dispatcher, openid, stars)
        return
    if not stars.changing:
        _decline(openid, Turn(target or ""))
    dispatcher.utter_message(response="utter_rating_refused")


class AskRatingTarget(Action):
    """Asks which of several services is meant."""

    def name(self) -> str:
        return "action_ask_rating_target"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with reading() as session:
            orders = _choice(session, tracker.sender_id, stars_of(tracker))
        buttons = [{"title": f"{order.appliance_name} {order.number}", "payload": order.number} for order in orders[:8]]
        dispatcher.utter_message(response="utter_ask_rating_target", orders=numbered(orders), buttons=buttons)
        return []


class AskRatingOverall(Action):
    """Asks for the stars, naming the service."""

    def name(self) -> str:
        return "action_ask_rating_overall"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with reading() as session:
            order = find_order(session, tracker.get_slot(TARGET))
        stars = stars_of(tracker)
        dispatcher.utter_message(
            response="utter_ask_rating_change" if stars.changing else "utter_ask_rating_overall",
            number=order.number, what=order.what, stars=stars.overall())
        return []


class AskRatingConfirm(Action):
    """Reads back what was understood, or asks what else it should be."""

    def name(self) -> str:
        return "action_ask_rating_confirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        stars = stars_of(tracker)
        if stars.doubt in SCORES:
            dispatcher.utter_message(response="utter_ask_rating_new", what=words_of("names", stars.doubt))
        elif stars.doubt:
            dispatcher.utter_message(response="utter_ask_rating_which")
        else:
            dispatcher.utter_message(response="utter_ask_rating_confirm", stars=say_scores(stars.values))
        return []
