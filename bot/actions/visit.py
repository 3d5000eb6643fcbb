"""改约: another visit time for an open order."""

from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from aftersales import intake, times, wishes
from aftersales.intake import Turn
from aftersales.progress import find_order
from aftersales.store import transaction
from aftersales.times import utc_now

from .tasks import TARGET, BeginTask, FinishTask, State, Task, ValidateTask

_PROBLEMS: dict[type[ValueError], str] = {
    times.PastTime: "past_time", times.ImpossibleTime: "impossible_time", times.TooFar: "too_far"}


class RescheduleTask(Task):
    """改上门时间."""

    topic = "reschedule"
    statuses = wishes.CHANGEABLE
    particulars = ("new_visit",)

    def read(self, turn: Turn, state: State, question: str | None, now: datetime) -> None:
        if state.values.get("new_visit"):
            return
        try:
            found = times.find_visit_window(turn.text, now)
        except tuple(_PROBLEMS) as error:
            state.problem = _PROBLEMS[type(error)]
            return
        if found:
            state.values["new_visit"] = intake.window(found)
        elif question == "new_visit":
            state.problem = "no_time"

    def carry_out(self, dispatcher: CollectingDispatcher, openid: str, values: dict[str, Any], turn: Turn) -> None:
        now = utc_now()
        window = intake.visit_of({"visit": values["new_visit"]})
        assert window is not None  # noqa: S101 - the form has asked for it
        with transaction() as session:
            order = find_order(session, values[TARGET], for_update=True)
            try:
                wishes.reschedule(session, order, window, now)
            except wishes.TooLate:
                dispatcher.utter_message(response="utter_change_too_late", number=order.number)
                return
        dispatcher.utter_message(
            response="utter_rescheduled", number=order.number, visit=times.say_window(window, now))


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
