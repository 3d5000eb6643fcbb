"""修改信息: name, phone or address of an open order is corrected."""

from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from aftersales import addresses, intake, names, phones, wishes
from aftersales.intake import Turn
from aftersales.progress import find_order
from aftersales.store import transaction
from aftersales.times import utc_now
from aftersales.wishes import ContactChange

from .tasks import TARGET, BeginTask, FinishTask, State, Task, ValidateTask


class ChangeTask(Task):
    """改联系方式."""

    topic = "change"
    statuses = wishes.CHANGEABLE
    particulars = ("new_contact",)

    def read(self, turn: Turn, state: State, question: str | None, now: datetime) -> None:
        if state.values.get("new_contact"):
            return
        wrong = phones.wrong_phone(turn.text)
        found = _changes(turn)
        if wrong and "phone" not in found:
            state.problem, state.reason = "phone", wrong
        elif found:
            state.values["new_contact"] = found
        elif question == "new_contact":
            state.problem = "no_change"

    def carry_out(self, dispatcher: CollectingDispatcher, openid: str, values: dict[str, Any], turn: Turn) -> None:
        new = values["new_contact"]
        change = ContactChange(new.get("contact_name"), new.get("phone"), intake.address_of(new))
        with transaction() as session:
            order = find_order(session, values[TARGET], for_update=True)
            try:
                wishes.change_contact(session, order, change, utc_now())
            except wishes.TooLate:
                dispatcher.utter_message(response="utter_change_too_late", number=order.number)
                return
        dispatcher.utter_message(response="utter_changed", number=order.number, changes="，".join(_told(change)))


def _changes(turn: Turn) -> dict[str, Any]:
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


def _told(change: ContactChange) -> list[str]:
    told = {
        "联系人": change.contact_name,
        "电话": change.phone,
        "地址": addresses.full_address(change.address) if change.address else None,
    }
    return [f"{label}改为{value}" for label, value in told.items() if value]


class BeginChange(BeginTask):
    @property
    def task(self) -> Task:
        return ChangeTask()


class ValidateChange(ValidateTask):
    @property
    def task(self) -> Task:
        return ChangeTask()


class FinishChange(FinishTask):
    @property
    def task(self) -> Task:
        return ChangeTask()
