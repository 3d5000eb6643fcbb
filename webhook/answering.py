"""Answers recorded messages: logs them, asks the assistant, keeps the answer."""

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar

from aftersales import conversations, inbox
from aftersales.conversations import Understanding
from aftersales.handoff import Listener
from aftersales.media import MediaStore
from aftersales.models import InboundMessage as Row
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import BotClient, BotUnavailable, Reply
from wechat.client import Platform
from wechat.messages import InboundMessage

from . import metrics
from .files import Files
from .handoff import Attendant, danger
from .lanes import Lanes
from .rendering import in_parts, text_of
from .understanding import Command, command_of, own_answer_of, shown

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

#: Pauses before the assistant is asked again while it does not answer, in seconds.
BOT_PAUSES = (1.0, 3.0, 10.0, 20.0)
#: Seconds between looks at an older message of the customer's that another process is still answering.
BUSY_PAUSE = 0.1


@dataclass(frozen=True)
class Parts:
    """What answering needs: the assistant, the platform, the files, the settings."""

    bot: BotClient
    platform: Platform
    store: MediaStore
    settings: Settings


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
            if mine:
                self._answer(row)
            else:
                self._closing.wait(BUSY_PAUSE)

    def _answer(self, row: Row) -> None:
        row_id = _id(row)
        message = _read_again(row)
        if message is None:
            return
        self._at_work.add(row_id)
        try:
            self._keep(row_id, message, self._parts_for(row_id, message))
        finally:
            self._at_work.discard(row_id)
        if message.kind == "voice" and message.text:
            self._files.keep_recording(message)

    def _parts_for(self, row_id: int, message: InboundMessage) -> list[str]:
        try:
            return in_parts(self._reply_to(row_id, message))
        except Exception:
            log.exception("message %s could not be answered", row_id)
            return [texts("bridge")["trouble"]]

    def _keep(self, row_id: int, message: InboundMessage, parts: list[str]) -> None:
        transfer, now = self._attendant.transfer(row_id, message), utc_now()
        with transaction() as session:
            if transfer and inbox.is_awaited(session, row_id, now):
                parts = [transfer, *parts]  # there is one answer; the words are sent after it
            inbox.answer(session, row_id, parts, now)

    def _reply_to(self, row_id: int, message: InboundMessage) -> str:
        listener = self._attendant.listener(message)
        if listener is Listener.PERSON:
            return self._pass_on(message)
        if listener is Listener.RETURNED:
            _log(message, shown(message))
            return self._attendant.welcome_back(message.openid)
        return self._ask_assistant(row_id, message)

    def _pass_on(self, message: InboundMessage) -> str:
        """A person has the conversation: keeps what came for them; only a danger, or a file that was lost, is answered."""
        if message.kind in ("image", "video") or (message.kind == "voice" and not message.text):
            return self._files.keep(message) or ""
        _log(message, shown(message))
        return danger(message.text) or ""

    def _ask_assistant(self, row_id: int, message: InboundMessage) -> str:
        if message.kind in ("image", "video"):
            return self._reply_to_media(row_id, message)
        if message.kind == "voice" and not message.text:
            self._files.keep(message)
            return texts("bridge")["voice"]
        if message.kind in ("text", "voice"):
            return self._reply_to_words(message)
        command = command_of(message)
        if command is not None:
            return self._reply_to_command(message, command)
        own = own_answer_of(message)
        if own is None:
            return ""
        _log(message, shown(message))
        return texts("bridge")[own]

    def _reply_to_words(self, message: InboundMessage) -> str:
        words = message.text.strip()
        if not words:
            _log(message, "")
            return texts("bridge")["empty"]
        understood = self._patiently(lambda: self._parts.bot.understand(words))
        if understood is None:
            _log(message, words)
            return texts("bridge")["trouble"]
        _log(message, words, Understanding(understood.intent, understood.confidence, understood.entities))
        return self._said(lambda: self._parts.bot.say(message.openid, words))

    def _reply_to_command(self, message: InboundMessage, command: Command) -> str:
        _log(message, command.shown, Understanding(command.intent, 1.0))
        return self._said(lambda: self._parts.bot.command(message.openid, command.intent, command.metadata))

    def _reply_to_media(self, row_id: int, message: InboundMessage) -> str:
        failed = self._files.keep(message)
        if failed:
            return "\n\n".join(filter(None, (failed, self._reply_to_those_before(row_id, message))))
        if self._followed_by_another(row_id):
            return ""  # several in a row are one turn, answered with the last
        return self._reply_to_files(message)

    def _reply_to_those_before(self, row_id: int, message: InboundMessage) -> str:
        """What is still to be said of those in the same row that have been kept, when the last one was lost."""
        with reading() as session:
            waited = inbox.follows_another(session, session.get_one(Row, row_id))
        return self._reply_to_files(message) if waited else ""

    def _reply_to_files(self, message: InboundMessage) -> str:
        return self._said(lambda: self._parts.bot.command(message.openid, "send_media", {"kind": message.kind}))

    def _followed_by_another(self, row_id: int) -> bool:
        for pause in (0.0, self._parts.settings.photo_pause.total_seconds()):
            time.sleep(pause)
            with reading() as session:
                if inbox.is_followed_by_another(session, session.get_one(Row, row_id)):
                    return True
        return False

    def _patiently(self, ask: Callable[[], Answer]) -> Answer | None:
        """Asks the assistant, again after pauses while it does not answer; None when it never did."""
        for pause in (*BOT_PAUSES, None):
            try:
                return ask()
            except BotUnavailable as error:
                log.warning("%s", error)
                metrics.BOT_FAILURES.inc()
                if error.heard:
                    return None
            if pause is not None:
                time.sleep(pause)
        return None

    def _said(self, ask: Callable[[], list[Reply]]) -> str:
        """One text of all the answers."""
        return text_of(self._patiently(lambda: _something(ask())) or []) or texts("bridge")["trouble"]


def _something(replies: list[Reply]) -> list[Reply]:
    """The replies. None at all means that the actions are out of order: nothing has been done, and it may be asked again.

    Raises:
        BotUnavailable: when there are none.
    """
    if not replies:
        raise BotUnavailable("Rasa answers nothing at all; look whether the action server runs.")
    return replies


def _log(message: InboundMessage, text: str, understood: Understanding | None = None) -> None:
    with transaction() as session:
        conversations.log_in(session, message.openid, message.kind, text, utc_now(), understood)


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
