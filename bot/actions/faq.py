"""常见问题: the ones whose answer depends on the appliance."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from aftersales.care import care_for

from .turns import turn_of


class AnswerMaintenance(Action):
    """Says how to look after the appliance named; without one, the common ones."""

    def name(self) -> str:
        return "action_answer_maintenance"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        found = care_for(turn_of(tracker).text)
        if found is None:
            dispatcher.utter_message(response="utter_faq_maintenance")
        else:
            dispatcher.utter_message(response="utter_care", appliance=found[0], advice=found[1])
        return []
