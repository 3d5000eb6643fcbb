"""评价 and the invitations to it."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from aftersales import ratings
from aftersales.models import Actor, Customer, OutboxMessage, OutboxState, Status, Technician, WorkOrder
from aftersales.progress import Step, advance, events_of, find_order
from aftersales.ratings import CHANGEABLE_FOR, NotRatable, rating_of, record_rating
from aftersales.repairs import Report, submit_order
from aftersales.store import reading, transaction

OPENID = "oZhangSan"
DELAY = timedelta(minutes=10)


@pytest.fixture
def finished(database: str, report: Report, now: datetime, wang: Technician) -> str:
    with transaction() as session:
        order = submit_order(session, OPENID, report, now)
        for step in (Step(Status.ACCEPTED, Actor.INTEGRATION, technician_id=wang.id),
                     Step(Status.IN_PROGRESS, Actor.TECHNICIAN), Step(Status.COMPLETED, Actor.TECHNICIAN)):
            advance(session, order, step, now)
        return order.number


def invitations() -> list[str]:
    with reading() as session:
        return [row.text for row in session.exec(select(OutboxMessage).where(OutboxMessage.topic == "rating")).all()]


def test_stars_are_kept_and_completed_later(finished: str, now: datetime) -> None:
    with transaction() as session:
        record_rating(session, find_order(session, finished), 4, now)
    with transaction() as session:
        record_rating(session, find_order(session, finished), 4, now, dimensions={"speed": 3}, comment="来得慢")
    with reading() as session:
        order = find_order(session, finished)
        rating = rating_of(session, order)
        assert rating is not None
        assert (rating.overall, rating.attitude, rating.speed, rating.comment) == (4, None, 3, "来得慢")
        assert [event.type for event in events_of(session, order)].count("rated") == 1


@pytest.mark.parametrize("stars", [0, 6])
def test_stars_are_one_to_five(finished: str, now: datetime, stars: int) -> None:
    with transaction() as session, pytest.raises(ValueError, match="1 to 5"):
        record_rating(session, find_order(session, finished), stars, now)


def test_only_a_finished_service_is_rated(database: str, report: Report, now: datetime) -> None:
    with transaction() as session:
        order = submit_order(session, OPENID, report, now)
        with pytest.raises(NotRatable, match="submitted"):
            record_rating(session, order, 5, now)


def test_the_invitation_comes_once_and_after_the_delay(finished: str, now: datetime) -> None:
    for moment, expected in ((now + DELAY / 2, 0), (now + DELAY, 1), (now + DELAY * 2, 0)):
        with transaction() as session:
            assert ratings.invite_due(session, moment, DELAY) == expected
    (text,) = invitations()
    assert finished in text
    assert "[[5星]]" in text


def test_who_has_rated_is_not_invited(finished: str, now: datetime) -> None:
    with transaction() as session:
        record_rating(session, find_order(session, finished), 5, now)
        assert ratings.invite_due(session, now + DELAY, DELAY) == 0
        assert ratings.remind_due(session, now + DELAY, DELAY) == 0
        assert ratings.ratable_orders(session, OPENID) == []


def test_the_reminder_comes_once(finished: str, now: datetime) -> None:
    day = timedelta(days=1)
    with transaction() as session:
        assert ratings.invite_due(session, now + DELAY, DELAY) == 1
        assert [ratings.remind_due(session, now + day, day) for _ in range(2)] == [1, 0]
    assert len(invitations()) == 2


def test_old_services_are_left_in_peace(finished: str, now: datetime) -> None:
    with transaction() as session:
        assert ratings.invite_due(session, now + ratings.TOO_LATE_TO_ASK + DELAY, DELAY) == 0


def test_finished_orders_can_be_rated_newest_first(finished: str) -> None:
    with reading() as session:
        assert [order.number for order in ratings.ratable_orders(session, OPENID)] == [finished]
        assert session.exec(select(WorkOrder)).one().number == finished


def test_a_change_replaces_the_rating_and_the_history_notes_it(finished: str, now: datetime) -> None:
    with transaction() as session:
        record_rating(session, find_order(session, finished), 5, now, dimensions={"speed": 4})
        record_rating(session, find_order(session, finished), 3, now, dimensions={"speed": 2, "skill": 5})
    with reading() as session:
        order = find_order(session, finished)
        rating = rating_of(session, order)
        assert rating is not None
        assert (rating.overall, rating.speed, rating.skill) == (3, 2, 5)
        notes = [event.note for event in events_of(session, order) if event.type == "rated"]
        assert notes == ["5星", "改评价：总体5→3，速度4→2"]


def test_a_rating_can_be_changed_for_seven_days(finished: str, now: datetime) -> None:
    with transaction() as session:
        assert ratings.changeable_orders(session, OPENID, now) == []
        record_rating(session, find_order(session, finished), 5, now)
        for moment, expected in ((now + CHANGEABLE_FOR, [finished]), (now + CHANGEABLE_FOR + DELAY, [])):
            assert [order.number for order in ratings.changeable_orders(session, OPENID, moment)] == expected
        assert [order.number for order in ratings.rated_orders(session, OPENID)] == [finished]
        assert ratings.rated_orders(session, "oLiSi") == []


def test_who_does_not_want_to_rate_is_never_asked_again(finished: str, now: datetime) -> None:
    with transaction() as session:
        for _ in range(2):
            ratings.decline(session, find_order(session, finished), now)
        assert ratings.invite_due(session, now + DELAY, DELAY) == 0
        assert ratings.remind_due(session, now + DELAY, DELAY) == 0
        order = find_order(session, finished)
        assert [event.note for event in events_of(session, order)].count("客户不想评价") == 1
        assert [order.number for order in ratings.ratable_orders(session, OPENID)] == [finished]


@pytest.mark.parametrize("state", [OutboxState.PENDING, OutboxState.HELD])
@pytest.mark.parametrize(("declined", "reason"), [(True, "does not want to rate"), (False, "has been rated")])
def test_an_invitation_that_still_waits_is_withdrawn(
    finished: str, now: datetime, state: OutboxState, declined: bool, reason: str
) -> None:
    with transaction() as session:
        ratings.invite_due(session, now + DELAY, DELAY)
        message = session.exec(select(OutboxMessage).where(OutboxMessage.topic == "rating")).one()
        message.state = state
        order = find_order(session, finished)
        if declined:
            ratings.decline(session, order, now)
        else:
            record_rating(session, order, 5, now)
    with reading() as session:
        message = session.exec(select(OutboxMessage).where(OutboxMessage.topic == "rating")).one()
        assert message.state is OutboxState.FAILED
        assert reason in (message.error or "")


def test_stars_are_for_the_one_service_just_asked_about(finished: str, now: datetime) -> None:
    with transaction() as session:
        orders = ratings.ratable_orders(session, OPENID)
        assert ratings.invited(session, orders, now) is None
        ratings.invite_due(session, now + DELAY, DELAY)
        message = session.exec(select(OutboxMessage).where(OutboxMessage.topic == "rating")).one()
        message.state, message.sent_at = OutboxState.SENT, now
        session.add(message)
        session.flush()
        found = ratings.invited(session, orders, now + DELAY)
        assert found is not None
        assert found.number == finished
        assert ratings.invited(session, orders, now + timedelta(days=2)) is None


def test_a_complaint_is_noted_on_the_order_that_is_rated(finished: str, report: Report, now: datetime) -> None:
    with transaction() as session:
        newer = submit_order(session, OPENID, report, now).number
        ratings.complain(session, find_order(session, finished), "多收了30", now)
    with reading() as session:
        notes = {number: [event.note for event in events_of(session, find_order(session, number)) if event.type == "complaint"]
                 for number in (finished, newer)}
        assert notes == {finished: ["多收了30"], newer: []}
        customer = session.exec(select(Customer).where(Customer.openid == OPENID)).one()
        assert customer.handoff_requested_at == now
