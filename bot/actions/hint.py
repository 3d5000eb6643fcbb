"""Details nobody has asked for: stars given right after the invitation, or the beginning of a report."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from aftersales import catalogue, intake, ratings, scores
from aftersales.store import reading

from .afterwards import change_meant
from .choosing import ORDER_NUMBER
from .invited import answers_invitation
from .lost import NotUnderstood
from .progress import TellProgress, asks_after
from .rating import Rate
from .remarks import take_details, take_remark
from .repair import FORM, fresh
from .turns import turn_of


class TakeHint(Action):
    """Guesses from the details what the customer is about."""

    def name(self) -> str:
        return "action_take_hint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        text = turn.text
        if answers_invitation(tracker.sender_id, turn) or _is_rating(tracker.sender_id, text):
            return await Rate().run(dispatcher, tracker, domain)
        if ORDER_NUMBER.search(text):
            return await TellProgress().run(dispatcher, tracker, domain)
        if take_remark(dispatcher, tracker.sender_id, turn):
            return []
        if asks_after(tracker.sender_id, turn):
            return await TellProgress().run(dispatcher, tracker, domain)
        if changing := change_meant(tracker, turn):
            return await changing.run(dispatcher, tracker, domain)
        if take_details(dispatcher, tracker.sender_id, turn):
            return []
        goes_on = tracker.get_slot("kept") and intake.goes_on(turn)
        if goes_on or catalogue.find_appliance(text) or _shows_code(turn) or intake.danger(turn):
            return [*fresh(tracker), FollowupAction(FORM)]
        return await NotUnderstood().run(dispatcher, tracker, domain)


def _shows_code(turn: intake.Turn) -> bool:
    """Whether the message is what a display shows, and nothing else: E4."""
    return any(catalogue.find_error_code(words, asked=True) for words in turn.words("error_code"))


def _is_rating(openid: str, text: str) -> bool:
    try:
        found = scores.find_scores(text)
    except scores.ScoreOutOfRange:
        return False
    if not any((found.overall, found.attitude, found.skill, found.speed, found.process)):
        return False
    with reading() as session:
        return bool(ratings.ratable_orders(session, openid))
