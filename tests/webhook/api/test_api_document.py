"""The OpenAPI document is valid and complete."""

from openapi_spec_validator import validate

CONTRACT = {
    ("get", "/api/v1/work-orders"),
    ("get", "/api/v1/work-orders/{number}"),
    ("post", "/api/v1/work-orders/{number}/events"),
    ("post", "/api/v1/work-orders/{number}/photos"),
    ("get", "/api/v1/technicians"),
    ("post", "/api/v1/technicians"),
    ("patch", "/api/v1/technicians/{technician_id}"),
    ("get", "/api/v1/conversations/{openid}/messages"),
    ("get", "/api/v1/customers/{openid}/ledger"),
    ("get", "/api/v1/media/{media_id}"),
}


def _document(app):
    return app.test_client().get("/api/v1/openapi.json").json


def test_the_document_is_valid_openapi(app):
    validate(_document(app))


def test_every_call_stands_in_the_document(app):
    document = _document(app)
    documented = {(method, path) for path, calls in document["paths"].items() for method in calls}
    views = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert documented == CONTRACT
    assert len(views) == len(CONTRACT) + 1, "a call without @documented, besides the document itself"


def test_calls_have_names_a_generated_client_can_use(app):
    names = [call["operationId"] for calls in _document(app)["paths"].values() for call in calls.values()]
    assert all(name.isidentifier() for name in names)
    assert len(set(names)) == len(names)


def test_the_document_says_what_a_call_takes(app):
    document = _document(app)
    event = document["paths"]["/api/v1/work-orders/{number}/events"]["post"]
    report = document["components"]["schemas"]["EventReport"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in event["parameters"]]
    assert {"200", "400", "401", "404", "409", "422"} <= set(event["responses"])
    assert report["required"] == ["type"]
    assert set(report["properties"]) == {"type", "visit_start", "visit_end", "technician_id", "note"}
    assert document["security"] == [{"token": []}]


def test_the_document_is_written_in_real_characters(app):
    assert "空调" in app.test_client().get("/api/v1/openapi.json").text
