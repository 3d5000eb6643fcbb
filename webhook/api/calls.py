"""What every call needs: the blueprint, the parts given at the start, an answer in JSON, an entry in the document."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, current_app
from pydantic import BaseModel
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from aftersales.media import KEPT_TYPES, MediaStore

from .schemas import ErrorAnswer

PREFIX = "/api/v1"
EXTENSION = "baoxiu_api"
JSON = "application/json"
View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)

#: Writes the document only: `skip_validation` everywhere, because refusals are worded in `inputs`.
spec = SpecTree(
    "flask",
    title="报修 Baoxiu integration API",
    description="Work orders, technicians and conversations for field-service systems. Times are ISO 8601 with offset.",
    version="1",
    mode="strict",
    annotations=False,
    validation_error_status=HTTPStatus.UNAUTHORIZED,
    validation_error_model=ErrorAnswer,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[SecurityScheme(
        name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer", description="API_TOKEN"))],
    security={"token": []},
)


@dataclass(frozen=True)
class Api:
    """What the API was started with."""

    store: MediaStore
    token: str


def api() -> Api:
    """The parts of the application that answers this request."""
    return cast(Api, current_app.extensions[EXTENSION])


def json_answer(model: BaseModel, status: int = HTTPStatus.OK) -> Response:
    """The model in UTF-8, Chinese as it is written."""
    return Response(model.model_dump_json(), status, mimetype=JSON)


class FileAnswers(Answers):
    """Answers of a call that gives back a file."""

    def generate_spec(self, *arguments: Any) -> dict[str, Any]:
        answers = super().generate_spec(*arguments)
        file = {"schema": {"type": "string", "format": "binary"}}
        answers["200"]["content"] = dict.fromkeys(KEPT_TYPES, file)
        return answers


def documented(success: int, answer: type[BaseModel] | None, *refusals: int, **takes: Any) -> Callable[[View], View]:
    """Enters a call into the document.

    Args:
        success: the status of an answer, `answer` its model; None is a file.
        refusals: which errors a caller has to expect besides 401.
        takes: models of `query`, `json`, `form` and `headers`.
    """
    models: dict[str, Any] = {f"HTTP_{int(code)}": ErrorAnswer for code in refusals}
    kind = Answers if answer else FileAnswers
    answers = kind(**{f"HTTP_{int(success)}": answer}, **models)

    def enter(view: View) -> View:
        entered = spec.validate(resp=answers, skip_validation=True, operation_id=view.__name__, **takes)
        return cast(View, entered(view))

    return enter
