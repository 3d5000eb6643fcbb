"""What went wrong, always as {"error": {"code", "message"}}: a word for programs and a sentence for people."""

import logging
from http import HTTPStatus

from flask import Response
from werkzeug.exceptions import HTTPException, InternalServerError, default_exceptions

from aftersales.media import UnusableFile
from aftersales.progress import OrderNotFound, TransitionRefused
from aftersales.technicians import TechnicianNotFound

from .calls import blueprint, json_answer
from .schemas import Error, ErrorAnswer

log = logging.getLogger(__name__)

#: How the business's refusals are answered: status and code; the message is the exception's own.
REFUSALS: dict[type[Exception], tuple[HTTPStatus, str]] = {
    OrderNotFound: (HTTPStatus.NOT_FOUND, "work_order_not_found"),
    TechnicianNotFound: (HTTPStatus.NOT_FOUND, "technician_not_found"),
    TransitionRefused: (HTTPStatus.CONFLICT, "transition_refused"),
    UnusableFile: (HTTPStatus.UNPROCESSABLE_ENTITY, "unusable_file"),
}
#: What Flask and werkzeug refuse themselves; any other status is `bad_request`.
HTTP_CODES = {
    404: ("not_found", "there is nothing at this address"),
    405: ("method_not_allowed", "this address does not take this method"),
    413: ("too_large", "the request is larger than this call takes"),
    416: ("range_not_satisfiable", "the file has no such range"),
    500: ("internal_error", "something went wrong here; it is in our log, please try again later"),
}


class ApiError(Exception):
    """A request that cannot be answered; the text says what to change."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def error_answer(status: int, code: str, message: str) -> Response:
    """The error in the API's one shape."""
    return json_answer(ErrorAnswer(error=Error(code=code, message=message)), status)


@blueprint.errorhandler(ApiError)
def refused(error: ApiError) -> Response:
    """A request we refuse ourselves."""
    return error_answer(error.status, error.code, str(error))


def by_business(error: Exception) -> Response:
    """A request the business refuses."""
    status, code = next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    return error_answer(status, code, str(error))


def http_answer(error: HTTPException) -> Response:
    """What the web framework refuses; its headers, such as Allow, are kept."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    code, message = HTTP_CODES.get(status, ("bad_request", error.description or "the request cannot be read"))
    answer = error_answer(status, code, message)
    kept = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    answer.headers.extend(kept)
    return answer


@blueprint.errorhandler(Exception)
def unexpected(error: Exception) -> Response:
    """A fault of ours: logged with its traceback, told without details."""
    log.error("a call of the integration API failed", exc_info=error)
    return http_answer(InternalServerError())


for refusal in REFUSALS:
    blueprint.register_error_handler(refusal, by_business)
# One by one: a handler of the application for a single status would go before one of ours for all of them.
_HTTP_ERRORS: list[type[HTTPException]] = [HTTPException, *default_exceptions.values()]
for http_error in _HTTP_ERRORS:
    blueprint.register_error_handler(http_error, http_answer)
