"""取消: an order is withdrawn once the customer has confirmed it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from aftersales import catalogue, intake, wishes
from aftersales.intake import Turn
from aftersales.models import Status, WorkOrder
from aftersales.progress import find_order, orders_of
from aftersales.store import reading, transaction
from aftersales.telling import numbered
from aftersales.times import utc_now

from .choosing import ORDER_NUMBER, choose, unknown_appliance
from .tasks import TARGET, BeginTask, FinishTask, State, Task, ValidateTask, targets

_YES = re.compile(
    r"(是的?|对的?|嗯+|好的?|行|可以|没错|ok|yes|确[定认]|我?要?取消|退(掉|了)?|不要了|不修了|不用了|不需要了|不约了|不来了)"
    r"([，,。.！!~～ ]*(是的?|对的?|确[定认]|帮我|给我|都|就|要?取消|掉|吧|了|的|啊|呀|哈|谢谢|麻烦了?|订单|工单|这单"
    r"|不要了|不修了|不用了))*[。.！!~～ ]*", re.I)
_WANTED = re.compile(r"取消(吧|掉|了|这单|工单|订单|$)|退(吧|掉|了|单|$)|不要了|不修了|不用(来|修)?了")
#: 对，取消微波炉那单: a yes that names the deed.
_CANCELS = re.compile(r"取消|撤|退|不[要修用来约][了啦]")
_NO = re.compile(r"^(不取消|不是|不对|先不|别|不|算了|再等等|等等|还是来|继续)")
_KEPT = r"(不|别|先不|不要|不用)(取消|退)|保留|再想"
_ALL_KEPT = re.compile(_KEPT)
_KEEP = re.compile(rf"{_KEPT}|点错|按错|错了|还是来|继续")
#: 空调的照修，取消冰箱的: what stays is not what is to go.
_STAYS = re.compile(r"[^，,。；; ]*(照[修旧常样]|不变|不动|还是?要?[修来]|留着)[^，,。；; ]*")
#: Who is pressed to come is not sent away.
_COMING = re.compile(r"来|派|安排|上门|修|提交|登记")
_ASKING = re.compile(r"[?？]|[吗呢]$|是不是|能不能|怎么|什么|几点|为啥|多久|如果")


class CancelTask(Task):
    """取消工单."""

    topic = "cancel"
    statuses = wishes.CHANGEABLE
    particulars = ("cancel_reason", "cancel_confirmed")
    breaking_off = ()  # 取消, 不要了 are a yes here

    def without_order(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> list[EventType]:
        with reading() as session:
            begun = orders_of(session, tracker.sender_id, (Status.IN_PROGRESS,), limit=1)
        if not begun:
            return super().without_order(dispatcher, tracker, turn)
        dispatcher.utter_message(response="utter_cancel_too_late", number=begun[0].number)
        return []

    def take(self, turn: Turn, values: dict[str, Any], question: str | None, orders: Sequence[WorkOrder]) -> State:
        if question != "cancel_confirmed":
            return super().take(turn, values, question, orders)
        if other := _another(turn.text, values, orders):
            return State(values | {TARGET: other.number})
        state = super().take(turn, values, question, orders)
        if state.values["cancel_confirmed"] and unknown_appliance(orders, turn.text):
            return State(values, "yes_or_no")
        return state

    def next_particular(self, values: dict[str, Any]) -> str | None:
        return "cancel_confirmed" if values.get("cancel_confirmed") is None else None

    def amid(self, turn: Turn, values: dict[str, Any]) -> dict[str, Any]:
        """哦对，热水器那单取消掉: who names the order and the deed of their own accord needs not be asked again."""
        named = ORDER_NUMBER.search(turn.text) or catalogue.find_appliance(turn.text)
        plain = named and _CANCELS.search(turn.text) and not (_ASKING.search(turn.text) or _KEEP.search(turn.text))
        return {"cancel_confirmed": True} if plain and values.get(TARGET) else {}

    def read(self, turn: Turn, state: State, question: str | None, now: datetime) -> None:
        if question is None:
            state.values["cancel_reason"] = turn.text[:200]
        if question != "cancel_confirmed":
            return
        state.values["cancel_confirmed"] = _decision(turn)
        if state.values["cancel_confirmed"] is None:
            state.problem = "yes_or_no"

    def carry_out(self, dispatcher: CollectingDispatcher, openid: str, values: dict[str, Any], turn: Turn) -> None:
        if not values["cancel_confirmed"]:
            dispatcher.utter_message(response="utter_cancel_kept", number=values[TARGET])
            return
        for number in targets(values):
            _cancel_one(dispatcher, number, values.get("cancel_reason"))


def _another(text: str, values: dict[str, Any], orders: Sequence[WorkOrder]) -> WorkOrder | None:
    """The order that is to go instead of the one asked about, or of the several: 不是，是热水器那单."""
    text = _STAYS.sub("", text)
    if _ALL_KEPT.search(text) or not (ORDER_NUMBER.search(text) or catalogue.find_appliance(text)):
        return None
    asked_about = [order for order in orders if order.number in targets(values)]
    if one := choose(asked_about, text):
        return one if len(asked_about) > 1 else None
    return choose(orders, text)


def _cancel_one(dispatcher: CollectingDispatcher, number: str, reason: str | None) -> None:
    with transaction() as session:
        order = find_order(session, number, for_update=True)
        try:
            wishes.cancel(session, order, reason, utc_now())
        except wishes.TooLate:
            dispatcher.utter_message(response="utter_cancel_too_late", number=number)
            return
    dispatcher.utter_message(response="utter_cancelled", number=number, what=order.what)


def _decision(turn: Turn) -> bool | None:
    """Whether the order shall go; None where the words do not say."""
    text = turn.text.strip()
    if _ASKING.search(text):
        return None
    if _KEEP.search(text):
        return False
    if _YES.fullmatch(text) or (intake.says_yes(turn) and not _COMING.search(text)):
        return True
    if intake.begins_with_yes(text) and _CANCELS.search(text):
        return True
    if _NO.match(text) or turn.intent == "deny":
        return False
    return True if turn.intent in ("cancel_order", "stop") and _WANTED.search(text) else None


class BeginCancel(BeginTask):
    @property
    def task(self) -> Task:
        return CancelTask()


class ValidateCancel(ValidateTask):
    @property
    def task(self) -> Task:
        return CancelTask()


class FinishCancel(FinishTask):
    @property
    def task(self) -> Task:
        return CancelTask()


class AskCancelConfirmed(Action):
    """Asks whether the order, or the orders, shall really go."""

    def name(self) -> str:
        return "action_ask_cancel_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with reading() as session:
            orders = [find_order(session, number) for number in targets({TARGET: tracker.get_slot(TARGET)})]
        if len(orders) > 1:
            dispatcher.utter_message(response="utter_ask_cancel_all_confirmed", orders=numbered(orders))
        else:
            order = orders[0]
            dispatcher.utter_message(response="utter_ask_cancel_confirmed", number=order.number, what=order.what)
        return []
