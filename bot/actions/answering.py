"""Answers to questions asked beside something else, and the warning where there is danger."""

import re

from rasa_sdk.executor import CollectingDispatcher

from aftersales.care import care_for
from aftersales.intake import Turn

from .turns import warn

#: Whether one may report for somebody else: 也可以帮她报的吧.
_FOR_ANOTHER = re.compile(
    r"(可以|能|行)[^，,。]{0,4}[帮替代给][^，,。]{0,6}(报|登记|下单|预约|申请)[^，,。]{0,4}([吗吧么嘛不?？]|的[吗吧])|"
    r"[帮替代][^，,。]{0,6}(报|登记|下单|预约|申请)[^，,。]{0,3}(可以|行|成)(不|吗|吧|么|嘛)")
_FAMILY = re.compile(r"[她他]|妈|爸|爷|奶|婆|公|家人|老人|父母|亲戚|朋友|邻居|别人|同事|儿子|女儿|姐|哥|弟|妹")
_PREFIX = "faq_"
#: Whoever complains or rates asks no questions, whatever it looks like: 收这么多，凭什么？
HEATED = ("complain", "rate_service", "faq_dissatisfied", "faq_no_response")
#: How many questions of one message are answered.
MOST = 3


def attend(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """What comes before the wish of a message: a warning where there is danger, answers to what is asked beside it."""
    warn(dispatcher, turn)
    if turn.intent.startswith(_PREFIX) or turn.intent in HEATED:
        return
    asked = _FOR_ANOTHER.search(turn.text)
    if asked and _FAMILY.search(asked.group()):
        dispatcher.utter_message(response="utter_faq_for_family")
    for topic in [topic for topic in turn.questions if topic not in HEATED][:MOST]:
        answer(dispatcher, topic, turn)


def answer(dispatcher: CollectingDispatcher, topic: str, turn: Turn) -> None:
    """Answers a question by its topic; how to look after an appliance, by the appliance."""
    care = care_for(turn.text) if topic == "faq_maintenance" else None
    if care:
        dispatcher.utter_message(response="utter_care", appliance=care[0], advice=care[1])
    else:
        dispatcher.utter_message(response=f"utter_faq_{topic.removeprefix(_PREFIX)}")
