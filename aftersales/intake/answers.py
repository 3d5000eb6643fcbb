"""Judges what a message is in answer to the open question: the answer, an aside, a correction, a yes or a no."""

from datetime import datetime
from typing import Any

from .drafts import ADDRESS_QUESTIONS, OPEN_QUESTIONS, OPTIONAL
from .reading import Reading, pass_over, symptoms
from .turns import Draft, Taken, Turn
from .words import (
    ASIDES,
    CORRECTION,
    DANGERS,
    KEEP,
    NAMED_FIELDS,
    NO,
    PASS,
    PLAUSIBLE_NAME,
    QUESTION,
    STOP,
    SURE,
    VAGUE,
    WAIT,
    YES,
)

CONTACT = {"contact_name", "phone", "address"}


def read(turn: Turn, draft: Draft, asked: str | None, now: datetime) -> Taken:
    """What a message contributes to the draft, given the question it answers (None for the opening)."""
    if asked == "change_what" and _nothing_to_change(turn):
        return Taken()
    if asked and WAIT.match(turn.text.strip()):
        return Taken(wait=True)
    choosing, asked = asked == "change_what", "confirm" if asked == "change_what" else asked
    taken = Reading(turn, draft, asked, now).take()
    if asked and _breaks_off(turn, taken, asked):
        return Taken(stop=True)
    if asked == "confirm":
        return _confirmation(turn, draft, taken, choosing)
    if asked and not taken.problem and _is_aside(turn, taken, asked):
        return Taken(changes=taken.changes, aside=True)
    if asked and not taken.problem and not _answers(asked, taken):
        _make_do(turn, draft, taken, asked)
    if asked == "brand_model" and "model" not in taken.changes:
        pass_over(draft, taken, "model")  # who knew it would have said it with the brand
    return taken


def danger(turn: Turn) -> str | None:
    """The danger a message tells of, `gas` or `electricity`; None where it tells of none or only asks in general."""
    if turn.intent.startswith("faq_"):
        return None
    return next((name for words, name in DANGERS if words.search(turn.text)), None)


def _breaks_off(turn: Turn, taken: Taken, asked: str) -> bool:
    if taken.changes or turn.intent not in ("stop", "cancel_order"):
        return False
    if turn.confidence < SURE and len(turn.text.strip()) > len("不想报修了"):
        return False
    passing = asked in OPTIONAL and PASS.match(turn.text.strip())
    return bool(STOP.search(turn.text)) and not passing and not KEEP.search(turn.text)


def _nothing_to_change(turn: Turn) -> bool:
    text = turn.text.strip()
    return turn.intent in ("deny", "skip") or bool(PASS.match(text)) or bool(KEEP.search(text) and not YES.search(text))


def _is_aside(turn: Turn, taken: Taken, asked: str) -> bool:
    if not (turn.intent.startswith("faq_") or turn.intent in ASIDES):
        return False
    if turn.intent == "reschedule_visit" and "visit" in taken.changes:
        return False
    if QUESTION.search(turn.text) and turn.intent.startswith(("faq_", "query_")):
        return True
    if taken.changes or PASS.match(turn.text.strip()):
        return False
    if asked in OPEN_QUESTIONS and turn.intent in ("out_of_scope", "greet", "goodbye", "stop", "cancel_order"):
        return turn.confidence >= 0.8
    return turn.confidence >= SURE


def _answers(asked: str, taken: Taken) -> bool:
    """Whether the question got its answer."""
    wanted = {
        "visit_time": {"visit"}, "brand_model": {"brand", "model"}, "fault": set(),
    }.get(asked, {"address"} if asked in ADDRESS_QUESTIONS else {asked})
    return bool(wanted & taken.changes.keys())


def _make_do(turn: Turn, draft: Draft, taken: Taken, asked: str) -> None:
    """The question got no recognisable answer: passes it, takes the words as they are, or says what is wanted."""
    text = turn.text.strip()
    passing = turn.intent in ("skip", "deny") or bool(PASS.match(text))
    if asked == "address_door" and passing and draft.get("misses"):
        pass_over(draft, taken, asked)
        return
    if draft.get("misses") and not passing and not QUESTION.search(text) and _take_at_last(draft, taken, asked, text):
        return
    if asked in OPTIONAL and (passing or asked == "photos"):
        pass_over(draft, taken, asked)
    elif asked in ("fault", "fault_since", "brand_model", "model") and not passing and not YES.match(text):
        _take_whole(turn, draft, taken, asked)
    elif not taken.changes or passing:
        taken.problem = PROBLEMS[asked]


def _take_at_last(draft: Draft, taken: Taken, asked: str, text: str) -> bool:
    """Said again, an unusual name, appliance or address is taken as it is: nobody is turned away for what is so called."""
    if asked == "address_door":
        pass_over(draft, taken, asked)
        return True
    if not PLAUSIBLE_NAME.fullmatch(text) or YES.match(text) or NO.match(text):
        return False
    if asked == "contact_name":
        taken.changes["contact_name"] = text
    elif asked == "appliance":
        taken.changes["appliance"] = "其他"
    return asked in taken.changes


def _take_whole(turn: Turn, draft: Draft, taken: Taken, asked: str) -> None:
    text = turn.text.strip()
    if asked == "fault" and not VAGUE.fullmatch(text):
        taken.changes["fault"] = (symptoms(turn) if taken.changes.keys() & CONTACT else "") or text[:200]
    elif asked == "fault":
        taken.problem = PROBLEMS[asked]
    elif taken.changes:
        return  # it said something else worth knowing; the question comes again
    elif asked == "fault_since" and len(text) <= 40:
        taken.changes["fault_since"] = text
    else:
        pass_over(draft, taken, asked)


PROBLEMS = {
    "service_type": "no_service", "appliance": "no_appliance", "fault": "no_fault", "contact_name": "no_name",
    "phone": "no_phone", "visit_time": "no_time", **dict.fromkeys(ADDRESS_QUESTIONS, "no_address"),
}


def _confirmation(turn: Turn, draft: Draft, taken: Taken, choosing: bool) -> Taken:
    """The answer to the read-back: a change wins over yes, yes over an aside.

    `choosing` says that the customer was asked which item is wrong; a yes then shows the whole once more.
    """
    if QUESTION.search(turn.text) and turn.intent.startswith(("faq_", "query_")):
        return Taken(aside=True)
    if taken.changes or taken.problem:
        return taken
    if _agrees(turn, choosing):
        return Taken() if choosing else Taken(confirmed=True)
    if _objects(turn, choosing):
        return _what_is_wrong(turn, draft)
    if turn.intent.startswith("faq_") or turn.intent in ASIDES:
        return Taken(aside=True)
    return Taken(problem="no_confirmation")


def _agrees(turn: Turn, choosing: bool) -> bool:
    text = turn.text.strip()
    if YES.match(text) or (KEEP.search(text) and not choosing):
        return True
    return turn.intent == "affirm" and not _objects(turn, choosing) and not QUESTION.search(text)


def _objects(turn: Turn, choosing: bool) -> bool:
    text = turn.text.strip()
    if choosing and any(words.search(text) for words, _ in NAMED_FIELDS):
        return True
    if NO.match(text) or turn.intent in ("deny", "change_contact"):
        return True
    return bool(CORRECTION.search(text)) and turn.intent != "affirm" and not QUESTION.search(text)


def _what_is_wrong(turn: Turn, draft: Draft) -> Taken:
    """Empties the item that is named as wrong, so that it is asked again; else asks which it is."""
    named = [name for words, name in NAMED_FIELDS if words.search(turn.text) and draft.get(name)]
    if not named:
        return Taken(change=True)
    changes: dict[str, Any] = {named[0]: None}
    passed = [question for question in draft.get("passed") or [] if question != named[0]]
    return Taken(changes=changes | {"passed": passed})
