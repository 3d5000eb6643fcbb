"""Several appliances in one message: which words belong to which, and what is known of each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from aftersales import catalogue
from aftersales.catalogue import Appliance

from .turns import Draft, Turn

#: What is known of each appliance; everything else of a draft is the same for all of them.
ITEM_FIELDS = ("service_type", "appliance", "appliance_words", "brand", "model", "fault", "error_code", "fault_since")
#: Questions that are not asked about the second and later appliances: few questions beat complete answers.
SPARED = ("model", "fault_since", "photos", "self_check")
ADDING = re.compile(r"还有|另外|再加|加上|加一|加个|顺便|一起|一块|同时|也(?!许)|另一|以及|两个")
_SHARED = re.compile(r"都|全|一样|一起|一块|和|跟|与|还有|、|同样|也")
_JOINED = re.compile(r"(和|跟|与|以及|还有|、|，|,|加|＋|\+|\s)*(家里?的?|我的|厨房的?|客厅的?|卧室的?|一台|两台|一个|台|个)*")
_DENIED = re.compile(r"(不是|不要|并非|而非|别的|没有|不用)[^，,。；;]{0,3}$")
#: It works again and another one does not: 热水器修得不错，这次是净水器.
_DONE = re.compile(r"^[^，,。；;]{0,4}([修装洗弄]得(不错|挺|很|真|蛮|好)|[修弄]好了|没问题了|好用了?)(?![^，,。；;]{0,3}(又|还))")
#: Nothing is wrong with it, it only belongs to the story: 冰箱洗衣机都是新换的，好好的; or all is well but for its own fault.
_FINE = re.compile(r"好好的|没(什么|啥|有|得)?(毛病|问题)|没坏过?|都?(还|很|挺|蛮)(好|正常)(的|着|用|使)")
_WANTS = re.compile(r"(?<![不没])(?<!不用)修|坏了")
#: A slip of the tongue right before the name that is meant: 洗碗机…，哦不对，说错了，是烘干机.
_SLIP = re.compile(
    r"((?<![^，,。；;！!… 哦噢啊呃额诶哎])不对|[说讲搞打写弄]错|错了|口误|不是不是)"
    r"[了啦，,。！! ]*(应该|其实)?(就?是)?(我?家?里?的?|那台|那个)$"
)
_BESIDE = re.compile(r"^(旁边?|边上|上面?|下面?|后面?|隔壁|对面|附近)")
#: What belongs to an appliance though it has the name of another: the radiators of a boiler, the fan of an air conditioner.
_BELONGS = {
    "壁挂炉": re.compile("^暖气$"),
    "空调": re.compile("风扇|电扇|电暖|冷风机|新风"),
    "冰箱": re.compile("风扇|电扇|冷冻柜|冷藏柜|保鲜柜|冻柜|制冰机"),
    "油烟机": re.compile("风扇|排气扇|换气扇"),
    "浴霸": re.compile("风扇|暖风机|换气扇|排气扇|排风扇|取暖"),
    "饮水机": re.compile("水壶|热水煲|水煲|消毒柜|制冰机"),
    **dict.fromkeys(("微波炉", "烤箱", "洗衣机", "烘干机", "除湿机", "电磁炉", "新风机", "净水器"), re.compile("^(风扇|电扇)$")),
}
#: Between two names: each is an appliance of its own.
_APART = re.compile(r"[和跟与、，,。；;]|还有|以及|另外|加上|\+")

#: An order is waited for: 热水器还没来修呢, 空调的师傅怎么还不来.
_PENDING = re.compile(
    r"((?!修[好了过完]|装[好了过完])[^，,。；;！!？?]){0,8}?"
    r"((怎么)?(还|一直|都|迟迟|至今)(没有?|不|未)(有)?(人|师傅)?(来|上门|修|弄|装|洗|到(?!温|位)|处理|派|动静|消息)|怎么(没人?|不)(来|上门)|没人(来|上门|管))"
    r"(上门|过来|来|修|弄|装|洗|好|完|人|看|师傅)*[呢啊了吗嘛呀哦哈的]*[，,。；;！!？? ]*")
#: A visit is to go along with another: 跟热水器一起, 和空调那单同一时间.
_ALONG_BEFORE = re.compile(r"(跟|和|与|同|随)(着|上次|之前|刚才|报|修|的|那个|那台|我家|我|家里)*$")
_ALONG_BEHIND = re.compile(r"(的|那[单个台张边]|工单|师傅)*(一起|一块|一道|一并|同时|同一?[天个时]|一样|一个(时间|时候|点))")


@dataclass(frozen=True)
class Part:
    """The words about one appliance."""

    kind: str
    turn: Turn


def split(turn: Turn) -> list[Part]:
    """A message cut into its appliances, in the order of mention; a single part where it is about one or none."""
    text = turn.text
    found = named(text)
    if len(found) < 2:
        return [Part(item.kind, turn) for item in found]
    starts = [0, *(_start(text, before, item) for before, item in pairwise(found))]
    ends = [*starts[1:], len(text)]
    return [Part(item.kind, _cut(turn, text[start:end])) for item, start, end in zip(found, starts, ends, strict=True)]


def named(text: str) -> list[Appliance]:
    """The appliances a message is about, each kind once.

    Not those that are denied or work again or were a slip, only tell the place of another, or are a part of it (壁挂炉… 暖气片不热).
    """
    first: dict[str, Appliance] = {}
    meant = _without_fine(text, _behind_slip(text, catalogue.find_appliances(text)))
    meant = [item for item in meant if not _DENIED.search(text[: item.start])]
    for item in [each for each in meant if not _BESIDE.match(text[each.end :])] or meant:
        first.setdefault(item.kind if item.kind != "其他" else item.words, item)
    found = [item for item in first.values() if not _DONE.match(text[item.end :])] or list(first.values())
    return [item for item in found if not any(_is_part(text, item, whole) for whole in found)]


def _behind_slip(text: str, found: list[Appliance]) -> list[Appliance]:
    """The appliances from the last one on that puts right the one named before it."""
    slips = [place for place, item in enumerate(found) if place and _SLIP.search(text[: item.start])]
    return found[slips[-1] :] if slips else found


def _without_fine(text: str, found: list[Appliance]) -> list[Appliance]:
    """The appliances without those of which nothing is said but that they are all right, alone or as one list; never none."""
    kept: list[Appliance] = []
    end, fine = len(text), False
    for item in reversed(found):
        words = text[item.end : end]
        fine = fine if _JOINED.fullmatch(words) else _is_fine(words)
        kept = kept if fine else [item, *kept]
        end = item.start
    return kept or found


def _is_fine(words: str) -> bool:
    if not _FINE.search(words) or _WANTS.search(words) or catalogue.find_symptom(words):
        return False
    return catalogue.find_service_type(words) in (None, "维修")  # 坏 of 没坏过 reads as a repair


def _is_part(text: str, item: Appliance, whole: Appliance) -> bool:
    """Whether an appliance named later is a part of one before; the radiators of a boiler are, wherever they stand."""
    parts = _BELONGS.get(whole.words if whole.kind == "其他" else whole.kind)
    if parts is None or not parts.search(item.words):
        return False
    if item.words == "暖气":
        return True
    between = text[whole.end : item.start]
    both = between.isspace() and "都" in text[item.end :]
    return whole.start < item.start and not both and not _APART.search(between)


def without_pending(turn: Turn, draft: Draft, asked: str | None = None) -> Turn:
    """The message without what it says of appliances that are in an open order already and have nothing new.

    热水器还没来修呢，油烟机也罢工了 is about the hood alone, and so is 油烟机跟热水器一起; asked for the time that is the answer.
    """
    if asked == "visit_time":
        return turn
    text = turn.text
    ordered = {order["appliance"] for order in draft.get("open_orders") or []} - set(kinds(draft))
    found = catalogue.find_appliances(text)
    for place in reversed(range(len(found)) if ordered else ()):
        end = found[place + 1].start if place + 1 < len(found) else len(text)
        if found[place].kind in ordered:
            text = _without_old(text, found[place].start, found[place].end, end, others=len(found) > 1)
    return turn if text == turn.text else replace(_cut(turn, text), questions=turn.questions)


def _without_old(text: str, start: int, behind: int, end: int, *, others: bool) -> str:
    """The text without an appliance, where that is only waited for or gone along with; `end` is where the next begins."""
    along = _ALONG_BEHIND.match(text[behind:end])
    if along and (before := _ALONG_BEFORE.search(text[:start])):
        return text[: before.start()] + text[behind:]
    pending = _PENDING.match(text[behind:end])
    if not others or pending is None or catalogue.find_symptom(text[behind + pending.end() : end]):
        return text
    return text[:start] + text[behind + pending.end() :]


def _start(text: str, before: Appliance, item: Appliance) -> int:
    """Where the words about an appliance begin: behind the last stop between it and the one before."""
    between = text[before.end : item.start]
    stop = max(between.rfind(mark) for mark in "，,。；;！!、 \n")
    return before.end + stop + 1 if stop >= 0 else item.start


def _cut(turn: Turn, words: str) -> Turn:
    kept = tuple((kind, marked) for kind, marked in turn.entities if marked in words)
    return Turn(words, turn.intent, turn.confidence, kept)


def shared(items: Sequence[Mapping[str, Any]], text: str) -> list[dict[str, Any]]:
    """Items with what was said of all of them at once: 空调和冰箱都要清洗."""
    told: Mapping[str, Any] = next((item for item in reversed(items) if item.get("fault") or item.get("error_code")), {})
    wanted = next((item.get("service_type") for item in reversed(items) if item.get("service_type")), None)
    full = []
    for item in items:
        filled = dict(item)
        if not _has_fault(filled) and re.search(r"都|全|也", text) and filled.get("service_type") in (None, "维修"):
            filled |= {name: told[name] for name in ("fault", "error_code") if told.get(name)}
        filled["service_type"] = filled.get("service_type") or wanted
        full.append({name: value for name, value in filled.items() if value})
    return full


def _has_fault(item: Mapping[str, Any]) -> bool:
    return bool(item.get("fault") or item.get("error_code"))


def is_several(parts: Sequence[Part], items: Sequence[Mapping[str, Any]], text: str) -> bool:
    """Whether every part says something of its own, or the appliances stand side by side as one list."""
    if all(_has_fault(item) or item.get("service_type") not in (None, "维修") for item in items):
        return True
    found = named(text)
    gaps = [text[one.end : two.start] for one, two in pairwise(found)]
    return len(parts) > 1 and all(_JOINED.fullmatch(gap) for gap in gaps)


def kinds(draft: Draft) -> list[str]:
    """The appliances of a draft, the first one first."""
    found = [draft.get("appliance"), *(item.get("appliance") for item in draft.get("others") or [])]
    return [kind for kind in found if kind]


def rest_of(draft: Draft) -> dict[str, Any] | None:
    """The changes that leave only the other appliances in a report; None where there are none."""
    others = [dict(item) for item in draft.get("others") or []]
    if not others:
        return None
    first, *rest = others
    return {name: first.get(name) for name in ITEM_FIELDS} | {"others": rest or None, "passed": first.get("passed")}


def view(draft: Draft, index: int) -> dict[str, Any]:
    """The draft as if the appliance at that place among the others were its only one."""
    item = (draft.get("others") or [])[index]
    common = {name: value for name, value in draft.items() if name not in (*ITEM_FIELDS, "others", "passed")}
    return common | {"passed": [*SPARED]} | dict(item)


def put_back(draft: Draft, index: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes made on such a view as changes of the draft."""
    of_item = {name: value for name, value in changes.items() if name in (*ITEM_FIELDS, "passed")}
    others = [dict(item) for item in draft.get("others") or []]
    others[index] |= of_item
    return {name: value for name, value in changes.items() if name not in of_item} | ({"others": others} if of_item else {})


def about(draft: Draft, text: str) -> int | None:
    """Which of the other appliances a message is about; None for the first one, or where it does not say."""
    found = {item.kind for item in named(text)}
    others = [item.get("appliance") for item in draft.get("others") or []]
    if len(found) != 1 or draft.get("appliance") in found:
        return None
    return next((index for index, kind in enumerate(others) if kind in found), None)


def without(draft: Draft, text: str) -> dict[str, Any] | None:
    """The changes that take an appliance out of a report of several; None where none was named."""
    others = [dict(item) for item in draft.get("others") or []]
    index = about(draft, text)
    if index is not None:
        return {"others": [item for place, item in enumerate(others) if place != index] or None}
    if not others or draft.get("appliance") not in {item.kind for item in named(text)}:
        return None
    first, *rest = others
    passed = [*(draft.get("passed") or []), *(first.get("passed") or []), *SPARED]
    return {name: first.get(name) for name in ITEM_FIELDS} | {"others": rest or None, "passed": passed}
