"""What goes into the reading of a message, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
