"""Something the customer wants done with an order that exists: which order, the particulars, then the deed.

A task is carried out at once where the message says enough; otherwise its form asks for what is missing. Each task has
three actions: action_<topic> begins it, validate_<topic>_form reads the answers, action_finish_<topic> carries it out.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftersales.intake import Turn, is_waiting
from aftersales.models import Status, WorkOrder
from aftersales.progress import orders_of
from aftersales.store import reading
from aftersales.telling import numbered
from aftersales.times import utc_now

from .answering import attend
from .choosing import ORDER_NUMBER, choose, choose_all, unknown_appliance
from .invited import answers_invitation
from .rating import Rate
from .remarks import take_remark
from .turns import ASIDES, REQUESTED, asked, cleared, is_command, is_resuming, reject, slots, turn_of

TARGET = "target"  # the number of the order, or the numbers of several
_AND = "、"


@dataclass
class State:
    """What is known of a task: the order's number and the particulars, by slot name."""

    values: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None
    reason: str = ""


class Task(ABC):
    """One kind of thing to do with an order."""

    topic: str
    statuses: Sequence[Status]
    particulars: tuple[str, ...] = ()
    #: Slots that are taken along when they are said, but not asked for.
    extras: tuple[str, ...] = ()
    #: Intents that break the task off.
    breaking_off: tuple[str, ...] = ("stop",)
    #: Whether 跟师傅说一声… is easily taken for this task.
    may_be_remark = False

    @property
    def form(self) -> str:
        return f"{self.topic}_form"

    @property
    def slots(self) -> tuple[str, ...]:
        return (TARGET, *self.particulars, *self.extras)

    def read(self, turn: Turn, state: State, question: str | None, now: datetime) -> None:  # noqa: B027 - none by default
        """Takes the particulars out of a message into the state."""

    def next_particular(self, values: dict[str, Any]) -> str | None:
        """The next question about the particulars; None when they are complete."""
        return next((name for name in self.particulars if values.get(name) is None), None)

    @abstractmethod
    def carry_out(self, dispatcher: CollectingDispatcher, openid: str, values: dict[str, Any], turn: Turn) -> None:
        """Does it and says so."""

    def amid(self, turn: Turn, values: dict[str, Any]) -> dict[str, Any]:
        """What a message says beyond `values` where it comes in the middle of a report and nothing can be asked."""
        return {}

    def orders(self, openid: str) -> Sequence[WorkOrder]:
        """The orders it can be done with, newest first."""
        with reading() as session:
            return orders_of(session, openid, self.statuses)

    def without_order(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> list[EventType]:
        """Answers where there is no order it could be done with."""
        dispatcher.utter_message(response=f"utter_no_order_to_{self.topic}")
        return []

    def take(self, turn: Turn, values: dict[str, Any], question: str | None, orders: Sequence[WorkOrder]) -> State:
        """What is known after a message."""
        state = State(dict(values))
        if not state.values.get(TARGET):
            chosen = _chosen(turn, question, orders)
            state.values[TARGET] = _AND.join(order.number for order in chosen) or None
            state.problem = "which_order" if not chosen and question == TARGET else None
        self.read(turn, state, question, utc_now())
        return state

    def next_question(self, values: dict[str, Any]) -> str | None:
        """Which order first, then the particulars."""
        return self.next_particular(values) if values.get(TARGET) else TARGET


def targets(values: dict[str, Any]) -> list[str]:
    """The numbers of the orders that are meant."""
    return str(values[TARGET]).split(_AND)


def _chosen(turn: Turn, question: str | None, orders: Sequence[WorkOrder]) -> list[WorkOrder]:
    """The orders meant: the one named, several at once; the only one, unless something else is named."""
    something_else = ORDER_NUMBER.search(turn.text) or unknown_appliance(orders, turn.text)
    if len(orders) == 1 and (not something_else or (question == TARGET and turn.intent == "affirm")):
        return [orders[0]]
    several = choose_all(orders, turn.text)
    one = choose(orders, turn.text) if len(several) < 2 else None
    return [one] if one else several


class _TaskAction(Action, ABC):
    """An action of a task."""

    @property
    @abstractmethod
    def task(self) -> Task:
        """The task it belongs to."""


class BeginTask(_TaskAction, ABC):
    """Carries the task out at once, or starts its form."""

    def name(self) -> str:
        return f"action_{self.task.topic}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        task, turn = self.task, turn_of(tracker)
        orders = task.orders(tracker.sender_id)
        attend(dispatcher, turn)
        if not orders and answers_invitation(tracker.sender_id, turn):
            return await Rate().run(dispatcher, tracker, domain)
        if is_waiting(turn):
            dispatcher.utter_message(response="utter_no_hurry")
            return []
        if not orders:
            return task.without_order(dispatcher, tracker, turn)
        if task.may_be_remark and take_remark(dispatcher, tracker.sender_id, turn):
            return []
        amid_report = bool((tracker.active_loop or {}).get("name"))
        values = task.take(turn, {}, None, orders).values
        values |= task.amid(turn, values) if amid_report else {}
        if task.next_question(values) is None:
            task.carry_out(dispatcher, tracker.sender_id, values, turn)
            return []
        if missing := unknown_appliance(orders, turn.text):
            dispatcher.utter_message(response="utter_no_such_order", appliance=missing)
        if amid_report:
            dispatcher.utter_message(response="utter_name_the_order", orders=numbered(orders))
            return []
        return [*cleared(task.slots), FollowupAction(task.form)]


class ValidateTask(_TaskAction, ABC):
    """Reads the answers into the task's form."""

    def name(self) -> str:
        return f"validate_{self.task.form}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        task, turn, question = self.task, turn_of(tracker), asked(tracker)
        values = {name: tracker.get_slot(name) for name in task.slots}
        if is_resuming(tracker):
            return [SlotSet(REQUESTED, task.next_question(values))]
        if question and is_command(turn):
            return [reject(task.form)]
        orders = task.orders(tracker.sender_id)
        if question and self._ends(dispatcher, turn, question, orders):
            return [*cleared(task.slots), ActiveLoop(None), SlotSet(REQUESTED, None)]
        state = task.take(turn, values, question, orders)
        if question and _is_aside(turn) and (state.values == values or turn.questions):
            return [*slots(state.values), reject(task.form)]
        if state.problem:
            dispatcher.utter_message(response=f"utter_problem_{state.problem}", reason=state.reason)
        return [*slots(state.values), SlotSet(REQUESTED, task.next_question(state.values))]

    def _ends(
        self, dispatcher: CollectingDispatcher, turn: Turn, question: str, orders: Sequence[WorkOrder]
    ) -> bool:
        """Whether the message breaks the task off, or is not about the only order there is; says so."""
        attend(dispatcher, turn)
        if turn.intent in self.task.breaking_off:
            dispatcher.utter_message(response="utter_task_stopped")
            return True
        if question != TARGET or len(orders) != 1 or not _means_none(turn, orders):
            return False
        if missing := unknown_appliance(orders, turn.text):
            dispatcher.utter_message(response="utter_no_such_order", appliance=missing)
        dispatcher.utter_message(response="utter_no_other_order")
        return True


def _means_none(turn: Turn, orders: Sequence[WorkOrder]) -> bool:
    """Whether the only order there is is not the one that is meant."""
    return turn.intent == "deny" or unknown_appliance(orders, turn.text) is not None


def _is_aside(turn: Turn) -> bool:
    return turn.intent in ASIDES or turn.intent.startswith("faq_")


class FinishTask(_TaskAction, ABC):
    """Carries out what the form has collected."""

    def name(self) -> str:
        return f"action_finish_{self.task.topic}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        task = self.task
        values = {name: tracker.get_slot(name) for name in task.slots}
        if values.get(TARGET) and task.next_question(values) is None:
            task.carry_out(dispatcher, tracker.sender_id, values, turn_of(tracker))
        return cleared(task.slots)


class AskTarget(Action):
    """Asks which order is meant."""

    def name(self) -> str:
        return "action_ask_target"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        form = (tracker.active_loop or {}).get("name") or ""
        task = next((each for each in all_tasks() if each.form == form), None)
        orders = task.orders(tracker.sender_id) if task else []
        buttons = [{"title": f"{order.appliance_name} {order.number}", "payload": order.number} for order in orders[:8]]
        response = "utter_ask_target" if len(orders) > 1 else "utter_ask_only_target"
        dispatcher.utter_message(response=response, orders=numbered(orders), buttons=buttons)
        return []


def all_tasks() -> list[Task]:
    """Every task there is."""
    return [kind() for kind in Task.__subclasses__()]
