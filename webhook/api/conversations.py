"""Conversations: everything a customer wrote and was sent."""

from http import HTTPStatus

from flask import Response

from aftersales.conversations import messages_of
from aftersales.models import Message
from aftersales.store import reading

from . import gather, inputs, paging, schemas
from .calls import blueprint, documented, json_answer


@blueprint.get("/conversations/<openid>/messages")
@documented(HTTPStatus.OK, schemas.MessagePage, HTTPStatus.UNPROCESSABLE_ENTITY, query=schemas.MessageQuery)
def messages(openid: str) -> Response:
    """The conversation log, newest first; nothing was said by somebody we do not know."""
    asked = inputs.query(schemas.MessageQuery)
    before = paging.position(asked.cursor)
    with reading() as session:
        found = messages_of(session, openid, asked.limit + 1, before)
    shown, cursor = paging.page(found, asked.limit)
    return json_answer(schemas.MessagePage(items=[_shown(message) for message in shown], next_cursor=cursor))


def _shown(message: Message) -> schemas.Message:
    url = gather.media_url(message.media_id) if message.media_id is not None else None
    return schemas.Message.model_validate(message.model_dump() | {"media_url": url})
