"""我的信息: the customer sees what is kept of them, and has it deleted once they have confirmed it."""

import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, AllSlotsReset, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftersales import intake, personal_data, privacy
from aftersales.intake import Turn
from aftersales.media import LocalMediaStore
from aftersales.models import WorkOrder
from aftersales.progress import OPEN, orders_of
from aftersales.settings import settings
from aftersales.store import reading, transaction
from aftersales.telling import line
from aftersales.times import utc_now
from aftersales.wishes import CHANGEABLE

from . import repair
from .turns import ASIDES, REQUESTED, asked, cleared, is_command, is_resuming, reject, turn_of

FORM = "privacy_form"
CONFIRMED = "forget_confirmed"
#: What the customer may decide: delete, delete nothing, withdraw the open order first, report something instead.
YES, NO, CANCEL_FIRST, REPORT = "yes", "no", "cancel_first", "report"
REPORTING = ("describe_fault", "request_service")
#: Below this the words may as well mean anything else.
SURE = 0.7
#: So many open orders are named.
NAMED = 4

_NOT_AGAIN = r"(?<!不要)(?<!不用)(?<!别)(?<!不想)(?<!先不)(?<!没有)(?<!不)"
_DELETE = re.compile(
    rf"{_NOT_AGAIN}(删|刪|注销|註銷|销户|销号|销了|销掉|清空|清除|清掉|清理|清干净|清了|抹|销毁|擦除|擦掉|去掉|拿掉|移除|遗忘|delete)"
    r"|(不要|别|不准|不许|不让|不想|唔好|勿)[^，,。]{0,8}(留我|保留|保存|留存|留着|留在|留低|储存|存|记着|记录)"
    r"|(撤回|撤销|收回|取消)[^，,。]{0,12}(同意|授权)|忘[了记掉](我|它)|消了|一条不留|不同意[^，,。]{0,8}(保|留|存)")
_KEEP = re.compile(
    r"(不|别|先不|不要|不用|不想|暂时不|没想|唔)(要|想|用|再)?(删|刪|注销|清[空除掉理])|保留|留着|再想|再说|点错|按错|错了|等等"
    r"|取消删除|^(先?不了?|不要了?|不用了?|不是|不行|不可以|不同意|不愿意|不好|没有|算了|别|先别|否|no|取消)(吧|了|哈|啊|呀)*[。.！!~～ ]*$", re.I)
_CANCEL_FIRST = re.compile(
    r"(?<!不)(?<!别)(?<!不要)(?<!不用)取消(掉|了)?[^，,。]{0,6}(工单|订单|单子|这单|报修|维修|预约)"
    r"|(工单|订单|单子|报修|维修|预约)[^，,。不别]{0,4}取消")
_YES = re.compile(
    r"(嗯+|好的?|行|可以)?[，, ]*"
    r"(是的?|对的?|好的?|行|可以|没错|没问题|ok|yes|确[定认]|同意|((我|都|就|全部?|马上|现在|立刻|帮我|给我|要|想)*(删除?|刪除?|清空|注销))|要的?)"
    r"([，,。.！!~～ ]*(是的?|对的?|确[定认]|全部?|都|马上|现在|立刻|帮我|给我|就|要|想|我|删除?|刪除?|清空|注销|掉|干净|光|吧|了|的|啊|呀|哈|嘛|啦"
    r"|谢谢|麻烦了?))*[。.！!~～ ]*", re.I)
_ASKING = re.compile(r"[?？]|[吗呢么]$|是不是|能不能|会不会|怎么|什么|为啥|多久|如果")


def wants_deletion(text: str) -> bool:
    """Whether a wish about one's data is to have them deleted; else they are to be shown."""
    return bool(_DELETE.search(text))


class Privacy(Action):
    """Shows the customer's data, or asks whether they shall be deleted."""

    def name(self) -> str:
        return "action_privacy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if wants_deletion(turn_of(tracker).text):
            return [*cleared([CONFIRMED, REQUESTED]), *_report_kept(tracker), FollowupAction(FORM)]
        with reading() as session:
            kept = personal_data.kept_of(session, tracker.sender_id)
        dispatcher.utter_message(response="utter_my_data", kept=personal_data.told(kept))
        return []


def _report_kept(tracker: Tracker) -> list[EventType]:
    """A report under way makes room for the question; it can be taken up again."""
    if (tracker.active_loop or {}).get("name") != repair.FORM:
        return []
    kept = intake.keepable(repair.draft_of(tracker))
    return [SlotSet("kept", kept | {"at": utc_now().isoformat()} if kept else None)]


class ValidatePrivacyForm(Action):
    """Reads the decision; only a clear yes is one."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        if asked(tracker) is None or is_resuming(tracker):
            return [SlotSet(REQUESTED, CONFIRMED)]
        if is_command(turn):
            return [reject(FORM)]
        decision = _decision(turn)
        if decision is not None:
            return [SlotSet(CONFIRMED, decision), SlotSet(REQUESTED, None)]
        if _is_aside(turn):
            return [reject(FORM)]
        dispatcher.utter_message(response="utter_problem_forget")
        return [SlotSet(CONFIRMED, None), SlotSet(REQUESTED, CONFIRMED)]  # without the first Rasa takes it for rejected


def _decision(turn: Turn) -> str | None:
    """What the customer decides; None where the words do not say."""
    text = turn.text.strip()
    if intake.danger(turn):
        return REPORT
    if _ASKING.search(text):
        return None
    if _CANCEL_FIRST.search(text):
        return CANCEL_FIRST
    if _KEEP.search(text):
        return NO
    if _YES.fullmatch(text):
        return YES
    if turn.intent in REPORTING and turn.confidence >= SURE:
        return REPORT
    return NO if turn.intent in ("deny", "stop") else None


def _is_aside(turn: Turn) -> bool:
    if turn.intent == "privacy_request":
        return not wants_deletion(turn.text)
    return turn.intent in ASIDES or turn.intent.startswith("faq_")


class AskForgetConfirmed(Action):
    """Asks for the confirmation: says what goes, what stays, and what open orders still need."""

    def name(self) -> str:
        return f"action_ask_{CONFIRMED}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with reading() as session:
            orders = orders_of(session, tracker.sender_id, OPEN)
        if not orders:
            dispatcher.utter_message(response="utter_ask_forget")
        elif any(order.status in CHANGEABLE for order in orders):
            dispatcher.utter_message(response="utter_ask_forget_open", orders=_named(orders), count=len(orders))
        else:
            dispatcher.utter_message(response="utter_ask_forget_begun", orders=_named(orders), count=len(orders))
        return []


def _named(orders: Sequence[WorkOrder]) -> str:
    more = ["……"] if len(orders) > NAMED else []
    return "\n".join([*(line(order) for order in orders[:NAMED]), *more])


class FinishPrivacy(Action):
    """Carries out what was decided."""

    def name(self) -> str:
        return "action_finish_privacy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        decision = tracker.get_slot(CONFIRMED)
        if decision == YES:
            return _forget(dispatcher, tracker.sender_id)
        if decision == CANCEL_FIRST:
            dispatcher.utter_message(response="utter_cancel_first")
            return [SlotSet(CONFIRMED, None), FollowupAction("action_cancel")]
        if decision == REPORT:
            return [SlotSet(CONFIRMED, None), *repair.fresh(tracker), FollowupAction(repair.FORM)]
        if decision == NO:
            response = "utter_forget_kept_report" if tracker.get_slot("kept") else "utter_forget_kept"
            dispatcher.utter_message(response=response)
        return [SlotSet(CONFIRMED, None)]


def _forget(dispatcher: CollectingDispatcher, openid: str) -> list[EventType]:
    """Deletes; the assistant's own memory of this conversation begins anew."""
    with transaction() as session:
        staying = privacy.forget(session, LocalMediaStore(settings().media_dir), openid, utc_now())
    if staying:
        dispatcher.utter_message(response="utter_forgotten_later", orders=_named(staying))
    else:
        dispatcher.utter_message(response="utter_forgotten")
    return [ActiveLoop(None), AllSlotsReset()]
