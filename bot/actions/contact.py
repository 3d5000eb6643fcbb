"""修改信息: name, phone or address of an open order is corrected."""

import re
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from aftersales import wishes
from aftersales.intake import Turn

from .changing import change, read_contact, read_door, read_visit
from .remarks import details_in
from .tasks import BeginTask, FinishTask, State, Task, ValidateTask

#: Why somebody else is the contact, which moves no visit: 联系人改成我老公，明天他在家.
_AT_HOME = re.compile(r"[^，,。；;！!]*([他她]|老公|老婆|爱人|[爸妈]|家人|老人|朋友|同事|室友|租客)[^，,。；;！!]{0,4}在(家|那)?[^，,。；;！!]*$")


class ChangeTask(Task):
    """改联系方式."""

    topic = "change"
    statuses = wishes.CHANGEABLE
    particulars = ("new_contact",)
    extras = ("new_visit", "new_details")

    def next_particular(self, values: dict[str, Any]) -> str | None:
        return None if values.get("new_details") else super().next_particular(values)

    def read(self, turn: Turn, state: State, question: str | None, now: datetime) -> None:
        if state.values.get("new_contact"):
            return
        if read_contact(turn, state) or read_door(turn, state):
            read_visit(replace(turn, text=_AT_HOME.sub("", turn.text)), state, now)
        elif details := details_in(turn):
            state.values["new_details"] = asdict(details)
        elif question == "new_contact":
            state.problem = "no_change"

    def carry_out(self, dispatcher: CollectingDispatcher, openid: str, values: dict[str, Any], turn: Turn) -> None:
        change(dispatcher, values)


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
