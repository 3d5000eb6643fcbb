"""常见问题: each answered from the domain, care by the appliance; several in one message all get their answer."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from aftersales import telling
from aftersales.intake import danger
from aftersales.progress import OPEN, orders_of
from aftersales.store import reading
from aftersales.times import utc_now

from .answering import HEATED, MOST, answer
from .repair import FORM, fresh
from .turns import turn_of

#: Questions in general that whoever waits for a technician asks of their own visit: 明儿个具体几点到哇.
_OF_THE_VISIT = ("faq_hours", "faq_response_time")
_WHEN = r"(几点钟?|几时|[什啥]么?时[候间]|多会儿?|何时|哪天)"
_COMING = re.compile(
    rf"{_WHEN}[^，,。；;？?]{{0,4}}?(到(?!几|晚|底)|来|上门)|(到|来|上门)[^，,。；;？?]{{0,4}}{_WHEN}|具体(是|在)?{_WHEN}")
_IN_GENERAL = re.compile(
    r"[上下]班|营业|[开关]门|几点(开始)?到几点|休息|结束|一般|通常|平时|周末|节假日|过年|春节|报修(以?后|了?之后)|你们(公司|客服)")


class AnswerQuestion(Action):
    """Answers the questions of a message, in the order asked."""

    def name(self) -> str:
        return "action_answer_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        if danger(turn):  # 插座冒火花了，要紧不: nothing to be answered, but to be reported; a form has warned by itself
            return [] if (tracker.active_loop or {}).get("name") else [*fresh(tracker), FollowupAction(FORM)]
        if turn.intent in _OF_THE_VISIT and _tell_visits(dispatcher, tracker.sender_id, turn.text):
            return []
        asked = () if turn.intent in HEATED else turn.questions
        topics = asked if turn.intent in asked else (turn.intent, *asked)
        for topic in topics[:MOST]:
            answer(dispatcher, topic, turn)
        return []


def _tell_visits(dispatcher: CollectingDispatcher, openid: str, text: str) -> bool:
    """Tells when somebody comes, where that is asked of an open order; False where it is not."""
    if not _COMING.search(text) or _IN_GENERAL.search(text):
        return False
    now = utc_now()
    with reading() as session:
        told = [telling.progress(session, order, now) for order in orders_of(session, openid, OPEN, limit=MOST)]
    if told:
        dispatcher.utter_message(response="utter_progress", orders="\n\n".join(told))
    return bool(told)
