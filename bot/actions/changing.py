"""What is common to 改约 and 修改信息: both may be said in one breath, and both are done then."""

import re
from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from aftersales import addresses, intake, names, phones, times, wishes
from aftersales.addresses import Address
from aftersales.appointments import current_visit
from aftersales.intake import DOOR_WORDS, Turn
from aftersales.models import AppointmentKind, WorkOrder
from aftersales.progress import find_order
from aftersales.store import reading, transaction
from aftersales.times import Window, utc_now
from aftersales.wishes import ContactChange, DetailChange

from .tasks import TARGET, State, targets

PROBLEMS: dict[type[ValueError], str] = {
    times.PastTime: "past_time", times.ImpossibleTime: "impossible_time", times.TooFar: "too_far",
    times.ContradictoryTime: "impossible_time"}
_ABOUT_CONTACT = re.compile(r"电话|手机|号码|地址|联系人|姓名|名字")
_NOT_MEANT = re.compile(r"不是[^，,。是]*")
_ABOUT_TIME = re.compile(r"时间|尽快|随时|都行|都可以|改[到约期]|上门|天|周|星期|礼拜|[上下]午|晚上|点")


def read_visit(turn: Turn, state: State, now: datetime) -> bool:
    """Takes a visit time out of the message; False where there is none. A bad one becomes the state's problem."""
    try:
        found = times.find_moved_window(turn.text, _visit_so_far(state), now)
    except tuple(PROBLEMS) as error:
        state.problem = PROBLEMS[type(error)]
        return True
    if found is None or not _ABOUT_TIME.search(turn.text):
        return False
    state.values["new_visit"] = intake.window(found)
    return True


def _visit_so_far(state: State) -> Window | None:
    """When the one order that is meant is to be visited, as was wished or promised last."""
    if not state.values.get(TARGET) or len(targets(state.values)) > 1:
        return None
    with reading() as session:
        order = find_order(session, targets(state.values)[0])
        wished = current_visit(session, order, AppointmentKind.REQUESTED)
        return wished or current_visit(session, order, AppointmentKind.CONFIRMED)


def read_contact(turn: Turn, state: State) -> bool:
    """Takes name, phone and address out of the message; False where there is none of them."""
    wrong = phones.wrong_phone(turn.text)
    found = _contact(turn)
    if wrong and "phone" not in found:
        state.problem, state.reason = "phone", wrong
        return True
    if found:
        state.values["new_contact"] = found
    return bool(found)


def read_door(turn: Turn, state: State) -> bool:
    """Takes another building or room for the order's address out of the message; False where there is none."""
    if not state.values.get(TARGET) or not DOOR_WORDS.search(turn.text):
        return False
    with reading() as session:
        order = find_order(session, targets(state.values)[0])
    known = Address(order.province, order.city, order.district, order.address_detail, order.address_text)
    exchanged = addresses.exchanged(known, turn.text)
    corrected = exchanged[0] if exchanged else addresses.corrected_door(known, _NOT_MEANT.sub("", turn.text))
    if corrected is not None:
        state.values["new_contact"] = {"address": intake.place(corrected)}
    return corrected is not None


def mentions_contact(turn: Turn) -> bool:
    """Whether the message is about name, phone or address at all."""
    return bool(_ABOUT_CONTACT.search(turn.text))


def holds_contact(turn: Turn) -> bool:
    """Whether the message has a name, phone or address in it, be it a wrong one."""
    return bool(_contact(turn) or phones.wrong_phone(turn.text))


def _contact(turn: Turn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    numbers = phones.find_phones(turn.text)
    if numbers:
        found["phone"] = numbers[-1]
    address = addresses.find_address(turn.text)
    if address and addresses.missing_parts(address) is None:
        found["address"] = intake.place(address)
    marked = turn.words("person_name")
    name = names.find_name(marked[-1], asked=True) if marked else names.find_name(turn.text, asked=False)
    if name:
        found["contact_name"] = name
    return found


def change(dispatcher: CollectingDispatcher, values: dict[str, Any]) -> None:
    """Makes the changes that were collected, to each of the orders that are meant, and says which."""
    for number in targets(values):
        _change_one(dispatcher, number, values)


def _change_one(dispatcher: CollectingDispatcher, number: str, values: dict[str, Any]) -> None:
    now = utc_now()
    with transaction() as session:
        order = find_order(session, number, for_update=True)
        try:
            _apply(session, order, values, now)
        except wishes.TooLate:
            dispatcher.utter_message(response="utter_change_too_late", number=number)
            return
    visit = intake.visit_of({"visit": values.get("new_visit")})
    told = [*_told(_change_of(values.get("new_contact") or {})), *_details_of(values).told()]
    if told:
        changes = "，".join(told)
        dispatcher.utter_message(response="utter_changed", number=number, changes=changes)
    if visit is not None:
        dispatcher.utter_message(response="utter_rescheduled", number=number, visit=times.say_window(visit, now))


def _apply(session: Any, order: WorkOrder, values: dict[str, Any], now: datetime) -> None:
    visit = intake.visit_of({"visit": values.get("new_visit")})
    if _details_of(values).told():
        wishes.change_details(session, order, _details_of(values), now)
    if values.get("new_contact"):
        wishes.change_contact(session, order, _change_of(values["new_contact"]), now)
    if visit is not None:
        wishes.reschedule(session, order, visit, now)


def _details_of(values: dict[str, Any]) -> DetailChange:
    return DetailChange(**(values.get("new_details") or {}))


def _change_of(contact: dict[str, Any]) -> ContactChange:
    return ContactChange(contact.get("contact_name"), contact.get("phone"), intake.address_of(contact))


def _told(contact: ContactChange) -> list[str]:
    told = {
        "联系人": contact.contact_name,
        "电话": contact.phone,
        "地址": addresses.full_address(contact.address) if contact.address else None,
    }
    return [f"{label}改为{value}" for label, value in told.items() if value]
