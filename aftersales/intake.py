"""Reading a report: what one message of a customer fills in, what is still to be asked, and what was wrong with it.

Pure: the draft so far and the message go in, changes to the draft and the next question come out. Everything said at
once is taken at once; what is already known is only replaced when the customer corrects it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import addresses, catalogue, names, phones, times
from .addresses import Address
from .repairs import Report
from .times import Window

#: Fields of a draft, as the form's slots name them.
FIELDS = (
    "service_type", "appliance", "brand", "model", "fault", "error_code", "fault_since", "contact_name", "phone",
    "address", "visit", "passed",
)
#: Services for which there is a fault to describe.
WITH_FAULT = ("维修",)
#: Services for which pictures help.
WITH_PHOTOS = ("维修", "检测", "更换配件")
#: A visit asked for must be on one day or the next; a longer span tells when something happens, not when to come.
LONGEST_WINDOW = timedelta(days=2)
CONTACT = {"contact_name", "phone", "address"}
#: Words that say that something is wrong, but not what.
VAGUE = re.compile(r"(家里的?|我家的?)?(坏了?|坏掉了?|有问题了?|出(了)?问题了?|出?(了)?故障了?|有毛病了?|不好用了?|不行了?|不能用了?|用不了了?)")
#: Questions that may be passed over.
OPTIONAL = ("brand_model", "model", "fault_since", "photos")
ADDRESS_PARTS = ("province", "city", "district", "detail", "text")
ADDRESS_QUESTIONS = ("address", "address_region", "address_choice", "address_road", "address_door")
#: Questions to which any words may be the answer.
OPEN_QUESTIONS = ("fault", "fault_since", "brand_model", "model", "contact_name", *ADDRESS_QUESTIONS)
#: Intents that ask for something else while a report is under way.
ASIDES = (
    "query_progress", "list_services", "urge_order", "human_handoff", "complain", "privacy_request", "bot_challenge",
    "greet", "goodbye", "thank", "out_of_scope", "reschedule_visit", "cancel_order", "stop", "rate_service",
    "request_service",
)
#: What the answer to an open question has to reach before it counts as an aside instead.
SURE = 0.5

_CORRECTION = re.compile(r"改|换成|换个|换到|写错|错了|搞错|说错|打错|不是|不对|更正|更新|应该是|以.{0,6}为准")
_NEGATED = re.compile(r"(?<!是)(而?不是|不要|并非)[^，,。；;！!？?是]*")
_DAY_OR_TIME = re.compile(r"今天|明天|后天|明早|今晚|明晚|周[一二三四五六日天末]|星期|礼拜|上午|下午|晚上|中午|早上|尽快")
_UNKNOWN_BRAND = re.compile(r"[\u4e00-\u9fffA-Za-z·.&\-]{2,10}")
_PLAUSIBLE_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z· ]{1,20}")
_QUESTION = re.compile(
    r"[?？]|吗$|吗[，。！]|呢$|多少钱|怎么收费|收费|多久|几天能|为什么|能不能|可不可以|是不是|会不会|有没有人|怎么(办|弄|还|才)")
_YES = re.compile(
    r"^(好+的?|行|可以|对+的?|是+的?|嗯+|恩|没错|没问题|没有问题|确认(提交|无误)?|确定|提交吧?|无误|正确|都对|ok|okay|yes|1)"
    r"([，,。.！!~～ ]*(了|啊|呀|吧|的|哈|哦|呢|提交|确认|就这样|没问题|谢谢|都对|对的|好的|可以|麻烦了|辛苦了|尽快))*[。.！!~～ ]*$", re.I)
_NO = re.compile(r"^(不|不是|不对|错了?|有误|有错|不行|不可以|不正确|我?要?(修改|改一下|改)|先别提交)[^\d]{0,6}$")
_PASS = re.compile(
    r"^(没有?(了|啊|呢|哦|照片|图片|视频|拍|图)*|无|跳过|不(知道|清楚|记得|晓得|懂|太清楚)了?|忘(记)?了?|记不(得|清|住)了?|没看(过|到)?|"
    r"不方便(拍|发)?|看不(到|见|清)|随便|略|不用了?|算了吧?|暂时没有|不发了?|没法拍)[。.！!~～ ]*$")
_KEEP = re.compile(r"(不用|不|没有?|没啥|没什么)(要|需要)?(再)?(改|修改|改动|变)(的|了|动)*")
_WAIT = re.compile(r"^(等(我)?(一下?|会儿?|一会儿?|下)|稍等(一下|片刻)?|等等|我(去)?(看|找|查|问|拍)(一?下|看|找)?(再说)?)[啊哈吧。.！!~～ ]*$")
_NO_PHOTOS = re.compile(r"没(有|拍|法拍)?.{0,3}(照片|图片|图|视频)|(照片|图片|视频).{0,2}(没有|没拍)")
_NO_MODEL = re.compile(r"型号.{0,4}(不(知道|清楚|记得|详)|没看|忘|看不)|(不(知道|清楚|记得)|没看|忘了|看不(到|清)).{0,5}型号")
_DOOR = re.compile(r"^\s*[\dA-Za-z一二三四五六七八九十]+\s*(栋|幢|座|号楼|单元|楼|室|号)[\w\-—号栋幢座楼单元层室户房 ]*$")
_STOP = re.compile(r"算了|不(报|修|弄|约|装|洗|要|想|登记|用)了|退出|取消|停(止|下)?|结束|先不|暂时不|拜拜|再说吧")
_NAMED_FIELDS = (
    (re.compile(r"电话|手机|号码|联系方式"), "phone"),
    (re.compile(r"地址|住址|门牌"), "address"),
    (re.compile(r"姓名|名字|联系人|称呼"), "contact_name"),
    (re.compile(r"时间|日期|上门"), "visit"),
    (re.compile(r"型号"), "model"),
    (re.compile(r"品牌|牌子"), "brand"),
    (re.compile(r"故障|现象|毛病|问题"), "fault"),
    (re.compile(r"家电|电器|产品"), "appliance"),
    (re.compile(r"服务"), "service_type"),
)


@dataclass(frozen=True)
class Turn:
    """What a customer said: the words, and what the language understanding made of them."""

    text: str
    intent: str = ""
    confidence: float = 0.0
    entities: tuple[tuple[str, str], ...] = ()

    def words(self, kind: str) -> list[str]:
        """The words marked as entities of a kind, in the order said."""
        return [words for entity, words in self.entities if entity == kind]


@dataclass
class Taken:
    """What came of a message: changes to the draft, and how to go on.

    `problem` names what was wrong with it (the response utter_problem_<name>) with `reason`; `aside` says that the
    customer asked for something else; `wait` that they need a moment; `stop` that they break off; `confirmed` that the read-back is right; `change`
    that something is wrong with it, but not what.
    """

    changes: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None
    reason: str = ""
    wait: bool = False
    aside: bool = False
    stop: bool = False
    confirmed: bool = False
    change: bool = False


Draft = Mapping[str, Any]


def read(turn: Turn, draft: Draft, asked: str | None, now: datetime) -> Taken:
    """What a message contributes to the draft, given the question it answers (None for the opening)."""
    if asked == "change_what" and _nothing_to_change(turn):
        return Taken()
    if asked and _WAIT.match(turn.text.strip()):
        return Taken(wait=True)
    choosing, asked = asked == "change_what", "confirm" if asked == "change_what" else asked
    taken = _Reading(turn, draft, asked, now).take()
    if asked and _breaks_off(turn, taken, asked):
        return Taken(stop=True)
    if asked == "confirm":
        return _confirmation(turn, draft, taken, choosing)
    if asked and _is_aside(turn, taken, asked):
        return Taken(changes=taken.changes, aside=True)
    if asked and not taken.problem and not _answers(asked, taken):
        _make_do(turn, draft, taken, asked)
    if asked == "brand_model" and "model" not in taken.changes:
        _pass(draft, taken, "model")  # who knew it would have said it with the brand
    return taken


def next_question(draft: Draft) -> str:
    """The name of the next question; `confirm` when everything is there."""
    passed = draft.get("passed") or []
    for question, missing in _missing(draft).items():
        if missing and question not in passed:
            return question
    return "confirm"


def _missing(draft: Draft) -> dict[str, bool]:
    """The questions in the order in which they are asked, and whether each is still open."""
    broken = draft.get("service_type") in WITH_FAULT
    address = _address_question(draft)
    return {
        "service_type": not draft.get("service_type"),
        "appliance": not draft.get("appliance"),
        "fault": broken and not (draft.get("fault") or draft.get("error_code")),
        "brand_model": not draft.get("brand") and not draft.get("model"),
        "model": not draft.get("model"),
        "fault_since": draft.get("service_type") == "维修" and not draft.get("fault_since"),
        "photos": draft.get("service_type") in WITH_PHOTOS,
        "contact_name": not draft.get("contact_name"),
        "phone": not draft.get("phone"),
        address or "address": address is not None,
        "visit_time": not draft.get("visit"),
    }


def _address_question(draft: Draft) -> str | None:
    address = address_of(draft)
    if address is None:
        return "address"
    missing = addresses.missing_parts(address, pinned=bool(draft["address"].get("pinned")))
    if missing == "region" and addresses.ambiguous(address):
        return "address_choice"
    return f"address_{missing}" if missing else None


def address_of(draft: Draft) -> Address | None:
    """The draft's address."""
    kept = draft.get("address")
    return Address(**{name: kept[name] for name in ADDRESS_PARTS}) if kept else None


def visit_of(draft: Draft) -> Window | None:
    """The visit time asked for."""
    kept = draft.get("visit")
    return Window(datetime.fromisoformat(kept["start"]), datetime.fromisoformat(kept["end"])) if kept else None


def place(address: Address, *, pinned: bool = False) -> dict[str, Any]:
    """An address as a slot keeps it; one that was pinned on the map still needs its door."""
    parts: dict[str, Any] = {name: getattr(address, name) for name in ADDRESS_PARTS}
    return parts | {"pinned": True} if pinned else parts


def window(visit: Window) -> dict[str, str]:
    """A visit time as a slot keeps it."""
    return {"start": visit.start.isoformat(), "end": visit.end.isoformat()}


def report_of(draft: Draft) -> Report:
    """The finished draft as a report.

    Raises:
        ValueError: when a question is still open.
    """
    address, visit = address_of(draft), visit_of(draft)
    if next_question(draft) != "confirm" or address is None or visit is None:
        raise ValueError(f"the report is not finished, {next_question(draft)} is still to be asked")
    return Report(
        service_type=draft["service_type"], appliance=draft["appliance"], contact_name=draft["contact_name"],
        phone=draft["phone"], address=address, visit=visit, brand=draft.get("brand"), model=draft.get("model"),
        fault=draft.get("fault") or draft.get("error_code"), error_code=draft.get("error_code"),
        fault_since=draft.get("fault_since"))


def details(draft: Draft, photos: int, now: datetime) -> str:
    """The read-back: one line per item that is known."""
    visit, address = visit_of(draft), address_of(draft)
    lines = {
        "服务类型": draft.get("service_type"),
        "家电": draft.get("appliance"),
        "品牌型号": " ".join(filter(None, (draft.get("brand"), draft.get("model")))),
        "故障": _fault_line(draft),
        "开始时间": draft.get("fault_since"),
        "照片": f"{photos}张" if photos else None,
        "联系人": draft.get("contact_name"),
        "电话": draft.get("phone"),
        "地址": addresses.full_address(address) if address else None,
        "上门时间": times.say_window(visit, now) if visit else None,
    }
    return "\n".join(f"{label}：{value}" for label, value in lines.items() if value)


def _fault_line(draft: Draft) -> str | None:
    fault, code = draft.get("fault"), draft.get("error_code")
    if not code or code.upper() in (fault or "").upper():
        return fault
    return f"{fault}（代码{code}）" if fault else f"显示{code}"


# --- one message -----------------------------------------------------------------------------------------------------


class _Reading:
    """Collects the fields of one message; each method reads one topic."""

    def __init__(self, turn: Turn, draft: Draft, asked: str | None, now: datetime) -> None:
        self.turn, self.draft, self.asked, self.now = turn, draft, asked, now
        self.correcting = asked == "confirm" or turn.intent == "change_contact" or bool(
            _CORRECTION.search(turn.text))
        self.taken = Taken()
        self.since: str | None = None
        self.text = self._meant()
        self.rest = self.text  # the text without what has been read as an address or phone

    def _meant(self) -> str:
        """The text; of a correction only what is right: 是烘干机，不是洗衣机 means the dryer."""
        if not self.correcting:
            return self.turn.text
        positive = _NEGATED.sub("，", self.turn.text)
        return positive if re.search(r"\w{2}", positive.replace("错了", "").replace("写错", "")) else self.turn.text

    def take(self) -> Taken:
        for topic in (self._address, self._phone, self._fault_since, self._visit, self._service, self._appliance,
                      self._brand_model, self._error_code, self._fault, self._name, self._passed):
            topic()
        return self.taken

    def _set(self, name: str, value: Any, *questions: str) -> None:
        """Takes a value that is new, asked for, or a correction."""
        known = self.draft.get(name)
        if value and value != known and (known is None or self.asked in questions or self.correcting):
            self.taken.changes[name] = value

    def _problem(self, name: str, reason: str = "") -> None:
        self.taken.problem, self.taken.reason = name, reason

    def _address(self) -> None:
        known = address_of(self.draft)
        if known and (self.asked in ADDRESS_QUESTIONS[1:] or self._is_door()):
            self._addition(known)
            return
        found = addresses.find_address(self.text, asked=self.asked == "address")
        if found is None or (self.asked == "confirm" and not _mentions(self.turn, "address")):
            return
        self.rest = self.rest.replace(found.text, "，")
        if known and known.city and not found.city:  # a correction within the same town
            found = Address(known.province, known.city, known.district, found.detail, found.text)
        self._set("address", place(found), "address")

    def _is_door(self) -> bool:
        """Whether the message is nothing but a door number, said after the address."""
        return self.asked not in ("address", "brand_model", "model", "fault") and bool(_DOOR.match(self.turn.text))

    def _addition(self, known: Address) -> None:
        addition = self._without_times().strip(" ，,。")
        if _says_something_else(self.turn) or phones.find_phones(addition):
            return
        whole = addresses.find_address(addition)
        if whole and whole.city and addresses.missing_parts(whole) is None:
            added = whole
        elif self.asked in ("address_region", "address_choice"):
            added = addresses.merge(known, addition)
        else:
            added = addresses.with_door(known, addition)
        wanting_city = self.asked in ("address_region", "address_choice")
        if added != known and (added.city or not wanting_city):
            self.taken.changes["address"] = place(added)
            self.rest = ""

    def _without_times(self) -> str:
        text = self.turn.text
        for words in self.turn.words("time"):
            text = text.replace(words, "")
        return text

    def _phone(self) -> None:
        found = phones.find_phones(self.text)
        if found:
            self._set("phone", found[-1] if self.correcting else found[0], "phone")
            for words in self.turn.words("phone"):
                self.rest = self.rest.replace(words, "，")
            return
        wrong = phones.wrong_phone(self.turn.text)
        if wrong and (self.asked in ("phone", "confirm") or not self.draft.get("phone")):
            self._problem("phone", wrong)

    def _visit(self) -> None:
        if self.asked == "fault_since" and not self.since:
            return
        text = self.rest
        if self.asked in ADDRESS_QUESTIONS[1:]:
            if not _DAY_OR_TIME.search(self.turn.text):
                return
            text = self.turn.text
        try:
            found = times.find_visit_window(text, self.now)
        except times.PastTime:
            self._visit_problem("past_time")
        except times.ImpossibleTime:
            self._visit_problem("impossible_time")
        except times.TooFar:
            self._visit_problem("too_far")
        else:
            self._wish(found)

    def _wish(self, found: Window | None) -> None:
        if found is None or (self.asked in ("contact_name", "brand_model", "model", "photos") and self._bare(found)):
            return
        if found.end - found.start > LONGEST_WINDOW:
            self._visit_problem("which_day")
        else:
            self._set("visit", window(found), "visit_time")

    def _bare(self, found: Window) -> bool:
        """都可以 and the like say nothing of a visit when something else was asked."""
        return found is not None and not re.search(r"\d|[一二三四五六日天]|上午|下午|早|晚|明|后", self.turn.text)

    def _passed(self) -> None:
        """没有照片, 型号不知道 said on the way answer their questions beforehand."""
        said = {"photos": _NO_PHOTOS, "model": _NO_MODEL}
        passed = self.draft.get("passed") or []
        for question, words in said.items():
            if question != self.asked and question not in passed and words.search(self.turn.text):
                _pass(self.draft, self.taken, question)

    def _visit_problem(self, name: str) -> None:
        if self.asked in ("visit_time", "confirm"):
            self._problem(name)

    def _fault_since(self) -> None:
        self.since = times.find_fault_since(self.rest)
        if self.since and self.rest.strip().startswith(f"刚{self.since}"):
            self.since = f"刚{self.since}"
        if self.since and self.asked != "visit_time":
            self._set("fault_since", self.since, "fault_since")
        if self.since and self.asked == "fault_since":
            self.rest = self.rest.replace(self.since, "")

    def _service(self) -> None:
        words = "，".join(self.turn.words("service_type")) or (self.turn.text if self.asked == "service_type" else "")
        found = catalogue.find_service_type(words) if words else None
        if found is None and self.asked == "confirm" and "服务" in self.turn.text:
            found = catalogue.find_service_type(self.turn.text)
        if found is None and self.turn.intent == "describe_fault":
            found = "维修"
        if found is None and self.asked is None and self.turn.intent == "request_service":
            found = catalogue.find_service_type(self.rest)
        if words and found and not self.draft.get("fault") and self.draft.get("service_type") == "维修":
            self.taken.changes["service_type"] = found  # 报修 only implied a repair
        self._set("service_type", found, "service_type")

    def _appliance(self) -> None:
        found = catalogue.find_appliances(self.rest)
        if found:
            self._set("appliance", found[-1 if self.correcting else 0].kind, "appliance")

    def _brand_model(self) -> None:
        asked = self.asked in ("brand_model", "model")
        if self.asked in (*ADDRESS_QUESTIONS, "contact_name", "phone"):
            return
        self._set("brand", catalogue.find_brand(self.rest) or self._unknown_brand(), "brand_model", "model")
        if asked or not self.draft.get("model"):
            self._set("model", catalogue.find_model(self.rest), "brand_model", "model")

    def _unknown_brand(self) -> str | None:
        """A brand the catalogue does not have, as typed: 长帝，型号不知道."""
        if self.asked != "brand_model":
            return None
        words = _NO_MODEL.sub("", self.rest).strip(" ，,。.！!")
        words = re.sub(r"^(品牌|牌子)?(就?是|叫)?|(牌子?的?|的)$", "", words)
        if not _UNKNOWN_BRAND.fullmatch(words) or (not _NO_MODEL.search(self.rest) and self.turn.intent != "inform"):
            return None
        known = catalogue.find_appliance(words) or _PASS.match(words) or _YES.match(words) or _WAIT.match(words)
        return None if known or re.search(r"不|没|忘|吗|么|了$", words) else words

    def _error_code(self) -> None:
        if self.asked in (*ADDRESS_QUESTIONS, "brand_model", "model", "contact_name", "phone"):
            return
        found = catalogue.find_error_code(self.rest, asked=self.asked == "fault")
        for marked in self.turn.words("error_code"):
            found = found or catalogue.find_error_code(marked, asked=True)
        self._set("error_code", found, "fault")

    def _fault(self) -> None:
        if self.asked == "fault":
            return  # taken whole, see _make_do
        words = _symptoms(self.turn)
        if not words and self.turn.intent == "describe_fault":
            words = catalogue.find_symptom(self.rest) or ""
        known = self.draft.get("fault")
        if known and words and not self.correcting and self.turn.intent == "describe_fault" and words not in known:
            self.taken.changes["fault"] = f"{known}，{words}"
            return
        if self.asked != "confirm" or _mentions(self.turn, "fault") or self.turn.intent == "describe_fault":
            self._set("fault", words)

    def _name(self) -> None:
        if self.asked == "contact_name":
            self._set("contact_name", names.find_name(self.turn.text, asked=True) or self._marked_name(), "contact_name")
            return
        if self.asked in OPEN_QUESTIONS and not self.turn.words("phone"):
            return
        self._set("contact_name", names.find_name(self.rest, asked=False) or self._marked_name())

    def _marked_name(self) -> str | None:
        marked = self.turn.words("person_name")
        return names.find_name(marked[-1 if self.correcting else 0], asked=True) if marked else None


def _symptoms(turn: Turn) -> str:
    """The malfunctions that the language understanding has marked, without words that say nothing."""
    return "，".join(dict.fromkeys(words for words in turn.words("symptom") if not VAGUE.fullmatch(words)))


def _mentions(turn: Turn, name: str) -> bool:
    return name in [field_name for words, field_name in _NAMED_FIELDS if words.search(turn.text)] or (
        name == "address" and bool(turn.words("address"))) or (name == "fault" and bool(turn.words("symptom")))


def _breaks_off(turn: Turn, taken: Taken, asked: str) -> bool:
    if taken.changes or turn.intent not in ("stop", "cancel_order") or turn.confidence < SURE:
        return False
    passing = asked in OPTIONAL and _PASS.match(turn.text.strip())
    return bool(_STOP.search(turn.text)) and not passing and not _KEEP.search(turn.text)


def _says_something_else(turn: Turn) -> bool:
    """Whether a message can hardly be a part of an address."""
    text = turn.text.strip()
    if turn.intent in ("skip", "affirm", "deny") or _PASS.match(text) or _YES.match(text) or _QUESTION.search(text):
        return True
    return (turn.intent in ASIDES or turn.intent.startswith("faq_")) and turn.confidence >= SURE


def _nothing_to_change(turn: Turn) -> bool:
    text = turn.text.strip()
    return turn.intent in ("deny", "skip") or bool(_PASS.match(text)) or bool(_KEEP.search(text) and not _YES.search(text))


def _is_aside(turn: Turn, taken: Taken, asked: str) -> bool:
    if not (turn.intent.startswith("faq_") or turn.intent in ASIDES):
        return False
    if turn.intent == "reschedule_visit" and "visit" in taken.changes:
        return False
    if _QUESTION.search(turn.text) and turn.intent.startswith(("faq_", "query_")):
        return True
    if taken.changes or _PASS.match(turn.text.strip()):
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
    passing = turn.intent in ("skip", "deny") or bool(_PASS.match(text))
    if draft.get("misses") and not passing and not _QUESTION.search(text) and _take_at_last(taken, asked, text):
        return
    if asked in OPTIONAL and (passing or asked == "photos"):
        _pass(draft, taken, asked)
    elif asked in ("fault", "fault_since", "brand_model", "model") and not passing and not _YES.match(text):
        _take_whole(turn, draft, taken, asked)
    elif not taken.changes or passing:
        taken.problem = _PROBLEMS[asked]


def _take_at_last(taken: Taken, asked: str, text: str) -> bool:
    """Said again, an unusual name or appliance is taken as it is: nobody is turned away for what they are called."""
    if not _PLAUSIBLE_NAME.fullmatch(text):
        return False
    if asked == "contact_name":
        taken.changes["contact_name"] = text
    elif asked == "appliance":
        taken.changes["appliance"] = "其他"
    return asked in taken.changes


def _pass(draft: Draft, taken: Taken, question: str) -> None:
    passed = taken.changes.get("passed") or draft.get("passed") or []
    taken.changes["passed"] = [*passed, question]


def _take_whole(turn: Turn, draft: Draft, taken: Taken, asked: str) -> None:
    text = turn.text.strip()
    if asked == "fault" and not VAGUE.fullmatch(text):
        taken.changes["fault"] = (_symptoms(turn) if taken.changes.keys() & CONTACT else "") or text[:200]
    elif asked == "fault":
        taken.problem = _PROBLEMS[asked]
    elif taken.changes:
        return  # it said something else worth knowing; the question comes again
    elif asked == "fault_since" and len(text) <= 40:
        taken.changes["fault_since"] = text
    else:
        _pass(draft, taken, asked)


_PROBLEMS = {
    "service_type": "no_service", "appliance": "no_appliance", "fault": "no_fault", "contact_name": "no_name",
    "phone": "no_phone", "visit_time": "no_time", **dict.fromkeys(ADDRESS_QUESTIONS, "no_address"),
}


def _confirmation(turn: Turn, draft: Draft, taken: Taken, choosing: bool) -> Taken:
    """The answer to the read-back: a change wins over yes, yes over an aside.

    `choosing` says that the customer was asked which item is wrong; a yes then shows the whole once more.
    """
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
    if _YES.match(text) or (_KEEP.search(text) and not choosing):
        return True
    return turn.intent == "affirm" and not _objects(turn, choosing) and not _QUESTION.search(text)


def _objects(turn: Turn, choosing: bool) -> bool:
    text = turn.text.strip()
    if choosing and any(words.search(text) for words, _ in _NAMED_FIELDS):
        return True
    if _NO.match(text) or turn.intent in ("deny", "change_contact"):
        return True
    return bool(_CORRECTION.search(text)) and turn.intent != "affirm" and not _QUESTION.search(text)


def _what_is_wrong(turn: Turn, draft: Draft) -> Taken:
    """Empties the item that is named as wrong, so that it is asked again; else asks which it is."""
    named = [name for words, name in _NAMED_FIELDS if words.search(turn.text) and draft.get(name)]
    if not named:
        return Taken(change=True)
    changes: dict[str, Any] = {named[0]: None}
    passed = [question for question in draft.get("passed") or [] if question != named[0]]
    return Taken(changes=changes | {"passed": passed})
