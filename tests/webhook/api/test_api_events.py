"""Reporting progress: the steps, what is refused, and repeats."""

import threading

import pytest
from sqlmodel import func, select

from aftersales.models import IdempotencyKey, OutboxMessage, WorkOrderEvent
from aftersales.store import reading

START = "2026-11-23T14:00:00+08:00"


def _count(model: type) -> int:
    with reading() as session:
        return session.exec(select(func.count()).select_from(model)).one()


def _history(answer) -> list[tuple[str, str, str | None]]:
    return [(event["type"], event["actor"], event["note"]) for event in answer.json["events"]]


def test_an_order_is_led_from_acceptance_to_completion(desk, caller):
    number, technician = desk.order().number, desk.technician()
    accepted = caller.event(number, "accepted", technician_id=technician)
    scheduled = caller.event(number, "scheduled", visit_start=START, visit_end="2026-11-23T15:30:00+08:00")
    working = caller.event(number, "in_progress")
    completed = caller.event(number, "completed", note="更换压缩机电容")
    assert [each.json["status"] for each in (accepted, scheduled, working, completed)] == [
        "accepted", "scheduled", "in_progress", "completed"]
    assert accepted.json["technician"]["name"] == "王师傅"
    assert scheduled.json["confirmed_visit"] == {"start": START, "end": "2026-11-23T15:30:00+08:00"}
    assert _history(completed) == [
        ("submitted", "customer", None), ("accepted", "integration", None), ("scheduled", "integration", None),
        ("in_progress", "integration", None), ("completed", "integration", "更换压缩机电容")]
    assert caller.get(f"/work-orders/{number}").json == completed.json


def test_the_customer_is_told_of_each_step(desk, caller):
    number, technician = desk.order().number, desk.technician()
    caller.event(number, "accepted", technician_id=technician)
    caller.event(number, "scheduled", visit_start=START)
    with reading() as session:
        told = session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [message.openid for message in told] == ["oZhangSan000000000000000001"] * 2
    assert "王师傅" in told[0].text


def test_a_visit_without_an_end_takes_two_hours(desk, caller):
    number, technician = desk.order().number, desk.technician()
    caller.event(number, "accepted", technician_id=technician)
    answer = caller.event(number, "scheduled", visit_start="2026-11-23T06:00:00Z", visit_end=None)
    assert answer.json["confirmed_visit"] == {"start": START, "end": "2026-11-23T16:00:00+08:00"}


def test_a_visit_can_be_fixed_again(desk, caller):
    number, technician = desk.order().number, desk.technician()
    caller.event(number, "accepted", technician_id=technician)
    caller.event(number, "scheduled", visit_start=START)
    answer = caller.event(number, "scheduled", visit_start="2026-11-24T09:00:00+08:00")
    assert answer.json["confirmed_visit"]["start"] == "2026-11-24T09:00:00+08:00"


def test_a_technician_can_be_named_by_text(desk, caller):
    number, technician = desk.order().number, desk.technician()
    assert caller.event(number, "accepted", technician_id=str(technician)).json["technician"]["id"] == technician


@pytest.mark.parametrize("technician", [99, "99", 2**40, 0, -1])
def test_an_unknown_technician_is_a_404_and_changes_nothing(desk, caller, technician):
    number = desk.order().number
    answer = caller.event(number, "accepted", technician_id=technician)
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "technician_not_found"
    assert caller.get(f"/work-orders/{number}").json["status"] == "submitted"


def test_an_unknown_order_is_a_404(caller):
    answer = caller.event("BX2611160009", "in_progress")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "work_order_not_found"


def test_a_step_the_status_does_not_allow_is_a_409_with_the_reason(desk, caller):
    number = desk.order().number
    answer = caller.event(number, "completed")
    assert answer.status_code == 409
    assert answer.json["error"]["code"] == "transition_refused"
    assert "in_progress" in answer.json["error"]["message"]
    assert caller.get(f"/work-orders/{number}").json["status"] == "submitted"
    assert _count(OutboxMessage) == 0


def test_an_order_is_accepted_by_somebody(desk, caller):
    answer = caller.event(desk.order().number, "accepted")
    assert answer.status_code == 409
    assert "technician_id" in answer.json["error"]["message"]


def test_cancelling_is_possible_until_the_work_begins(desk, caller):
    early, late, technician = desk.order().number, desk.order().number, desk.technician()
    assert caller.event(early, "cancelled", note="客户不需要了").json["status"] == "cancelled"
    caller.event(late, "accepted", technician_id=technician)
    caller.event(late, "in_progress")
    assert caller.event(late, "cancelled").status_code == 409


def test_a_note_changes_no_status_and_tells_nobody(desk, caller):
    answer = caller.event(desk.order().number, "note", note="  配件明天到  ")
    assert answer.json["status"] == "submitted"
    assert _history(answer)[-1] == ("note", "integration", "配件明天到")
    assert _count(OutboxMessage) == 0


def test_an_empty_note_is_none(desk, caller):
    answer = caller.event(desk.order().number, "cancelled", note=" ")
    assert _history(answer)[-1] == ("cancelled", "integration", None)


@pytest.mark.parametrize(("report", "field"), [
    ({}, "type"),
    ({"type": None}, "type"),
    ({"type": "submitted"}, "type"),
    ({"type": "closed"}, "type"),
    ({"type": "scheduled"}, "visit_start"),
    ({"type": "scheduled", "visit_start": "tomorrow"}, "visit_start"),
    ({"type": "scheduled", "visit_start": "2026-11-23T14:00:00"}, "visit_start"),
    ({"type": "scheduled", "visit_start": "2026-11-31T14:00:00+08:00"}, "visit_start"),
    ({"type": "scheduled", "visit_start": "0001-01-01T00:00:00+08:00"}, "visit_start"),
    ({"type": "scheduled", "visit_start": 1795413600}, "visit_start"),
    ({"type": "scheduled", "visit_start": START, "visit_end": START}, "visit_end"),
    ({"type": "scheduled", "visit_end": START}, "visit_start"),
    ({"type": "in_progress", "visit_end": START}, "visit_start"),
    ({"type": "accepted", "technician_id": "王师傅"}, "technician_id"),
    ({"type": "accepted", "technician_id": "1" * 5000}, "technician_id"),
    ({"type": "accepted", "technician_id": 1.5}, "technician_id"),
    ({"type": "accepted", "technician_id": True}, "technician_id"),
    ({"type": "note"}, "note"),
    ({"type": "note", "note": " "}, "note"),
    ({"type": "note", "note": 5}, "note"),
    ({"type": "note", "note": "a\0b"}, "note"),
    ({"type": "note", "note": "\ud800"}, "note"),
    ({"type": "note", "note": "长" * 2001}, "note"),
    ({"type": "note", "note": "明天到", "technician_id": 1}, "technician_id"),
    ({"type": "in_progress", "vist_start": START}, "vist_start"),
])
def test_a_bad_report_is_refused_by_name_and_changes_nothing(desk, caller, report, field):
    number = desk.order().number
    answer = caller.post(f"/work-orders/{number}/events", json=report)
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "invalid"
    assert answer.json["error"]["message"].startswith(f"{field}: ")
    assert _count(WorkOrderEvent) == 1


@pytest.mark.parametrize("sent", [b"", b"type=note", b"[]", b'"note"', b"{", b"\xff"])
def test_a_body_that_is_no_json_object_is_a_400(desk, caller, sent):
    answer = caller.post(f"/work-orders/{desk.order().number}/events", data=sent)
    assert answer.status_code == 400
    assert "JSON" in answer.json["error"]["message"]


def test_a_repeat_with_the_same_key_gets_the_first_answer_and_has_no_effect(desk, caller):
    number, technician = desk.order().number, desk.technician()
    first = caller.event(number, "accepted", key="k-1", technician_id=technician)
    caller.event(number, "in_progress")
    again = caller.event(number, "accepted", key="k-1", technician_id=technician)
    assert (again.status_code, again.json) == (200, first.json)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "空调" in again.get_data(as_text=True)
    assert [event[0] for event in _history(caller.get(f"/work-orders/{number}"))] == [
        "submitted", "accepted", "in_progress"]
    assert _count(OutboxMessage) == 2


def test_the_order_of_the_fields_does_not_make_another_body(desk, caller):
    number, technician = desk.order().number, desk.technician()
    address, headers = f"/work-orders/{number}/events", {"Idempotency-Key": "k-1"}
    bodies = (
        f'{{"type": "accepted", "technician_id": {technician}}}', f'{{"technician_id":{technician},"type":"accepted"}}')
    answers = [caller.post(address, data=body, headers=headers, content_type="application/json") for body in bodies]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_same_key_for_another_call_is_a_409(desk, caller):
    number, other = desk.order().number, desk.order().number
    caller.event(number, "note", key="k-1", note="配件明天到")
    changed = caller.event(number, "note", key="k-1", note="配件后天到")
    elsewhere = caller.event(other, "note", key="k-1", note="配件明天到")
    for answer in (changed, elsewhere):
        assert answer.status_code == 409
        assert answer.json["error"]["code"] == "idempotency_key_reused"
    assert _count(WorkOrderEvent) == 3


def test_calls_without_a_key_or_with_another_are_calls_of_their_own(desk, caller):
    number = desk.order().number
    for key in ("k-1", "k-2", None, None):
        assert caller.event(number, "note", key=key, note="配件明天到").status_code == 200
    assert _count(WorkOrderEvent) == 5


def test_a_refused_call_leaves_its_key_free(desk, caller):
    number, technician = desk.order().number, desk.technician()
    assert caller.event(number, "in_progress", key="k-1").status_code == 409
    assert _count(IdempotencyKey) == 0
    caller.event(number, "accepted", technician_id=technician)
    assert caller.event(number, "in_progress", key="k-1").json["status"] == "in_progress"


@pytest.mark.parametrize("key", ["two words", "钥匙".encode().decode("latin-1"), "k" * 201])
def test_an_unusable_key_is_refused(desk, caller, key):
    answer = caller.event(desk.order().number, "note", key=key, note="配件明天到")
    assert answer.status_code == 422
    assert answer.json["error"]["message"].startswith("Idempotency-Key: ")


def test_repeats_at_the_same_time_have_one_effect(app, desk, caller):
    number = desk.order().number
    together, answers = threading.Barrier(8), []

    def call() -> None:
        together.wait()
        answers.append(type(caller)(app.test_client()).event(number, "note", key="k-1", note="配件明天到"))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 8
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert all(answer.json == answers[0].json for answer in answers)
    assert _count(WorkOrderEvent) == 2
