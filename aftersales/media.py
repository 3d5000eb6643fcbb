"""Photos, videos and voice recordings: files by content hash behind one interface, rows that say whose they are."""

import hashlib
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import filetype
from sqlalchemy import update
from sqlmodel import Session, col, select

from . import pictures
from .models import Media, MediaKind, WorkOrder

#: What is kept, by content: the type that the first bytes show, whatever the sender called it.
KEPT_TYPES = (
    "image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime", "video/3gpp", "audio/amr",
    "audio/mpeg",
)
#: How long a picture waits for the order it was sent for.
LOOSE_FOR = timedelta(hours=24)


class UnusableFile(ValueError):  # noqa: N818
    """The file is no picture, video or recording, damaged, or too large; the text says which."""


@dataclass(frozen=True)
class File:
    """A file as it is kept. Pictures have lost what the camera wrote into them, and have a small copy, a JPEG."""

    content: bytes
    content_type: str
    thumbnail: bytes | None = None


class MediaStore(Protocol):
    """Where the files lie; an object store can take the place of the local folder.

    A file's small copy lies beside it, under the name that `thumbnail_name` gives.
    """

    def put(self, name: str, content: bytes) -> None:
        """Keeps the content; putting the same content again changes nothing."""

    def get(self, name: str) -> bytes:
        """The content; FileNotFoundError where there is none."""

    def delete(self, sha256: str) -> None:
        """Deletes the content and its small copy; where there is none nothing happens."""


def thumbnail_name(sha256: str) -> str:
    """Under which name the small copy of a picture lies."""
    return f"{sha256}.thumbnail"


@dataclass(frozen=True)
class LocalMediaStore:
    """Files in a folder, spread over subfolders by the first two digits of their hash."""

    folder: Path

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")  # two may put the same content at once
        try:
            half.write_bytes(content)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)

    def get(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def delete(self, sha256: str) -> None:
        for name in (sha256, thumbnail_name(sha256)):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def content_type_of(content: bytes) -> str:
    """The MIME type that the first bytes show.

    Raises:
        UnusableFile: for anything that is not kept.
    """
    kind = filetype.guess(io.BytesIO(content))
    if kind is None or kind.mime not in KEPT_TYPES:
        raise UnusableFile(f"only pictures, videos and recordings are kept, not {kind.mime if kind else 'this file'}")
    return str(kind.mime)


def prepared(content: bytes) -> File:
    """What of a file that was sent is kept. Pictures are decoded: do this outside of transactions.

    Raises:
        UnusableFile: for anything that is not kept, and for pictures that are damaged or have too many pixels.
    """
    content_type = content_type_of(content)
    if content_type not in pictures.FORMATS:
        return File(content, content_type)
    try:
        picture = pictures.cleaned(content, content_type)
    except pictures.UnreadablePicture as error:
        raise UnusableFile(str(error)) from error
    return File(picture.content, content_type, picture.thumbnail)


def keep(
    session: Session,
    store: MediaStore,
    openid: str,
    content: bytes | File,
    now: datetime,
    *,
    kind: MediaKind = MediaKind.CUSTOMER,
    order: WorkOrder | None = None,
) -> Media:
    """Stores a file and notes whose it is; without an order it waits for the customer's next one.

    The same content is stored once, and what is sent again to the same place counts once. What was sent should be
    `prepared`; bytes are stored as they are.
    """
    file = content if isinstance(content, File) else File(content, content_type_of(content))
    sha256 = hashlib.sha256(file.content).hexdigest()
    store.put(sha256, file.content)
    if file.thumbnail is not None:
        store.put(thumbnail_name(sha256), file.thumbnail)
    place = order.id if order else None
    known = session.exec(select(Media).where(
        Media.sha256 == sha256, Media.openid == openid, Media.order_id == place, Media.kind == kind)).first()
    media = known or Media(
        sha256=sha256, openid=openid, order_id=place, kind=kind, content_type=file.content_type, size=len(file.content),
        created_at=now)
    media.created_at = now
    session.add(media)
    session.flush()
    return media


def attach_loose(session: Session, order: WorkOrder, now: datetime) -> int:
    """Gives the order the pictures its customer has sent lately and that belong to none yet; returns how many."""
    attached = session.execute(
        update(Media)
        .where(
            col(Media.openid) == order.openid, col(Media.order_id).is_(None), col(Media.kind) == MediaKind.CUSTOMER,
            col(Media.content_type).not_like("audio/%"), col(Media.created_at) > now - LOOSE_FOR)
        .values(order_id=order.id)
        .execution_options(synchronize_session=False))
    return int(attached.rowcount)  # type: ignore[attr-defined]


def loose_count(session: Session, openid: str, now: datetime) -> int:
    """How many pictures of the customer still wait for an order."""
    query = select(Media.id).where(
        Media.openid == openid, col(Media.order_id).is_(None), Media.kind == MediaKind.CUSTOMER,
        col(Media.content_type).not_like("audio/%"), col(Media.created_at) > now - LOOSE_FOR)
    return len(session.exec(query).all())


def photos_of(session: Session, order: WorkOrder) -> Sequence[Media]:
    """The order's photos and videos, oldest first."""
    return session.exec(select(Media).where(Media.order_id == order.id).order_by(col(Media.id))).all()
