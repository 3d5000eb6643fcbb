"""The questions that are answered by yes or no: consent, an earlier report, an open order, the check list, old contacts."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .again import is_again, is_as_before
from .assent import PRESSING, YES
from .drafts import CONTACT, contacts_for, twin_of
from .turns import Draft, Taken, Turn
from .words import NO, QUESTION, says_yes

_ACCEPTED = re.compile(r"(?<!不)(?<!没)(同意|授权|可以|继续|知道了|没意见)")
_REFUSED = re.compile(r"不(同意|授权|可以|行|想|愿意|给|提供)|拒绝|不要(登记|收集|记)")
#: The check list has helped.
SOLVED = re.compile(
    r"(?<!没)(?<!没有)(?<!不)(?<!未)(解决了|已解决|恢复了?|修好了|可以(用|了)|正常了|能用了|好了(?!吗)|好使了|搞定|不用(来|修|报)了|没问题了|行了)")
_UNSOLVED = re.compile(r"没|不|还是|依然|仍|一样|试过|无效|未")
_TRYING = re.compile(r"我?(先|去)?(试|看|弄|检查|查)(一?下|试|看|一看)|(回头|待会|等下|等会|一会)儿?(再)?试|好的?[，, ]?我?试")
#: A question without a question mark: 你们拿我的信息干啥用呢，不会卖掉吧.
_WONDERING = re.compile(r"[呢吗么嘛][，,。 ]|吧$|干[啥嘛]|做什么|啥(?!都|也)|哪")
#: What somebody does who means to try, pressed or not.
_AT_IT = re.compile(r"试|看|弄|马上")
_AGAIN = re.compile(r"(?<!不)同意|接着|继续|恢复|上次(那个|的)|刚才(那个|的)|没(报|填)完")
_ANEW = re.compile(r"重新|重来|新的|从头|不接着|不继续|另外?(的|一个|一台)|别的|换一?[个台]|不要(了|那个)")
_SAME = re.compile(
    r"同一[台个单]|就是(它|这台|那台|这个|那个|同)|是这[台单个]|是那[台单个]|一样的|(?<!不)是它"
    r"|还是(那|这|它|上次)|加(到|在|进)(那|这|里)")
_ANOTHER = re.compile(r"另外?一?[台个]|不是(同)?一?[台个]?|别的|新的一?[台个]?|又一台|两台|第二台|不同|再(报|开|来)一?[单个]|重新报|另报")
_UNCHANGED = re.compile(r"不变|没变|一样|照旧|还(是|用)(原来|上次|以前|那个|之前)|(用|按|照)(上次|原来|以前|之前|老)")
_OTHER_PLACE = re.compile(r"换新|新的|换(了|个|一个)|不用(上次|原来|以前|之前)|搬(家|了)|变了|重新|不一样|都不是|另外")
_POSITIONS = (re.compile(r"第[一1]|^1|^一$|前一"), re.compile(r"第[二2]|^2|^二$|后一"), re.compile(r"第[三3]|^3|^三$"))


def agrees(turn: Turn) -> bool | None:
    """Yes, no, or neither."""
    text = turn.text.strip()
    if QUESTION.search(text) or turn.intent == "skip":
        return None
    if NO.match(text) or _REFUSED.search(text):
        return False
    if says_yes(turn) or _ACCEPTED.search(text):
        return True
    return {"affirm": True, "deny": False}.get(turn.intent)


def _consent(turn: Turn, _draft: Draft, taken: Taken) -> Taken | None:
    decision = agrees(turn)
    if decision is False:
        return Taken(refused=True)
    if decision is None:
        return None
    return Taken(changes=taken.changes | {"consent": True})


def _resume(turn: Turn, draft: Draft, taken: Taken) -> Taken | None:
    kept: Mapping[str, Any] = draft.get("kept") or {}
    named = taken.changes.get("appliance")
    if _ANEW.search(turn.text) or (named and named != kept.get("appliance")):
        return Taken(changes=taken.changes | {"kept": None})
    if _AGAIN.search(turn.text) or agrees(turn) or named:
        return Taken(changes=dict(kept) | taken.changes | {"kept": None})
    if agrees(turn) is False or turn.intent in ("skip", "stop"):
        return Taken(changes=taken.changes | {"kept": None})
    return None


def goes_on(turn: Turn) -> bool:
    """Whether the customer wants to take up again what was broken off: 接着填, 继续."""
    return bool(_AGAIN.search(turn.text))


def taken_up(turn: Turn, kept: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of an opening where a broken-off report is kept: taken up again, left for good, or to be asked."""
    named = changes.get("appliance")
    if named and named != kept.get("appliance"):
        return dict(changes) | {"kept": None}
    if named or _AGAIN.search(turn.text):
        consent = {"consent": True} if "同意" in turn.text else {}
        return dict(kept) | {name: value for name, value in changes.items() if value} | {"kept": None} | consent
    return dict(changes)


def _same_order(turn: Turn, draft: Draft, taken: Taken) -> Taken | None:
    twin = twin_of(draft)
    if twin is None or _ANOTHER.search(turn.text):
        return _passed(draft, taken, "same_order")
    if _SAME.search(turn.text) or agrees(turn):
        return Taken(changes=taken.changes, same=twin["number"])
    if agrees(turn) is False:
        return _passed(draft, taken, "same_order")
    return Taken(changes=taken.changes, same=twin["number"]) if draft.get("misses") and not taken.changes else None


def _self_check(turn: Turn, draft: Draft, taken: Taken) -> Taken | None:
    text = turn.text
    if turn.intent.startswith(("faq_", "query_")) and (QUESTION.search(text) or _WONDERING.search(text)):
        return None
    presses = PRESSING.search(text) and not _AT_IT.search(text)  # 行了行了赶紧的: somebody shall come
    if SOLVED.search(text) and not taken.changes and not presses:
        return Taken(solved=True)
    trying = _TRYING.search(text) or YES.match(text.strip()) or turn.intent == "affirm"
    if trying and not presses and not _UNSOLVED.search(text) and not draft.get("misses"):
        return Taken(wait=True)
    changes = {name: value for name, value in taken.changes.items() if name != "fault" or not draft.get("fault")}
    return _passed(draft, Taken(changes=changes), "self_check")


def _reuse(turn: Turn, draft: Draft, taken: Taken) -> Taken | None:
    given = {name: value for name, value in taken.changes.items() if name in CONTACT and value}
    contact = _chosen(turn.text, contacts_for(draft))
    again = is_again(given, contact)
    if again and _OTHER_PLACE.search(turn.text):  # 电话还是上次那个，地址换新的
        return _passed(draft, taken, "reuse")
    if given and (again or len(given) == 1 or _UNCHANGED.search(turn.text)):
        kept = {name: contact[name] for name in CONTACT if name not in given}
        return _passed(draft, Taken(changes=kept | taken.changes), "reuse")
    unchanged = _UNCHANGED.search(turn.text) or is_as_before(turn.text)
    declined = not unchanged and (agrees(turn) is False or turn.intent == "change_contact")
    if given or declined or _OTHER_PLACE.search(turn.text):
        return _passed(draft, taken, "reuse")
    if agrees(turn) or unchanged or _position(turn.text) is not None or contact.get("named"):
        return _passed(draft, Taken(changes=taken.changes | {name: contact[name] for name in CONTACT}), "reuse")
    return None


def _chosen(text: str, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """The contact meant: by number, by a household or a part of the address named, else the latest."""
    position = _position(text)
    if position is not None and position < len(contacts):
        return contacts[position]
    for contact in contacts:
        address = contact["address"]
        marks = (contact.get("household"), address.get("district"), (address.get("district") or "")[:-1] or None)
        if any(mark and mark in text for mark in marks):
            return contact | {"named": True}
    return contacts[0]


def _position(text: str) -> int | None:
    return next((index for index, words in enumerate(_POSITIONS) if words.search(text.strip())), None)


def _passed(draft: Draft, taken: Taken, question: str) -> Taken:
    passed = taken.changes.get("passed") or draft.get("passed") or []
    return Taken(changes=taken.changes | {"passed": [*passed, question]}, problem=taken.problem, reason=taken.reason)


#: By the name of the question: what a message decides, or None where it decides nothing.
DECISIONS: dict[str, Callable[[Turn, Draft, Taken], Taken | None]] = {
    "consent": _consent,
    "resume": _resume,
    "same_order": _same_order,
    "self_check": _self_check,
    "reuse": _reuse,
}
