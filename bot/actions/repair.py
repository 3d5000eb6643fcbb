"""报修: the form is read, asked, read back and submitted."""

from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlmodel import Session

from aftersales import catalogue, customers, intake, repairs, selfhelp, wishes
from aftersales.addresses import from_location, full_address
from aftersales.appointments import current_visit
from aftersales.intake import Taken, Turn
from aftersales.models import AppointmentKind, WorkOrder
from aftersales.progress import OPEN, find_order, orders_of
from aftersales.repairs import Contact
from aftersales.settings import settings
from aftersales.store import reading, transaction
from aftersales.telling import progress
from aftersales.times import say_window, utc_now

from .answering import attend
from .earlier import told_before
from .remarks import add_fault, correct_fault, take_remark
from .turns import REQUESTED, asked, cleared, is_resuming, metadata_of, reject, said_before, slots, turn_of

FORM = "repair_form"
#: After how many answers in a row that were not understood an example is given, and a person offered.
EXAMPLE, PATIENCE = 2, 3
#: How often in a row a question that may be passed over is asked.
MOST_ASKED = 2
#: A fault of more characters than this is not repeated to the customer.
SHORT = 12
#: How long a broken-off report, and a place that was shared, wait for the customer.
KEPT_FOR = timedelta(days=7)
PLACE_KEPT_FOR = timedelta(hours=2)
#: The slots of a report, emptied before the next one.
LEFTOVERS = (*intake.FIELDS, "misses", "confirmed")


def draft_of(tracker: Tracker) -> dict[str, Any]:
    """The report so far."""
    return {name: tracker.get_slot(name) for name in (*intake.FIELDS, *intake.FACTS, "misses")}


def fresh(tracker: Tracker) -> list[EventType]:
    """The slots of an empty report: nothing but what is known of the customer beforehand."""
    now = utc_now()
    place = _unless_old(tracker.get_slot("shared_place"), PLACE_KEPT_FOR, now)
    kept = _unless_old(tracker.get_slot("kept"), KEPT_FOR, now)
    with reading() as session:
        known = _known_of(session, tracker.sender_id, now)
    return [*cleared([*LEFTOVERS, "shared_place"]), *slots(known | {"kept": kept, "address": place})]


def _unless_old(slot: dict[str, Any] | None, age: timedelta, now: datetime) -> dict[str, Any] | None:
    if not slot or "at" not in slot or datetime.fromisoformat(slot["at"]) < now - age:
        return None
    return {name: value for name, value in slot.items() if name != "at"}


def _known_of(session: Session, openid: str, now: datetime) -> dict[str, Any]:
    return {
        "consent": customers.has_consented(session, openid),
        "contacts": [_contact_slot(contact) for contact in repairs.past_contacts(session, openid)],
        "open_orders": [_order_slot(session, order) for order in orders_of(session, openid, OPEN)],
        "checked": [list(each) for each in selfhelp.recent(session, openid, now)],
    }


def _contact_slot(contact: Contact) -> dict[str, Any]:
    return {"contact_name": contact.contact_name, "phone": contact.phone, "household": contact.household,
            "address": intake.place(contact.address)}


def _order_slot(session: Session, order: WorkOrder) -> dict[str, Any]:
    return {"number": order.number, "appliance": order.appliance, "service_type": order.service_type,
            "household": order.household, "visit": _visit_slot(session, order)}


def _visit_slot(session: Session, order: WorkOrder) -> dict[str, str] | None:
    kinds = (AppointmentKind.CONFIRMED, AppointmentKind.REQUESTED)
    visit = next(filter(None, (current_visit(session, order, kind) for kind in kinds)), None)
    return intake.window(visit) if visit else None


class BeginRepair(Action):
    """Empties what an earlier report has left behind, so that the form starts with this message alone."""

    def name(self) -> str:
        return "action_begin_repair"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if (tracker.active_loop or {}).get("name") == FORM:
            dispatcher.utter_message(response="utter_repair_continues")
            return []
        turn = turn_of(tracker)
        remark = not catalogue.find_appliance(turn.text) and take_remark(dispatcher, tracker.sender_id, turn)
        if remark or correct_fault(dispatcher, tracker.sender_id, turn) or add_fault(dispatcher, tracker.sender_id, turn):
            return [FollowupAction("action_listen")]
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
        attend(dispatcher, turn)
        taken = Taken() if _is_ready(tracker, turn, question) else intake.read(turn, draft, question, utc_now())
        if question is None and not draft.get("kept"):
            taken.changes = told_before(tracker, draft | taken.changes, utc_now()) | taken.changes
        if question is None and draft.get("kept") and taken.changes.get("appliance") == draft["kept"].get("appliance"):
            dispatcher.utter_message(response="utter_taken_up", what=intake.in_short(draft["kept"]))
        elif question is None:
            _acknowledge(dispatcher, draft | taken.changes, angry=bool(intake.ANGER.search(turn.text)))
        return _go_on(dispatcher, tracker, draft, taken)


def _is_ready(tracker: Tracker, turn: Turn, question: str | None) -> bool:
    """Whether a yes only says that the customer, who needed a moment, is ready for the question."""
    if question in (None, "confirm", "change_what", *intake.DECISIONS) or not intake.says_yes(turn):
        return False
    return said_before(tracker, ("utter_no_hurry",)) > 0


def _begin(dispatcher: CollectingDispatcher, draft: dict[str, Any]) -> list[EventType]:
    _acknowledge(dispatcher, draft)
    return _ask(draft, {})


def _go_on(dispatcher: CollectingDispatcher, tracker: Tracker, draft: dict[str, Any], taken: Taken) -> list[EventType]:
    if ending := _ending(dispatcher, tracker, draft, taken):
        return ending
    if taken.wait and asked(tracker) == "self_check":
        return _ask(draft, {"misses": 1})
    if taken.wait:
        dispatcher.utter_message(response="utter_no_hurry")
        return _ask(draft, {"misses": 0})
    if taken.mood:
        dispatcher.utter_message(response=f"utter_soothe_{taken.mood}")
        return _ask(draft, _given_up(tracker, draft) | {"misses": draft.get("misses") or 0})
    if taken.confirmed:
        return [SlotSet("confirmed", True), SlotSet(REQUESTED, None)]
    if taken.aside:
        return [*slots(taken.changes), reject(FORM)]
    if taken.change:
        return [SlotSet("misses", 0), SlotSet(REQUESTED, "change_what")]
    _note(tracker, draft, taken)
    return _next(dispatcher, tracker, draft, taken)


def _ending(
    dispatcher: CollectingDispatcher, tracker: Tracker, draft: dict[str, Any], taken: Taken
) -> list[EventType] | None:
    """The end of the report without an order of its own; None where it goes on."""
    if taken.stop:
        return _stopped(dispatcher, draft, "utter_repair_stopped")
    if taken.refused:
        return _stopped(dispatcher, draft | dict.fromkeys(intake.CONTACT), "utter_consent_refused")
    if taken.solved:
        with transaction() as session:
            selfhelp.settle(session, tracker.sender_id, utc_now(), solved=True)
        dispatcher.utter_message(response="utter_solved")
        return _closed()
    if taken.same:
        _add_to_order(dispatcher, taken.same, draft | taken.changes, _words_of(tracker))
        rest = intake.rest_of(draft | taken.changes)
        return _go_on_with(dispatcher, draft, taken.changes | rest) if rest else _closed()
    return None


def _go_on_with(
    dispatcher: CollectingDispatcher, draft: dict[str, Any], changes: dict[str, Any]
) -> list[EventType]:
    """The report goes on with the other appliances where the first belongs to an open order."""
    _acknowledge(dispatcher, draft | changes)
    return _ask(draft, changes | {"misses": 0})


def _closed() -> list[EventType]:
    return [*cleared([*LEFTOVERS, "kept"]), ActiveLoop(None), SlotSet(REQUESTED, None)]


def _stopped(dispatcher: CollectingDispatcher, draft: dict[str, Any], response: str) -> list[EventType]:
    kept = intake.keepable(draft)
    if kept and response == "utter_repair_stopped":
        response = "utter_repair_stopped_kept"
    dispatcher.utter_message(response=response, hotline=settings().hotline)
    at = {"at": utc_now().isoformat()}
    return [*_closed(), SlotSet("kept", kept | at if kept else None)]


def _words_of(tracker: Tracker) -> str:
    """What the customer has written since the report began."""
    words: list[str] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user" and not str(event.get("text") or "/").startswith("/"):
            words.insert(0, str(event["text"]))
        if event.get("event") == "action" and event.get("name") == "action_begin_repair":
            break
    return "；".join(words[:-1] or words)


def _add_to_order(dispatcher: CollectingDispatcher, number: str, draft: dict[str, Any], words: str) -> None:
    """Adds what was said to the order that is open already, and tells where that stands."""
    now = utc_now()
    with transaction() as session:
        order = find_order(session, number, for_update=True)
        wishes.add_details(session, order, draft.get("fault"), words, now, urgent=bool(draft.get("urgent")))
        told = progress(session, order, now)
    dispatcher.utter_message(response="utter_added_to_order", number=number, progress=told)


def _note(tracker: Tracker, draft: dict[str, Any], taken: Taken) -> None:
    """Keeps at once what must not wait for the end: consent, and that a check list has not helped."""
    consents = taken.changes.get("consent") and not draft.get("consent")
    unsolved = asked(tracker) == "self_check" and "self_check" in (taken.changes.get("passed") or [])
    if not (consents or unsolved):
        return
    with transaction() as session:
        if consents:
            customers.consents(session, tracker.sender_id, utc_now())
        if unsolved:
            selfhelp.settle(session, tracker.sender_id, utc_now(), solved=False)


def _next(dispatcher: CollectingDispatcher, tracker: Tracker, draft: dict[str, Any], taken: Taken) -> list[EventType]:
    """Says what was wrong with the message or that it was taken, and goes on to the next question."""
    misses = (tracker.get_slot("misses") or 0) + 1 if taken.problem else 0
    if taken.problem:
        _explain(dispatcher, taken, asked(tracker), misses)
    elif any(taken.changes.values()):
        _confirm_taken(dispatcher, tracker, draft, taken)
        _tell_code(dispatcher, draft, draft | taken.changes)
    changes = taken.changes | _given_up(tracker, draft | taken.changes)
    return _ask(draft, changes | {"misses": misses})


def _given_up(tracker: Tracker, draft: dict[str, Any]) -> dict[str, Any]:
    """What ends a question that may be passed over and would be asked for the third time in a row."""
    question = asked(tracker)
    if question not in intake.OPTIONAL or intake.next_question(draft) != question:
        return {}
    return intake.given_up(draft, question) if said_before(tracker, (f"utter_ask_{question}",)) >= MOST_ASKED else {}


def _tell_code(dispatcher: CollectingDispatcher, before: dict[str, Any], draft: dict[str, Any]) -> None:
    """Says so where the knowledge base does not have the code, as soon as its brand is known."""
    complete = draft.get("error_code") and draft.get("brand") and not (before.get("error_code") and before.get("brand"))
    if complete and not intake.knows_code(draft):
        dispatcher.utter_message(response="utter_code_unknown", brand=draft["brand"], code=draft["error_code"])


def _explain(dispatcher: CollectingDispatcher, taken: Taken, question: str | None, misses: int) -> None:
    """What was wrong, with an example the second time, with a way to a person the third."""
    if taken.choices:  # the reason is the whole question
        buttons = [{"title": choice, "payload": choice} for choice in taken.choices]
        dispatcher.utter_message(text=taken.reason, buttons=buttons)
    else:
        dispatcher.utter_message(response=f"utter_problem_{taken.problem}", reason=taken.reason)
    if misses >= EXAMPLE and question in EXAMPLES:
        dispatcher.utter_message(response=f"utter_example_{EXAMPLES[question]}")
    if misses >= PATIENCE:
        dispatcher.utter_message(response="utter_offer_person")


#: The example that belongs to a question.
EXAMPLES = {
    "service_type": "service", "appliance": "appliance", "fault": "fault", "contact_name": "name", "phone": "phone",
    "visit_time": "visit", "confirm": "confirm", **dict.fromkeys(intake.ADDRESS_QUESTIONS, "address"),
}


def _confirm_taken(
    dispatcher: CollectingDispatcher, tracker: Tracker, draft: dict[str, Any], taken: Taken
) -> None:
    """Says that something was taken where the next question does not show it."""
    question = asked(tracker)
    if {name for name, value in taken.changes.items() if value} - {"passed"} == {"remark"}:
        dispatcher.utter_message(response="utter_remark_noted")
        return
    if question in intake.DECISIONS:
        _confirm_decided(dispatcher, draft, taken)
        return
    if (question or "").startswith(intake.OTHER):
        return
    added_to = {"passed", "address"} if question in intake.ADDRESS_QUESTIONS else {"passed"}
    corrected = any(draft.get(name) for name, value in taken.changes.items() if value and name not in added_to)
    if corrected or question in ("confirm", "change_what"):
        _say_updated(dispatcher, draft, draft | taken.changes)
    elif question and question == intake.next_question(draft | taken.changes):
        dispatcher.utter_message(response="utter_noted")


def _say_updated(dispatcher: CollectingDispatcher, before: dict[str, Any], draft: dict[str, Any]) -> None:
    """Says what is different now, unless the whole is read back anyway."""
    now = utc_now()
    known = intake.details(before, 0, now).splitlines()
    lines = [line for line in intake.details(draft, 0, now).splitlines() if line not in known]
    if lines and intake.next_question(draft) != "confirm":
        dispatcher.utter_message(response="utter_updated_to", lines="\n".join(lines))
    else:
        dispatcher.utter_message(response="utter_updated")


def _confirm_decided(dispatcher: CollectingDispatcher, draft: dict[str, Any], taken: Taken) -> None:
    """After a yes or no the next question shows what came of it, but for a report that is taken up again."""
    kept = draft.get("kept")
    if kept and taken.changes.get("appliance") == kept.get("appliance"):
        dispatcher.utter_message(response="utter_taken_up", what=intake.in_short(kept))


def _acknowledge(dispatcher: CollectingDispatcher, draft: dict[str, Any], *, angry: bool = False) -> None:
    """Says that the report has been understood, once there is something to understand."""
    if draft.get("kept") or not draft.get("appliance") or draft.get("urgent"):
        return
    if angry:
        dispatcher.utter_message(response="utter_sorry")
    fault = draft.get("fault") or draft.get("error_code")
    appliance = intake.appliance_name(draft)
    if others := draft.get("others"):
        names = "、".join([str(appliance), *(str(intake.appliance_name(item)) for item in others)])
        dispatcher.utter_message(response="utter_several_understood", names=names)
    elif fault and len(fault) <= SHORT:
        dispatcher.utter_message(response="utter_fault_understood", appliance=appliance, fault=fault)
    else:
        known = (draft.get("brand"), appliance, draft.get("model"), draft.get("service_type"))
        dispatcher.utter_message(response="utter_wish_understood", what="".join(word for word in known if word))


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


class SubmitRepair(Action):
    """Turns the finished form into work orders, one for each appliance."""

    def name(self) -> str:
        return "action_submit_repair"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if not tracker.get_slot("confirmed"):
            return []
        now = utc_now()
        draft = draft_of(tracker)
        reports = intake.reports_of(draft, now)
        with transaction() as session:
            orders = repairs.submit_orders(session, tracker.sender_id, reports, now)
            customers.consents(session, tracker.sender_id, now)
        _tell_submitted(dispatcher, orders, say_window(reports[0].visit, now))
        return cleared([*LEFTOVERS, "kept"])


def _tell_submitted(dispatcher: CollectingDispatcher, orders: list[WorkOrder], visit: str) -> None:
    if len(orders) > 1:
        lines = "\n".join(f"{order.number} {order.what}" for order in orders)
        dispatcher.utter_message(response="utter_repairs_submitted", count=len(orders), orders=lines, visit=visit)
        return
    response = "utter_urgent_submitted" if orders[0].urgent else "utter_repair_submitted"
    dispatcher.utter_message(response=response, number=orders[0].number, what=orders[0].what, visit=visit)
