"""Who gets in, and how errors look."""

import logging

import pytest
from flask import Flask
from werkzeug.routing import Rule

from webhook import api

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def _calls(app: Flask) -> list[tuple[str, str]]:
    """Method and address of every route under /api/v1, with a 1 for every variable."""
    return [(method, _address(rule)) for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1")
            for method in sorted((rule.methods or set()) & METHODS)]


def _address(rule: Rule) -> str:
    return rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)[1]


def test_every_call_but_the_document_asks_for_the_token(app):
    calls = _calls(app)
    assert len(calls) >= 10
    answers = {call: app.test_client().open(call[1], method=call[0]).status_code for call in calls}
    assert [call for call, status in answers.items() if status != 401] == [("GET", "/api/v1/openapi.json")]


@pytest.mark.parametrize("sent", [
    None, "", "Bearer", "Bearer ", "Bearer wrong", "Bearer a-token-for-testsX", "Basic a-token-for-tests",
    "a-token-for-tests",
    "Bearer 口令".encode().decode("latin-1"),
])
def test_a_missing_or_wrong_token_is_refused(app, sent):
    headers = {} if sent is None else {"Authorization": sent}
    answer = app.test_client().get("/api/v1/technicians", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["error"]["code"] == "unauthorized"


def test_the_word_bearer_is_read_in_any_case(app):
    answer = app.test_client().get("/api/v1/technicians", headers={"Authorization": "bearer a-token-for-tests"})
    assert answer.json == {"items": []}


def test_an_address_that_does_not_exist_asks_for_the_token_too(app, caller):
    assert app.test_client().get("/api/v1/nothing").status_code == 401
    answer = caller.get("/nothing")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"


def test_other_pages_of_the_application_are_left_alone(app):
    client = app.test_client()
    assert client.get("/elsewhere").text == "open to all"
    assert client.get("/api/v1x").mimetype == "text/html"


def test_a_wrong_method_names_the_right_ones(caller):
    answer = caller.call("DELETE", "/technicians")
    assert answer.status_code == 405
    assert answer.json["error"]["code"] == "method_not_allowed"
    assert "POST" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_refused(caller):
    answer = caller.client.post(
        "/api/v1/technicians", data=b" " * (1024 * 1024 + 1), headers={"Authorization": f"Bearer {caller.token}"})
    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "too_large"


def test_an_error_of_ours_is_logged_and_not_told(app, caller, monkeypatch, caplog):
    def broken(session: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("aftersales.technicians.all_technicians", broken)
    answer = caller.client.get("/api/v1/technicians", headers={"Authorization": f"Bearer {caller.token}"})
    assert answer.status_code == 500
    assert answer.json["error"]["code"] == "internal_error"
    assert "secret" not in answer.text
    (entry,) = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
    assert "the secret reason" in caplog.text
    assert entry.name == "webhook.api.errors"


def test_error_pages_of_the_application_do_not_replace_ours(app, caller):
    app.register_error_handler(404, lambda error: ("a page of the application", 404))
    app.register_error_handler(405, lambda error: ("a page of the application", 405))
    app.register_error_handler(Exception, lambda error: ("a page of the application", 500))
    for answer in (caller.get("/nothing"), caller.call("DELETE", "/technicians"), caller.get("/media/99")):
        assert set(answer.json) == {"error"}


def test_a_nul_in_the_address_does_not_reach_the_database(caller):
    answer = caller.get("/work-orders/a%00b")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")


def test_the_api_does_not_start_without_a_token(desk):
    with pytest.raises(RuntimeError, match="API_TOKEN"):
        api.init_app(Flask("desk"), desk.store, " ")
