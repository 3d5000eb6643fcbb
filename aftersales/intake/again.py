"""Name, phone and address that are to be those of the last time: 还打上次那个号码, 老地址, 电话地址都一样."""

import re
from collections.abc import Mapping
from typing import Any

from aftersales import households

from .drafts import CONTACT, contacts_for
from .turns import Draft

_LAST = r"(?:上一?次|上回|之前|先前|以前|原来|原先|原本|刚才|刚刚|方才|老(?=地[址方]|电话|手机|号|样子|的)|旧(?=地址|电话|号))"
_SAME = r"(?:(?<!不)(?<!不太)一样|一个样|相同|同样|[不没]有?[改换变](?:过|动|化)?|照旧|同上)"
_NUMBER = r"(?:手机|电话|(?<![\d一二三四五六七八九十型单工编牌信])号(?![楼栋室院]))(?:号?码|号)?|联系电话|联系方式"
_FIELDS = {"contact_name": r"(?:联系人|姓名|名字|称呼)", "phone": f"(?:{_NUMBER})", "address": r"(?:地址|住址)"}
_ALL = r"(?:信息|资料)"
#: 上次我留的那个: who gave it, how, and which.
_GIVEN = r"(?:我|您)?(?:(?:留|登记|填|写|用|说|报|打)(?:给你们)?过?(?=[的那这]))?(?:的|那个|这个|那|这|我|同一个)*"
_END = r"(?:就?(?:行|好|可以)|好了|吧|了|啊|哈|哦|呀|呢|嘛|哇|谢谢)*(?=$|另外|但)"
#: 之前电话里说过 tells of a call.
_CALL = r"(?![里中打没约说问讲报机])"
_LEADING = (
    r"(?:我|还|就|都|也|是|用|打|留|按照?|照|跟|和|与|联系|全|家|人|地方|位置|样子|的|那个|这个|那|登记|填|写|不用换|对|嗯|好的?|吧|啊|哈|哦|呀|呢|嘛"
    r"|哇|行|可以|了|谢谢|[，,。.！!、~～ ])")
_ONLY = re.compile(rf"(?:{'|'.join((_LAST, _SAME, *_FIELDS.values(), _ALL, _LEADING))})+")
_AT_ALL = re.compile(f"{_LAST}|{_SAME}")
#: What surely is no earlier word of this report.
_THE_LAST_TIME = re.compile(r"上一?次|上回")
_STOPS = re.compile(r"[，,。；;！!？?\n ]+")
#: What was given the last time is not wanted, or no longer good.
_NOT_SO = re.compile(
    r"(?<!要)[不别](?:要|想|能)?再?(?:用(?!换|改)|是|打|留|在|按|住)|停机|空号|打不通|没.{0,2}接|打错|写错|错了|不对|作废|注销|丢了|搬"
    r"|换[成了个一新掉]|改[成了为一]|新的|不一样")
_SAID = {
    name: re.compile(rf"{_LAST}{_GIVEN}{words}{_CALL}|(?:{words}|{_ALL}).{{0,10}}?(?:{_SAME}|{_LAST}{_GIVEN}{_END})")
    for name, words in _FIELDS.items()
}


def as_before(text: str, draft: Draft, asked: str | None = None) -> dict[str, Any]:
    """What of name, phone and address is to be taken from the last time; nothing where there was none.

    Of another household only the phone and the name are: its address is not the customer's own. `asked` is the one that
    was asked for: it needs not be named.
    """
    wanted = _wanted(text, asked)
    contacts = draft.get("contacts") or []
    if not wanted or not contacts:
        return {}
    named = dict(draft) | {"household": households.find_household(text) or draft.get("household")}
    fitting = contacts_for(named)
    contact = (fitting or contacts)[0]
    if {"phone", "address"} <= wanted:
        wanted.add("contact_name")
    return {name: contact[name] for name in CONTACT if name in wanted and _is_meant(name, text, draft, bool(fitting))}


def _is_meant(name: str, text: str, draft: Draft, fitting: bool) -> bool:
    """地址不变 said of a report that has one means that one."""
    if draft.get(name) and not _THE_LAST_TIME.search(text):
        return False
    return fitting or name != "address"


def _wanted(text: str, asked: str | None) -> set[str]:
    clauses = [clause for clause in _STOPS.split(text) if not _NOT_SO.search(clause)]
    wanted = {name for name, words in _SAID.items() for clause in clauses if words.search(clause)}
    return wanted | ({asked} if asked in CONTACT and not wanted and is_as_before(text) else set())


def is_as_before(text: str) -> bool:
    """Whether a message says nothing but that it is as the last time: 上次那个号 上次那个地址, 还是原来的, 没变."""
    return bool(_ONLY.fullmatch(text.strip()) and _AT_ALL.search(text))


def told_in(text: str) -> str:
    """The text without the words that point to the last time, so that 刚才 does not tell when the fault began."""
    for words in _SAID.values():
        text = words.sub("，", text)
    return text


def is_again(given: Mapping[str, Any], contact: Mapping[str, Any]) -> bool:
    """Whether all that was given is what is known of the contact already."""
    return bool(given) and all(_alike(value, contact[name]) for name, value in given.items())


def _alike(one: Any, other: Any) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return bool(one == other)
    fitting = all(one.get(part) in (None, other.get(part)) for part in ("city", "district"))
    return fitting and one.get("detail") == other.get("detail")
