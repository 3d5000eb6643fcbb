"""备注: something the technician should know, and details that complete the order just made."""

import re

from rasa_sdk.executor import CollectingDispatcher

from aftersales import catalogue, repairs, wishes
from aftersales.intake import CORRECTION, NEGATED, REMARK, Turn
from aftersales.models import WorkOrder
from aftersales.progress import OPEN, orders_of
from aftersales.store import reading, transaction
from aftersales.times import utc_now
from aftersales.wishes import DetailChange

from .choosing import choose

#: 加到单子里: what is told belongs to the order there is.
_ADDED = re.compile(r"(加|写|记|补|添|备)(充|注)?(到|进|在|上)(单子?|工单|里面|去|[，,。]|$)|(一并|顺便|也)(写|记|加|补)上|补充(到|进|一下|上)")
_FAULT = re.compile(r"故障|现象|毛病|问题|症状")


def take_remark(dispatcher: CollectingDispatcher, openid: str, turn: Turn) -> bool:
    """Notes on the order what the technician should know; False where the message is no such thing or there is none."""
    order = _order_meant(openid, turn) if REMARK.search(turn.text) else None
    if order is None:
        return False
    with transaction() as session:
        wishes.add_details(session, session.merge(order), None, turn.text, utc_now())
    dispatcher.utter_message(response="utter_remark_added", number=order.number)
    return True


def take_details(dispatcher: CollectingDispatcher, openid: str, turn: Turn) -> bool:
    """Completes the open order by a brand, model or code said afterwards; False where there is none of them."""
    change = details_in(turn)
    order = _order_completed(openid, turn) if change else None
    if change is None or order is None or order.status not in wishes.CHANGEABLE:
        return False
    with transaction() as session:
        wishes.change_details(session, session.merge(order), change, utc_now())
    dispatcher.utter_message(response="utter_changed", number=order.number, changes="，".join(change.told()))
    return True


def correct_fault(dispatcher: CollectingDispatcher, openid: str, turn: Turn) -> bool:
    """Corrects the fault of the order just made: 说错了，不是不脱水，是不进水; False where nothing is corrected."""
    faults = [words for words in turn.words("symptom") if f"不是{words}" not in turn.text]
    if not faults or not CORRECTION.search(turn.text):
        return False
    with transaction() as session:
        order = repairs.latest_order(session, openid, utc_now())
        other = order is None or catalogue.find_appliance(turn.text) not in (None, order.appliance)
        if order is None or other or order.status not in wishes.CHANGEABLE:
            return False
        change = DetailChange(fault="，".join(faults))
        wishes.change_details(session, order, change, utc_now())
    dispatcher.utter_message(response="utter_changed", number=order.number, changes="，".join(change.told()))
    return True


def add_fault(dispatcher: CollectingDispatcher, openid: str, turn: Turn) -> bool:
    """Adds another symptom or a code to the order there is, where the customer says so: 底下还开始滴水了，一并写上."""
    order = _order_meant(openid, turn) if _ADDED.search(turn.text) else None
    if order is None or catalogue.find_appliance(turn.text) not in (None, order.appliance):
        return False
    code = catalogue.find_error_code(turn.text)
    with transaction() as session:
        order = session.merge(order)
        wishes.add_details(session, order, "，".join(turn.words("symptom")) or None, turn.text, utc_now())
        if code and order.status in wishes.CHANGEABLE:
            wishes.change_details(session, order, DetailChange(error_code=code), utc_now())
    dispatcher.utter_message(response="utter_remark_added", number=order.number)
    return True


def details_in(turn: Turn) -> DetailChange | None:
    """The brand, model, code and fault of a message; None where it has none of them."""
    fault = "，".join(turn.words("symptom")) if _FAULT.search(turn.text) else ""
    text = NEGATED.sub("，", turn.text) if CORRECTION.search(turn.text) else turn.text
    change = DetailChange(
        brand=catalogue.find_brand(text), model=catalogue.find_model(text),
        error_code=catalogue.find_error_code(text), fault=fault or None)
    return change if change.told() else None


def _order_completed(openid: str, turn: Turn) -> WorkOrder | None:
    """The order that details belong to. With an appliance they may be a new report, unless that has just been made."""
    kind = catalogue.find_appliance(turn.text)
    if kind is None:
        return _order_meant(openid, turn)
    with reading() as session:
        order = repairs.latest_order(session, openid, utc_now())
    return order if order and order.appliance == kind and not turn.words("symptom") else None


def _order_meant(openid: str, turn: Turn) -> WorkOrder | None:
    with reading() as session:
        orders = orders_of(session, openid, OPEN)
    return choose(orders, turn.text) or next(iter(orders), None)
