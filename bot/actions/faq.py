"""常见问题: each answered from the domain, care by the appliance; several in one message all get their answer."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from aftersales import telling
from aftersales.care import care_for
from aftersales.intake import Turn
from aftersales.progress import OPEN, orders_of
from aftersales.store import reading
from aftersales.times import utc_now

from .turns import turn_of, warn

#: Whether one may report for somebody else: 也可以帮她报的吧.
_FOR_ANOTHER = re.compile(
    r"(可以|能|行)[^，,。]{0,4}[帮替代给][^，,。]{0,6}(报|登记|下单|预约|申请)[^，,。]{0,4}([吗吧么嘛不?？]|的[吗吧])|"
    r"[帮替代][^，,。]{0,6}(报|登记|下单|预约|申请)[^，,。]{0,3}(可以|行|成)(不|吗|吧|么|嘛)")
_FAMILY = re.compile(r"[她他]|妈|爸|爷|奶|婆|公|家人|老人|父母|亲戚|朋友|邻居|别人|同事|儿子|女儿|姐|哥|弟|妹")
_PREFIX = "faq_"
#: Whoever complains or rates asks no questions, whatever it looks like: 收这么多，凭什么？
_HEATED = ("complain", "rate_service", "faq_dissatisfied", "faq_no_response")
#: Questions in general that whoever waits for a technician asks of their own visit: 明儿个具体几点到哇.
_OF_THE_VISIT = ("faq_hours", "faq_response_time")
_WHEN = r"(几点钟?|几时|[什啥]么?时[候间]|多会儿?|何时|哪天)"
_COMING = re.compile(
    rf"{_WHEN}[^，,。；;？?]{{0,4}}?(到(?!几|晚|底)|来|上门)|(到|来|上门)[^，,。；;？?]{{0,4}}{_WHEN}|具体(是|在)?{_WHEN}")
_IN_GENERAL = re.compile(
    r"[上下]班|营业|[开关]门|几点(开始)?到几点|休息|结束|一般|通常|平时|周末|节假日|过年|春节|报修(以?后|了?之后)|你们(公司|客服)")
#: How many questions of one message are answered.
_MOST = 3


class AnswerQuestion(Action):
    """Answers the questions of a message, in the order asked."""

    def name(self) -> str:
        return "action_answer_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        if turn.intent in _OF_THE_VISIT and _tell_visits(dispatcher, tracker.sender_id, turn.text):
            return []
        asked = () if turn.intent in _HEATED else turn.questions
        topics = asked if turn.intent in asked else (turn.intent, *asked)
        for topic in topics[:_MOST]:
            _answer(dispatcher, topic, turn)
        return []


def _tell_visits(dispatcher: CollectingDispatcher, openid: str, text: str) -> bool:
    """Tells when somebody comes, where that is asked of an open order; False where it is not."""
    if not _COMING.search(text) or _IN_GENERAL.search(text):
        return False
    now = utc_now()
    with reading() as session:
        told = [telling.progress(session, order, now) for order in orders_of(session, openid, OPEN, limit=_MOST)]
    if told:
        dispatcher.utter_message(response="utter_progress", orders="\n\n".join(told))
    return bool(told)


def attend(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """What comes before the wish of a message: a warning where there is danger, answers to what is asked beside it."""
    warn(dispatcher, turn)
    if turn.intent.startswith(_PREFIX) or turn.intent in _HEATED:
        return
    asked = _FOR_ANOTHER.search(turn.text)
    if asked and _FAMILY.search(asked.group()):
        dispatcher.utter_message(response="utter_faq_for_family")
    for topic in [topic for topic in turn.questions if topic not in _HEATED][:_MOST]:
        _answer(dispatcher, topic, turn)


def _answer(dispatcher: CollectingDispatcher, topic: str, turn: Turn) -> None:
    care = care_for(turn.text) if topic == "faq_maintenance" else None
    if care:
        dispatcher.utter_message(response="utter_care", appliance=care[0], advice=care[1])
    else:
        dispatcher.utter_message(response=f"utter_faq_{topic.removeprefix(_PREFIX)}")
