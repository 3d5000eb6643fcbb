"""From the report to the closed order, on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from aftersales import media, progress, repairs, wishes
from aftersales.appointments import current_visit
from aftersales.models import Actor, AppointmentKind, OutboxMessage, Status, Technician, WorkOrder
from aftersales.progress import TRANSITIONS, Step, TransitionRefused, advance, events_of, find_order, orders_of
from aftersales.repairs import Report, submit_order
from aftersales.store import reading, transaction
from aftersales.times import Window
from aftersales.wishes import ContactChange, TooLate

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"


def submit(report: Report, now: datetime, openid: str = ZHANG_SAN) -> str:
    with transaction() as session:
        return submit_order(session, openid, report, now).number


def take(number: str, now: datetime, *steps: Step) -> WorkOrder:
    with transaction() as session:
        order = find_order(session, number, for_update=True)
        for step in steps:
            advance(session, order, step, now)
    return order


def pushes(number: str) -> list[str]:
    with reading() as session:
        order = find_order(session, number)
        query = select(OutboxMessage).where(OutboxMessage.order_id == order.id).order_by(col(OutboxMessage.id))
        return [message.text for message in session.exec(query).all()]


def test_a_report_becomes_an_order_with_its_first_event_and_visit(database: str, report: Report, now: datetime) -> None:
    number = submit(report, now)
    with reading() as session:
        order = find_order(session, number)
        assert number == "BX2611230001"
        assert (order.status, order.appliance, order.city) == (Status.SUBMITTED, "空调", "佛山市")
        assert order.created_at == now
        assert [event.type for event in events_of(session, order)] == ["submitted"]
        assert current_visit(session, order, AppointmentKind.REQUESTED) == report.visit
        assert current_visit(session, order, AppointmentKind.CONFIRMED) is None


def test_numbers_count_up_by_day_in_shanghai(database: str, report: Report, now: datetime) -> None:
    late_evening_utc = datetime.fromisoformat("2026-11-23T17:30:00+00:00")  # already the 24th in Shanghai
    assert [submit(report, now), submit(report, now), submit(report, late_evening_utc)] == [
        "BX2611230001", "BX2611230002", "BX2611240001"]


def test_orders_submitted_at_the_same_time_get_different_numbers(database: str, report: Report, now: datetime) -> None:
    numbers: list[str] = []
    threads = [threading.Thread(target=lambda: numbers.append(submit(report, now))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"BX261123{running:04d}" for running in range(1, 9)]


def test_the_whole_way_is_told_step_by_step(database: str, report: Report, now: datetime, wang: Technician) -> None:
    number = submit(report, now)
    window = Window(now + timedelta(days=1), now + timedelta(days=1, hours=2))
    order = take(
        number, now, Step(Status.DISPATCHED, Actor.SYSTEM, technician_id=wang.id), Step(Status.ACCEPTED, Actor.TECHNICIAN),
        Step(Status.SCHEDULED, Actor.TECHNICIAN, window=window), Step(Status.IN_PROGRESS, Actor.TECHNICIAN),
        Step(Status.COMPLETED, Actor.TECHNICIAN, note="加氟"))
    assert order.status is Status.COMPLETED
    assert order.completed_at == now
    told = pushes(number)
    assert [text[1:text.index("】")] for text in told] == ["已派单", "已接单", "上门时间已定", "维修中", "服务完成"]
    assert "王建国师傅（电话13500135001）" in told[0]
    assert "10:00" in told[2]
    assert "加氟" in told[4]


@pytest.mark.parametrize("target", list(TRANSITIONS))
def test_a_closed_order_goes_nowhere(
    database: str, report: Report, now: datetime, wang: Technician, target: Status
) -> None:
    number = submit(report, now)
    take(number, now, Step(Status.CANCELLED, Actor.OPERATOR))
    with pytest.raises(TransitionRefused, match=f"{number} is cancelled"):
        take(number, now, Step(target, Actor.OPERATOR, technician_id=wang.id, window=report.visit))


def test_a_refused_step_leaves_no_trace(database: str, report: Report, now: datetime) -> None:
    number = submit(report, now)
    with pytest.raises(TransitionRefused, match="technician_id"):
        take(number, now, Step(Status.ACCEPTED, Actor.INTEGRATION))
    with reading() as session:
        order = find_order(session, number)
        assert order.status is Status.SUBMITTED
        assert len(events_of(session, order)) == 1
    assert pushes(number) == []


def test_an_unknown_number_is_said_to_be_unknown(database: str) -> None:
    with reading() as session, pytest.raises(progress.OrderNotFound, match="BX0000000000"):
        find_order(session, "BX0000000000")


def test_a_customer_sees_their_own_orders_newest_first(database: str, report: Report, now: datetime) -> None:
    first, second = submit(report, now), submit(report, now)
    submit(report, now, LI_SI)
    with reading() as session:
        assert [order.number for order in orders_of(session, ZHANG_SAN)] == [second, first]
        assert orders_of(session, ZHANG_SAN, (Status.COMPLETED,)) == []


def test_a_customer_withdraws_and_hears_no_push_of_it(database: str, report: Report, now: datetime) -> None:
    number = submit(report, now)
    with transaction() as session:
        wishes.cancel(session, find_order(session, number), "要搬家", now)
    with reading() as session:
        order = find_order(session, number)
        assert order.status is Status.CANCELLED
        assert events_of(session, order)[-1].note == "要搬家"
    assert pushes(number) == []


def test_nothing_can_be_changed_while_the_technician_works(
    database: str, report: Report, now: datetime, wang: Technician
) -> None:
    number = submit(report, now)
    take(number, now, Step(Status.ACCEPTED, Actor.INTEGRATION, technician_id=wang.id),
         Step(Status.IN_PROGRESS, Actor.TECHNICIAN))
    with transaction() as session:
        order = find_order(session, number)
        for attempt in (
            lambda: wishes.cancel(session, order, None, now),
            lambda: wishes.reschedule(session, order, report.visit, now),
            lambda: wishes.change_contact(session, order, ContactChange(phone="13900001111"), now),
        ):
            with pytest.raises(TooLate):
                attempt()


def test_changes_and_urges_stand_in_the_history(database: str, report: Report, now: datetime) -> None:
    number = submit(report, now)
    later = Window(report.visit.start + timedelta(days=1), report.visit.end + timedelta(days=1))
    with transaction() as session:
        order = find_order(session, number)
        wishes.urge(session, order, "快点吧", now)
        wishes.reschedule(session, order, later, now)
        wishes.change_contact(session, order, ContactChange(contact_name="李四", phone="13900001111"), now)
    with reading() as session:
        order = find_order(session, number)
        told = [(event.type, event.note) for event in events_of(session, order)][1:]
        assert told[0] == ("urged", "快点吧")
        assert told[1][0] == "rescheduled"
        assert told[2] == ("changed", "联系人改为李四，电话改为13900001111")
        assert (order.contact_name, order.phone) == ("李四", "13900001111")
        assert current_visit(session, order, AppointmentKind.REQUESTED) == later


def test_finished_services_are_closed_after_a_while(
    database: str, report: Report, now: datetime, wang: Technician
) -> None:
    number = submit(report, now)
    take(number, now, Step(Status.ACCEPTED, Actor.INTEGRATION, technician_id=wang.id),
         Step(Status.IN_PROGRESS, Actor.TECHNICIAN), Step(Status.COMPLETED, Actor.TECHNICIAN))
    day = timedelta(days=1)
    with transaction() as session:
        assert progress.close_finished(session, now + 14 * day, 15 * day) == 0
        assert progress.close_finished(session, now + 15 * day, 15 * day) == 1
    with reading() as session:
        assert find_order(session, number).status is Status.CLOSED


def test_pictures_sent_before_end_up_on_the_order(database: str, report: Report, now: datetime) -> None:
    store = media.LocalMediaStore(media.Path("media"))
    jpeg = b"\xff\xd8\xff\xe0" + bytes(60)
    with transaction() as session:
        media.keep(session, store, ZHANG_SAN, jpeg, now - timedelta(hours=1))
        media.keep(session, store, ZHANG_SAN, jpeg + b"other", now - timedelta(days=2))
        media.keep(session, store, LI_SI, jpeg, now)
        assert media.loose_count(session, ZHANG_SAN, now) == 1
    number = submit(report, now)
    with reading() as session:
        photos = media.photos_of(session, find_order(session, number))
        assert [store.get(photo.sha256) for photo in photos] == [jpeg]
    assert submit(report, now) != number
    with reading() as session:
        assert media.loose_count(session, LI_SI, now) == 1


def test_a_file_that_is_no_picture_is_refused(database: str, now: datetime) -> None:
    store = media.LocalMediaStore(media.Path("media"))
    with transaction() as session, pytest.raises(media.UnusableFile, match="only pictures"):
        media.keep(session, store, ZHANG_SAN, b"#!/bin/sh\nrm -rf /", now)


def test_a_report_needs_every_answer() -> None:
    with pytest.raises(TypeError):
        repairs.Report("维修", "空调")  # type: ignore[call-arg]
