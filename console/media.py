"""Photos, videos and recordings, for operators only."""

import io

from flask import abort, send_file
from flask.typing import ResponseReturnValue

from aftersales.media import KEPT_TYPES, LocalMediaStore, thumbnail_name
from aftersales.models import Media
from aftersales.settings import settings
from aftersales.store import reading

from .pages import blueprint

MAX_AGE = 24 * 3600
UNKNOWN_TYPE = "application/octet-stream"


@blueprint.route("/media/<int:media_id>")
def media(media_id: int) -> ResponseReturnValue:
    """The file with the type its first bytes showed; parts of it too, so that videos can be wound."""
    with reading() as session:
        found = session.get(Media, media_id) or abort(404)
    kept = found.content_type in KEPT_TYPES
    answer = send_file(
        io.BytesIO(_content(found)), mimetype=found.content_type if kept else UNKNOWN_TYPE, as_attachment=not kept,
        download_name=f"{media_id}", etag=found.sha256, max_age=MAX_AGE)
    answer.cache_control.private, answer.cache_control.public = True, False
    return answer


@blueprint.route("/media/<int:media_id>/thumbnail")
def thumbnail(media_id: int) -> ResponseReturnValue:
    """The small copy of a picture; one that was kept without is shown itself."""
    with reading() as session:
        found = session.get(Media, media_id) or abort(404)
    try:
        small = LocalMediaStore(settings().media_dir).get(thumbnail_name(found.sha256))
    except FileNotFoundError:
        return media(media_id)
    answer = send_file(io.BytesIO(small), mimetype="image/jpeg", etag=f"{found.sha256}-small", max_age=MAX_AGE)
    answer.cache_control.private, answer.cache_control.public = True, False
    return answer


def _content(found: Media) -> bytes:
    try:
        return LocalMediaStore(settings().media_dir).get(found.sha256)
    except FileNotFoundError:
        abort(404)
