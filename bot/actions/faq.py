"""常见问题: each answered from the domain, care by the appliance; several in one message all get their answer."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from aftersales.care import care_for
from aftersales.intake import Turn

from .turns import turn_of, warn

_PREFIX = "faq_"
#: Whoever complains or rates asks no questions, whatever it looks like: 收这么多，凭什么？
_HEATED = ("complain", "rate_service", "faq_dissatisfied", "faq_no_response")
#: How many questions of one message are answered.
_MOST = 3


class AnswerQuestion(Action):
    """Answers the questions of a message, in the order asked."""

    def name(self) -> str:
        return "action_answer_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        asked = () if turn.intent in _HEATED else turn.questions
        topics = asked if turn.intent in asked else (turn.intent, *asked)
        for topic in topics[:_MOST]:
            _answer(dispatcher, topic, turn)
        return []


def attend(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """What comes before the wish of a message: a warning where there is danger, answers to what is asked beside it."""
    warn(dispatcher, turn)
    if turn.intent.startswith(_PREFIX) or turn.intent in _HEATED:
        return
    for topic in [topic for topic in turn.questions if topic not in _HEATED][:_MOST]:
        _answer(dispatcher, topic, turn)


def _answer(dispatcher: CollectingDispatcher, topic: str, turn: Turn) -> None:
    care = care_for(turn.text) if topic == "faq_maintenance" else None
    if care:
        dispatcher.utter_message(response="utter_care", appliance=care[0], advice=care[1])
    else:
        dispatcher.utter_message(response=f"utter_faq_{topic.removeprefix(_PREFIX)}")
