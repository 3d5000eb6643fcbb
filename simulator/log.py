"""The developer's view: every push with its tries and the judgement, every call of the API."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

LOG_LENGTH = 5000
NEWEST = 200
SHOWN = 6000


@dataclass
class Try:
    """One delivery of a push: HTTP status and body, or the reason why there is none, and how long it took."""

    latency_ms: int
    status: int | None = None
    body: str = ""
    problem: str = ""


@dataclass
class Record:
    """One push to the webhook (`kind` push) or one call of the API (`kind` call).

    `outcome` of a push is waiting, then silent, shown, transferred, agent (never pushed) or fault; of a call it is
    the errcode. `note` says in a
    sentence what a developer should know.
    """

    id: int
    kind: str
    name: str
    at: datetime
    openid: str = ""
    request: str = ""
    response: str = ""
    outcome: str = "waiting"
    note: str = ""
    latency_ms: int = 0
    tries: list[Try] = field(default_factory=list)
    seq: int = 0

    def to_json(self) -> dict[str, Any]:
        """The record as the page and the control interface read it, long bodies cut."""
        shown = {"at": self.at.isoformat(), "request": cut(self.request), "response": cut(self.response)}
        return {**asdict(self), **shown}


def cut(text: str) -> str:
    """The text, cut where nobody would read on."""
    return text if len(text) <= SHOWN else text[:SHOWN] + " …"
