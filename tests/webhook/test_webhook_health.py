"""Whether the process is alive, whether its parts answer, and what Prometheus reads."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import responses
from prometheus_client.parser import text_string_to_metric_families
from webhook_fakes import LI_SI, ZHANG_SAN, Account, FakeBot
from werkzeug.test import TestResponse

from aftersales import alarms, heartbeats, planner, selfhelp, stops
from aftersales import outbox as to_send
from aftersales.store import engine, make_engine, transaction
from aftersales.times import utc_now
from webhook import health


def get(account: Account, path: str) -> TestResponse:
    return account.running.app.test_client().get(path)


def metric(account: Account, name: str, **labels: str) -> float:
    """The value at /metrics; 0 where nothing was counted yet."""
    families = text_string_to_metric_families(get(account, "/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return next((each.value for each in samples if each.name == name and each.labels == labels), 0.0)


@pytest.fixture
def actions() -> Iterator[responses.RequestsMock]:
    """An action server that can be told what to answer."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


# --- health ----------------------------------------------------------------------------------------------------------

def test_the_process_is_alive(account: Account) -> None:
    answer = get(account, "/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("broken", [[], ["rasa"], ["database", "rasa", "actions", "jobs"]])
def test_readiness_names_what_is_missing(account: Account, broken: list[str]) -> None:
    checks = account.running.app.extensions["baoxiu_checks"]
    assert set(checks) == {"database", "rasa", "actions", "jobs"}
    for name in checks:
        checks[name] = lambda answers=name not in broken: answers
    answer = get(account, "/readyz")
    expected = {"status": "not ready" if broken else "ready", "missing": broken}
    assert (answer.status_code, answer.json) == (503 if broken else 200, expected)


def beat(seconds_ago: float) -> None:
    with transaction() as session:
        heartbeats.beat(session, "jobs", utc_now() - timedelta(seconds=seconds_ago))


def test_every_part_is_asked(account: Account, bot: FakeBot, actions: responses.RequestsMock) -> None:
    actions.get("http://127.0.0.1:5055/health", json={"status": "ok"})
    beat(seconds_ago=0)
    assert get(account, "/readyz").json == {"status": "ready", "missing": []}


def test_every_part_can_be_missing(
    account: Account, bot: FakeBot, actions: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.down = True  # and the action server cannot be reached
    folder = make_engine(f"sqlite:///{tmp_path}")
    monkeypatch.setattr("aftersales.store.engine", lambda: folder)
    assert get(account, "/readyz").json["missing"] == ["database", "rasa", "actions", "jobs"]
    folder.dispose()


def test_an_action_server_in_trouble_is_missing(account: Account, actions: responses.RequestsMock) -> None:
    actions.get("http://127.0.0.1:5055/health", status=500)
    beat(seconds_ago=0)
    assert get(account, "/readyz").json["missing"] == ["actions"]


def test_jobs_that_have_fallen_silent_are_missing(account: Account, actions: responses.RequestsMock) -> None:
    actions.get("http://127.0.0.1:5055/health", json={})
    assert get(account, "/readyz").json["missing"] == ["jobs"]  # they have never been there
    beat(seconds_ago=health.JOBS_SILENT.total_seconds() + 1)
    assert get(account, "/readyz").json["missing"] == ["jobs"]
    beat(seconds_ago=5)
    assert get(account, "/readyz").status_code == 200


# --- metrics ---------------------------------------------------------------------------------------------------------

def test_messages_are_counted(account: Account) -> None:
    counted = {
        "baoxiu_inbound_messages_total": {"kind": "text"}, "baoxiu_redeliveries_total": {},
        "baoxiu_answers_total": {"how": "passive"}, "baoxiu_answer_seconds_count": {},
    }
    before = {name: metric(account, name, **labels) for name, labels in counted.items()}
    push = account.text_xml("你好")
    account.push(push)
    account.push(push)
    grown = {name: metric(account, name, **labels) - before[name] for name, labels in counted.items()}
    assert grown == {
        "baoxiu_inbound_messages_total": 2, "baoxiu_redeliveries_total": 1, "baoxiu_answers_total": 2,
        "baoxiu_answer_seconds_count": 2}


def test_refusals_and_failures_of_the_bot_are_counted(account: Account, bot: FakeBot) -> None:
    refused = metric(account, "baoxiu_refused_requests_total", reason="signature")
    failed = metric(account, "baoxiu_bot_failures_total")
    account.post(b"<xml/>", {"signature": "x"})
    bot.down = True
    account.text("你好")
    assert metric(account, "baoxiu_refused_requests_total", reason="signature") == refused + 1
    assert metric(account, "baoxiu_bot_failures_total") == failed + 3


def test_the_outbox_is_counted_by_state(account: Account) -> None:
    with transaction() as session:
        for openid in (ZHANG_SAN, LI_SI):
            to_send.say(session, openid, "progress", "已接单", utc_now())
        failed = to_send.say(session, LI_SI, "progress", "已派单", utc_now())
        to_send.mark_failed(session, failed.id, 43004, "does not follow")
    states = ("pending", "sending", "sent", "failed", "held", "overtaken")
    assert [metric(account, "baoxiu_outbox_messages", state=state) for state in states] == [2, 0, 0, 1, 0, 0]
    assert engine().pool.checkedout() == 0


def test_what_is_wrong_at_the_platform_is_shown_until_it_is_over(account: Account) -> None:
    api = "message/custom/send"
    with transaction() as session:
        stops.stop(session, api, 45009, utc_now())
        alarms.sound(session, alarms.Cause(api, 45009, "额度已用完", "等到零点", "quota"), utc_now())
        message = to_send.say(session, ZHANG_SAN, "progress", "已接单", utc_now())
        to_send.tried(session, [message], to_send.Attempt(utc_now(), "customer_service", "stopped", 45009))
    assert metric(account, "baoxiu_platform_alarms", api=api, errcode="45009") == 1
    assert metric(account, "baoxiu_platform_stopped", api=api) == 1
    assert metric(account, "baoxiu_outbox_attempts", channel="customer_service", outcome="stopped") == 1
    with transaction() as session:
        planner.open_again(session, api, utc_now())
    shown = account.running.app.test_client().get("/metrics").text
    assert "baoxiu_platform_alarms{" not in shown
    assert "baoxiu_platform_stopped{" not in shown


def test_check_lists_are_counted_by_what_came_of_them(account: Account) -> None:
    with transaction() as session:
        for openid, solved in ((ZHANG_SAN, True), (LI_SI, False), ("oWangWu", None)):
            selfhelp.offer(session, openid, "空调", "空调不制冷", utc_now())
            if solved is not None:
                selfhelp.settle(session, openid, utc_now(), solved=solved)
    outcomes = ("solved", "unsolved", "unanswered")
    assert [metric(account, "baoxiu_self_help", outcome=outcome) for outcome in outcomes] == [1, 1, 1]
