"""转人工 and 投诉: a person takes over, and the customer hears what happens next."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftersales import handoff, wishes
from aftersales.settings import settings
from aftersales.store import transaction
from aftersales.times import utc_now

from .invited import answers_invitation
from .progress import TellProgress
from .rating import Rate
from .turns import REQUESTED, asked, is_command, is_resuming, reject, turn_of, warn

#: What only announces a complaint: 等等我先投诉上次那个师傅.
_ANNOUNCING = re.compile(
    r"我|要|想|得|先|再|等等|等一下|一?下|投诉|举报|你们|你|您|他|她|上次|上回|昨天|今天|刚才|这次|那个|这个|那|这|个|位|师傅|师父|客服(人员)?|维修工?"
    r"|安装工?|服务|公司|家|的|了|吧|啊|呢|把|给|对|向|去|找谁|可以|能|吗|怎么|在?哪里?|\W")
#: 没有投诉，就想问师傅的事: no complaint; 你们没有投诉电话吗 is one, and so is 不投诉不行.
_DENIED = re.compile(
    r"(没有?|不是|并不是|不)(说过?|要|想|来|在|打算)*再?投诉(?!不行|电话|热线|渠道|方式|部门|的?地方|入口|通道|平台|[^，,。]{0,4}吗)")
TELLING = 2  # characters besides that tell something


class HandOver(Action):
    """Calls a person."""

    def name(self) -> str:
        return "action_hand_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        now, turn = utc_now(), turn_of(tracker)
        warn(dispatcher, turn)
        with transaction() as session:
            wishes.hand_over(session, tracker.sender_id, turn.text, now)
        dispatcher.utter_message(
            response="utter_handoff" if handoff.in_service(now) else "utter_handoff_closed", hotline=settings().hotline)
        return []


class Complain(Action):
    """Takes a complaint, or asks what it is about."""

    def name(self) -> str:
        return "action_complain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn, idle = turn_of(tracker), not (tracker.active_loop or {}).get("name")
        text = turn.text
        warn(dispatcher, turn)
        if denies(text):
            return await TellProgress().run(dispatcher, tracker, domain)
        if idle and answers_invitation(tracker.sender_id, turn):
            return await Rate().run(dispatcher, tracker, domain)  # it takes the stars and the complaint
        if idle and not _tells(text):
            return [SlotSet("complaint", None), FollowupAction("complaint_form")]
        _record(dispatcher, tracker.sender_id, text)
        return []


class ValidateComplaintForm(Action):
    """Takes whatever is said as the complaint."""

    def name(self) -> str:
        return "validate_complaint_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        if asked(tracker) is None or is_resuming(tracker):
            return [SlotSet("complaint", None), SlotSet(REQUESTED, "complaint")]
        warn(dispatcher, turn)
        if is_command(turn):
            return [reject("complaint_form")]
        if turn.intent == "stop" or denies(turn.text):
            dispatcher.utter_message(response="utter_task_stopped")
            # a form that sets no slot of its own counts as having understood nothing, and its events are lost
            return [SlotSet("complaint", None), ActiveLoop(None), SlotSet(REQUESTED, None)]
        return [SlotSet("complaint", turn.text), SlotSet(REQUESTED, None)]


class FinishComplaint(Action):
    """Records the complaint that was asked for."""

    def name(self) -> str:
        return "action_finish_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if complaint := tracker.get_slot("complaint"):
            _record(dispatcher, tracker.sender_id, complaint)
        return [SlotSet("complaint", None)]


def denies(text: str) -> bool:
    """Whether a message says that it is no complaint, and makes none all the same."""
    return bool(_DENIED.search(text)) and "投诉" not in _DENIED.sub("", text)


def _tells(text: str) -> bool:
    """Whether a complaint says what happened, not only that there is one."""
    return len(_ANNOUNCING.sub("", text)) >= TELLING


def _record(dispatcher: CollectingDispatcher, openid: str, text: str) -> None:
    with transaction() as session:
        order = wishes.complain(session, openid, text, utc_now())
    dispatcher.utter_message(response="utter_complaint_recorded", number=f"（工单{order.number}）" if order else "")
