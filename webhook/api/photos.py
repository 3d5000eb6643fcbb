"""Photos and videos that the technician takes of the work."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request
from sqlmodel import Session

from aftersales import media
from aftersales.models import Actor, MediaKind
from aftersales.progress import find_order, record
from aftersales.settings import settings
from aftersales.store import transaction
from aftersales.times import utc_now

from . import gather, idempotency, inputs, schemas
from .calls import api, blueprint, documented
from .errors import ApiError

MEGABYTE = 1024 * 1024
#: Room for the parts of the form around the file.
FORM_ROOM = 64 * 1024
SHOWN = ("image/", "video/")
#: What the order's history says of a photo.
NOTES = {MediaKind.BEFORE: "维修前", MediaKind.PROCESS: "维修中", MediaKind.AFTER: "维修后"}


@dataclass(frozen=True)
class Upload:
    """A checked photo or video and when it was taken."""

    kind: MediaKind
    sha256: str  # of what was sent
    file: media.File


@blueprint.post("/work-orders/<number>/photos")
@documented(
    HTTPStatus.CREATED, schemas.WorkOrder,
    HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY,
    form=schemas.PhotoForm, headers=schemas.IdempotencyHeaders)
def post_photo(number: str) -> Response:
    """Adds a photo or video to an order."""
    upload = _upload()
    sent = [upload.kind, upload.sha256]
    with transaction() as session:
        return idempotency.once(session, sent, HTTPStatus.CREATED, lambda: _add(session, number, upload))


def _upload() -> Upload:
    """What the form holds, read before any transaction begins: a caller may be slow."""
    most = settings().media_max_mb * MEGABYTE
    request.max_content_length = most + FORM_ROOM
    file = request.files.get("file")
    if file is None:
        raise inputs.invalid("file: is required, as a file of a multipart/form-data body")
    kind = inputs.form(schemas.PhotoFields).kind
    content = file.read()
    if len(content) > most:
        raise ApiError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"file: may have {settings().media_max_mb} MB at most")
    if not media.content_type_of(content).startswith(SHOWN):
        raise media.UnusableFile("file: must be a picture or a video")
    return Upload(kind, hashlib.sha256(content).hexdigest(), media.prepared(content))


def _add(session: Session, number: str, upload: Upload) -> schemas.WorkOrder:
    now = utc_now()
    order = find_order(session, number, for_update=True)
    media.keep(session, api().store, order.openid, upload.file, now, kind=upload.kind, order=order)
    record(session, order, "photo", Actor.INTEGRATION, now, NOTES[upload.kind])
    return gather.work_order(session, order)
