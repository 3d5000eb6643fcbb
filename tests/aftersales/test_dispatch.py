"""派单: skill, area, load."""

from datetime import datetime

import pytest
from sqlmodel import select

from aftersales import dispatch
from aftersales.demo import TECHNICIANS, fill_in
from aftersales.models import Status, Technician, WorkOrder
from aftersales.repairs import Report, submit_order
from aftersales.store import reading, transaction


def order(appliance: str = "空调", city: str = "佛山市", district: str = "顺德区") -> WorkOrder:
    return WorkOrder(number="BX1", openid="o", service_type="维修", appliance=appliance, contact_name="张三",
                     phone="13800138000", province="广东省", city=city, district=district)


def technician(number: int, *, skills: str = "空调", areas: str = "佛山市", capacity: int = 8, active: bool = True) -> Technician:
    return Technician(id=number, name=f"师傅{number}", phone="13500135000", skills=skills.split(), service_areas=areas.split(),
                      capacity=capacity, active=active)


@pytest.mark.parametrize(("candidates", "load", "chosen"), [
    ([technician(1, skills="冰箱"), technician(2)], {}, 2),
    ([technician(1, areas="广州市"), technician(2, areas="顺德区")], {}, 2),
    ([technician(1, active=False), technician(2)], {}, 2),
    ([technician(1), technician(2)], {1: 3, 2: 1}, 2),
    ([technician(1, capacity=20), technician(2, capacity=4)], {1: 4, 2: 1}, 1),
    ([technician(1, capacity=2)], {1: 2}, None),
    ([technician(1, areas="全国")], {}, 1),
    ([], {}, None),
])
def test_who_gets_the_order(candidates: list[Technician], load: dict[int, int], chosen: int | None) -> None:
    best = dispatch.choose(order(), candidates, load)
    assert (best.id if best else None) == chosen


def test_waiting_orders_are_dispatched_and_the_load_is_shared(database: str, report: Report, now: datetime) -> None:
    with transaction() as session:
        for number in (1, 2):
            session.add(technician(number))
        for _ in range(4):
            submit_order(session, "oZhangSan", report, now)
    with transaction() as session:
        assert len(dispatch.dispatch_waiting(session, now)) == 4
    with reading() as session:
        orders = session.exec(select(WorkOrder)).all()
    assert sorted(each.technician_id or 0 for each in orders) == [1, 1, 2, 2]
    assert {each.status for each in orders} == {Status.DISPATCHED}


def test_an_order_nobody_fits_waits(database: str, report: Report, now: datetime) -> None:
    with transaction() as session:
        submit_order(session, "oZhangSan", report, now)
        assert dispatch.dispatch_waiting(session, now) == []


def test_demo_technicians_are_entered_once(database: str) -> None:
    assert [fill_in(), fill_in()] == [len(TECHNICIANS), 0]
