"""A repeated call has one effect: the caller names it with an `Idempotency-Key`, we keep the answer beside the effect.

The key is claimed first, in the transaction of the effect: of two calls at the same time the second waits until the
first is through and finds its answer, or, where the first was refused, takes its place. Refusals are not kept.
"""

import hashlib
import json
import re
from collections.abc import Callable
from http import HTTPStatus

from flask import Response, request
from pydantic import BaseModel
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from aftersales.models import IdempotencyKey
from aftersales.times import utc_now

from .calls import JSON, json_answer
from .errors import ApiError
from .inputs import invalid

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def once(session: Session, sent: object, status: HTTPStatus, act: Callable[[], BaseModel]) -> Response:
    """The answer of `act`, or the one it gave to the same call before.

    Args:
        sent: what the caller sent, as far as it makes the call what it is; anything that can be written as JSON.
        status: of the first answer.

    Raises:
        ApiError: when the key is unusable or was used for another call.
    """
    key = _asked_key()
    if key is None:
        return json_answer(act(), status)
    fingerprint = _fingerprint(sent)
    if not _claim(session, key, fingerprint):
        return _again(session, key, fingerprint)
    answer = act()
    _keep(session, key, status, answer)
    return json_answer(answer, status)


def _asked_key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise invalid(f"{HEADER}: use 1 to 200 visible ASCII characters, such as a UUID")
    return key


def _fingerprint(sent: object) -> str:
    words = json.dumps([request.method, request.path, sent], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _claim(session: Session, key: str, fingerprint: str) -> bool:
    """Enters the key, with an answer still to come; False when it is there already."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table = IdempotencyKey.__table__  # type: ignore[attr-defined]
    statement = dialect.insert(table).values(
        key=key, request_hash=fingerprint, status_code=0, answer={}, created_at=utc_now())
    claimed = session.execute(statement.on_conflict_do_nothing(index_elements=["key"]).returning(table.c.key))
    return claimed.scalar_one_or_none() is not None


def _keep(session: Session, key: str, status: HTTPStatus, answer: BaseModel) -> None:
    row = session.get_one(IdempotencyKey, key)
    row.status_code, row.answer = status, answer.model_dump(mode="json")
    session.add(row)


def _again(session: Session, key: str, fingerprint: str) -> Response:
    row = session.get_one(IdempotencyKey, key)
    if row.request_hash != fingerprint:
        raise ApiError(
            HTTPStatus.CONFLICT, "idempotency_key_reused", f"{HEADER} {key} was used for another call; take a new one")
    words = json.dumps(row.answer, ensure_ascii=False)
    return Response(words, row.status_code, {REPLAYED: "true"}, mimetype=JSON)
