"""Which work order a customer means: the one named by number or appliance, the only one, all of them, or none yet."""

import re
from collections.abc import Sequence

from aftersales import catalogue, households
from aftersales.models import WorkOrder

ORDER_NUMBER = re.compile(r"[A-Z]{2}\d{8,}", re.I)
_POSITIONS = (
    (re.compile(r"第一|第1|^1$|^一$|最新|最近|刚才|上面"), 0),
    (re.compile(r"第二|第2|^2$|^二$"), 1),
    (re.compile(r"第三|第3|^3$|^三$"), 2),
    (re.compile(r"最后"), -1),
)
#: Several are meant; 都三天了, 两个星期 are none.
_ALL = re.compile(
    r"都[^，,。]{0,3}(取消|退|撤|催|改|换|不[要用修来]|是|算|行)|^都[要吧的]?[。!！]?$|全部|全都|所有|统统|一起|一块儿?"
    r"|[两三四](个|单|张)(?!多?[月星礼小钟])")


def choose(orders: Sequence[WorkOrder], text: str) -> WorkOrder | None:
    """The order that the words single out; None where they fit none or several."""
    named = ORDER_NUMBER.search(text)
    if named:
        return next((order for order in orders if order.number == named[0].upper()), None)
    fitting = _fitting(orders, text)
    if len(fitting) == 1:
        return fitting[0]
    return _by_position(fitting or orders, text)


def choose_all(orders: Sequence[WorkOrder], text: str) -> list[WorkOrder]:
    """The orders of a message that means several (两个都取消): those whose appliances it names, else all of them."""
    if not _ALL.search(text) or ORDER_NUMBER.search(text):
        return []
    kinds = {item.kind for item in catalogue.find_appliances(text)}
    return [order for order in orders if not kinds or order.appliance in kinds]


def unknown_appliance(orders: Sequence[WorkOrder], text: str) -> str | None:
    """The appliance that the words name and none of the orders is about; None where there is no such thing."""
    kind = catalogue.find_appliance(text)
    named = catalogue.find_appliances(text)
    return named[0].words if kind and not _fitting(orders, text) else None


def _fitting(orders: Sequence[WorkOrder], text: str) -> list[WorkOrder]:
    kind, household = catalogue.find_appliance(text), households.find_household(text)
    named = [order for order in orders if order.appliance_words and order.appliance_words in text]
    there = [order for order in orders if household and order.household == household and kind in (None, order.appliance)]
    return there or named or [order for order in orders if order.appliance == kind]


def _by_position(orders: Sequence[WorkOrder], text: str) -> WorkOrder | None:
    for words, position in _POSITIONS:
        if words.search(text.strip()) and (position == -1 or position < len(orders)):
            return orders[position]
    return None
