"""Who may call: whoever bears the token. Every address under /api/v1 asks for it, also those that do not exist."""

import hmac

from flask import Response, request
from werkzeug.exceptions import HTTPException, NotFound

from .calls import PREFIX, api, blueprint
from .errors import error_answer, http_answer

#: The only call that needs no token.
OPEN = f"{blueprint.name}.openapi"
SCHEME = "bearer"
#: The largest JSON body; a call that takes a file sets its own limit.
MAX_BODY = 1024 * 1024


@blueprint.before_app_request
def guard() -> Response | None:
    """Refuses who bears no token, then answers in JSON what Flask would answer in HTML before a call is reached."""
    if not _is_ours() or request.endpoint == OPEN:
        return None
    if not _bears_token():
        return _unauthorized()
    request.max_content_length = MAX_BODY
    refused = NotFound() if "\0" in request.path else request.routing_exception  # no database looks for a NUL
    return http_answer(refused) if isinstance(refused, HTTPException) and (refused.code or 0) >= 400 else None


def _is_ours() -> bool:
    return request.blueprint == blueprint.name or request.path == PREFIX or request.path.startswith(PREFIX + "/")


def _bears_token() -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    known = hmac.compare_digest(given.strip().encode(), api().token.encode())
    return known and scheme.lower() == SCHEME


def _unauthorized() -> Response:
    answer = error_answer(401, "unauthorized", "send the header Authorization: Bearer <API_TOKEN> with a valid token")
    answer.headers["WWW-Authenticate"] = 'Bearer realm="baoxiu"'
    return answer
