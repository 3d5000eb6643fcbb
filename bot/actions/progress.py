"""进度: where an order stands, the list of services, and pressing for one that is late."""

import re
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from aftersales import addresses, catalogue, phones, telling, wishes
from aftersales.addresses import Address
from aftersales.intake import QUESTION, Turn
from aftersales.models import WorkOrder
from aftersales.personal_data import mask_name
from aftersales.progress import OPEN, find_order, orders_of
from aftersales.store import reading, transaction
from aftersales.times import utc_now

from .answering import attend
from .choosing import ORDER_NUMBER, choose, unknown_appliance
from .remarks import take_remark
from .repair import FORM, fresh
from .tasks import BeginTask, FinishTask, State, Task, ValidateTask, targets
from .turns import turn_of

_AND_THAT = re.compile(r"^那?.{0,10}(呢|怎么样了?|咋样了?|到哪了?)[？?]?$")
#: What is asked of an order under way without naming it: 师傅姓啥, 他号码给我一个, 到底什么时候能来人, 另外一个呢.
_ABOUT_VISIT = re.compile(
    r"(师[傅父]|他|她|人)(叫|姓|贵姓)(什么|啥|咩|乜|哪)|(师[傅父]|他|她|人家?)的?(电话|手机|号码?|联系方式|微信)|(电话|号码).{0,3}(给我|发我|告诉我|系几多|是多少)"
    r"|(什么时候|啥时候?|几时|几点|多久|哪天)[^，,。]{0,4}(来|到|上门)|给个准[话信]|^那?(还有|另外?|剩下?)的?(一?[个台单]|那[个台单])(呢|怎么样了?)?[？?]?$")
#: What is registered: 单子上登记的是哪个号码.
_REGISTERED = re.compile(r"(登记|留|填|写|单子上|工单上)[^，,。]{0,8}(号码?|电话|手机|地址|联系人|名字)")
#: 还有哪些单子没弄 asks for the open ones alone.
_UNFINISHED = re.compile(r"(没有?|未|还在)(弄|修|处理|做|完|解决|搞|办|上门|来|服务|结束)|没好|进行中|在修")
#: How many orders one message tells of.
MANY = 5


class TellProgress(Action):
    """Says where the customer's open orders stand; without one, what became of the last."""

    def name(self) -> str:
        return "action_tell_progress"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        now, words = utc_now(), turn_of(tracker).text
        attend(dispatcher, turn_of(tracker))
        if not QUESTION.search(words) and not _ABOUT_VISIT.search(words) and take_remark(dispatcher, tracker.sender_id, turn_of(tracker)):
            return []  # 门铃是坏的，师傅到了直接打电话
        with reading() as session:
            found = orders_of(session, tracker.sender_id, OPEN)
            orders = found or orders_of(session, tracker.sender_id, limit=1)
            chosen = choose(orders, words) if len(orders) > 1 else None
            if ORDER_NUMBER.search(words):
                chosen = choose(orders_of(session, tracker.sender_id), words)
            told = [telling.progress(session, order, now) for order in ([chosen] if chosen else orders[:MANY])]
        if orders and (missing := unknown_appliance(orders, words)):
            dispatcher.utter_message(response="utter_no_such_order", appliance=missing)
        if not told:
            return _report_instead(tracker, turn_of(tracker)) or _no_orders(dispatcher)
        response = "utter_progress" if found or chosen else "utter_progress_last"
        dispatcher.utter_message(response=response, orders="\n\n".join(told))
        if _REGISTERED.search(words):
            _tell_contact(dispatcher, chosen or orders[0])
        return []


def asks_after(openid: str, turn: Turn) -> bool:
    """Whether a few words ask after one of the customer's open orders: 那洗衣机的呢, 师傅姓啥."""
    kind = catalogue.find_appliance(turn.text)
    of_this = kind is not None and _AND_THAT.search(turn.text)
    of_any = kind is None and _ABOUT_VISIT.search(turn.text) and not phones.find_phones(turn.text)
    if not (of_this or of_any) or catalogue.find_symptom(turn.text):
        return False
    with reading() as session:
        return any(kind in (None, order.appliance) for order in orders_of(session, openid, OPEN))


def _tell_contact(dispatcher: CollectingDispatcher, order: WorkOrder) -> None:
    """Who is registered for the visit, masked as everywhere."""
    dispatcher.utter_message(
        response="utter_registered_contact", name=mask_name(order.contact_name), phone=phones.mask_phone(order.phone or ""),
        address=addresses.mask_address(Address(
            order.province, order.city, order.district, order.address_detail, order.address_text)))


def _no_orders(dispatcher: CollectingDispatcher) -> list[EventType]:
    dispatcher.utter_message(response="utter_no_orders")
    return []


def _report_instead(tracker: Tracker, turn: Turn) -> list[EventType]:
    """Whoever presses without an order but tells of a broken appliance wants to report it."""
    told = catalogue.find_appliance(turn.text) and (turn.words("symptom") or catalogue.find_symptom(turn.text))
    if not told or (tracker.active_loop or {}).get("name"):
        return []
    return [*fresh(tracker), FollowupAction(FORM)]


class ListServices(Action):
    """Lists the customer's orders, open and finished."""

    def name(self) -> str:
        return "action_list_services"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        attend(dispatcher, turn_of(tracker))
        statuses = OPEN if _UNFINISHED.search(turn_of(tracker).text) else None
        with reading() as session:
            orders = orders_of(session, tracker.sender_id, statuses, limit=10)
        if not orders:
            return _no_orders(dispatcher)
        dispatcher.utter_message(response="utter_services", orders=telling.numbered(orders))
        return []


class UrgeTask(Task):
    """催单."""

    topic = "urge"
    statuses = OPEN
    may_be_remark = True
    extras = ("urge_words",)

    def read(self, turn: Turn, state: State, question: str | None, now: datetime) -> None:
        if question is None:
            state.values["urge_words"] = turn.text

    def without_order(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> list[EventType]:
        return _report_instead(tracker, turn) or super().without_order(dispatcher, tracker, turn)

    def carry_out(self, dispatcher: CollectingDispatcher, openid: str, values: dict[str, Any], turn: Turn) -> None:
        now = utc_now()
        with transaction() as session:
            orders = [find_order(session, number, for_update=True) for number in targets(values)]
            for order in orders:
                wishes.urge(session, order, values.get("urge_words") or turn.text, now)
            told = [telling.progress(session, order, now, urges=False) for order in orders]
        dispatcher.utter_message(response="utter_urged", progress="\n\n".join(told))


class BeginUrge(BeginTask):
    @property
    def task(self) -> Task:
        return UrgeTask()


class ValidateUrge(ValidateTask):
    @property
    def task(self) -> Task:
        return UrgeTask()


class FinishUrge(FinishTask):
    @property
    def task(self) -> Task:
        return UrgeTask()
