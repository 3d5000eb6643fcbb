"""Who comes in, and who does not."""

import re
from datetime import timedelta

import pytest
from console_desk import MONDAY, PASSWORD, Browser, Story
from flask import Flask
from sqlmodel import select
from werkzeug.routing import Rule

from aftersales.models import Operator
from aftersales.settings import settings
from aftersales.store import reading, transaction
from console import init_app
from console.operators import check_password, ensure_admin
from console.throttle import LoginThrottle

OPEN_TO_ALL = {"console.login", "console.static"}


def address_of(rule: Rule) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda match: "1" if match[1] == "int" else "somebody", rule.rule)


def console_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/ops")]


def test_every_route_asks_for_a_login(app: Flask, stranger: Browser, story: Story) -> None:
    closed = [rule for rule in console_rules(app) if rule.endpoint not in OPEN_TO_ALL]
    assert len(closed) >= 10
    for rule in closed:
        for method in sorted(rule.methods or set()):
            answer = stranger.client.open(address_of(rule), method=method)
            assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (302, "/ops/login"), (
                method, rule.rule)


def test_only_the_login_page_and_its_looks_are_open(app: Flask) -> None:
    assert {rule.endpoint for rule in console_rules(app)} >= OPEN_TO_ALL
    assert all(rule.endpoint.startswith("console.") for rule in console_rules(app))


def test_the_right_password_opens_the_page_wanted(stranger: Browser, story: Story) -> None:
    asked = stranger.client.get("/ops/orders?q=张三")
    answer = stranger.send(asked.headers["Location"], asked.headers["Location"], username="admin",
                           password=PASSWORD)
    assert answer.status_code == 302
    assert stranger.client.get(answer.headers["Location"]).status_code == 200
    assert answer.headers["Location"].startswith("/ops/orders?q=")


@pytest.mark.parametrize("wanted", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "/opsevil", "ops/../..", "javascript:alert(1)"])
def test_nobody_is_led_away_after_the_login(stranger: Browser, wanted: str) -> None:
    assert stranger.login(wanted=wanted).headers["Location"] == "/ops"


@pytest.mark.parametrize(("username", "password"), [("admin", "wrong"), ("李四", PASSWORD), ("", "")])
def test_a_wrong_name_or_password_is_refused_with_the_same_word(
    stranger: Browser, username: str, password: str
) -> None:
    answer = stranger.login(username, password)
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert stranger.client.get("/ops").status_code == 302


def test_the_session_cookie_is_for_the_console_alone(stranger: Browser) -> None:
    cookie = stranger.login().headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/ops"))


def test_logging_out_ends_the_session(operator: Browser) -> None:
    assert operator.send("/ops", "/ops/logout").status_code == 302
    assert operator.client.get("/ops").status_code == 302


def test_logging_out_needs_the_token(operator: Browser) -> None:
    answer = operator.client.post("/ops/logout")
    assert answer.status_code == 400
    assert "页面已过期" in answer.text
    operator.open("/ops")


def test_a_login_without_the_token_is_refused(stranger: Browser) -> None:
    answer = stranger.client.post("/ops/login", data={"username": "admin", "password": PASSWORD})
    assert answer.status_code == 400
    assert stranger.client.get("/ops").status_code == 302


def test_the_rest_of_the_application_needs_no_token(stranger: Browser) -> None:
    assert stranger.client.post("/wechat").text == "success"


def test_a_new_password_ends_the_sessions_of_the_old_one(operator: Browser) -> None:
    with transaction() as session:
        admin = session.exec(select(Operator)).one()
        admin.password_hash = admin.password_hash[:-1] + ("A" if admin.password_hash[-1] != "A" else "B")
        session.add(admin)
    assert operator.client.get("/ops").status_code == 302


def test_the_eleventh_wrong_password_is_told_to_wait(stranger: Browser) -> None:
    for _ in range(10):
        assert stranger.login(password="wrong").status_code == 401
    answer = stranger.login()
    assert answer.status_code == 429
    assert "登录失败次数过多，请 15 分钟后再试。" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_the_throttle_counts_by_name_and_lets_go_after_a_quarter_of_an_hour() -> None:
    throttle = LoginThrottle()
    assert [throttle.admit("admin", MONDAY) for _ in range(10)] == [timedelta(0)] * 10
    assert throttle.admit("admin", MONDAY + timedelta(minutes=5)) == timedelta(minutes=10)
    assert throttle.admit("李四", MONDAY + timedelta(minutes=5)) == timedelta(0)
    assert throttle.admit("admin", MONDAY + timedelta(minutes=15)) == timedelta(0)


def test_a_right_password_makes_earlier_slips_forgotten() -> None:
    throttle = LoginThrottle(limit=2)
    throttle.admit("admin", MONDAY)
    throttle.succeeded("admin")
    assert [throttle.admit("admin", MONDAY) for _ in range(2)] == [timedelta(0)] * 2


def test_the_first_start_makes_an_admin_with_a_generated_password(database: None) -> None:
    with transaction() as session:
        password = ensure_admin(session, settings(), MONDAY)
    assert password == (settings().var_dir / "ops_admin_password").read_text().strip()
    assert check_password("admin", password or "") is not None
    with transaction() as session:
        assert ensure_admin(session, settings(), MONDAY) is None


def test_a_password_that_was_given_is_not_repeated(database: None) -> None:
    given = settings().model_copy(update={"ops_admin_password": "chosen by the owner"})
    with transaction() as session:
        assert ensure_admin(session, given, MONDAY) is None
    assert check_password("admin", "chosen by the owner") is not None
    with reading() as session:
        assert session.exec(select(Operator)).one().password_hash.startswith("$argon2id$")


def test_an_application_without_a_secret_key_is_refused() -> None:
    with pytest.raises(RuntimeError, match="secret_key"):
        init_app(Flask("desk"))
