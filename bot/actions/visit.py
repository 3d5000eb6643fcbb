"""改约: another visit time for an open order."""

from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from aftersales import wishes
from aftersales.intake import Turn

from .changing import change, mentions_contact, read_contact, read_visit
from .tasks import BeginTask, FinishTask, State, Task, ValidateTask


class RescheduleTask(Task):
    """改上门时间."""

    topic = "reschedule"
    statuses = wishes.CHANGEABLE
    particulars = ("new_visit",)
    extras = ("new_contact",)

    def read(self, turn: Turn, state: State, question: str | None, now: datetime) -> None:
        if state.values.get("new_visit"):
            return
        if mentions_contact(turn):
            read_contact(turn, state)
        if not read_visit(turn, state, now) and question == "new_visit":
            state.problem = "no_time"

    def carry_out(self, dispatcher: CollectingDispatcher, openid: str, values: dict[str, Any], turn: Turn) -> None:
        change(dispatcher, values)


class BeginReschedule(BeginTask):
    @property
    def task(self) -> Task:
        return RescheduleTask()


class ValidateReschedule(ValidateTask):
    @property
    def task(self) -> Task:
        return RescheduleTask()


class FinishReschedule(FinishTask):
    @property
    def task(self) -> Task:
        return RescheduleTask()
