"""The one place that talks to Rasa over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests


class BotUnavailable(RuntimeError):  # noqa: N818
    """Rasa did not answer, or not properly; the text says how."""


@dataclass(frozen=True)
class Understood:
    """What Rasa made of a text."""

    intent: str
    confidence: float
    entities: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Reply:
    """One answer: its text and what can be tapped below it, as (label, what the tap says)."""

    text: str
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What Rasa made of a message, and what it says to it."""

    understood: Understood
    replies: list[Reply]


@dataclass(frozen=True)
class OpenTask:
    """A form that is under way, by its name, and what it asked last."""

    form: str
    question: Reply


def harmless(text: str) -> str:
    """A customer's text that Rasa will not take for a command: a leading `/` becomes its full-width sister."""
    stripped = text.lstrip()
    return "／" + stripped[1:] if stripped.startswith("/") else text


class BotClient:
    """Rasa's HTTP API.

    Args:
        base_url: where the server listens.
        timeout: seconds for connecting, and for the answer.
    """

    def __init__(self, base_url: str, timeout: tuple[float, float] = (2, 30)) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._http = requests.Session()
        self._http.trust_env = False
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=32)
        self._http.mount("http://", adapter)
        self._http.mount("https://", adapter)

    def say(self, openid: str, text: str, message_id: str, *, again: bool = False) -> Answer:
        """What Rasa makes of a customer's text, and says to it.

        Args:
            openid: whose conversation it is.
            text: the customer's words.
            message_id: names the message within the conversation.
            again: it may have been sent before; heard then, it is answered as it was and nothing is done twice.

        Raises:
            BotUnavailable: without a proper answer; the message can be sent again.
        """
        return self._turn(openid, harmless(text), {}, message_id, again=again)

    def command(
        self, openid: str, intent: str, metadata: Mapping[str, Any], message_id: str, *, again: bool = False
    ) -> Answer:
        """As `say`, for something that happened without words: a tap on the menu, a picture, a scan."""
        return self._turn(openid, f"/{intent}", metadata, message_id, again=again)

    def open_task(self, openid: str) -> OpenTask | None:
        """What the conversation is in the middle of; None where nothing is asked."""
        tracker = self._call("GET", f"/conversations/{quote(openid, safe='')}/tracker")
        form = (tracker.get("active_loop") or {}).get("name")
        said = [event for event in tracker.get("events") or [] if event.get("event") == "bot"]
        if not form or not said:
            return None
        last = {"text": said[-1].get("text"), "buttons": (said[-1].get("data") or {}).get("buttons")}
        return OpenTask(str(form), _reply(last))

    def ready(self) -> bool:
        """Whether the server answers and has a model loaded."""
        try:
            status = self._http.get(f"{self._base_url}/status", timeout=(2, 3))
            return status.ok and bool(status.json().get("model_file"))
        except (requests.RequestException, ValueError):
            return False

    def _turn(
        self, openid: str, text: str, metadata: Mapping[str, Any], message_id: str, *, again: bool
    ) -> Answer:
        body = {"sender": openid, "message": text, "metadata": dict(metadata), "id": message_id, "again": again}
        answer = self._call("POST", "/webhooks/bridge/turn", json=body)
        replies = [_reply(each) for each in answer["replies"] if each.get("text") or each.get("buttons")]
        return Answer(_understood(answer["parsed"]), replies)

    def _call(self, method: str, path: str, **options: Any) -> Any:
        try:
            response = self._http.request(method, f"{self._base_url}{path}", timeout=self._timeout, **options)
            response.raise_for_status()
            return response.json()
        except (requests.RequestException, ValueError) as error:
            raise BotUnavailable(f"Rasa at {self._base_url}{path}: {error}") from error


def _understood(parsed: Mapping[str, Any]) -> Understood:
    intent = parsed.get("intent") or {}
    entities = [_entity(entity) for entity in parsed.get("entities") or []]
    return Understood(str(intent.get("name") or ""), float(intent.get("confidence") or 0.0), entities)


def _entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {"entity": entity["entity"], "value": entity["value"], "start": entity["start"], "end": entity["end"]}


def _reply(answer: Mapping[str, Any]) -> Reply:
    choices = [(str(button["title"]), str(button["payload"])) for button in answer.get("buttons") or []]
    return Reply(str(answer.get("text") or ""), choices)
