"""What to say where nothing was understood, or where a yes or no answers no question: always a way on."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from aftersales import catalogue, intake, repairs
from aftersales.intake import Turn
from aftersales.store import reading
from aftersales.times import utc_now

from .afterwards import change_meant
from .cancel import BeginCancel
from .faq import AnswerQuestion
from .handoff import HandOver
from .invited import answers_invitation
from .progress import TellProgress, asks_after
from .rating import Rate
from .remarks import take_details, take_remark
from .repair import EXAMPLE, FORM, PATIENCE, fresh
from .turns import said_before, turn_of

#: Offers a person; a yes to it calls one.
OFFER = "utter_fallback_person"
#: What says that a message was not understood.
NOT_UNDERSTOOD = (
    "utter_fallback", "utter_fallback_example", OFFER, "utter_no_words", "utter_english", "utter_out_of_scope")
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\s]+|(\[[\u4e00-\u9fffA-Za-z]{1,6}\])+")
_NOT_WANTED = re.compile(r"不(想|要|用|需要)?(再|来)?(修|装|洗|来|报修)了|取消|不要了")
_SUBMITTING = re.compile(r"提交|确[认定]")
_THANKING = re.compile(r"谢|辛苦|麻烦(你|您)?们?了|费心|受累")
#: 我补两张照片，让师傅先瞧瞧.
_PICTURES_TO_COME = re.compile(r"(补|发|拍|传)[^，,。]{0,4}(照片|图片?|相片|视频)(?!.*(吗|么|没有?|[?？])$)")
_ENGLISH = re.compile(r"[A-Za-z]{2,}")
_GIBBERISH = re.compile(r"[A-Za-z ]{4,}")
_SHORT_ENGLISH = re.compile(r"\b(yes|yeah|yep|okay|nope|stop|quit|exit|cancel|enough|bye|thanks?|fine|sure|nothing|never ?mind)\b", re.I)
_ASKING = re.compile(r"[?？吗呢么谁啥哪]|多少|几[点个次年]|怎[么样]|[是有能会行好]不[是能会行好]|有没有|不是说|没说")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class NotUnderstood(Action):
    """Says what can be done here; the second time in a row with an example, the third with a way to a person."""

    def name(self) -> str:
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        idle = not (tracker.active_loop or {}).get("name")
        if idle and intake.danger(turn):
            return [*fresh(tracker), FollowupAction(FORM)]
        if turn.questions:
            return await AnswerQuestion().run(dispatcher, tracker, domain)
        if idle and answers_invitation(tracker.sender_id, turn):
            return await Rate().run(dispatcher, tracker, domain)
        if take_remark(dispatcher, tracker.sender_id, turn):
            return []
        if changing := change_meant(tracker, turn):
            return await changing.run(dispatcher, tracker, domain)
        if idle and asks_after(tracker.sender_id, turn):
            return await TellProgress().run(dispatcher, tracker, domain)
        if idle and _names_an_appliance(turn):
            return [*fresh(tracker), FollowupAction(FORM)]
        misses = 1 + said_before(tracker, NOT_UNDERSTOOD)
        dispatcher.utter_message(response=_answer(turn, misses))
        return []


def _names_an_appliance(turn: Turn) -> bool:
    """Whether the words, strange as they are, are about an appliance or a model: the report asks for the rest."""
    if turn.intent == "out_of_scope" or _ASKING.search(turn.text):
        return False
    model = catalogue.find_brand(turn.text) and catalogue.find_model(turn.text)
    return bool(catalogue.find_appliance(turn.text) or model)


def _answer(turn: Turn, misses: int) -> str:
    if _PICTURES_TO_COME.search(turn.text):
        return "utter_send_pictures"
    if misses >= PATIENCE:
        return OFFER
    if misses >= EXAMPLE:
        return "utter_fallback_example"
    if _EMOJI.fullmatch(turn.text):
        return "utter_no_words"
    if len(_ENGLISH.findall(turn.text)) > 1 and not _CHINESE.search(turn.text):
        return "utter_english"
    return "utter_out_of_scope" if turn.intent == "out_of_scope" else "utter_fallback"


class AnswerNothing(Action):
    """A yes, no or 算了 without a question: an answer to the invitation to rate, the report just submitted or broken off,
    or the ways on."""

    def name(self) -> str:
        return "action_answer_nothing"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = turn_of(tracker)
        if _GIBBERISH.fullmatch(turn.text.strip()) and not _SHORT_ENGLISH.search(turn.text):
            return await NotUnderstood().run(dispatcher, tracker, domain)
        if intake.danger(turn) or (tracker.get_slot("kept") and intake.goes_on(turn)):
            return [*fresh(tracker), FollowupAction(FORM)]
        if turn.intent == "affirm" and said_before(tracker, (OFFER,)):
            return await HandOver().run(dispatcher, tracker, domain)
        if answers_invitation(tracker.sender_id, turn):
            return await Rate().run(dispatcher, tracker, domain)
        with reading() as session:
            order = repairs.latest_order(session, tracker.sender_id, utc_now())
        if order and _tells_something(dispatcher, tracker.sender_id, turn):
            return []
        if turn.intent == "stop" and _NOT_WANTED.search(turn.text):
            return await BeginCancel().run(dispatcher, tracker, domain)
        if order and (response := _still_open(turn)):
            dispatcher.utter_message(response=response, number=order.number, what=order.what)
        else:
            dispatcher.utter_message(response=_no_end(tracker) if turn.intent == "stop" else "utter_nothing_open")
        return []


def _still_open(turn: Turn) -> str | None:
    """What is said of the order just made; None where the words have nothing to do with it."""
    if _SUBMITTING.search(turn.text):
        return "utter_already_submitted"
    if turn.intent not in ("affirm", "skip", "deny"):
        return None
    return "utter_thank" if _THANKING.search(turn.text) else "utter_all_is_well"


def _tells_something(dispatcher: CollectingDispatcher, openid: str, turn: Turn) -> bool:
    """Whether a no or an end was none: a correction of the order, a word for the technician; it is noted then."""
    if take_remark(dispatcher, openid, turn):
        return True
    return bool(intake.CORRECTION.search(turn.text)) and take_details(dispatcher, openid, turn)


def _no_end(tracker: Tracker) -> str:
    """What is said to words of an end that ended nothing: that nothing is under way, or how to end what is."""
    return "utter_how_to_stop" if (tracker.active_loop or {}).get("name") else "utter_nothing_to_stop"
