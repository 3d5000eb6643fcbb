"""Answers recorded messages: logs them, keeps their pictures, asks the assistant, keeps the answer."""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from aftersales import conversations, inbox, media, outbox, planner
from aftersales.conversations import Understanding
from aftersales.models import InboundMessage as Row
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import BotClient, BotUnavailable, Reply
from wechat.choices import rendered_size
from wechat.client import Platform
from wechat.errors import PlatformError, Reaction
from wechat.messages import InboundMessage

from . import metrics
from .lanes import Lanes
from .rendering import in_parts, text_of
from .understanding import OWN_ANSWERS, SHOWN, Command, command_of

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

#: Pauses before the assistant is asked again while it does not answer, in seconds.
BOT_PAUSES = (1.0, 3.0, 10.0, 20.0)
MEDIA_PAUSES = (0.5, 2.0)
#: The rest of a long answer is sent this much later, so that it does not overtake the passive reply.
REST_AFTER = timedelta(seconds=1)


@dataclass(frozen=True)
class Parts:
    """What answering needs: the assistant, the platform, the files, the settings."""

    bot: BotClient
    platform: Platform
    store: media.MediaStore
    settings: Settings


class Answering:
    """Answers messages in the background, one customer's in their order."""

    def __init__(self, parts: Parts, workers: int = 24) -> None:
        self._parts = parts
        self._lanes = Lanes(workers)

    def start(self, row_id: int, message: InboundMessage) -> "Future[None]":
        """Begins to answer; the future is done when the answer stands in the row."""
        return self._lanes.submit(message.openid, lambda: self._answer(row_id, message))

    def pick_up(self, now: datetime) -> int:
        """Answers what a process that died has left behind; returns how many messages."""
        with transaction() as session:
            left = [(_id(row), _read_again(session, row)) for row in inbox.abandoned(session, now)]
        found = [(row_id, message) for row_id, message in left if message]
        for row_id, message in found:
            self.start(row_id, message)
        return len(found)

    def close(self) -> None:
        self._lanes.close()

    def _answer(self, row_id: int, message: InboundMessage) -> None:
        with transaction() as session:
            if not inbox.claim(session, row_id, utc_now()):
                return
        try:
            parts = in_parts(self._reply_to(row_id, message))
        except Exception:
            log.exception("message %s could not be answered", row_id)
            parts = [texts("bridge")["trouble"]]
        self._keep(row_id, message.openid, parts)
        if message.kind == "voice" and message.text:
            self._keep_recording(message)

    def _keep(self, row_id: int, openid: str, parts: list[str]) -> None:
        now = utc_now()
        first, *more = parts or [""]
        with transaction() as session:
            row = inbox.answer(session, row_id, first, now)
            for part in more:
                outbox.say(session, openid, "reply", part, now + REST_AFTER)
            if first and not row.late:
                row.reply = planner.join(session, openid, row_id, first, now, rendered_size)
                conversations.log_out(session, openid, "passive", row.reply, now)

    def _reply_to(self, row_id: int, message: InboundMessage) -> str:
        if message.kind in ("image", "video"):
            return self._reply_to_media(row_id, message)
        if message.kind == "voice" and not message.text:
            self._keep_file(message)
            return texts("bridge")["voice"]
        if message.kind in ("text", "voice"):
            return self._reply_to_words(message)
        command = command_of(message)
        if command is not None:
            return self._reply_to_command(message, command)
        if message.kind not in OWN_ANSWERS:
            return ""
        _log(message, SHOWN[message.kind])
        return texts("bridge")[OWN_ANSWERS[message.kind]]

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
        return self._said(self._patiently(lambda: self._parts.bot.say(message.openid, words)))

    def _reply_to_command(self, message: InboundMessage, command: Command) -> str:
        _log(message, command.shown, Understanding(command.intent, 1.0))
        return self._said(self._patiently(
            lambda: self._parts.bot.command(message.openid, command.intent, command.metadata)))

    def _reply_to_media(self, row_id: int, message: InboundMessage) -> str:
        failed = self._keep_file(message)
        if failed:
            return texts("bridge")[failed]
        if self._followed_by_another(row_id):
            return ""  # several in a row are one turn, answered with the last
        return self._said(self._patiently(
            lambda: self._parts.bot.command(message.openid, "send_media", {"kind": message.kind})))

    def _followed_by_another(self, row_id: int) -> bool:
        for pause in (0.0, self._parts.settings.photo_pause.total_seconds()):
            time.sleep(pause)
            with reading() as session:
                if inbox.newer_of_kind(session, session.get_one(Row, row_id)):
                    return True
        return False

    def _keep_file(self, message: InboundMessage) -> str | None:
        """Downloads and keeps the file and logs the message; the name of the text to answer when that failed."""
        shown = SHOWN[message.kind]
        content = self._download(message)
        if content is None:
            _log(message, shown)
            return "media_failed"
        try:
            with transaction() as session:
                now = utc_now()
                kept = media.keep(session, self._parts.store, message.openid, content, now)
                conversations.log_in(session, message.openid, message.kind, shown, now, media_id=kept.id)
        except media.UnusableFile:
            _log(message, shown)
            return "media_unusable"
        return None

    def _keep_recording(self, message: InboundMessage) -> None:
        """Keeps the recording of words that have been answered already: nobody has to wait for it."""
        content = self._download(message)
        if content is None:
            return
        now = utc_now()
        try:
            with transaction() as session:
                kept = media.keep(session, self._parts.store, message.openid, content, now)
                conversations.attach_recording(session, message.openid, message.text.strip(), kept.id or 0)
        except media.UnusableFile as error:
            log.warning("the recording of %s was not kept: %s", message.openid, error)

    def _download(self, message: InboundMessage) -> bytes | None:
        for pause in (*MEDIA_PAUSES, None):
            try:
                return self._parts.platform.download(message.media_id).content
            except PlatformError as error:
                log.warning("media of %s could not be downloaded: %s", message.openid, error)
                if error.reaction is not Reaction.RETRY:
                    break
            if pause is not None:
                time.sleep(pause)
        return self._fetch_picture(message)

    def _fetch_picture(self, message: InboundMessage) -> bytes | None:
        if not message.picture_url:
            return None
        try:
            return self._parts.platform.fetch_picture(message.picture_url).content
        except PlatformError as error:
            log.warning("picture of %s could not be fetched: %s", message.openid, error)
            return None

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

    def _said(self, replies: list[Reply] | None) -> str:
        """One text of all the answers; none at all means that the actions are out of order."""
        return text_of(replies or []) or texts("bridge")["trouble"]


def _log(message: InboundMessage, text: str, understood: Understanding | None = None) -> None:
    with transaction() as session:
        conversations.log_in(session, message.openid, message.kind, text, utc_now(), understood)


def _read_again(session: Session, row: Row) -> InboundMessage | None:
    """A message that was left unanswered; nobody waits for it any more. One that cannot be read is set aside."""
    inbox.give_up_waiting(session, _id(row))
    try:
        return unpacked(row.payload)
    except (ValueError, TypeError, KeyError):
        log.exception("message %s, recorded by another version, cannot be read", row.id)
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
