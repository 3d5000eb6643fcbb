"""Reading work orders: the shape of the contract, filters and pages."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from aftersales import ratings
from aftersales.appointments import confirm_visit, request_visit
from aftersales.models import Actor, Status, WorkOrder
from aftersales.progress import Step, advance
from aftersales.store import engine, transaction
from aftersales.times import Window

#: Every field of the contract, and what may be said of a part.
FIELDS = {
    "number", "openid", "status", "service_type", "appliance", "appliance_words", "household", "urgent",
    "brand", "model", "fault_description", "error_code",
    "fault_since", "contact_name", "phone", "address", "requested_visit", "confirmed_visit", "technician", "photos",
    "diagnosis", "rating", "events", "created_at",
}
LI_SI = "oLiSi00000000000000000000002"


def _finish(order: WorkOrder, technician: int) -> None:
    steps = (
        Step(Status.ACCEPTED, Actor.TECHNICIAN, technician_id=technician),
        Step(Status.IN_PROGRESS, Actor.TECHNICIAN),
        Step(Status.COMPLETED, Actor.TECHNICIAN, note="更换电容"),
    )
    with transaction() as session:
        known = session.get_one(WorkOrder, order.id)
        for hours, step in enumerate(steps, 1):
            advance(session, known, step, order.created_at + timedelta(hours=hours))


def test_a_new_order_has_every_field_and_null_for_what_is_not_known(desk, caller):
    order = desk.order(brand="美的", model="KFR-35GW/N8XHA1", fault="不制冷", error_code="E1", fault_since="上周开始")
    assert caller.get(f"/work-orders/{order.number}").json == {
        "number": "BX2611160001", "openid": "oZhangSan000000000000000001", "status": "submitted",
        "service_type": "维修", "appliance": "空调",
        "appliance_words": None, "household": None, "urgent": False, "brand": "美的", "model": "KFR-35GW/N8XHA1",
        "fault_description": "不制冷", "error_code": "E1", "fault_since": "上周开始", "contact_name": "张三",
        "phone": "13800138000",
        "address": {"province": "广东省", "city": "佛山市", "district": "顺德区", "detail": "北滘镇美的大道6号",
                    "text": "佛山顺德北滘镇美的大道6号"},
        "requested_visit": {"start": "2026-11-16T13:30:00+08:00", "end": "2026-11-16T15:30:00+08:00"},
        "confirmed_visit": None, "technician": None, "photos": [], "diagnosis": None, "rating": None,
        "events": [{"type": "submitted", "at": "2026-11-16T09:30:00+08:00", "actor": "customer", "note": None}],
        "created_at": "2026-11-16T09:30:00+08:00",
    }


def test_a_finished_order_has_technician_visit_events_and_rating(desk, caller):
    order, technician = desk.order(), desk.technician()
    _finish(order, technician)
    with transaction() as session:
        known = session.get_one(WorkOrder, order.id)
        confirm_visit(session, known, Window(order.created_at, order.created_at + timedelta(hours=1)), order.created_at)
        scores = {"attitude": 5, "skill": 5, "speed": 4}
        ratings.record_rating(session, known, 5, order.created_at, dimensions=scores, comment="很专业")
    shown = caller.get(f"/work-orders/{order.number}").json
    assert set(shown) == FIELDS
    assert shown["technician"] == {"id": technician, "name": "王师傅", "phone": "13500135002"}
    assert shown["confirmed_visit"]["end"] == "2026-11-16T10:30:00+08:00"
    assert shown["rating"] == {"overall": 5, "attitude": 5, "skill": 5, "speed": 4, "process": None,
                               "comment": "很专业", "at": "2026-11-16T09:30:00+08:00"}
    assert {"accepted", "completed", "rated"} <= {event["type"] for event in shown["events"]}
    assert [event["at"] for event in shown["events"]] == sorted(event["at"] for event in shown["events"])


def test_what_was_deleted_is_null(desk, caller):
    order = desk.order()
    with transaction() as session:
        known = session.get_one(WorkOrder, order.id)
        known.contact_name = known.phone = ""
    shown = caller.get(f"/work-orders/{order.number}").json
    assert (shown["contact_name"], shown["phone"]) == (None, None)


def test_the_newest_visit_counts(desk, caller):
    order = desk.order()
    later = Window(order.created_at + timedelta(days=1), order.created_at + timedelta(days=1, hours=2))
    with transaction() as session:
        request_visit(session, session.get_one(WorkOrder, order.id), later, order.created_at)
    assert caller.get(f"/work-orders/{order.number}").json["requested_visit"]["start"] == "2026-11-17T09:30:00+08:00"


def test_answers_are_written_in_real_characters(desk, caller):
    order = desk.order()
    assert "空调" in caller.get(f"/work-orders/{order.number}").get_data(as_text=True)


def test_a_number_is_found_in_any_case(desk, caller):
    order = desk.order()
    assert caller.get(f"/work-orders/{order.number.lower()}").json["number"] == order.number


def test_an_unknown_number_is_a_404(caller):
    answer = caller.get("/work-orders/BX2611160009")
    assert answer.status_code == 404
    assert answer.json["error"] == {
        "code": "work_order_not_found", "message": "there is no work order BX2611160009"}


def test_the_list_is_newest_first_and_filtered(desk, caller):
    first, second, stranger = desk.order(), desk.order(day=1), desk.order(openid=LI_SI, day=2)
    _finish(first, desk.technician())

    def numbers(query: str) -> list[str]:
        return [order["number"] for order in caller.get(f"/work-orders{query}").json["items"]]

    assert numbers("") == [stranger.number, second.number, first.number]
    assert numbers("?openid=oZhangSan000000000000000001") == [second.number, first.number]
    assert numbers("?status=completed") == [first.number]
    assert numbers(f"?openid={LI_SI}&status=completed") == []
    assert numbers("?openid=&status=&limit=&cursor=") == [stranger.number, second.number, first.number]


def test_cursors_lead_through_all_orders_also_while_new_ones_come(desk, caller):
    orders = [desk.order() for _ in range(5)]
    seen, cursor = [], ""
    for expected in (2, 2, 1):
        page = caller.get(f"/work-orders?limit=2&cursor={cursor}").json
        assert len(page["items"]) == expected
        seen += [order["number"] for order in page["items"]]
        cursor = page["next_cursor"]
        desk.order()
    assert cursor is None
    assert seen == [order.number for order in reversed(orders)]


def test_a_full_last_page_has_no_next(desk, caller):
    for _ in range(2):
        desk.order()
    assert caller.get("/work-orders?limit=2").json["next_cursor"] is None


def test_twenty_come_to_a_page_unless_asked_otherwise(desk, caller):
    for _ in range(21):
        desk.order()
    page = caller.get("/work-orders").json
    assert len(page["items"]) == 20
    assert page["next_cursor"]


@pytest.mark.parametrize(("query", "field"), [
    ("limit=0", "limit"), ("limit=101", "limit"), ("limit=many", "limit"), ("status=lost", "status"),
    ("cursor=abc", "cursor"), ("cursor=%E4%BD%A0", "cursor"), ("cursor=YWZ0ZXI6MTIzNDU2Nzg5MDEyMzQ1Njc4OTA", "cursor"),
    ("open_id=o1", "open_id"), ("openid=a%00b", "openid"), (f"openid={'o' * 65}", "openid"),
])
def test_a_bad_query_is_refused_by_name(caller, query, field):
    answer = caller.get(f"/work-orders?{query}")
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "invalid"
    assert answer.json["error"]["message"].startswith(f"{field}: ")


def test_a_longer_list_takes_no_more_queries(desk, caller):
    technician = desk.technician()
    statements: list[str] = []
    event.listen(engine(), "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    def queries_for(count: int) -> int:
        orders = [desk.order() for _ in range(count)]
        for order in orders:
            _finish(order, technician)
        statements.clear()
        assert len(caller.get(f"/work-orders?limit={count}").json["items"]) == count
        return len([statement for statement in statements if statement.startswith("SELECT")])

    assert queries_for(1) == queries_for(12) <= 6
