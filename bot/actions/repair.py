"""报修: the form is read, asked, read back and submitted."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftersales import intake, media, repairs
from aftersales.addresses import ambiguous, from_location, full_address
from aftersales.intake import Taken
from aftersales.models import OTHER_APPLIANCE
from aftersales.store import reading, transaction
from aftersales.times import say_window, utc_now

from .turns import REQUESTED, asked, cleared, is_resuming, metadata_of, reject, slots, turn_of

FORM = "repair_form"
#: After how many answers in a row that were not understood a person is offered.
PATIENCE = 2
#: A fault of more characters than this is not repeated to the customer.
SHORT = 12
#: The slots of a report, emptied before the next one.
LEFTOVERS = (*intake.FIELDS, "misses", "confirmed")


def draft_of(tracker: Tracker) -> dict[str, Any]:
    """The report so far."""
    return {name: tracker.get_slot(name) for name in (*intake.FIELDS, "misses")}


def fresh(tracker: Tracker) -> list[EventType]:
    """The slots of an empty report, but for the place that was shared beforehand."""
    return [*cleared([*LEFTOVERS, "shared_place"]), SlotSet("address", tracker.get_slot("shared_place"))]


class BeginRepair(Action):
    """Empties what an earlier report has left behind, so that the form starts with this message alone."""

    def name(self) -> str:
        return "action_begin_repair"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if (tracker.active_loop or {}).get("name") == FORM:
            dispatcher.utter_message(response="utter_repair_continues")
            return []
        return [*fresh(tracker), *slots(metadata_of(tracker).get("product") or {})]


class ValidateRepairForm(Action):
    """Reads each message into the form and decides what is asked next."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        draft = draft_of(tracker)
        if is_resuming(tracker):
            return _ask(draft, {})
        question = asked(tracker)
        turn = turn_of(tracker)
        if turn.intent == "send_media":
            dispatcher.utter_message(response=f"utter_{metadata_of(tracker).get('kind', 'image')}_received")
            return _take_photos(draft, question)
        if turn.intent == "send_location":
            return _take_location(dispatcher, draft, metadata_of(tracker))
        if not turn.text or turn.text.startswith("/"):
            return [reject(FORM)] if question else _begin(dispatcher, draft)
        if peril := intake.danger(turn):
            dispatcher.utter_message(response=f"utter_danger_{peril}")
        taken = intake.read(turn, draft, question, utc_now())
        if question is None:
            _acknowledge(dispatcher, draft | taken.changes)
        return _go_on(dispatcher, tracker, draft, taken)


def _begin(dispatcher: CollectingDispatcher, draft: dict[str, Any]) -> list[EventType]:
    _acknowledge(dispatcher, draft)
    return _ask(draft, {})


def _go_on(dispatcher: CollectingDispatcher, tracker: Tracker, draft: dict[str, Any], taken: Taken) -> list[EventType]:
    if taken.stop:
        dispatcher.utter_message(response="utter_repair_stopped")
        return [*cleared(LEFTOVERS), ActiveLoop(None), SlotSet(REQUESTED, None)]
    if taken.wait:
        dispatcher.utter_message(response="utter_no_hurry")
        return _ask(draft, {"misses": 0})
    if taken.confirmed:
        return [SlotSet("confirmed", True), SlotSet(REQUESTED, None)]
    if taken.aside:
        return [*slots(taken.changes), reject(FORM)]
    if taken.change:
        return [SlotSet("misses", 0), SlotSet(REQUESTED, "change_what")]
    return _next(dispatcher, tracker, draft, taken)


def _next(dispatcher: CollectingDispatcher, tracker: Tracker, draft: dict[str, Any], taken: Taken) -> list[EventType]:
    """Says what was wrong with the message or that it was taken, and goes on to the next question."""
    misses = (tracker.get_slot("misses") or 0) + 1 if taken.problem else 0
    if taken.problem:
        dispatcher.utter_message(response=f"utter_problem_{taken.problem}", reason=taken.reason)
    elif any(taken.changes.values()):
        _confirm_taken(dispatcher, tracker, draft, taken)
    if misses > PATIENCE:
        dispatcher.utter_message(response="utter_offer_person")
    return _ask(draft, taken.changes | {"misses": misses})


def _confirm_taken(
    dispatcher: CollectingDispatcher, tracker: Tracker, draft: dict[str, Any], taken: Taken
) -> None:
    """Says that something was taken where the next question does not show it."""
    question = asked(tracker)
    added_to = {"passed", "address"} if question in intake.ADDRESS_QUESTIONS else {"passed"}
    corrected = any(draft.get(name) for name, value in taken.changes.items() if value and name not in added_to)
    if corrected or question in ("confirm", "change_what"):
        dispatcher.utter_message(response="utter_updated")
    elif question and question == intake.next_question(draft | taken.changes):
        dispatcher.utter_message(response="utter_noted")


def _acknowledge(dispatcher: CollectingDispatcher, draft: dict[str, Any]) -> None:
    """Says that the report has been understood, once there is something to understand."""
    fault = draft.get("fault") or draft.get("error_code")
    if draft.get("appliance") == OTHER_APPLIANCE:
        dispatcher.utter_message(response="utter_understood")
    elif draft.get("appliance") and fault and len(fault) <= SHORT:
        dispatcher.utter_message(response="utter_fault_understood", appliance=draft["appliance"], fault=fault)
    elif draft.get("appliance"):
        known = (draft.get(name) for name in ("brand", "appliance", "model", "service_type"))
        what = "".join(word for word in known if word)
        dispatcher.utter_message(response="utter_wish_understood", what=what)


def _ask(draft: dict[str, Any], changes: dict[str, Any]) -> list[EventType]:
    question = intake.next_question(draft | changes)
    return [*slots(changes), SlotSet(REQUESTED, question)]


def _take_photos(draft: dict[str, Any], question: str | None) -> list[EventType]:
    passed = draft.get("passed") or []
    changes = {"passed": [*passed, "photos"]} if question == "photos" else {}
    return _ask(draft, changes | {"misses": 0})


def _take_location(
    dispatcher: CollectingDispatcher, draft: dict[str, Any], metadata: dict[str, Any]
) -> list[EventType]:
    address = from_location(str(metadata.get("label") or ""))
    if address is None:
        dispatcher.utter_message(response="utter_problem_no_address")
        return _ask(draft, {"misses": 0})
    dispatcher.utter_message(response="utter_location_received", place=full_address(address))
    return _ask(draft, {"address": intake.place(address, pinned=True), "misses": 0})


class AskConfirm(Action):
    """Reads everything back."""

    def name(self) -> str:
        return "action_ask_confirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        now = utc_now()
        with reading() as session:
            photos = media.loose_count(session, tracker.sender_id, now)
        details = intake.details(draft_of(tracker), photos, now)
        dispatcher.utter_message(response="utter_ask_confirm", details=details)
        return []


class AskPhotos(Action):
    """Asks for pictures, or for more where some have come."""

    def name(self) -> str:
        return "action_ask_photos"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with reading() as session:
            photos = media.loose_count(session, tracker.sender_id, utc_now())
        dispatcher.utter_message(response="utter_ask_more_photos" if photos else "utter_ask_photos", count=photos)
        return []


class AskAddressChoice(Action):
    """Asks in which city a district lies that several cities have."""

    def name(self) -> str:
        return "action_ask_address_choice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        address = intake.address_of(draft_of(tracker))
        cities = ambiguous(address) if address else []
        buttons = [{"title": city, "payload": city} for city in cities[:6]]
        place = (address.district if address else None) or "这个地名"
        dispatcher.utter_message(response="utter_ask_address_choice", place=place, buttons=buttons)
        return []


class SubmitRepair(Action):
    """Turns the finished form into a work order."""

    def name(self) -> str:
        return "action_submit_repair"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if not tracker.get_slot("confirmed"):
            return []
        now = utc_now()
        report = intake.report_of(draft_of(tracker))
        with transaction() as session:
            order = repairs.submit_order(session, tracker.sender_id, report, now)
        dispatcher.utter_message(
            response="utter_repair_submitted", number=order.number, what=order.what,
            visit=say_window(report.visit, now))
        return cleared(LEFTOVERS)
