"""What goes into the reading of a message, and what comes out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

#: Links, whose figures are no phone, and what is put between the words: pictographs, and WeChat's own as it sends them.
_NO_WORDS = re.compile(
    r"https?://[!-~]+|[\U0001f000-\U0001faff\u2600-\u27bf\u23e9-\u23fa\u231a\u231b\u2b00-\u2bff\ufe0f\u200d]"
    r"|\[(微笑|玫瑰|捂脸|流泪|大哭|抱拳|强|OK|好的|合十|愉快|呲牙|偷笑|可怜|发怒|抓狂|尴尬|握手|爱心|太阳|拥抱|鼓掌|加油|叹气|苦涩|裂开|难过|委屈"
    r"|快哭了|晕|汗|笑脸|破涕为笑|奸笑|嘿哈|旺柴|耶|咖啡|庆祝|礼物|胜利|再见|疑问|憨笑|皱眉|失望|生病|吃瓜)\]"
)


@dataclass(frozen=True)
class Turn:
    """What a customer said: the words, and what the language understanding made of them. `questions` are the topics
    asked about in clauses of their own."""

    text: str
    intent: str = ""
    confidence: float = 0.0
    entities: tuple[tuple[str, str], ...] = ()
    questions: tuple[str, ...] = ()

    def words(self, kind: str) -> list[str]:
        """The words marked as entities of a kind, in the order said."""
        return [words for entity, words in self.entities if entity == kind]


def in_words(turn: Turn) -> Turn:
    """The message without links and pictographs, where anything else is said: 明天🌞下午三点⏰ is 明天下午三点."""
    text = _NO_WORDS.sub(_blank, turn.text).strip()
    if not re.search(r"\w", text):
        return turn
    marked = tuple((kind, _NO_WORDS.sub(_blank, words).strip()) for kind, words in turn.entities)
    return replace(turn, text=text, entities=tuple(each for each in marked if each[1]))


def _blank(found: re.Match[str]) -> str:
    return " " if found[0].startswith("http") else ""


@dataclass
class Taken:
    """What came of a message: changes to the draft, and how to go on.

    `problem` names what was wrong with it (the response utter_problem_<name>) with `reason`, and
    `choices` to tap where it has some; `aside` says that the
    customer asked for something else; `wait` that they need a moment; `stop` that they break off; `confirmed` that the
    read-back is right; `change` that something is wrong with it, but not what; `refused` that they give no consent;
    `mood` that they are fed up or in a hurry and say nothing else (the response utter_soothe_<mood>);
    `solved` that the check list has helped; `same` is the number of the open order that is about the same thing.
    """

    changes: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None
    reason: str = ""
    choices: tuple[str, ...] = ()
    wait: bool = False
    aside: bool = False
    stop: bool = False
    confirmed: bool = False
    change: bool = False
    refused: bool = False
    solved: bool = False
    same: str | None = None
    mood: str | None = None


#: A report so far, by the names of `drafts.FIELDS`; what is not known is None or missing.
Draft = Mapping[str, Any]
