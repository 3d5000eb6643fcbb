"""Answers recorded messages: logs them, keeps their pictures, asks the assistant, keeps the answer."""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar

from aftersales import conversations, inbox, media, outbox
from aftersales.conversations import Understanding
from aftersales.models import InboundMessage as Row
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import BotClient, BotUnavailable, Reply
from wechat.choices import render, unmark, with_choices
from wechat.client import Platform
from wechat.errors import PlatformError
from wechat.messages import InboundMessage
from wechat.replies import plain, split_text

from . import metrics
from .lanes import Lanes
from .understanding import OWN_ANSWERS, Command, command_of

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

MEDIA_KINDS = {"image": "[照片]", "video": "[视频]", "voice": "[语音]"}
#: Pauses before the assistant is asked again while it does not answer, in seconds.
BOT_PAUSES = (1.0, 3.0, 10.0, 20.0)
MEDIA_PAUSES = (0.5, 2.0)


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
            rows = inbox.abandoned(session, now)
            for row in rows:
                inbox.give_up_waiting(session, _id(row))
        for row in rows:
            self.start(_id(row), unpacked(row.payload))
        return len(rows)

    def close(self) -> None:
        self._lanes.close()

    def _answer(self, row_id: int, message: InboundMessage) -> None:
        with transaction() as session:
            if not inbox.claim(session, row_id, utc_now()):
                return
        try:
            text = self._reply_to(row_id, message)
        except Exception:
            log.exception("message %s could not be answered", row_id)
            text = texts("bridge")["trouble"]
        self._keep(row_id, message.openid, text)
        if message.kind == "voice" and message.text:
            self._keep_recording(message)

    def _keep(self, row_id: int, openid: str, text: str) -> None:
        now = utc_now()
        first, *more = split_text(render(text)) or [""]
        with transaction() as session:
            row = inbox.answer(session, row_id, first, now)
            for part in more:
                outbox.say(session, openid, "reply", part, now)
            if text and not row.late:
                conversations.log_out(session, openid, "passive", text if not more else first, now)

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
            return self._reply_to_command(message.openid, command)
        _log(message, f"[{message.kind}]")
        return texts("bridge")[OWN_ANSWERS[message.kind]] if message.kind in OWN_ANSWERS else ""

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

    def _reply_to_command(self, openid: str, command: Command) -> str:
        with transaction() as session:
            conversations.log_in(
                session, openid, "event", command.shown, utc_now(), Understanding(command.intent, 1.0))
        return self._said(self._patiently(lambda: self._parts.bot.command(openid, command.intent, command.metadata)))

    def _reply_to_media(self, row_id: int, message: InboundMessage) -> str:
        failed = self._keep_file(message)
        if failed:
            return texts("bridge")[failed]
        if self._followed_by_another(row_id):
            return ""  # several in a row are one turn, answered with the last
        return self._said(self._patiently(lambda: self._parts.bot.command(message.openid, "send_media")))

    def _followed_by_another(self, row_id: int) -> bool:
        for pause in (0.0, self._parts.settings.photo_pause.total_seconds()):
            time.sleep(pause)
            with reading() as session:
                if inbox.newer_of_kind(session, session.get_one(Row, row_id)):
                    return True
        return False

    def _keep_file(self, message: InboundMessage) -> str | None:
        """Downloads and keeps the file and logs the message; the name of the text to answer when that failed."""
        shown = MEDIA_KINDS[message.kind]
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
            if pause is not None:
                time.sleep(pause)
        return None

    def _said(self, replies: list[Reply] | None) -> str:
        """One text of all the answers; none at all means that the actions are out of order."""
        said = [with_choices(unmark(plain(reply.text)), reply.choices) for reply in replies or []]
        return "\n\n".join(said) or texts("bridge")["trouble"]


def _log(message: InboundMessage, text: str, understood: Understanding | None = None) -> None:
    with transaction() as session:
        conversations.log_in(session, message.openid, message.kind, text, utc_now(), understood)


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
