"""What customers send is recorded once, answered once, and survives a process that dies."""

from datetime import datetime, timedelta

from sqlmodel import select

from aftersales import inbox
from aftersales.inbox import Delivery
from aftersales.models import InboundState, OutboxMessage
from aftersales.store import reading, transaction

HELLO = Delivery("oZhangSan:1:1", "oZhangSan", "text", "{}")


def record(now: datetime, delivery: Delivery = HELLO) -> tuple[int, bool]:
    with transaction() as session:
        row, new = inbox.record(session, delivery, now)
        return row.id or 0, new


def pushed() -> list[str]:
    with reading() as session:
        return [message.text for message in session.exec(select(OutboxMessage)).all()]


def test_a_redelivery_is_known(database: str, now: datetime) -> None:
    first, new = record(now)
    assert new
    assert record(now + timedelta(seconds=5)) == (first, False)


def test_only_one_answers(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    with transaction() as session:
        assert inbox.claim(session, row_id, now)
    with transaction() as session:
        assert not inbox.claim(session, row_id, now)


def test_an_answer_in_time_is_given_passively(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    with transaction() as session:
        inbox.claim(session, row_id, now)
        inbox.answer(session, row_id, "您好", now)
    with transaction() as session:
        assert inbox.give_up_waiting(session, row_id) == "您好"
    assert pushed() == []


def test_an_answer_that_comes_late_goes_out_by_itself(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    with transaction() as session:
        inbox.claim(session, row_id, now)
    with transaction() as session:
        assert inbox.give_up_waiting(session, row_id) is None
    with transaction() as session:
        inbox.answer(session, row_id, "您好", now)
    assert pushed() == ["您好"]
    with transaction() as session:
        assert inbox.give_up_waiting(session, row_id) is None  # a later redelivery must not say it twice


def test_what_a_dead_process_left_is_found_and_claimed_again(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    with transaction() as session:
        inbox.claim(session, row_id, now)
        assert inbox.abandoned(session, now + inbox.LEASE / 2) == []
    after = now + inbox.LEASE + timedelta(seconds=1)
    with transaction() as session:
        assert [row.id for row in inbox.abandoned(session, after)] == [row_id]
        assert inbox.claim(session, row_id, after)


def test_a_message_that_always_fails_is_left_alone_in_the_end(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    moment = now
    for _ in range(inbox.MAX_ATTEMPTS):
        with transaction() as session:
            assert inbox.claim(session, row_id, moment)
        moment += inbox.LEASE + timedelta(seconds=1)
    with transaction() as session:
        assert not inbox.claim(session, row_id, moment)


def test_several_photos_in_a_row_are_one_turn(database: str, now: datetime) -> None:
    photos = [Delivery(f"oZhangSan:{number}", "oZhangSan", "image", "{}") for number in range(2)]
    ids = [record(now, photo)[0] for photo in photos]
    record(now, Delivery("oLiSi:9", "oLiSi", "image", "{}"))
    with reading() as session:
        rows = [session.get_one(inbox.InboundMessage, row_id) for row_id in ids]
        assert [inbox.newer_of_kind(session, row) for row in rows] == [True, False]
        assert rows[0].state is InboundState.RECORDED
