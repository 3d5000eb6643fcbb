"""The second and third delivery of a message carry the answer that the first could not wait for."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session
from webhook_fakes import ZHANG_SAN, Account, Answer, FakeBot, conversation, outbox, recorded, until

from aftersales import inbox
from aftersales.models import InboundState
from aftersales.store import transaction
from aftersales.times import utc_now
from bot.client import Reply
from webhook import waiting
from webhook.answering import packed
from wechat.messages import parse

SOON = timedelta(seconds=2)


def timed(account: Account, push: bytes) -> tuple[Answer, float]:
    """The answer, and after how many seconds it came."""
    started = time.monotonic()
    answer = account.push(push)
    return answer, time.monotonic() - started


def is_answered() -> bool:
    return recorded()[0].state is InboundState.ANSWERED


# --- what carries the answer -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("unheard", [1, 2])
def test_a_later_delivery_carries_the_answer(hasty: Account, bot: FakeBot, unheard: int) -> None:
    push = hasty.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    for _ in range(unheard):
        answer, seconds = timed(hasty, push)
        assert answer.silent
        assert seconds > 0.5  # WeChat has hung up: `success` before that would have been the end of it
    waiting_one = hasty.meanwhile(push)
    until(lambda: recorded()[0].deliveries == unheard + 1)
    gate.set()
    assert waiting_one.result().text == "您说：你好"
    assert outbox() == []
    assert bot.said == [(ZHANG_SAN, "你好")]
    assert conversation() == [("in", "text", "你好"), ("out", "passive", "您说：你好")]


def test_an_answer_between_two_deliveries_is_kept_for_the_next(hasty: Account, bot: FakeBot) -> None:
    push = hasty.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    assert hasty.push(push).silent
    gate.set()
    until(is_answered)
    assert (outbox(), conversation()) == ([], [("in", "text", "你好")])
    answer, seconds = timed(hasty, push)
    assert answer.text == "您说：你好"
    assert seconds < 0.4
    assert hasty.running.answering.tend(utc_now() + SOON) == 0
    assert outbox() == []


def test_an_answer_whose_redelivery_does_not_come_goes_out_by_itself(hasty: Account, bot: FakeBot) -> None:
    push = hasty.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    assert hasty.push(push).silent
    gate.set()
    until(is_answered)
    assert hasty.running.answering.tend(utc_now() - SOON) == 0
    assert hasty.running.answering.tend(utc_now() + SOON) == 1
    assert hasty.running.answering.tend(utc_now() + SOON) == 0
    assert outbox() == [(ZHANG_SAN, "您说：你好")]
    assert hasty.push(push).silent  # it came after all, too late
    assert len(outbox()) == 1


def test_what_the_third_delivery_does_not_get_goes_out_by_itself(hasty: Account, bot: FakeBot) -> None:
    push = hasty.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    times = [timed(hasty, push) for _ in range(3)]
    assert [answer.silent for answer, _ in times] == [True] * 3
    assert times[2][1] < 0.5  # `success` in time, else the customer would read of a fault
    gate.set()
    until(outbox)
    assert hasty.push(push).silent
    assert outbox() == [(ZHANG_SAN, "您说：你好")]
    assert bot.said == [(ZHANG_SAN, "你好")]


def test_a_long_answer_keeps_its_order_whoever_carries_its_beginning(hasty: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: [Reply("甲" * 600), Reply("乙" * 600)]
    push = hasty.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    assert hasty.push(push).silent
    gate.set()
    until(is_answered)
    assert outbox() == []
    assert hasty.push(push).text[0] == "甲"
    assert [text[0] for _, text in outbox()] == ["乙"]


def test_no_answer_overtakes_one_to_an_earlier_message(
    account: Account, bot: FakeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    give_up = inbox.give_up

    def slowly_for_the_first(session: Session, message_id: int, *others: Any) -> str | None:
        time.sleep(0.1 if message_id == recorded()[0].id else 0.0)
        left.append(message_id)
        return give_up(session, message_id, *others)

    monkeypatch.setattr(inbox, "give_up", slowly_for_the_first)
    gate = bot.hold(ZHANG_SAN)
    answers = []
    for number in range(3):
        answers.append(account.meanwhile(account.text_xml(f"第{number}句")))
        until(lambda: len(recorded()) == len(answers))
    gate.set()
    assert [answer.result().text for answer in answers] == [f"您说：第{number}句" for number in range(3)]
    assert left == [row.id for row in recorded()]


def test_when_many_wait_no_other_delivery_is_asked_for(
    hasty: Account, bot: FakeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "CROWD", 0)
    gate = bot.hold(ZHANG_SAN)
    answer, seconds = timed(hasty, hasty.text_xml("你好"))
    assert answer.silent
    assert seconds < 0.5
    gate.set()
    until(outbox)


# --- a process that dies ---------------------------------------------------------------------------------------------

def left_behind(account: Account, words: str, seconds: float, *, claimed: bool = False) -> bytes:
    """A message recorded so long ago by a process that has died since; its push."""
    push, then = account.text_xml(words), utc_now() - timedelta(seconds=seconds)
    message = parse(push)
    with transaction() as session:
        row, _ = inbox.record(session, inbox.Delivery(message.key, ZHANG_SAN, "text", packed(message)), then)
        if claimed:
            assert inbox.claim(session, row.id, then)
    return push


def test_an_answer_that_was_found_but_not_given_goes_out_by_itself(account: Account) -> None:
    left_behind(account, "你好", 7)
    with transaction() as session:
        inbox.answer(session, recorded()[0].id, ["您好"], utc_now() - timedelta(seconds=6))
    assert outbox() == []
    assert account.running.answering.tend(utc_now()) == 1
    assert outbox() == [(ZHANG_SAN, "您好")]


def test_a_redelivery_to_the_process_started_anew_is_answered(account: Account, bot: FakeBot) -> None:
    push = left_behind(account, "你好", 5)
    assert account.push(push).text == "您说：你好"
    assert (outbox(), len(recorded())) == ([], 1)


def test_what_a_dead_process_left_is_answered_before_what_comes_now(account: Account, bot: FakeBot) -> None:
    left_behind(account, "一", 60, claimed=True)
    left_behind(account, "二", 30)
    assert account.text("三").text == "您说：一\n\n您说：二\n\n您说：三"
    assert [words for _, words in bot.said] == ["一", "二", "三"]
    assert outbox() == [(ZHANG_SAN, "您说：一"), (ZHANG_SAN, "您说：二")]
    assert account.running.answering.pick_up(utc_now()) == 0


def test_messages_to_several_processes_are_answered_in_their_order(
    open_account: Callable[..., Account], bot: FakeBot
) -> None:
    busy, idle = open_account(), open_account()
    gate, answers = bot.hold(ZHANG_SAN), []
    for number in range(4):
        process = (busy, idle)[number == 3]
        answers.append(process.meanwhile(busy.text_xml(f"第{number}句")))
        until(lambda: len(recorded()) == len(answers))
    until(lambda: bot.said)
    time.sleep(0.3)
    assert bot.said == [(ZHANG_SAN, "第0句")]  # though the other process has nothing else to do
    gate.set()
    assert [answer.result().text for answer in answers] == [f"您说：第{number}句" for number in range(4)]
    assert [words for _, words in bot.said] == [f"第{number}句" for number in range(4)]


# --- many customers, slow answers ------------------------------------------------------------------------------------

class WeChat:
    """Delivers as WeChat does: hangs up after a while, three times in all; sometimes it does not come again."""

    def __init__(self, account: Account, hang_up: timedelta, seed: int) -> None:
        self._account, self._dice = account, random.Random(seed)
        self._hang_up = hang_up.total_seconds()
        self._lines = ThreadPoolExecutor(48)
        self.heard: list[str] = []
        self.faults = 0

    def deliver(self, push: bytes) -> None:
        forgotten = self._dice.random() < 0.2
        for number in range(3):
            line = self._lines.submit(self._account.push, push)
            try:
                answer = line.result(self._hang_up)
            except TimeoutError:
                if forgotten:
                    return
                self.faults += number == 2
                continue
            self.heard += [answer.text] if answer.text else []
            return

    def close(self) -> None:
        self._lines.shutdown()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_every_message_is_answered_exactly_once_whatever_is_slow(
    open_account: Callable[..., Account], bot: FakeBot
) -> None:
    hang_up = timedelta(seconds=1.5)
    account = open_account(reply_deadline=hang_up / 2, wechat_hang_up=hang_up)
    dice, stop = random.Random(7), threading.Event()
    pauses = {f"第{number}句": dice.uniform(0, 5) for number in range(22)}
    pauses |= {"马上": 0, "很久": 3.5 * hang_up.total_seconds()}  # so that either way is taken on any machine

    def slowly(words: str) -> list[Reply]:
        time.sleep(pauses[words])
        return [Reply(words)]

    def tend() -> None:
        while not stop.wait(0.05):
            account.running.answering.tend(utc_now())

    bot.answer = slowly
    wechat, tending = WeChat(account, hang_up, seed=11), threading.Thread(target=tend)
    tending.start()
    wechat.deliver(account.text_xml("马上", "oCustomer"))
    assert wechat.heard == ["马上"]
    pushes = [account.text_xml(words, f"oCustomer{n}") for n, words in enumerate(pauses) if words != "马上"]
    with ThreadPoolExecutor(24) as people:
        list(people.map(wechat.deliver, pushes))
    wechat.close()
    until(lambda: len(wechat.heard) + len(outbox()) >= len(pauses))
    time.sleep(1.5)  # nothing comes twice
    stop.set()
    tending.join()
    assert sorted([*wechat.heard, *(text for _, text in outbox())]) == sorted(pauses)
    assert sorted(words for _, words in bot.said) == sorted(pauses)
    assert "很久" in [text for _, text in outbox()]
