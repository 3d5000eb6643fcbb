"""Photos, videos and recordings of customers: fetched at once, cleaned and kept."""

import logging
import time

from aftersales import conversations, media
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from aftersales.texts import texts
from aftersales.times import SHANGHAI, utc_now
from wechat.client import Platform
from wechat.errors import PlatformError, Reaction
from wechat.media import FileTooLargeError
from wechat.messages import InboundMessage

from .understanding import SHOWN

log = logging.getLogger(__name__)

#: Pauses before a file is asked for again while the platform cannot give it, in seconds.
MEDIA_PAUSES = (0.5, 2.0)
#: With which text the customer is told why a file was not kept.
LOST = {FileTooLargeError: "media_too_large", PlatformError: "media_failed", media.UnusableFile: "media_unusable"}


class Files:
    """Fetches what the platform holds for a message and keeps it."""

    def __init__(self, platform: Platform, store: media.MediaStore, settings: Settings) -> None:
        self._platform, self._store, self._settings = platform, store, settings

    def keep(self, row_id: int, message: InboundMessage) -> str | None:
        """Downloads the file and keeps it with the message of that row; the text to answer when that failed.

        One that a process has kept before it died is not fetched again.
        """
        with reading() as session:
            if conversations.has_file(session, row_id):
                return None
        try:
            file = media.prepared(self._download(message))
        except (PlatformError, media.UnusableFile) as error:
            log.warning("%s of %s was not kept: %s", message.kind, message.openid, error)
            return self._sorry(message, error)
        with transaction() as session:
            kept = media.keep(session, self._store, message.openid, file, utc_now())
            conversations.attach_file(session, row_id, kept.id)
        return None

    def _sorry(self, message: InboundMessage, error: Exception) -> str:
        """Which file was lost, and what the customer can do."""
        name = next(text for kind, text in LOST.items() if isinstance(error, kind))
        return texts("bridge")[name].format(
            kind=SHOWN[message.kind].strip("[]"), time=f"{message.created_at.astimezone(SHANGHAI):%H:%M}",
            limit=self._settings.media_max_mb)

    def _download(self, message: InboundMessage) -> bytes:
        """The file, after pauses where the platform could not give it, else a picture from its public address.

        Raises:
            PlatformError: when it cannot be had, or is too large.
        """
        failures: list[PlatformError] = []
        for pause in (0.0, *MEDIA_PAUSES):
            time.sleep(pause)
            try:
                return self._platform.download(message.media_id).content
            except PlatformError as error:
                log.warning("media of %s could not be downloaded: %s", message.openid, error)
                failures.append(error)
            if failures[-1].reaction is not Reaction.RETRY:
                break
        return self._fetch_picture(message, failures[-1])

    def _fetch_picture(self, message: InboundMessage, error: PlatformError) -> bytes:
        """The picture at its public address, unless it is too large or not a picture: then the error of the download."""
        if not message.picture_url or isinstance(error, FileTooLargeError):
            raise error
        return self._platform.fetch_picture(message.picture_url).content
