"""Answers recorded messages: asks the assistant, keeps the answer and what was understood."""

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime

from aftersales import conversations, inbox
from aftersales.conversations import Understanding
from aftersales.handoff import Listener
from aftersales.media import MediaStore
from aftersales.models import InboundMessage as Row
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import Answer, BotClient, BotUnavailable
from wechat.client import Platform
from wechat.messages import InboundMessage

from . import metrics
from .files import Files
from .handoff import Attendant, danger
from .lanes import Lanes
from .rendering import in_parts, text_of
from .understanding import Command, command_of, own_answer_of

log = logging.getLogger(__name__)

#: Pauses before the assistant is asked again while it does not answer, and how long it is asked at all, in seconds.
BOT_PAUSES = (1.0, 3.0, 10.0, 20.0)
BOT_PATIENCE = 60.0
#: Seconds between looks at an older message of the customer's that another process is still answering.
BUSY_PAUSE = 0.1


@dataclass(frozen=True)
class Parts:
    """What answering needs: the assistant, the platform, the files, the settings."""

    bot: BotClient
    platform: Platform
    store: MediaStore
    settings: Settings


@dataclass(frozen=True)
class Outcome:
    """What is answered, '' where there is nothing to say, and what the assistant understood."""

    text: str
    understood: Understanding | None = None


class Answering:
    """Answers messages in the background, one customer's in their order."""

    def __init__(self, parts: Parts, workers: int = 24) -> None:
        self._parts = parts
        self._attendant = Attendant(parts.bot, parts.platform, parts.settings)
        self._lanes = Lanes(workers)
        self._files = Files(parts.platform, parts.store, parts.settings)
        self._at_work: set[int] = set()
        self._closing = threading.Event()

    def start(self, row_id: int, openid: str) -> "Future[None]":
        """Begins to answer the customer's messages up to that one; the future is done when its answer stands in the row.

        Done without an answer means that this process can do no more.
        """
        return self._lanes.submit(openid, lambda: self._answer_up_to(row_id, openid))

    def pick_up(self, now: datetime) -> int:
        """Answers what a process that died has left behind; returns how many messages."""
        at_work = list(self._at_work)
        with transaction() as session:
            inbox.renew(session, at_work, now)
            left = [(_id(row), row.openid) for row in inbox.abandoned(session, now)]
        for row_id, openid in left:
            self.start(row_id, openid)
        return len(left)

    def tend(self, now: datetime) -> int:
        """Sends the answers that waited for a redelivery which has not come; returns how many."""
        with reading() as session:
            found = inbox.unheard(session, now)
        sent = 0
        for row_id in found:
            with transaction() as session:
                sent += inbox.send_by_itself(session, row_id, now)
        return sent

    def close(self) -> None:
        self._closing.set()
        self._lanes.close()

    def _answer_up_to(self, row_id: int, openid: str) -> None:
        """The customer's messages one after the other, though an older one is another process's, or was."""
        while not self._closing.is_set():
            with transaction() as session:
                row = inbox.next_of(session, openid, row_id, utc_now())
                mine = row is not None and inbox.claim(session, _id(row), utc_now())
            if row is None:
                return
            if not mine:
                self._closing.wait(BUSY_PAUSE)
                continue
            self._answer(row)
            if row.id == row_id:
                return  # the older ones came first

    def _answer(self, row: Row) -> None:
        row_id = _id(row)
        message = _read_again(row)
        if message is None:
            return
        self._at_work.add(row_id)
        try:
            self._keep(row_id, message, *self._answer_to(row, message))
        finally:
            self._at_work.discard(row_id)
        if message.kind == "voice" and message.text:
            self._files.keep(row_id, message)  # nobody has to wait for it

    def _answer_to(self, row: Row, message: InboundMessage) -> tuple[list[str], Understanding | None]:
        """The parts of the answer, and what the assistant understood."""
        try:
            outcome = self._reply_to(row, message)
            return in_parts(outcome.text), outcome.understood
        except Exception:
            log.exception("message %s could not be answered", row.id)
            return [texts("bridge")["trouble"]], None

    def _keep(
        self, row_id: int, message: InboundMessage, parts: list[str], understood: Understanding | None
    ) -> None:
        transfer, now = self._attendant.transfer(row_id, message), utc_now()
        with transaction() as session:
            if understood:
                conversations.note_understanding(session, row_id, understood)
            if transfer and inbox.is_awaited(session, row_id, now):
                parts = [transfer, *parts]  # there is one answer; the words are sent after it
            inbox.answer(session, row_id, parts, now)

    def _reply_to(self, row: Row, message: InboundMessage) -> Outcome:
        listener = self._attendant.listener(message)
        if listener is Listener.PERSON:
            return Outcome(self._pass_on(row, message))
        if listener is Listener.RETURNED:
            return Outcome(self._attendant.welcome_back(message.openid))
        if message.kind in ("text", "voice") and message.text.strip():
            return self._ask(row, lambda again: self._parts.bot.say(
                message.openid, message.text.strip(), row.key, again=again))
        command = command_of(message)
        if command is not None:
            return self._ask_for(row, message, command)
        if message.kind in ("image", "video"):
            return Outcome(self._reply_to_media(row, message))
        return Outcome(self._own_reply(row, message))

    def _pass_on(self, row: Row, message: InboundMessage) -> str:
        """A person has the conversation: keeps what came for them; only a danger, or a file that was lost, is answered."""
        if message.kind in ("image", "video") or (message.kind == "voice" and not message.text):
            return self._files.keep(_id(row), message) or ""
        return danger(message.text) or ""

    def _own_reply(self, row: Row, message: InboundMessage) -> str:
        """What the bridge says without the assistant."""
        if message.kind == "voice":
            self._files.keep(_id(row), message)
            return texts("bridge")["voice"]
        if message.kind == "text":
            return texts("bridge")["empty"]
        own = own_answer_of(message)
        return texts("bridge")[own] if own else ""

    def _reply_to_media(self, row: Row, message: InboundMessage) -> str:
        failed = self._files.keep(_id(row), message) or ""
        if failed and not self._follows_another(row):
            return failed
        if not failed and self._followed_by_another(row):
            return ""  # several in a row are one turn, answered with the last
        answered = self._ask_for(row, message, Command("send_media", "", {"kind": message.kind}))
        return "\n\n".join(filter(None, (failed, answered.text)))

    def _follows_another(self, row: Row) -> bool:
        """Whether there is still something to be said of those in the same row that have been kept."""
        with reading() as session:
            return inbox.follows_another(session, row)

    def _followed_by_another(self, row: Row) -> bool:
        for pause in (0.0, self._parts.settings.photo_pause.total_seconds()):
            time.sleep(pause)
            with reading() as session:
                if inbox.is_followed_by_another(session, row):
                    return True
        return False

    def _ask_for(self, row: Row, message: InboundMessage, command: Command) -> Outcome:
        return self._ask(row, lambda again: self._parts.bot.command(
            message.openid, command.intent, command.metadata, row.key, again=again))

    def _ask(self, row: Row, ask: Callable[[bool], Answer]) -> Outcome:
        """The assistant's answer, asked for again after pauses while there is none."""
        again = row.attempts > 0  # a process that died may have asked
        end = time.monotonic() + BOT_PATIENCE
        for pause in (*BOT_PAUSES, 0.0):
            try:
                return _whole(ask(again))
            except BotUnavailable as error:
                log.warning("%s", error)
                metrics.BOT_FAILURES.inc()
            if time.monotonic() + pause > end:
                break
            again = True
            time.sleep(pause)
        return Outcome(texts("bridge")["trouble"])


def _whole(answer: Answer) -> Outcome:
    """The assistant's answer as one text. None at all means that the actions are out of order: nothing has been done.

    Raises:
        BotUnavailable: when there is none, and it may be asked again.
    """
    if not answer.replies:
        raise BotUnavailable("Rasa answers nothing at all; look whether the action server runs.")
    known = answer.understood
    return Outcome(text_of(answer.replies), Understanding(known.intent, known.confidence, known.entities))


def _read_again(row: Row) -> InboundMessage | None:
    """The message that was recorded; one that cannot be read is set aside."""
    try:
        return unpacked(row.payload)
    except (ValueError, TypeError, KeyError):
        log.exception("message %s, recorded by another version, cannot be read", row.id)
        with transaction() as session:
            inbox.set_aside(session, _id(row))
        return None


def _id(row: Row) -> int:
    assert row.id is not None  # noqa: S101 - it came from the database
    return row.id


def packed(message: InboundMessage) -> str:
    """The message as the database keeps it."""
    return json.dumps(asdict(message) | {"created_at": message.created_at.isoformat()}, ensure_ascii=False)


def unpacked(payload: str) -> InboundMessage:
    """The message that was kept."""
    fields = json.loads(payload)
    return InboundMessage(**fields | {"created_at": datetime.fromisoformat(fields["created_at"])})
