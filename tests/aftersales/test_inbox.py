"""What customers send is recorded once, answered once, and survives a process that dies."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from aftersales import inbox
from aftersales.inbox import Delivery
from aftersales.models import Message, OutboxMessage
from aftersales.store import reading, transaction

HELLO = Delivery("oZhangSan:1:1", "oZhangSan", "text", "{}")


def record(now: datetime, delivery: Delivery = HELLO) -> tuple[int, bool]:
    with transaction() as session:
        row, new = inbox.record(session, delivery, now)
        return row.id or 0, new


def answered(row_id: int, now: datetime, *parts: str) -> None:
    with transaction() as session:
        inbox.claim(session, row_id, now)
        inbox.answer(session, row_id, parts, now)


def take(row_id: int, now: datetime) -> str | None:
    with transaction() as session:
        return inbox.take(session, row_id, now)


def give_up(row_id: int, now: datetime) -> str | None:
    with transaction() as session:
        return inbox.give_up(session, row_id, now)


def send_by_itself(row_id: int, now: datetime) -> bool:
    with transaction() as session:
        return inbox.send_by_itself(session, row_id, now)


def said() -> list[tuple[str, str]]:
    """What the conversation says was answered passively."""
    with reading() as session:
        return [(line.channel, line.text) for line in session.exec(select(Message)).all()]


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


# --- how the answer gets back ----------------------------------------------------------------------------------------


def test_an_answer_in_time_is_given_passively(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    answered(row_id, now, "您好")
    assert take(row_id, now) == "您好"
    assert (pushed(), said()) == ([], [("passive", "您好")])
    assert take(row_id, now) == "您好"  # WeChat has not heard it and delivers again
    assert said() == [("passive", "您好")]


def test_what_the_last_delivery_does_not_get_goes_out_by_itself(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    assert give_up(row_id, now) is None
    answered(row_id, now, "您好")
    assert pushed() == ["您好"]
    assert take(row_id, now) is None  # a later redelivery must not say it twice
    assert said() == []  # it is logged when it is sent


def test_an_answer_between_two_deliveries_waits_for_the_second(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    answered(row_id, now + timedelta(seconds=4.9), "您好")
    assert (pushed(), said()) == ([], [])
    assert record(now + timedelta(seconds=5)) == (row_id, False)
    assert take(row_id, now + timedelta(seconds=5)) == "您好"


@pytest.mark.parametrize("deliveries", [1, 2])
def test_an_answer_no_delivery_comes_for_goes_out_by_itself(database: str, now: datetime, deliveries: int) -> None:
    for number in range(deliveries):
        row_id, _ = record(now + timedelta(seconds=5 * number))
    last = now + timedelta(seconds=5 * (deliveries - 1))
    answered(row_id, last + timedelta(seconds=5), "您好")
    with reading() as session:
        assert inbox.unheard(session, last + timedelta(seconds=6)) == []
        assert inbox.unheard(session, last + timedelta(seconds=7)) == [row_id]
    assert not send_by_itself(row_id, last + timedelta(seconds=6))
    assert send_by_itself(row_id, last + timedelta(seconds=7))
    assert not send_by_itself(row_id, last + timedelta(seconds=8))
    assert pushed() == ["您好"]
    assert take(row_id, last + timedelta(seconds=8)) is None


def test_an_answer_after_everybody_has_gone_goes_out_at_once(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    answered(row_id, now + timedelta(seconds=7), "您好")
    assert pushed() == ["您好"]


def test_the_rest_of_a_long_answer_follows_its_beginning(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    answered(row_id, now + timedelta(seconds=4.9), "一", "二", "三")
    assert pushed() == []
    record(now + timedelta(seconds=5))
    assert take(row_id, now + timedelta(seconds=5)) == "一"
    assert take(row_id, now + timedelta(seconds=6)) == "一"
    assert pushed() == ["二", "三"]


def test_a_long_answer_that_goes_out_by_itself_goes_out_whole(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    give_up(row_id, now)
    answered(row_id, now, "一", "二")
    assert pushed() == ["一", "二"]


def test_nothing_to_say_is_settled(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    answered(row_id, now)
    with reading() as session:
        assert inbox.unheard(session, now + timedelta(minutes=1)) == []
    assert (take(row_id, now), pushed(), said()) == ("", [], [])


def test_of_two_answers_the_first_counts(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    give_up(row_id, now)
    answered(row_id, now, "您好", "一")
    answered(row_id, now, "再次您好", "二")
    assert pushed() == ["您好", "一"]


@pytest.mark.parametrize(("deliveries", "seconds", "over"), [
    (1, 0, False), (1, 4.5, False), (2, 5, False), (1, 8.9, False), (1, 9, True), (2, 10, True), (3, 0.2, True),
])
def test_which_delivery_is_the_last(now: datetime, deliveries: int, seconds: float, over: bool) -> None:
    row = inbox.InboundMessage(
        key="k", openid="o", kind="text", payload="", deliveries=deliveries, received_at=now)
    assert inbox.PATIENCE.is_over(row, now + timedelta(seconds=seconds)) is over


# --- many at once ----------------------------------------------------------------------------------------------------


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each of the calls returns when all of them begin at the same moment."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as people:
        return [done.result(30) for done in [people.submit(run, call) for call in calls]]


def test_a_message_delivered_eight_times_at_once_is_one(database: str, now: datetime) -> None:
    recorded = together(*[lambda: record(now)] * 8)
    assert len({row_id for row_id, _ in recorded}) == 1
    assert sum(new for _, new in recorded) == 1
    with reading() as session:
        assert session.get_one(inbox.InboundMessage, recorded[0][0]).deliveries == 8


def test_of_eight_who_want_to_answer_one_does(database: str, now: datetime) -> None:
    row_id, _ = record(now)

    def claim() -> bool:
        with transaction() as session:
            return inbox.claim(session, row_id, now)

    assert sum(together(*[claim] * 8)) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_an_answer_is_taken_or_goes_out_by_itself_never_both(database: str, now: datetime, attempt: int) -> None:
    row_id, _ = record(now)
    late = now + timedelta(seconds=7)
    together(lambda: answered(row_id, late, "您好"), lambda: give_up(row_id, late), lambda: send_by_itself(row_id, late))
    send_by_itself(row_id, late)
    taken, *_ = together(lambda: take(row_id, late), lambda: send_by_itself(row_id, late), lambda: take(row_id, late))
    assert len(pushed()) + len(said()) == 1
    assert (taken is None) is bool(pushed())


@pytest.mark.parametrize("attempt", range(5))
def test_a_redelivery_at_the_last_moment_or_a_message_of_its_own(database: str, now: datetime, attempt: int) -> None:
    row_id, _ = record(now)
    answered(row_id, now + timedelta(seconds=4.9), "您好")
    edge = now + timedelta(seconds=6.6)

    def redelivered() -> str | None:
        record(edge)
        return take(row_id, edge)

    heard, sent = together(redelivered, lambda: send_by_itself(row_id, edge))
    assert (heard, sent, pushed(), said()) in [
        ("您好", False, [], [("passive", "您好")]), (None, True, ["您好"], [])]


# --- in order, and after a crash -------------------------------------------------------------------------------------


def test_a_customers_messages_are_answered_in_their_order(database: str, now: datetime) -> None:
    first, second, third = (record(now, Delivery(f"oZhangSan:{n}", "oZhangSan", "text", "{}"))[0] for n in range(3))
    record(now, Delivery("oLiSi:1", "oLiSi", "text", "{}"))

    def next_of(moment: datetime) -> int | None:
        with reading() as session:
            found = inbox.next_of(session, "oZhangSan", second, moment)
            return found.id if found else None

    assert next_of(now) == first
    with transaction() as session:
        inbox.claim(session, first, now)
    assert next_of(now) == first  # somebody is at it: the second waits
    answered(first, now, "一")
    assert next_of(now) == second
    answered(second, now, "二")
    assert next_of(now) is None
    assert next_of(now + timedelta(days=1)) is None
    answered(third, now, "三")


def test_a_message_nobody_will_ever_answer_holds_up_nobody(database: str, now: datetime) -> None:
    stuck, behind = (record(now, Delivery(f"oZhangSan:{n}", "oZhangSan", "text", "{}"))[0] for n in range(2))
    moment = now
    for _ in range(inbox.MAX_ATTEMPTS):
        with transaction() as session:
            assert inbox.claim(session, stuck, moment)
        moment += inbox.LEASE + timedelta(seconds=1)
    with reading() as session:
        found = inbox.next_of(session, "oZhangSan", behind, moment)
        assert found is not None
        assert found.id == behind


def test_a_lease_is_renewed_while_the_work_goes_on(database: str, now: datetime) -> None:
    row_id, _ = record(now)
    with transaction() as session:
        inbox.claim(session, row_id, now)
        inbox.renew(session, [row_id], now + inbox.LEASE / 2)
    with transaction() as session:
        assert not inbox.claim(session, row_id, now + inbox.LEASE * 1.2)
        assert inbox.claim(session, row_id, now + inbox.LEASE * 1.6)
    answered(row_id, now, "您好")
    with transaction() as session:
        inbox.renew(session, [row_id], now)
    with reading() as session:
        assert session.get_one(inbox.InboundMessage, row_id).claimed_until is None


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


# --- several in a row ------------------------------------------------------------------------------------------------


def followed(now: datetime, *kinds: str) -> list[bool]:
    """Of each message of those kinds, sent in that order, whether the next one takes its turn."""
    ids = [record(now, Delivery(f"oZhangSan:{n}", "oZhangSan", kind, "{}"))[0] for n, kind in enumerate(kinds)]
    record(now, Delivery("oLiSi:9", "oLiSi", kinds[-1], "{}"))
    with transaction() as session:
        for row_id, kind in zip(ids, kinds, strict=True):
            if kind == "event":
                inbox.answer(session, row_id, [], now)
        return [inbox.is_followed_by_another(session, session.get_one(inbox.InboundMessage, each)) for each in ids]


@pytest.mark.parametrize(("kinds", "expected"), [
    (("image",) * 3, [True, True, False]),
    (("image", "text"), [False, False]),
    (("image", "text", "image"), [False, False, False]),
    (("image", "video", "image"), [False, False, False]),
    (("image", "image", "text", "image", "image"), [True, False, False, True, False]),
    (("image", "event", "image"), [True, False, False]),
])
def test_photos_in_a_row_are_one_turn(
    database: str, now: datetime, kinds: tuple[str, ...], expected: list[bool]
) -> None:
    assert followed(now, *kinds) == expected


def test_a_photo_left_to_the_next_is_known_to_it(database: str, now: datetime) -> None:
    first, second, words, third = (
        record(now, Delivery(f"oZhangSan:{n}", "oZhangSan", kind, "{}"))[0]
        for n, kind in enumerate(("image", "image", "text", "image")))
    answered(first, now)
    answered(second, now, "照片收到了。")
    answered(words, now, "好的。")
    with reading() as session:
        rows = [session.get_one(inbox.InboundMessage, each) for each in (first, second, words, third)]
        assert [inbox.follows_another(session, row) for row in rows] == [False, True, False, False]
