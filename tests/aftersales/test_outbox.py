"""待发消息: claimed once, in order, retried with pauses, held and released."""

import threading
from datetime import datetime, timedelta

from sqlmodel import col, select

from aftersales import customers, outbox
from aftersales.models import OutboxMessage, OutboxState
from aftersales.store import reading, transaction

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"
SECOND = timedelta(seconds=1)


def leave(openid: str, text: str, due: datetime, **more: str) -> None:
    with transaction() as session:
        outbox.say(session, openid, "progress", text, due, **more)


def claim(now: datetime) -> list[OutboxMessage]:
    with transaction() as session:
        return list(outbox.claim_due(session, now))


def rows() -> list[OutboxMessage]:
    with reading() as session:
        return list(session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all())


def sent(message: OutboxMessage, now: datetime) -> None:
    with transaction() as session:
        outbox.mark_sent(session, message.id or 0, "customer_service", now)


def test_what_is_due_is_claimed_once(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "派单", now)
    leave(LI_SI, "以后", now + 5 * SECOND)
    assert [message.text for message in claim(now)] == ["派单"]
    assert claim(now) == []
    assert [message.text for message in claim(now + 5 * SECOND)] == ["以后"]


def test_one_customers_messages_go_out_in_order(database: str, now: datetime) -> None:
    for text in ("一", "二"):
        leave(ZHANG_SAN, text, now)
    leave(LI_SI, "李四的", now)
    first = claim(now)
    assert [message.text for message in first] == ["一", "李四的"]
    assert claim(now) == []
    sent(first[0], now)
    assert [message.text for message in claim(now)] == ["二"]


def test_many_claimers_take_each_message_once(database: str, now: datetime) -> None:
    for number in range(30):
        leave(f"oCustomer{number}", str(number), now)
    taken: list[str] = []

    def work() -> None:
        while batch := claim(now):
            taken.extend(message.text for message in batch)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=int) == [str(number) for number in range(30)]


def test_a_sender_that_died_is_replaced_when_its_lease_is_over(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "派单", now)
    claim(now)
    assert claim(now + outbox.LEASE) == []
    again = claim(now + outbox.LEASE + SECOND)
    assert [(message.text, message.attempts) for message in again] == [("派单", 2)]


def test_failures_are_retried_with_growing_pauses_and_an_end(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "派单", now)
    moment, pauses = now, []
    for _ in range(len(outbox.BACK_OFF) + 1):
        (message,) = claim(moment)
        with transaction() as session:
            outbox.mark_retry(session, message.id or 0, moment, -1, "system busy")
        row = rows()[0]
        if row.state is OutboxState.PENDING:
            pauses.append(row.due_at - moment)
            moment = row.due_at
    assert tuple(pauses) == outbox.BACK_OFF
    assert (row.state, row.errcode, row.error) == (OutboxState.FAILED, -1, "system busy")


def test_the_same_saying_is_left_once(database: str, now: datetime) -> None:
    for _ in range(2):
        leave(ZHANG_SAN, "请评价", now, unique_key="rating-invitation:BX1")
    assert len(rows()) == 1


def test_what_is_held_goes_out_when_the_customer_writes(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "派单", now)
    (message,) = claim(now)
    with transaction() as session:
        outbox.hold(session, message.id or 0, 45015, "window closed")
    assert claim(now + timedelta(days=3)) == []
    with transaction() as session:
        customers.heard_from(session, LI_SI, now)
    assert claim(now) == []
    with transaction() as session:
        customers.heard_from(session, ZHANG_SAN, now + timedelta(days=3))
    assert [message.text for message in claim(now + timedelta(days=3))] == ["派单"]


def test_a_retry_is_not_overtaken(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "已派单", now)
    leave(ZHANG_SAN, "已接单", now + SECOND)
    (first,) = claim(now)
    with transaction() as session:
        outbox.mark_retry(session, first.id or 0, now, -1, "system busy")
    assert claim(now + SECOND) == []
    (again,) = claim(now + outbox.BACK_OFF[0])
    assert again.text == "已派单"
