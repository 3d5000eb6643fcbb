"""Judges what a message is in answer to the open question: the answer, an aside, a correction, a yes or a no."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from aftersales import catalogue

from . import items
from .assent import YES
from .dangers import danger
from .decisions import DECISIONS, SOLVED, taken_up
from .drafts import ADDRESS_QUESTIONS, AT_ONCE, CONTACT, OPEN_QUESTIONS, OPTIONAL, OTHER, waiting_for
from .moods import is_back, is_waiting, mood_of
from .reading import Reading, bare, pass_over, says_no_name, symptoms
from .turns import Draft, Taken, Turn, in_words
from .words import (
    ANGER,
    ASIDES,
    CORRECTION,
    KEEP,
    NAMED_FIELDS,
    NO,
    NO_MODEL,
    OUT_OF_REACH,
    PASS,
    PERSON,
    PLAUSIBLE_NAME,
    QUESTION,
    SHORT_NAME,
    SHOWS_NONE,
    STOP,
    SURE,
    TOGETHER,
    VAGUE,
    WAIT,
    WISHES,
    says_yes,
)

#: 洗衣机不报了: one of several appliances is taken out of the report.
_ALL_ALIKE = re.compile(r"都是?|全(部|都)?是|同一?个?(品牌|牌子)|牌子一样|一个牌子")
_DROPPING = re.compile(r"(先)?不(报|修|要|用|弄|约|装|洗)(了|它|这个)?|去掉|删(掉|了|除)?|取消|只(报|修|要)")
#: 确认，这回不反悔了: said of the read-back itself, whatever follows, unless it takes something out.
_CONFIRMS = re.compile(r"(那就|嗯|好)?(确[认定]|提交)(?!吗|么|不|什么|一下)(?!.*(改|错|不对|不是|等|[?？]))")
#: What takes something out of a yes; 就是这个地址 takes nothing.
_BUT = re.compile(r"除了|除开|但|不过|只是|唯独|就是(?=.{0,8}(不|错|有问题|要改|改一?下|换))")
#: 现在可以去拔插头不: what to do is asked, nothing is told.
_ASKING = re.compile(r"[?？]|吗|(可以|能|敢|该|要).{0,10}(不|没|么)(?=$|[\s，。,])|怎么办|咋办|咋个")


def read(turn: Turn, draft: Draft, asked: str | None, now: datetime) -> Taken:
    """What a message contributes to the draft, given the question it answers (None for the opening)."""
    turn = items.without_pending(in_words(turn), draft, asked)
    if _DROPPING.search(turn.text) and (dropped := items.without(draft, turn.text)):
        return Taken(changes=dropped)
    index = _subject(turn, draft, asked)
    if index is not None:
        inner = _read(turn, items.view(draft, index), _plain(asked), now)
        return replace(inner, changes=items.put_back(draft, index, inner.changes))
    if (each := _each(turn, draft, asked, now)) is not None:
        return each
    added = _added(turn, draft, now)
    if added is None:
        taken = _read(turn, draft, asked, now)
    elif asked is None or not draft.get("appliance"):
        taken = _several(turn, draft, asked, added, now)
    else:
        taken = Taken(changes={"others": [*(draft.get("others") or []), *added]})
    if found := danger(turn):
        urgent = {} if draft.get("urgent") in (found, *AT_ONCE) else {"urgent": found}
        taken = Taken(changes=_pressing(turn, draft, taken.changes) | urgent)
    taken.changes |= _same_for_all(turn, dict(draft) | taken.changes)
    if asked is None and draft.get("kept"):
        taken.changes = taken_up(turn, draft["kept"], taken.changes)
    return taken


def _same_for_all(turn: Turn, draft: Draft) -> dict[str, Any]:
    """都是美的的: the brand counts for every appliance of the report that has none yet."""
    brand = catalogue.find_brand(turn.text)
    others = draft.get("others") or []
    if not brand or not _ALL_ALIKE.search(turn.text) or all(item.get("brand") for item in (draft, *others)):
        return {}
    filled = [dict(item) | {"brand": item.get("brand") or brand} for item in others]
    return {"brand": draft.get("brand") or brand, "others": filled}


def _plain(asked: str | None) -> str | None:
    """The question as it is asked about the first appliance; what is asked about the whole report is not asked here."""
    return asked.removeprefix(OTHER) if asked and asked.startswith((OTHER, "confirm", "change_what")) else None


def _pressing(turn: Turn, draft: Draft, changes: dict[str, Any]) -> dict[str, Any]:
    """A danger is a repair, whatever was asked, and its words are the fault where none was marked."""
    if draft.get("urgent") and draft.get("fault") and _ASKING.search(turn.text.strip()):
        return {name: changes[name] for name in (*CONTACT, "visit") if name in changes}
    known = {"service_type": "维修", "fault": catalogue.find_symptom(turn.text) or turn.text.strip()[:200]}
    known["fault"] = "，".join(filter(None, (draft.get("fault"), known["fault"])))
    told = changes if len(changes.get("fault") or "") > 1 else {name: changes[name] for name in changes if name != "fault"}
    return told | {name: value for name, value in known.items() if not told.get(name) and draft.get(name) != value}


def _subject(turn: Turn, draft: Draft, asked: str | None) -> int | None:
    """Which of the other appliances a message is about; None for the report as a whole."""
    if asked and asked.startswith(OTHER) and draft.get("appliance") not in [each.kind for each in items.named(turn.text)]:
        return waiting_for(draft, asked.removeprefix(OTHER))
    return items.about(draft, turn.text) if draft.get("others") else None


def _each(turn: Turn, draft: Draft, asked: str | None, now: datetime) -> Taken | None:
    """A message that says something of each appliance of the report: 空调是美的，洗衣机是小天鹅."""
    parts = items.split(turn) if asked and draft.get("others") else []
    if len(parts) < 2 or not {part.kind for part in parts} <= set(items.kinds(draft)):
        return None
    changes: dict[str, Any] = {}
    for part in parts:
        known = dict(draft) | changes
        index = items.about(known, part.turn.text)
        view = known if index is None else items.view(known, index)
        found = Reading(part.turn, view, asked.removeprefix(OTHER) if asked else None, now).take().changes
        changes |= found if index is None else items.put_back(known, index, found)
    if all(draft.get(name) == value for name, value in changes.items()):
        return None  # nothing new: it answers the question as it stands, or passes it
    taken = Taken(changes=changes)
    if NO_MODEL.search(turn.text) and not changes.get("model"):
        pass_over(draft, taken, "model")  # 型号都没看: of none of them
    return taken


def _added(turn: Turn, draft: Draft, now: datetime) -> list[dict[str, Any]] | None:
    """The appliances a message brings up, where there are several in the report then."""
    parts = items.split(turn)
    known = items.kinds(draft)
    if not known:
        found = items.shared([_item(part, now) for part in parts], turn.text)
        return found if len(parts) > 1 and items.is_several(parts, found, turn.text) else None
    coming = {order["appliance"] for order in draft.get("open_orders") or []}
    new = [part for part in parts if part.kind not in known and not (part.kind in coming and _tells_nothing_new(part.turn))]
    if not new or not items.ADDING.search(turn.text) or CORRECTION.search(turn.text):
        return None
    return [item | {"service_type": item.get("service_type") or draft.get("service_type")}
            for item in items.shared([_item(part, now) for part in new], turn.text)]


def _tells_nothing_new(turn: Turn) -> bool:
    """Whether an appliance that has its order is only mentioned: 跟热水器一起, 顺便问下热水器那单有人接了没."""
    return bool(TOGETHER.search(turn.text)) or not (turn.words("symptom") or catalogue.find_symptom(turn.text))


def _item(part: items.Part, now: datetime) -> dict[str, Any]:
    changes = Reading(part.turn, {}, None, now).take().changes
    return {name: value for name, value in changes.items() if name in items.ITEM_FIELDS}


def _several(turn: Turn, draft: Draft, asked: str | None, found: list[dict[str, Any]], now: datetime) -> Taken:
    """An opening with several appliances: the first is the report's own, the rest come with it."""
    whole = Reading(turn, draft, asked, now).take()
    common = {name: value for name, value in whole.changes.items() if name not in items.ITEM_FIELDS}
    return replace(whole, changes=common | found[0] | {"others": found[1:]})


def _read(turn: Turn, draft: Draft, asked: str | None, now: datetime) -> Taken:
    if asked and (beside := _beside(turn, draft, asked)):
        return beside
    choosing, asked = asked == "change_what", "confirm" if asked == "change_what" else asked
    taken = Reading(turn, draft, asked, now).take()
    if asked and _breaks_off(turn, taken, asked):
        return Taken(stop=True)
    if asked and is_waiting(turn) and not _brings_details(turn, draft, asked, now):
        return Taken(wait=True)
    if asked not in (None, "resume", "self_check") and is_back(turn) and not taken.changes:
        return Taken()
    if asked == "confirm":
        return _confirmation(turn, draft, taken, choosing)
    if asked in DECISIONS:
        aside = _is_wish(turn) and not taken.changes
        return Taken(aside=True) if aside else DECISIONS[asked](turn, draft, taken) or _undecided(turn, draft, taken, asked)
    return _answer(turn, draft, taken, asked) if asked else taken


def _beside(turn: Turn, draft: Draft, asked: str) -> Taken | None:
    """A message that leaves the report as it is; None where it may be an answer."""
    if asked == "change_what" and _nothing_to_change(turn):
        return Taken()
    if WAIT.match(turn.text.strip()):
        return Taken(wait=True)
    return Taken(aside=True) if _withdraws_another(turn, draft) else None


def _brings_details(turn: Turn, draft: Draft, asked: str, now: datetime) -> bool:
    """Whether a message that begins by asking for a moment tells something after all: 等一下，13900139000."""
    found = Reading(turn, draft, asked if asked in ("confirm", "visit_time") else None, now).take()
    times_asked = {"visit"} if asked in ("visit_time", "confirm") else set()  # 等一下 晚上回家看 names no visit
    told = {"phone", "address", "contact_name", "brand", "model", "error_code"} | times_asked
    return bool(told & found.changes.keys()) or found.problem is not None


def _answer(turn: Turn, draft: Draft, taken: Taken, asked: str) -> Taken:
    mood = None if taken.problem or taken.changes or _passes(turn, asked) else mood_of(turn, draft)
    if mood and not (asked in ("fault", "fault_since") and catalogue.find_symptom(turn.text)):
        return Taken(mood=mood)
    if not taken.problem and _is_aside(turn, taken, asked):
        return Taken(changes=taken.changes, aside=True)
    if not taken.problem and not _answers(asked, taken):
        _make_do(turn, draft, taken, asked)
    if asked == "brand_model" and "model" not in taken.changes:
        pass_over(draft, taken, "model")  # who knew it would have said it with the brand
    return taken


def _passes(turn: Turn, asked: str) -> bool:
    """Whether a question that may be passed over is not to be answered, in whatever tone."""
    text = turn.text.strip()
    refusal = {"photos": SHOWS_NONE, "brand_model": NO_MODEL, "model": NO_MODEL}.get(asked)
    unknown = PASS.match(text) or OUT_OF_REACH.match(text) or (refusal and refusal.search(text))
    return asked in OPTIONAL and (turn.intent in ("skip", "deny") or bool(unknown))


def _is_wish(turn: Turn) -> bool:
    """Whether a message surely wants something else than to answer yes or no."""
    person = turn.intent == "human_handoff" and PERSON.search(turn.text)  # 叫个人来 wants the technician
    return (turn.intent in WISHES or bool(person)) and turn.confidence >= SURE


def _undecided(turn: Turn, draft: Draft, taken: Taken, asked: str) -> Taken:
    """A question that wants yes or no got neither."""
    if not (taken.changes or taken.problem) and (mood := mood_of(turn, draft)):
        return Taken(mood=mood)
    if _is_aside(turn, taken, asked):
        return Taken(changes=taken.changes, aside=True)
    return taken if taken.changes or taken.problem else Taken(problem="yes_or_no" if asked != "reuse" else "no_reuse")


def _breaks_off(turn: Turn, taken: Taken, asked: str) -> bool:
    if taken.changes or turn.intent not in ("stop", "cancel_order"):
        return False
    if asked == "self_check" and SOLVED.search(turn.text):
        return False  # 不用来了，好了: nothing is broken off, it is solved
    if turn.confidence < SURE and len(turn.text.strip()) > len("不想报修了"):
        return False
    passing = _passes(turn, asked)
    return bool(STOP.search(turn.text)) and not passing and not KEEP.search(turn.text)


def _withdraws_another(turn: Turn, draft: Draft) -> bool:
    """Whether an order that exists is to go, not this report: 热水器那单取消掉, while the dishwasher is reported."""
    if turn.intent != "cancel_order" or not STOP.search(turn.text):
        return False
    orders = draft.get("open_orders") or []
    others = {order["appliance"] for order in orders} - set(items.kinds(draft))
    named = {item.kind for item in items.named(turn.text)}
    return bool(named & others) or any(order["number"] in turn.text.upper() for order in orders)


def _nothing_to_change(turn: Turn) -> bool:
    text = turn.text.strip()
    if any(words.search(text) for words, _ in NAMED_FIELDS):
        return False
    return turn.intent in ("deny", "skip") or bool(PASS.match(text)) or bool(KEEP.search(text) and not YES.search(text))


def _asks(turn: Turn) -> bool:
    """Whether a message asks a general question or after an order, whatever else is in it."""
    return turn.intent.startswith(("faq_", "query_")) and bool(turn.questions or QUESTION.search(turn.text))


def _is_aside(turn: Turn, taken: Taken, asked: str) -> bool:
    if not (turn.intent.startswith("faq_") or turn.intent in ASIDES):
        return False
    if turn.intent == "reschedule_visit" and "visit" in taken.changes:
        return False
    if _asks(turn):
        return True
    if taken.changes or PASS.match(turn.text.strip()) or _passes(turn, asked):
        return False
    if asked == "contact_name" and SHORT_NAME.fullmatch(turn.text.strip()) and not says_no_name(turn, turn.text.strip()):
        return False  # 弦歌, 水清: there is no list of all names
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
    declined = turn.intent in ("skip", "deny") and asked != "contact_name" and not taken.changes  # 不是烤箱，是微波炉 declines nothing
    passing = declined or bool(PASS.match(text)) or _passes(turn, asked)
    if asked == "fault" and catalogue.find_symptom(text):
        passing = False  # 没有声音 is what is wrong
    if asked == "address_door" and passing and draft.get("misses"):
        pass_over(draft, taken, asked)
        return
    if draft.get("misses") and not passing and not QUESTION.search(text) and _take_at_last(turn, draft, taken, asked):
        return
    if asked in OPTIONAL and (passing or asked == "photos" or YES.match(text)):
        pass_over(draft, taken, asked)
    elif asked in ("fault", "fault_since", "brand_model", "model") and not passing and not YES.match(text):
        _take_whole(turn, draft, taken, asked)
    elif not taken.changes or passing:
        taken.problem = PROBLEMS[asked]


def _take_at_last(turn: Turn, draft: Draft, taken: Taken, asked: str) -> bool:
    """Said again, an unusual name, appliance or address is taken as it is: nobody is turned away for what is so called."""
    text = turn.text.strip()
    if asked == "address_door":
        pass_over(draft, taken, asked)
        return True
    if not PLAUSIBLE_NAME.fullmatch(text) or YES.match(text) or NO.match(text):
        return False
    if asked == "contact_name" and not says_no_name(turn, bare(text)):
        taken.changes["contact_name"] = bare(text)
    elif asked == "appliance":
        taken.changes["appliance"] = "其他"
    return asked in taken.changes


def _take_whole(turn: Turn, draft: Draft, taken: Taken, asked: str) -> None:
    text = turn.text.strip()
    if asked == "fault" and not VAGUE.fullmatch(text) and _tells_something(turn):
        taken.changes["fault"] = (symptoms(turn) if taken.changes.keys() & {*CONTACT} else "") or text[:200]
    elif asked == "fault":
        taken.problem = PROBLEMS[asked]
    elif taken.changes:
        return  # it said something else worth knowing; the question comes again
    elif asked == "fault_since" and len(text) <= 40 and not ANGER.search(text) and not catalogue.find_brand(text):
        taken.changes["fault_since"] = text
    else:
        pass_over(draft, taken, asked)


def _tells_something(turn: Turn) -> bool:
    """Whether more is said than the appliance's kind and brand."""
    rest = turn.text
    for words in (*turn.words("brand"), *turn.words("appliance"), *(item.words for item in items.named(turn.text))):
        rest = rest.replace(words, "")
    brand = catalogue.find_brand(rest)
    return bool(re.sub(r"[的就是牌子品我家里有个台呢啊呀吧，。,.！!？? ]", "", rest.replace(brand or "", "")))


PROBLEMS = {
    "service_type": "no_service", "appliance": "no_appliance", "fault": "no_fault", "contact_name": "no_name",
    "phone": "no_phone", "visit_time": "no_time", **dict.fromkeys(ADDRESS_QUESTIONS, "no_address"),
}


def _confirmation(turn: Turn, draft: Draft, taken: Taken, choosing: bool) -> Taken:
    """The answer to the read-back: a change wins over yes, yes over an aside.

    `choosing` says that the customer was asked which item is wrong; a yes then shows the whole once more.
    """
    if _asks(turn):
        return Taken(changes=taken.changes if turn.questions else {}, aside=True)
    if taken.changes or taken.problem:
        return taken
    if reserved := _reserved(turn, draft):
        return _what_is_wrong(reserved, draft)
    if _agrees(turn, choosing):
        return Taken() if choosing else Taken(confirmed=True)
    if _objects(turn, choosing):
        return _what_is_wrong(turn, draft)
    if mood := mood_of(turn, draft):
        return Taken(mood=mood)
    if turn.intent.startswith("faq_") or (turn.intent in ASIDES and turn.intent != "stop"):
        return Taken(aside=True)
    return Taken(problem="no_confirmation")


def _reserved(turn: Turn, draft: Draft) -> Turn | None:
    """What a yes leaves out, where that is an item of the report: 都对，除了时间; 对的，就是电话不对."""
    found = _BUT.search(turn.text)
    rest = turn.text[found.end() :] if found else ""
    named = [name for words, name in NAMED_FIELDS if words.search(rest) and draft.get(name)]
    return replace(turn, text=rest) if named else None


def _agrees(turn: Turn, choosing: bool) -> bool:
    text = turn.text.strip()
    if says_yes(turn) or _CONFIRMS.match(text) or (KEEP.search(text) and not choosing):
        return True
    return turn.intent == "affirm" and not _objects(turn, choosing) and not QUESTION.search(text)


def _objects(turn: Turn, choosing: bool) -> bool:
    text = turn.text.strip()
    if choosing and any(words.search(text) for words, _ in NAMED_FIELDS):
        return True
    if turn.intent == "skip" or PASS.match(text):
        return False
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
