"""What is to be different on an order that exists, said without the words a change is asked for with."""

import re

from rasa_sdk import Tracker

from aftersales import times, wishes
from aftersales.intake import Turn
from aftersales.models import Status
from aftersales.progress import orders_of
from aftersales.store import reading
from aftersales.times import utc_now

from .changing import PROBLEMS, holds_contact, mentions_contact
from .contact import BeginChange
from .tasks import BeginTask
from .turns import said_before
from .visit import BeginReschedule

_CORRECTING = re.compile(r"换|改|写|更[正新]|变了|错|不对|重新留|联系人|(电话|手机|号码)(就|是|留|打|用)|打(这|他|她|那)")
#: 师傅的电话换了吗, 你们的电话是多少 is not about the customer's own.
_OF_OTHERS = re.compile(r"(师傅|师父|客服|你们|公司|平台)的?(联系)?(电话|手机|号码|地址|名字|姓名)|[?？]|[吗呢]$|多少|哪里")
_WISHING = re.compile(
    r"[早晚]一?[点些]|提[前早]|推[迟后]|延[后迟]|往[前后]|行[不吗么]|可以[吗么不]|可不可以|能不能|能否|[好成]不[好成]|改|换|挪|调|就[到来]|再来"
    r"|才(有空|在家|方便|回)|[没不](有空|在家|方便|行)|没空|没时间|出门|上班|有事|不合适")
#: Nothing but a time: the answer to 时间不合适，直接回复新的时间就行.
_BARE = re.compile(
    r"(那么?|就|还是|吧|[约定订]在?|改成?|换成?|要不?|嗯+|好的?|行|来|过来|上门|的?时候"
    r"|的|我|有空|在家|方便|了|啊|哈|哦|呀|嘛|谢谢|师傅|[，,。.！!~～ ])*"
)


def change_meant(tracker: Tracker, turn: Turn) -> BeginTask | None:
    """The action that changes an open order as the message asks; None where it asks for no such thing."""
    if (tracker.active_loop or {}).get("name") or turn.words("symptom"):
        return None
    with reading() as session:
        statuses = {order.status for order in orders_of(session, tracker.sender_id, wishes.CHANGEABLE)}
    if not statuses:
        return None
    if _corrects_contact(turn) or _goes_on_with_contact(tracker, turn):
        return BeginChange()
    fixed = Status.SCHEDULED in statuses or said_before(tracker, ("utter_rescheduled",)) > 0
    return BeginReschedule() if _moves_visit(turn, fixed=fixed) else None


def _goes_on_with_contact(tracker: Tracker, turn: Turn) -> bool:
    """Whether the phone or name comes in a message of its own, right behind a change."""
    return said_before(tracker, ("utter_changed",)) > 0 and mentions_contact(turn) and holds_contact(turn) and not _OF_OTHERS.search(turn.text)


def _corrects_contact(turn: Turn) -> bool:
    if not mentions_contact(turn) or not _CORRECTING.search(turn.text) or _OF_OTHERS.search(turn.text):
        return False
    return holds_contact(turn)


def _moves_visit(turn: Turn, *, fixed: bool) -> bool:
    """Whether another visit time is wished for; where one is `fixed` or was moved just now, naming a time is enough."""
    try:
        found = times.find_visit_window(turn.text, utc_now()) is not None
    except tuple(PROBLEMS):
        found = True  # which the task tells them
    return found and bool(turn.words("time")) and bool(_WISHING.search(turn.text) or (fixed and _is_bare(turn)))


def _is_bare(turn: Turn) -> bool:
    rest = turn.text
    for words in turn.words("time"):
        rest = rest.replace(words, "")
    return bool(_BARE.fullmatch(rest))
