"""Media: uploading, fetching by id for three days, and public addresses that need no token."""

from flask import Blueprint, Response, request

from simulator.calls.gate import Answer, answers, api, world
from simulator.errors import ApiError
from simulator.world import World

public = Blueprint("files", __name__)


@api.get("/cgi-bin/media/get")
@answers
def media_get(world: World) -> Answer | Response:
    """A file of a customer or of the account; for videos the address where it lies."""
    media_id = request.args.get("media_id", "")
    if not media_id:
        raise ApiError(41006)
    media = world.media.get(media_id, world.now())
    if media.kind == "video":
        return {"video_url": world.config.base_url + media.path}
    disposition = f'attachment; filename="{media.filename}"'
    return Response(media.content, mimetype=media.mimetype, headers={"Content-Disposition": disposition})


@api.post("/cgi-bin/media/upload")
@answers
def media_upload(world: World) -> Answer:
    """Store a file of the account: query `type`, multipart field `media`."""
    upload = request.files.get("media")
    if upload is None:
        raise ApiError(41005)
    media = world.media.add(request.args.get("type", ""), upload.read(), world.now())
    return {"type": media.kind, "media_id": media.id, "created_at": int(media.created_at.timestamp())}


@public.get("/mmbiz/<public_id>/0")
@public.get("/video/<public_id>")
def public_file(public_id: str) -> Response:
    """A picture or video, to anybody who knows its address."""
    media = world().media.public(public_id)
    if media is None:
        return Response("这个文件不存在。", status=404, mimetype="text/plain")
    return Response(media.content, mimetype=media.mimetype, headers={"Cache-Control": "max-age=259200"})
