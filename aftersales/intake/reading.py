"""Collects what one message says, topic by topic."""

import re
from datetime import datetime, timedelta
from typing import Any

from aftersales import addresses, catalogue, households, names, phones, times
from aftersales.addresses import Address
from aftersales.models import OTHER_APPLIANCE
from aftersales.times import Window

from . import items
from .again import as_before, told_in
from .assent import IMPATIENCE, PRESSING, URGING, YES, begins_with_yes
from .drafts import ADDRESS_QUESTIONS, OPEN_QUESTIONS, address_of, place, visit_of, window
from .moods import FED_UP, is_hurrying, is_waiting
from .turns import Draft, Taken, Turn
from .words import (
    ASIDES,
    CALLED,
    CLAUSE_ENDS,
    CLOCK,
    CORRECTION,
    DAY,
    DAY_NUMBER,
    DAY_OR_TIME,
    DOOR,
    DOOR_AGAIN,
    DOOR_NUMBERS,
    DOOR_SLIP,
    DOOR_WORDS,
    HOURS_ASIDE,
    HOURS_QUESTION,
    LAST_FIGURES,
    MARKUP,
    NAMED_FIELDS,
    NEGATED,
    NO,
    NO_DOOR,
    NO_MODEL,
    NO_NAME,
    NO_PHOTOS,
    PASS,
    QUESTION,
    RARELY_IN_NAMES,
    REMARK,
    REMARK_BEGINS,
    SAME_TIME,
    SHORT_NAME,
    SHOWN,
    SURE,
    TOGETHER,
    TRIED,
    UNKNOWN_BRAND,
    UNWANTED_PHONE,
    VAGUE,
    WENT_OFF,
)

#: A visit asked for must be on one day or the next; a longer span tells when something happens, not when to come.
LONGEST_WINDOW = timedelta(days=2)
#: Questions in answer to which the wish may still be told.
_OPENINGS = (None, "service_type", "appliance", "fault")
#: 苗苗，哦写全名吧 苗文静: what comes behind is the name.
_NAME_ANEW = re.compile(r"^.*(全名|大名|本名|真名|哦不|不对)(是|叫|写|吧|[，,：: ])*(?=[\u4e00-\u9fffA-Za-z]{2})")
_FIRST_ALONE = re.compile(r"^[啊呀呢嘛吧哦噢呃也]+(?=[\u4e00-\u9fff]{2})")
_LAST_ALONE = re.compile(r"[\s，,。]+[\u4e00-\u9fff]$")
_GOES_ON = re.compile(r"[\u4e00-\u9fff]")
VISIT_PROBLEMS: dict[type[ValueError], str] = {
    times.PastTime: "past_time", times.ImpossibleTime: "impossible_time", times.TooFar: "too_far"}


class Reading:
    """Collects the fields of one message; each method reads one topic."""

    def __init__(self, turn: Turn, draft: Draft, asked: str | None, now: datetime) -> None:
        self.turn, self.draft, self.asked, self.now = turn, draft, asked, now
        contact = turn.intent == "change_contact" and asked != "phone"  # 主要打139…，打不通再打… answers the question
        self.correcting = asked == "confirm" or contact or bool(CORRECTION.search(turn.text))
        self.taken = Taken()
        self.since: str | None = None
        self.text = self._meant()
        self.rest = self.text  # the text without what has been read as an address or phone

    def _meant(self) -> str:
        """The text without markup; of a correction only what is right: 是烘干机，不是洗衣机 means the dryer."""
        text = _settled(MARKUP.sub(" ", self.turn.text))
        if not self.correcting:
            return text
        positive = NEGATED.sub("，", text)
        return positive if re.search(r"\w{2}", positive.replace("错了", "").replace("写错", "")) else text

    def take(self) -> Taken:
        for topic in (self._as_before, self._address, self._phone, self._fault_since, self._visit, self._service,
                      self._appliance, self._brand_model, self._error_code, self._fault, self._name, self._household,
                      self._remark, self._passed):
            topic()
        return self.taken

    def _set(self, name: str, value: Any, *questions: str) -> None:
        """Takes a value that is new, asked for, or a correction."""
        known = self.draft.get(name)
        if value and value != known and (known is None or self.asked in questions or self.correcting):
            self.taken.changes[name] = value

    def _problem(self, name: str, reason: str = "") -> None:
        self.taken.problem, self.taken.reason = name, reason

    def _as_before(self) -> None:
        """还打上次那个号码: what is not told anew is taken from the last time."""
        for name, value in as_before(self.text, self.draft, self.asked).items():
            if not self._told_anew(name):
                self._set(name, value, name)
        if self.taken.changes:
            self.rest = told_in(self.rest)

    def _told_anew(self, name: str) -> bool:
        if name == "phone":
            return bool(phones.find_phones(self.text))
        found = addresses.find_address(self.text) if name == "address" else None
        return found is not None and addresses.missing_parts(found) is None

    def _address(self) -> None:
        if "address" in self.taken.changes:
            return
        known = address_of(self.draft)
        if known and self.correcting and (exchanged := addresses.exchanged(known, self.turn.text)):
            self._set("address", place(exchanged[0]), "address")
            self.rest = exchanged[1]
            return
        if known and (self.asked in ADDRESS_QUESTIONS[1:] or self._is_door()):
            self._addition(known)
            return
        if known and self.correcting and DOOR_WORDS.search(self.turn.text):
            self._corrected_door(known)
            return
        found = addresses.find_address(FED_UP.sub("，", self.text), asked=self.asked == "address")
        if found is None or (self.asked == "confirm" and not mentions(self.turn, "address")):
            return
        self.rest = self.rest.replace(found.text, "，")
        if known and known.city and not found.city:  # a correction within the same town
            found = Address(known.province, known.city, known.district, found.detail, found.text)
        self._set("address", place(found), "address")

    def _corrected_door(self, known: Address) -> None:
        """房号不对，是1203: the rest of the address stays; an address named in full takes its place."""
        whole = addresses.find_address(self.text)
        if whole and whole.city:
            self._set("address", place(whole), "address")
        elif (corrected := addresses.corrected_door(known, self.text)) is not None:
            self._set("address", place(corrected), "address")
        self.rest = DOOR_NUMBERS.sub("，", self.rest)

    def _is_door(self) -> bool:
        """Whether the message is nothing but a door number, said after the address."""
        if self._waits_for_no_door() and DAY_NUMBER.match(self.turn.text):
            return False  # 27号下午 is when to come
        return self.asked not in ("address", "brand_model", "model", "fault") and bool(DOOR.match(self.turn.text))

    def _waits_for_no_door(self) -> bool:
        known = address_of(self.draft)
        return self.asked == "visit_time" or bool(known and addresses.missing_parts(known) is None)

    def _addition(self, known: Address) -> None:
        addition = self._without_times().strip(" ，,。")
        if says_something_else(self.turn) or phones.find_phones(addition):
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
            if DAY_OR_TIME.search(words):  # 20号 is a house number here
                text = text.replace(words, "")
        return text

    def _phone(self) -> None:
        if "phone" in self.taken.changes:
            return
        found = phones.find_phones(self.text) or self._last_figures()
        if found:
            self._set("phone", found[-1] if self.correcting else meant_phone(self.text, found), "phone")
            for words in self.turn.words("phone"):
                self.rest = self.rest.replace(words, "，")
            return
        wrong = phones.wrong_phone(self.turn.text)
        if wrong and (self.asked in ("phone", "confirm") or not self.draft.get("phone")):
            self._problem("phone", wrong)

    def _last_figures(self) -> list[str]:
        """手机最后一位错了，是6不是5; 最后两位是18."""
        known, said = self.draft.get("phone"), LAST_FIGURES.search(self.text)
        return [known[: -len(said["figures"])] + said["figures"]] if known and said and "转" not in known else []

    def _visit(self) -> None:
        if (self.asked == "fault_since" and not self.since) or self._only_presses():
            return
        text = self._without_hours_asked(IMPATIENCE.sub("，", self.rest) if self.asked in _OPENINGS else self.rest)
        if self.asked in ADDRESS_QUESTIONS[1:]:
            if not DAY_OR_TIME.search(self.turn.text):
                return
            text = self._without_hours_asked(self.turn.text)
        try:
            found = times.find_visit_window(text, self.now)
        except tuple(VISIT_PROBLEMS) as error:
            self._visit_problem(VISIT_PROBLEMS[type(error)])
        except times.ContradictoryTime as contradiction:
            self._contradiction(contradiction)
        else:
            self._wish(found or self._same_visit())

    def _same_visit(self) -> Window | None:
        """The visit of the open order that is meant, where the customer wants both at once: the one named, else the last."""
        if not SAME_TIME.search(self.turn.text) and not (self.asked == "visit_time" and TOGETHER.search(self.turn.text)):
            return None
        orders = [order for order in self.draft.get("open_orders") or [] if order.get("visit")]
        named = catalogue.find_appliance(self.turn.text)
        meant = next((order for order in orders if order["appliance"] == named), orders[0] if orders else None)
        visit = visit_of(meant) if meant else None
        return visit if visit and visit.start > self.now else None

    def _only_presses(self) -> bool:
        """Whether words such as 赶紧的 are impatience with the questions and no time: alone, or along with a yes."""
        if self.asked in (None, "visit_time"):
            return False
        text = self.turn.text.strip()
        if YES.match(text) or URGING.match(text):
            return True
        known = self.draft.get("visit") and begins_with_yes(text) and not CORRECTION.search(text)
        return bool(known and PRESSING.search(text) and not DAY.search(PRESSING.sub("", text)))

    def _contradiction(self, said: times.ContradictoryTime) -> None:
        """周五 28号, and the 28th is a Saturday: asked about once; said again, the date counts."""
        if self.draft.get("misses"):
            self._wish(said.windows[0])
            return
        self._visit_problem("which_date")
        if self.taken.problem == "which_date":
            self.taken.reason = str(said)
            self.taken.choices = tuple(times.say_choice(each) for each in said.windows)

    def _without_hours_asked(self, text: str) -> str:
        """The text without questions about the hours of service in general: 你们晚上能上门吗 wishes for no time."""
        rest = HOURS_QUESTION.sub("，", text)
        return rest if self.asked in ("visit_time", "confirm") else HOURS_ASIDE.sub("，", rest)

    def _wish(self, found: Window | None) -> None:
        if found is None or (self.asked in ("contact_name", "brand_model", "model", "photos") and self._bare()):
            return
        if found.end - found.start > LONGEST_WINDOW:
            self._visit_problem("which_day")
        else:
            self._set("visit", window(self._completed(found)), "visit_time")

    def _completed(self, found: Window) -> Window:
        """A correction that names only the day keeps the hours (周四吧 after 周三下午), one of the hours the day (下午吧)."""
        known = visit_of(self.draft)
        if known is None or not self.correcting:
            return found
        if not CLOCK.search(self.turn.text):
            return times.on_day_of(found, known)
        if DAY.search(self.turn.text):
            return found
        that_morning = known.start.replace(hour=0, minute=0)  # so that no hour of the day counts as past
        return times.find_visit_window(self.rest, that_morning) or found

    def _bare(self) -> bool:
        """都可以 and the like say nothing of a visit when something else was asked."""
        return not re.search(r"\d|[一二三四五六日天]|上午|下午|早|晚|明|后", self.turn.text)

    def _remark(self) -> None:
        if self.asked is not None and REMARK.search(self.turn.text):
            known, words = self.draft.get("remark"), REMARK_BEGINS.sub("", self.turn.text.strip())
            self.taken.changes["remark"] = f"{known}；{words}" if known else words

    def _passed(self) -> None:
        """没有照片, 型号不知道 said on the way answer their questions beforehand."""
        said = {"photos": NO_PHOTOS, "model": NO_MODEL, "self_check": TRIED, "address_door": NO_DOOR}
        passed = self.draft.get("passed") or []
        for question, words in said.items():
            asked = question == self.asked and question != "address_door"
            if not asked and question not in passed and words.search(self.turn.text):
                pass_over(self.draft, self.taken, question)

    def _visit_problem(self, name: str) -> None:
        if self.asked in ("visit_time", "confirm"):
            self._problem(name)

    def _fault_since(self) -> None:
        self.since = times.find_fault_since(self.rest)
        if self.since and self.rest.strip().startswith(f"刚{self.since}"):
            self.since = f"刚{self.since}"
        told = self.asked != "confirm" or re.search(r"开始|出现|[坏发]", self.turn.text)
        if self.since and self.asked != "visit_time" and told:
            self._set("fault_since", self.since, "fault_since")
        if self.since and self.asked == "fault_since":
            self.rest = self.rest.replace(self.since, "")

    def _service(self) -> None:
        broken = self.turn.intent == "describe_fault"  # a lone 洗 is then what the machine does, not what is wanted
        meant = [each for each in self.turn.words("service_type") if each in self.text]
        named = [each for each in meant if len(each) > 1 or not broken]
        words = "，".join(named) or (self.turn.text if self.asked == "service_type" else "")
        found = catalogue.find_service_type(words) if words else None
        if found == "安装" and catalogue.find_service_type(self.text) == "移机":
            found = "移机"  # 拆了装到新房去
        if found is None and self.asked == "confirm" and "服务" in self.turn.text:
            found = catalogue.find_service_type(self.turn.text)
        if found in (None, "维修") and (wish := self._wished(named)):
            found, words = wish, wish
        if found is None and (broken or (self.asked is None and self.turn.words("error_code"))):
            found = "维修"
        if found is None and self.asked is None and self.turn.intent == "request_service":
            found = catalogue.find_service_type(self.rest)
        if words and found and not self.draft.get("fault") and self.draft.get("service_type") == "维修":
            self.taken.changes["service_type"] = found  # 报修 only implied a repair
        self._set("service_type", found, "service_type")

    def _wished(self, named: list[str]) -> str | None:
        """What is asked for beside a fault that only says why: 红灯亮了，想换滤芯. Who says 修 wants a repair."""
        repair = any("修" in each for each in named)
        return catalogue.find_wish(self.text) if self.asked in _OPENINGS and not repair else None

    def _appliance(self) -> None:
        found = items.named(self.rest)
        if not found:
            return
        named = found[-1 if self.correcting else 0]
        self._set("appliance", named.kind, "appliance")
        taken = self.taken.changes.get("appliance")
        if taken == OTHER_APPLIANCE:
            self.taken.changes["appliance_words"] = named.words
        elif taken and self.draft.get("appliance_words"):
            self.taken.changes["appliance_words"] = None

    def _household(self) -> None:
        self._set("household", households.find_household(self.turn.text))

    def _brand_model(self) -> None:
        asked = self.asked in ("brand_model", "model")
        if self.asked in (*ADDRESS_QUESTIONS, "contact_name", "phone"):
            return
        self._set("brand", catalogue.find_brand(self.rest) or self._unknown_brand(), "brand_model", "model")
        corrected = self.correcting and (mentions(self.turn, "model") or bool(self.turn.words("model")))
        if asked or corrected or not self.draft.get("model"):
            self._set("model", catalogue.find_model(self.rest), "brand_model", "model")

    def _unknown_brand(self) -> str | None:
        """A brand the catalogue does not have, as typed: 长帝，型号不知道."""
        other = self.turn.words("person_name") or self.turn.words("time") or DAY_OR_TIME.search(self.turn.text)
        if self.asked != "brand_model" or other or phones.find_phones(self.turn.text):
            return None
        words = NO_MODEL.sub("", self.rest).strip(" ，,。.！!")
        words = re.sub(r"^(品牌|牌子)?(就?是|叫)?|(牌子?)?的?[吧啊呀嘛呢]*$", "", words)
        if not UNKNOWN_BRAND.fullmatch(words) or (not NO_MODEL.search(self.rest) and self.turn.intent != "inform"):
            return None
        known = catalogue.find_appliance(words) or PASS.match(words) or YES.match(words) or is_waiting(self.turn) or FED_UP.search(words)
        return None if known or re.search(r"不|没|忘|吗|么|了$", words) else words

    def _error_code(self) -> None:
        other = self.asked in (*ADDRESS_QUESTIONS, "brand_model", "model", "contact_name", "phone")
        if other and not SHOWN.search(self.turn.text):
            return  # 3栋E2, KFR-35
        found = catalogue.find_error_code(self.rest, asked=self.asked == "fault")
        for marked in () if other else self.turn.words("error_code"):
            found = found or catalogue.find_error_code(marked, asked=True)
        self._set("error_code", found, "fault")

    def _fault(self) -> None:
        if self.asked == "fault":
            return  # taken whole, see answers
        words = symptoms(self.turn, self.text)
        if not words and self.turn.intent in ("describe_fault", "request_service"):
            words = catalogue.find_symptom(self.rest) or ""
        known = self.draft.get("fault")
        if known and words and not self.correcting and self.turn.intent == "describe_fault" and words not in known:
            self.taken.changes["fault"] = f"{known}，{words}"
            return
        if self.asked != "confirm" or mentions(self.turn, "fault") or self.turn.intent == "describe_fault":
            self._set("fault", words)

    def _name(self) -> None:
        if "contact_name" in self.taken.changes:
            return
        if self.asked == "contact_name":
            text = _NAME_ANEW.sub("", FED_UP.sub("，", self.turn.text))
            found = names.find_name(text, asked=True) or self._marked_name() or self._bare_name()
            found = None if is_thing(bare(text)) else found
            self._set("contact_name", found, "contact_name")
            return
        corrected = self.correcting and mentions(self.turn, "contact_name")
        if self.asked in OPEN_QUESTIONS and not self.turn.words("phone") and not corrected:
            return
        self._set("contact_name", names.find_name(self.rest, asked=False) or self._marked_name())

    def _bare_name(self) -> str | None:
        """A name that no list has, such as 卫青: when asked for it, a few characters that say nothing else are one."""
        text = bare(self.turn.text)
        other = says_no_name(self.turn, text) or RARELY_IN_NAMES.search(text) or text in self.turn.words("time")
        return text if SHORT_NAME.fullmatch(text) and not other else None

    def _marked_name(self) -> str | None:
        marked = self.turn.words("person_name")
        words = marked[-1 if self.correcting else 0] if marked else ""
        return names.find_name(words, asked=True) if words and names.begins_in(self.turn.text, words) else None


def _settled(text: str) -> str:
    """The text without a slip that is put right at once: 6栋，哦不对，是9栋，9栋1504 is 9栋1504."""
    return DOOR_AGAIN.sub(r"\1", DOOR_SLIP.sub(r"\2", text))


def symptoms(turn: Turn, meant: str | None = None) -> str:
    """The malfunctions that the language understanding has marked, without words that say nothing.

    `meant`: the text without what it denies; a malfunction that stands only in the denied part is none.
    """
    text = turn.text if meant is None else meant
    told = (_whole_words(words, text) for words in turn.words("symptom") if words in text)
    marked = (words for words in told if not VAGUE.fullmatch(words))
    return "，".join(dict.fromkeys(marked))


def _whole_words(words: str, text: str) -> str:
    """Marked words without what belongs to their neighbours: 往外喷 楼 of 往外喷 楼下都找上来了, 啊不怎么吸 of 那个机啊不怎么吸."""
    after = text.partition(words)[2]
    if after.startswith("了") and WENT_OFF.search(words):
        return f"{words}了"
    whole = _LAST_ALONE.sub("", words) if _GOES_ON.match(after) else words
    return _FIRST_ALONE.sub("", whole)


def mentions(turn: Turn, name: str) -> bool:
    return name in [field_name for words, field_name in NAMED_FIELDS if words.search(turn.text)] or (
        name == "address" and bool(turn.words("address"))) or (name == "fault" and bool(turn.words("symptom")))


def meant_phone(text: str, found: list[str]) -> str:
    """Which of several numbers is to be called: none that is not to be, and the one behind the contact's name before others."""
    clauses = [clause for clause in CLAUSE_ENDS.split(text) if not UNWANTED_PHONE.search(clause)]
    wanted = [phone for phone in found if phone in phones.find_phones("，".join(clauses))] or found
    name = names.find_name(text, asked=False)
    behind = [phone for phone in wanted if name and phone in phones.find_phones(text.partition(name)[2][:20])]
    return (behind or wanted)[0]


def says_something_else(turn: Turn) -> bool:
    """Whether a message can hardly be a part of an address."""
    text = turn.text.strip()
    if is_waiting(turn) or FED_UP.search(text):
        return True
    if turn.intent in ("skip", "affirm", "deny") or PASS.match(text) or YES.match(text) or QUESTION.search(text):
        return True
    return (turn.intent in ASIDES or turn.intent.startswith("faq_")) and turn.confidence >= SURE


def bare(text: str) -> str:
    """An answer to the question for the name without what leads to it, its phone and its last particle."""
    words = re.sub(r"[\d+\-\s,，]{7,}", "", text) if phones.find_phones(text) else text
    return re.sub("[吧呀啊]$", "", CALLED.sub("", words.strip(" 。.！!~，,")))


def is_thing(text: str) -> bool:
    """Whether the words are an appliance, a brand, or both, and nothing else: 洗碗机, 格力空调."""
    rest = text
    for item in reversed(catalogue.find_appliances(text)):
        rest = rest[: item.start] + rest[item.end :]
    return bool(text) and (not rest.strip(" 的") or catalogue.is_brand(rest))


def says_no_name(turn: Turn, text: str) -> bool:
    """Whether the answer to the question for the name plainly says something else.

    What the language understanding takes it for is not asked: it knows the names it has seen, 过静雯 may be anything to it.
    """
    known = (NO_NAME.search(text), PASS.match(text), YES.match(text), NO.match(text), VAGUE.fullmatch(text), is_waiting(turn),
             FED_UP.search(text), is_hurrying(text), QUESTION.search(turn.text), DAY_OR_TIME.search(text),
             catalogue.find_symptom(text), catalogue.find_service_type(text))
    return any(known) or is_thing(text)


def pass_over(draft: Draft, taken: Taken, question: str) -> None:
    """Notes that a question needs no answer any more."""
    passed = taken.changes.get("passed") or draft.get("passed") or []
    taken.changes["passed"] = [*passed, question] if question not in passed else passed
