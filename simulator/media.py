"""Media of both directions: what customers send and what the account uploads. Ids live three days."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from simulator.errors import ApiError

LIFETIME = timedelta(days=3)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """What the platform accepts as one kind of media: size, the file's first bytes, the error when too big."""

    limit: int
    too_big: int
    mimetypes: dict[bytes, str]
    extension: str


JPEG, PNG, GIF = {b"\xff\xd8\xff": "image/jpeg"}, {b"\x89PNG": "image/png"}, {b"GIF8": "image/gif"}
KINDS = {
    "image": Kind(10 * MEGABYTE, 40009, JPEG | PNG | GIF, "jpg"),
    "voice": Kind(2 * MEGABYTE, 40010, {b"#!AMR": "audio/amr", b"ID3": "audio/mp3", b"\xff\xfb": "audio/mp3"}, "amr"),
    "video": Kind(10 * MEGABYTE, 40011, {b"ftyp": "video/mp4"}, "mp4"),
    "thumb": Kind(64 * 1024, 40012, JPEG, "jpg"),
}


@dataclass(frozen=True)
class Media:
    """One stored file. `id` is the media_id, `public_id` stands in the public address of pictures and videos."""

    id: str
    public_id: str
    kind: str
    content: bytes
    mimetype: str
    created_at: datetime

    @property
    def filename(self) -> str:
        """A name with the fitting ending."""
        return f"{self.public_id}.{KINDS[self.kind].extension}"

    @property
    def path(self) -> str:
        """Its public path on this server."""
        return f"/video/{self.public_id}" if self.kind == "video" else f"/mmbiz/{self.public_id}/0"


class MediaStore:
    """All media of the account, in memory; thread-safe."""

    def __init__(self) -> None:
        self._by_id: dict[str, Media] = {}
        self._by_public_id: dict[str, Media] = {}
        self._lock = Lock()

    def add(self, kind: str, content: bytes, now: datetime) -> Media:
        """Store a file. Raises ApiError 40004–40012 when kind, size or content do not fit."""
        mimetype = recognise(kind, content)
        media = Media(secrets.token_urlsafe(48), secrets.token_urlsafe(24), kind, content, mimetype, now)
        with self._lock:
            self._by_id[media.id] = media
            self._by_public_id[media.public_id] = media
        return media

    def of_kind(self, kind: str, media_id: str, now: datetime) -> Media:
        """The file of a media_id that must be of a kind. Raises ApiError 41006, 40007 or 40121 (another kind)."""
        if not media_id:
            raise ApiError(41006)
        media = self.get(media_id, now)
        if media.kind != kind:
            raise ApiError(40121, f"{media.kind} for {kind}")
        return media

    def get(self, media_id: str, now: datetime) -> Media:
        """The file of a media_id. Raises ApiError 40007 when unknown or older than three days."""
        with self._lock:
            media = self._by_id.get(media_id)
        if media is None or now - media.created_at > LIFETIME:
            raise ApiError(40007)
        return media

    def public(self, public_id: str) -> Media | None:
        """The file of a public address, which needs no token and does not end after three days."""
        with self._lock:
            return self._by_public_id.get(public_id)


def recognise(kind: str, content: bytes) -> str:
    """The mime type by the first bytes. Raises ApiError when the platform would refuse the upload."""
    rule = KINDS.get(kind)
    if rule is None:
        raise ApiError(40004)
    if not content:
        raise ApiError(41005)
    if len(content) > rule.limit:
        raise ApiError(rule.too_big)
    for magic, mimetype in rule.mimetypes.items():
        if content.startswith(magic) or content[4:].startswith(magic):
            return mimetype
    raise ApiError(40005)
