"""Orders that move by themselves, invitations to rate them, and what is forgotten after a while."""

from datetime import timedelta

from jobs_fakes import LI_SI, NOW, ZHANG_SAN, completed, everything, order, technician, told
from sqlmodel import select

from aftersales import ratings
from aftersales.models import IdempotencyKey, Status, WorkOrder, WorkOrderEvent
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from jobs import orders, rating
from jobs.prune import prune

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def statuses() -> list[str]:
    return [each.status.value for each in everything(WorkOrder)]


# --- dispatch and close ----------------------------------------------------------------------------------------------

def test_new_orders_find_their_technician(known: Settings) -> None:
    wang = technician()
    order()
    order(LI_SI, city="北京市")  # nobody goes there
    assert orders.dispatch_waiting(known, NOW) == 1
    assert statuses() == ["dispatched", "submitted"]
    assert everything(WorkOrder)[0].technician_id == wang.id
    assert [event.actor.value for event in everything(WorkOrderEvent) if event.type == "dispatched"] == ["system"]
    assert len(told()) == 1
    assert "王建国师傅" in told()[0]
    assert orders.dispatch_waiting(known, NOW) == 0


def test_an_order_is_dispatched_when_somebody_can_come_at_last(known: Settings) -> None:
    order()
    assert orders.dispatch_waiting(known, NOW) == 0
    technician()
    assert orders.dispatch_waiting(known, NOW + MINUTE) == 1


def test_finished_services_are_closed_after_a_while(known: Settings) -> None:
    completed()
    assert orders.close_finished(known, NOW + known.close_delay - MINUTE) == 0
    assert statuses() == ["completed"]
    assert orders.close_finished(known, NOW + known.close_delay) == 1
    assert statuses() == ["closed"]
    assert told() == []  # nothing the customer needs to read
    assert orders.close_finished(known, NOW + known.close_delay + DAY) == 0


# --- rating ----------------------------------------------------------------------------------------------------------

def test_a_finished_service_is_asked_about_once(known: Settings) -> None:
    found = completed()
    delay = known.rating_invite_delay
    assert rating.invite(known, NOW + delay - MINUTE) == 0
    assert [rating.invite(known, NOW + delay + wait) for wait in (timedelta(0), MINUTE, DAY)] == [1, 0, 0]
    assert len(told()) == 1
    assert found.number in told()[0]
    assert "[[5星]]" in told()[0]


def test_who_has_not_rated_is_reminded_once(known: Settings) -> None:
    completed()
    due = NOW + known.rating_invite_delay + known.rating_remind_delay
    rating.invite(known, NOW + known.rating_invite_delay)
    assert rating.remind(known, due - MINUTE) == 0
    assert [rating.remind(known, due + wait) for wait in (timedelta(0), MINUTE, DAY)] == [1, 0, 0]
    assert len(told()) == 2


def test_who_has_rated_is_neither_invited_nor_reminded(known: Settings) -> None:
    found = completed()
    with transaction() as session:
        ratings.record_rating(session, session.get_one(WorkOrder, found.id), 5, NOW)
    assert rating.invite(known, NOW + DAY) == 0
    assert rating.remind(known, NOW + 2 * DAY) == 0
    assert told() == []


def test_an_order_under_way_is_not_asked_about(known: Settings) -> None:
    order(ZHANG_SAN)
    assert rating.invite(known, NOW + DAY) == 0
    assert statuses() == [Status.SUBMITTED.value]


# --- prune -----------------------------------------------------------------------------------------------------------

def test_answers_to_repeated_calls_are_forgotten_after_a_week(known: Settings) -> None:
    ages = {"today": timedelta(0), "six days": 6 * DAY, "a week": 7 * DAY, "over a week": 7 * DAY + MINUTE}
    with transaction() as session:
        for name, age in ages.items():
            session.add(IdempotencyKey(
                key=name, request_hash="0" * 64, status_code=200, answer={}, created_at=NOW - age))
    assert prune(NOW) == 1
    with reading() as session:
        kept = set(session.exec(select(IdempotencyKey.key)).all())
    assert kept == {"today", "six days", "a week"}
    assert prune(NOW) == 0
