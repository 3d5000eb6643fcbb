"""The files that work orders and messages point to."""

import io
from http import HTTPStatus

from flask import Response, abort, send_file

from aftersales.media import KEPT_TYPES
from aftersales.models import Media
from aftersales.store import reading

from .calls import api, blueprint, documented

MAX_AGE = 24 * 3600
UNKNOWN_TYPE = "application/octet-stream"
LARGEST_ID = 2**31 - 1  # what the column can hold


@blueprint.get("/media/<int:media_id>")
@documented(HTTPStatus.OK, None, HTTPStatus.NOT_FOUND)
def media(media_id: int) -> Response:
    """A photo, video or recording; parts of it too, so that videos can be wound."""
    found = _found(media_id)
    kept = found.content_type in KEPT_TYPES
    answer = send_file(
        io.BytesIO(_content(found)), mimetype=found.content_type if kept else UNKNOWN_TYPE, as_attachment=not kept,
        download_name=str(media_id), etag=found.sha256, max_age=MAX_AGE)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.cache_control.private, answer.cache_control.public = True, False
    answer.direct_passthrough = False  # the document's library reads the body
    return answer


def _found(media_id: int) -> Media:
    with reading() as session:
        return (session.get(Media, media_id) if media_id <= LARGEST_ID else None) or abort(404)


def _content(found: Media) -> bytes:
    try:
        return api().store.get(found.sha256)
    except FileNotFoundError:
        abort(404)
