"""What an action gets to see of the conversation, in the words of aftersales."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftersales.intake import Turn, danger

REQUESTED = "requested_slot"
#: What a message is that fits no intent well.
UNCLEAR = ("nlu_fallback", "out_of_scope")
#: What something costs, in too few words to be told from the price of other things: 洗一台多少钱, 现在退单扣不扣钱.
_PRICE = re.compile(
    r"(^|[，,。 ])(请问|现在|那)?([修洗装拆换移]|维修|清洗|安装|拆装|移机|退单?|取消|上门)[^，,。]{0,4}(多少钱|几多钱|什么价|怎么收费|收多少"
    r"|扣不扣钱|收不收[费钱]|要不要钱|(要|会|还)?(收费|要钱|扣钱)[吗么])[啊呀呢哦]?[？?。！!]*$")
#: Intents that ask for something else in the middle of a task.
ASIDES = (
    "query_progress", "list_services", "human_handoff", "complain", "privacy_request", "bot_challenge", "greet",
    "thank", "goodbye",
)


def turn_of(tracker: Tracker) -> Turn:
    """The customer's latest message."""
    return turn_from(tracker.latest_message or {})


def turn_from(message: Mapping[str, Any]) -> Turn:
    """A message as Rasa has parsed it."""
    text = message.get("text") or ""
    entities = tuple(
        (entity["entity"], str(entity.get("text") or text[entity["start"]:entity["end"]] or entity["value"]))
        if "start" in entity else (entity["entity"], str(entity["value"]))
        for entity in message.get("entities") or []
    )
    intent = message.get("intent") or {}
    name, confidence = str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)
    questions = tuple(message.get("questions") or ())
    if not questions and name in UNCLEAR and _PRICE.search(text):
        questions = ("faq_price",)
    if questions and name in UNCLEAR:  # two questions in one are neither the one nor the other
        name = questions[0]
    return Turn(text, name, confidence, entities, questions)


def metadata_of(tracker: Tracker) -> dict[str, Any]:
    """What the bridge sent along with the latest message: a picture's, place's or QR code's particulars."""
    found = (tracker.latest_message or {}).get("metadata")
    return dict(found) if isinstance(found, dict) else {}


def asked(tracker: Tracker) -> str | None:
    """The question that is open."""
    question = tracker.get_slot(REQUESTED)
    return str(question) if question else None


def is_resuming(tracker: Tracker) -> bool:
    """Whether the form only comes back after an aside: the message has been dealt with."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action_execution_rejected":
            return True
    return False


def said_before(tracker: Tracker, responses: Sequence[str], since: str | None = None) -> int:
    """How many of the customer's messages right before this one were answered with one of the responses.

    With `since` it counts the messages since the action of that name, whatever was said in between.
    """
    times, answered = 0, False
    for event in reversed(tracker.events[:-1] if since else _before_this(tracker)):
        if event.get("event") == "action" and since and event.get("name") == since:
            break
        if event.get("event") == "bot" and (event.get("metadata") or {}).get("utter_action") in responses:
            answered = True
        if event.get("event") != "user":
            continue
        if not answered and since is None:
            break
        times, answered = times + answered, False
    return times + (answered and since is not None)


def _before_this(tracker: Tracker) -> list[dict[str, Any]]:
    """What happened before the customer's latest message."""
    users = [index for index, event in enumerate(tracker.events) if event.get("event") == "user"]
    return list(tracker.events[: users[-1]]) if users else []


def is_command(turn: Turn) -> bool:
    """Whether something happened without words: a picture, a place, a tap on the menu. No such thing is an answer."""
    return turn.text.startswith("/")


def warn(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """Says what to do at once where the message tells of a danger, whatever else it wants; whether it does."""
    peril = danger(turn)
    if peril:
        dispatcher.utter_message(response=f"utter_danger_{peril}")
    return peril is not None


def slots(changes: dict[str, Any]) -> list[EventType]:
    """Changes of slots as events."""
    return [SlotSet(name, value) for name, value in changes.items()]


def cleared(names: Sequence[str]) -> list[EventType]:
    """Slots emptied."""
    return slots(dict.fromkeys(names))


def reject(form: str) -> EventType:
    """Leaves the message to the rules; the form comes back after them."""
    event: EventType = ActionExecutionRejected(form)
    return event
