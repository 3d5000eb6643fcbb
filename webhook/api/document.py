"""The OpenAPI document, for everybody: it holds no data."""

import json

from flask import Response

from .calls import JSON, blueprint, spec


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """What the API can do, as OpenAPI 3.1."""
    return Response(json.dumps(spec.spec, ensure_ascii=False), mimetype=JSON)
