"""What callers send, read into models; what does not fit is refused with a sentence that names the field."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import BadRequest

from .errors import ApiError

Model = TypeVar("Model", bound=BaseModel)
#: Wordings of our own, by pydantic's name of the error.
WORDINGS = {"missing": "is required", "extra_forbidden": "is no field of this call"}
MOST_TOLD = 5


def query(model: type[Model]) -> Model:
    """The query of the address; a parameter left empty counts as not given."""
    return _read(model, {name: value for name, value in request.args.items() if value})


def form(model: type[Model]) -> Model:
    """The plain fields of a form."""
    return _read(model, request.form.to_dict())


def body(model: type[Model]) -> Model:
    """The JSON body."""
    return _read(model, json_body())


def json_body() -> dict[str, Any]:
    """The JSON body as it came.

    Raises:
        ApiError: when it is not a JSON object.
    """
    try:
        sent = request.get_json(force=True)
    except BadRequest as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, "bad_json", "the body is not JSON") from error
    if not isinstance(sent, dict):
        raise ApiError(HTTPStatus.BAD_REQUEST, "bad_json", "the body must be a JSON object")
    return sent


def _read(model: type[Model], sent: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        raise invalid("; ".join(_sentence(wrong) for wrong in error.errors()[:MOST_TOLD])) from error


def invalid(message: str) -> ApiError:
    """A value that cannot be used; the message begins with the field's name."""
    return ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", message)


def _sentence(wrong: ErrorDetails) -> str:
    words = WORDINGS.get(wrong["type"], wrong["msg"].removeprefix("Value error, "))
    field = ".".join(str(part) for part in wrong["loc"])
    return f"{field}: {words}" if field else words
