"""A rating as far as it has come: the scores known, where they are from, what is still to ask, and what a message changes."""

import re
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

from rasa_sdk import Tracker

from aftersales.intake import QUESTION, Turn
from aftersales.opinions import DIMENSIONS
from aftersales.scores import (
    LOW_SCORE,
    Reading,
    ScoreOutOfRange,
    Scores,
    ScoresContradict,
    implied_overall,
    named_dimensions,
    read_scores,
)

from .turns import ASIDES

SCORES = ("overall", *DIMENSIONS)
#: Words around the stars shorter than this tell nothing: 我来评个分.
TELLING = 6
_STARS_ONLY = re.compile(
    r"(我)?(来|要|想)?(评个?分|评价一下|评价|打个?分|给个?)|[一二三四五1-5]\s*(颗)?(星|分)(好评)?|⭐|★|满分|好评|差评|给你?们?|总体|全部|都|"
    r"(服务)?态度|专业(水平)?|技术|手艺|(响应)?速度|(服务)?流程(规范)?|我?[要想]?(修?改|换)(一?下)?(评价|评分)?[成为到]?|[评点打按选]错了?|"
    r"应该是?|不是|刚才|刚刚|之前|[，,。；;、 ]")
#: The customer puts another score in the place of one given before.
CHANGE = re.compile(r"改.{0,4}评|评.{0,4}改|[改换][成为到]|[改换]一?下|[重新](新)?(评|打分)|[评点打按选]错|追加|补评|要改")
_INSTEAD = re.compile(rf"{CHANGE.pattern}|应该[是给]")
_YES = re.compile(
    r"对|是|嗯|好|可以|行|没错|没有?问题|没毛病|正确|确[认定]|提交|ok|就这|谢谢|没有?了?$|没有?什?么?要改|不用?改", re.I)
_NO = re.compile(r"不对|不是|错|改|有问题|^不$|^否")
_NOTHING_MORE = re.compile(
    r"(没|没有|没有了|没了|没啥了?|没什么了?|无|不用了?|跳过|提交|就这样|就这些|谢谢|没有了?，?谢谢|不想说)[。.!！~ ]*")


@dataclass
class Stars:
    """What is known of a rating.

    `unsure` names the scores understood from words and not confirmed yet; `due` says that they are read back before
    anything else is asked, `doubt` that the customer wants something changed: one of SCORES, or `?` where they have not
    said what. `changing` is set while a rating given before is changed, and `new` once it has become another.
    `problem` and `misconduct` are about the latest message alone: why it cannot be taken, and that it is a complaint.
    """

    values: dict[str, Any] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    due: bool = False
    doubt: str | None = None
    changing: bool = False
    new: bool = False
    complained: bool = False
    problem: str | None = None
    misconduct: bool = False

    def next_question(self) -> str | None:
        """What to ask now: a score, `confirm` for the read-back, `comment`; None when nothing is left."""
        if self.unsure and self.due:
            return "confirm"
        if self.changing:
            return None if self.new else "overall"
        score = next((name for name in SCORES if self.values.get(name) is None and name not in self.passed), None)
        if score or self.unsure:
            return score or "confirm"
        return None if self.values.get("comment") or "comment" in self.passed else "comment"

    def overall(self) -> int | None:
        """The overall score, or what the dimensions come to as long as it has not been given."""
        given: int | None = self.values.get("overall")
        return given or implied_overall(Scores(**{name: self.values.get(name) for name in DIMENSIONS}))


def stars_of(tracker: Tracker) -> Stars:
    """The rating as the slots keep it."""
    values = {name: tracker.get_slot(f"rating_{name}") for name in (*SCORES, "comment")}
    return Stars(values, **(tracker.get_slot("rating_state") or {}))


def slots_of(stars: Stars) -> dict[str, Any]:
    """The rating as slots, for stars_of to read again."""
    state = asdict(stars)
    values = state.pop("values")
    state = {name: value for name, value in state.items() if name not in ("problem", "misconduct")}
    return {f"rating_{name}": value for name, value in values.items()} | {"rating_state": state}


def take(turn: Turn, stars: Stars, question: str | None) -> Stars:
    """The rating after a message; `problem` says why something in it cannot be taken."""
    after = deepcopy(stars)
    after.problem, after.misconduct = None, False
    try:
        reading = read_scores(turn.text, _asked(turn, stars, question))
    except ScoresContradict:
        after.problem = "contradiction"
    except ScoreOutOfRange:
        after.problem = "score"
    else:
        _take_reading(turn, after, question, reading)
    if question == "comment" and after.problem:  # 给你们打100分都行
        after.problem = None
        _take_comment(turn, after)
    return after


def _asked(turn: Turn, stars: Stars, question: str | None) -> str | None:
    """Which score a value without a name is."""
    if question == "confirm":
        return stars.doubt if stars.doubt in SCORES else None
    return question if question in SCORES and not _INSTEAD.search(turn.text) else None


def _take_reading(turn: Turn, stars: Stars, question: str | None, reading: Reading) -> None:
    stars.misconduct = reading.misconduct or (turn.intent == "complain" and reading.blamed)
    stars.complained = stars.complained or stars.misconduct
    if question == "comment" and not (reading.plain and CHANGE.search(turn.text)):
        _take_comment(turn, stars)
    elif question == "confirm" and not _differs(reading, stars):
        _take_decision(turn, stars, repeated=bool(reading.given))
    elif reading.given:
        _take_scores(turn, stars, question, reading)
    elif reading.misconduct:
        _take_words(turn, stars, blamed=True)
    elif question in SCORES and turn.intent in ("skip", "deny"):
        stars.passed += DIMENSIONS if question in DIMENSIONS else [question]
    elif question and not is_aside(turn, question):
        stars.problem = "score"


def _differs(reading: Reading, stars: Stars) -> bool:
    return any(stars.values.get(name) != value for name, value in reading.given.items())


def _take_scores(turn: Turn, stars: Stars, question: str | None, reading: Reading) -> None:
    correcting = question in ("confirm", "comment")
    understood = [name for name in reading.given if name not in reading.plain]
    stars.values.update(reading.given)
    if understood and stars.values.get("overall") is None:
        stars.values["overall"] = stars.overall()
        understood.append("overall")
    told = {*understood, *(reading.given if correcting else ())}
    stars.unsure = [name for name in SCORES if name in told or (name in stars.unsure and name not in reading.plain)]
    at_once = correcting or understood not in ([], [question]) or understood == ["overall"]
    stars.due = bool(stars.unsure) and (stars.due or at_once)
    stars.doubt, stars.new = None, True
    if not correcting:
        _take_words(turn, stars, blamed=reading.blamed and (understood != [question] or reading.misconduct))


def _take_words(turn: Turn, stars: Stars, *, blamed: bool) -> None:
    """What was said around the stars is the comment; who has said what was wrong is not sent through more questions."""
    words = _STARS_ONLY.sub("", turn.text).strip(" ，,。.！!、")
    earlier = stars.values.get("comment")
    if (len(words) >= TELLING or blamed) and (stars.changing or not earlier):
        stars.values["comment"] = "；".join(filter(None, (earlier, turn.text.strip())))[:500]
    told = bool(stars.values.get("comment")) and (stars.values.get("overall") or LOW_SCORE + 1) <= LOW_SCORE
    if blamed or told:
        stars.passed += [name for name in (*DIMENSIONS, "comment") if name not in stars.passed]


def _take_decision(turn: Turn, stars: Stars, *, repeated: bool) -> None:
    """Whether what was read back is right; a dimension named without a score is the one to change."""
    text = turn.text.strip()
    wrong = bool(_NO.search(text)) and not re.match(r"没错|没有?什?么?要改|不用?改", text)
    if not wrong and (repeated or _YES.match(text) or turn.intent == "affirm"):
        stars.unsure, stars.due, stars.doubt = [], False, None
        return
    named = named_dimensions(text)
    if wrong or named or turn.intent == "deny":
        stars.doubt = named[0] if len(named) == 1 else "?"
    elif not is_aside(turn, "confirm"):
        stars.problem = "confirm"


def _take_comment(turn: Turn, stars: Stars) -> None:
    if turn.intent in ("skip", "deny", "goodbye") or _NOTHING_MORE.fullmatch(turn.text.strip()):
        stars.passed.append("comment")
    elif not is_aside(turn, "comment"):
        stars.values["comment"] = turn.text.strip()[:500]


def asks(turn: Turn) -> bool:
    """Whether the message surely asks something, whatever words of a rating are in it: 上门收费吗."""
    return turn.intent.startswith(("faq_", "query_")) and bool(QUESTION.search(turn.text))


def is_aside(turn: Turn, question: str) -> bool:
    """Whether the message asks for something else."""
    if question == "comment":
        return turn.intent in ("query_progress", "human_handoff", "list_services") and turn.confidence > 0.6
    return turn.intent in ASIDES or turn.intent.startswith("faq_")
