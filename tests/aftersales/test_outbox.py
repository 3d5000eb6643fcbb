"""待发消息: claimed once, in order, retried with pauses, held and released, every try noted."""

import random
import threading
from datetime import datetime

import pytest
from outbound_desk import DAY, LI_SI, SECOND, ZHANG_SAN, claim, everything, heard, leave, rows, sent, states, texts_of

from aftersales import ledger, outbox
from aftersales.models import OutboxAttempt, OutboxState, TemplateReceipt
from aftersales.outbox import BACK_OFF, Attempt
from aftersales.store import transaction


@pytest.fixture(autouse=True)
def somebody_to_write_to(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    heard(LI_SI, now)


class NoChance(random.Random):
    """Adds nothing to a pause."""

    def random(self) -> float:
        return 0.0


def retry(message_id: int, at: datetime, chance: random.Random, at_least: int = 0) -> None:
    with transaction() as session:
        outbox.mark_retry(session, message_id, at, -1, "system busy", chance, at_least=at_least)


def give_back() -> None:
    """The platform did not count the message."""
    with transaction() as session:
        ledger.give_back(session, rows()[0].grant_id)


def test_what_is_due_is_claimed_once(now: datetime) -> None:
    leave(ZHANG_SAN, "派单", now)
    leave(LI_SI, "以后", now + 5 * SECOND)
    assert texts_of(claim(now)) == ["派单"]
    assert claim(now) == []
    assert texts_of(claim(now + 5 * SECOND)) == ["以后"]


def test_one_customers_messages_go_out_in_order(now: datetime) -> None:
    leave(ZHANG_SAN, "一" * 600, now)
    leave(ZHANG_SAN, "二" * 600, now)
    leave(LI_SI, "李四的", now)
    first = claim(now)
    assert [text[:1] for text in texts_of(first)] == ["一", "李"]
    assert claim(now) == []
    sent(first[0], now)
    assert [text[:1] for text in texts_of(claim(now))] == ["二"]


def test_many_claimers_take_each_message_once(now: datetime) -> None:
    for number in range(30):
        heard(f"oCustomer{number}", now)
        leave(f"oCustomer{number}", str(number), now)
    taken: list[str] = []

    def work() -> None:
        while batch := claim(now, limit=5):
            taken.extend(texts_of(batch))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=int) == [str(number) for number in range(30)]


# --- senders that die ------------------------------------------------------------------------------------------------


def test_a_sender_that_died_is_replaced_when_its_lease_is_over(now: datetime) -> None:
    leave(ZHANG_SAN, "派单", now)
    claim(now)
    assert claim(now + outbox.LEASE) == []
    again = claim(now + outbox.LEASE + SECOND)
    assert (texts_of(again), rows()[0].attempts) == (["派单"], 2)
    assert [attempt.outcome for attempt in everything(OutboxAttempt)] == ["unknown"]


def test_an_invitation_that_may_have_been_sent_is_not_sent_again(now: datetime) -> None:
    leave(ZHANG_SAN, "请打分", now, "invitation", "rating")
    claim(now)
    assert claim(now + outbox.LEASE + SECOND) == []
    assert (states(), rows()[0].error) == ([OutboxState.FAILED], outbox.UNSURE)


# --- failures --------------------------------------------------------------------------------------------------------


def test_failures_are_retried_with_growing_pauses_and_held_in_the_end(now: datetime) -> None:
    message = leave(ZHANG_SAN, "派单", now)
    moment, pauses = now, []
    for _ in range(len(BACK_OFF) + 1):
        assert texts_of(claim(moment)) == ["派单"]
        retry(message, moment, NoChance())
        give_back()
        row = rows()[0]
        if row.state is OutboxState.PENDING:
            assert row.not_before is not None
            pauses.append(row.not_before - moment)
            moment = row.not_before
    assert tuple(pauses) == BACK_OFF
    assert (row.state, row.errcode, row.error) == (OutboxState.HELD, -1, "system busy")


def test_pauses_are_uneven_by_the_chance_given(now: datetime) -> None:
    for number in range(20):
        retry(leave(ZHANG_SAN, "派单", now), now, random.Random(number))
    pauses = [row.not_before - now for row in rows()]
    assert min(pauses) >= BACK_OFF[0]
    assert max(pauses) <= BACK_OFF[0] * (1 + outbox.JITTER)
    assert len(set(pauses)) == 20


def test_the_platform_says_how_long_to_wait(now: datetime) -> None:
    retry(leave(ZHANG_SAN, "派单", now), now, NoChance(), at_least=60)
    assert rows()[0].not_before == now + 60 * SECOND


def test_a_retry_is_not_overtaken(now: datetime) -> None:
    first = leave(ZHANG_SAN, "一" * 600, now)
    leave(ZHANG_SAN, "二" * 600, now + SECOND)
    claim(now)
    retry(first, now, NoChance())
    assert claim(now + SECOND) == []
    (again,) = claim(now + BACK_OFF[0])
    assert again.text[0] == "一"


def test_what_was_not_its_fault_is_not_counted(now: datetime) -> None:
    message = leave(ZHANG_SAN, "派单", now)
    claim(now)
    with transaction() as session:
        outbox.put_back(session, message, 45009, "quota")
    row = rows()[0]
    assert (row.state, row.attempts, row.errcode, row.not_before) == (OutboxState.PENDING, 0, 45009, None)


def test_the_same_saying_is_left_once(now: datetime) -> None:
    for _ in range(2):
        leave(ZHANG_SAN, "请评价", now, unique_key="rating-invitation:BX1")
    assert len(rows()) == 1


# --- held ------------------------------------------------------------------------------------------------------------


def test_what_is_held_goes_out_when_the_customer_writes(now: datetime) -> None:
    leave(ZHANG_SAN, "派单", now + 3 * DAY)
    assert claim(now + 3 * DAY) == []
    assert states() == [OutboxState.HELD]
    heard(LI_SI, now + 4 * DAY)
    assert claim(now + 4 * DAY) == []
    heard(ZHANG_SAN, now + 4 * DAY)
    assert texts_of(claim(now + 4 * DAY)) == ["派单"]


def test_who_writes_waits_no_longer_for_a_retry(now: datetime) -> None:
    message = leave(ZHANG_SAN, "派单", now)
    claim(now)
    retry(message, now, NoChance(), at_least=900)
    assert claim(now + SECOND) == []
    heard(ZHANG_SAN, now + SECOND)
    assert texts_of(claim(now + SECOND)) == ["派单"]


# --- what the platform tells of template messages --------------------------------------------------------------------


def template_sent(now: datetime, msgid: str = "4711") -> None:
    message = leave(ZHANG_SAN, "已接单", now)
    with transaction() as session:
        outbox.mark_sent(session, message, outbox.TEMPLATE, now, msgid=msgid)


def told(status: str, now: datetime, msgid: str = "4711") -> bool:
    with transaction() as session:
        return outbox.template_result(session, msgid, status, now)


@pytest.mark.parametrize(("status", "state", "outcome"), [
    ("success", OutboxState.SENT, "delivered"),
    ("failed:user block", OutboxState.FAILED, "blocked"),
    ("failed: user block", OutboxState.FAILED, "blocked"),
    ("failed: system failed", OutboxState.HELD, "lost"),
    ("failed:freq limit", OutboxState.HELD, "lost"),
])
@pytest.mark.parametrize("early", [True, False])
def test_what_became_of_a_template_message_is_recorded(
    now: datetime, status: str, state: OutboxState, outcome: str, early: bool
) -> None:
    if early:  # the result comes before we have written down the number
        assert not told(status, now)
        template_sent(now)
    else:
        template_sent(now)
        assert told(status, now)
    row = rows()[0]
    assert row.state is state
    assert row.error == (None if state is OutboxState.SENT else f"template message: {status}")
    assert [(attempt.channel, attempt.outcome) for attempt in everything(OutboxAttempt)] == [("template", outcome)]
    with transaction() as session:
        assert session.get(TemplateReceipt, "4711") is None


def test_results_that_are_not_ours_are_forgotten_after_a_while(now: datetime) -> None:
    assert not told("success", now, "another program's")
    with transaction() as session:
        assert outbox.forget_receipts(session, now) == 0
        assert outbox.forget_receipts(session, now + SECOND) == 1


def test_every_try_is_noted_for_every_message_in_it(now: datetime) -> None:
    leave(ZHANG_SAN, "一", now)
    leave(ZHANG_SAN, "二", now)
    (parcel,) = claim(now)
    with transaction() as session:
        outbox.tried(session, parcel.messages, Attempt(now, parcel.channel, "retry", -1, "66f8-0c3d"))
    noted = [(attempt.message_id, attempt.outcome, attempt.errcode, attempt.rid) for attempt in everything(OutboxAttempt)]
    assert noted == [(row.id, "retry", -1, "66f8-0c3d") for row in rows()]
