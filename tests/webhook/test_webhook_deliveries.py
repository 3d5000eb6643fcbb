"""Every message is answered exactly once: at once, later by itself, or after a crash."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, update
from webhook_fakes import LI_SI, ZHANG_SAN, Account, FakeBot, conversation, everything, outbox, recorded, until

from aftersales import inbox, planner
from aftersales.inbox import Delivery
from aftersales.models import InboundMessage, InboundState, Message
from aftersales.store import transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import BotUnavailable, Reply
from webhook.answering import packed
from wechat.choices import rendered_size
from wechat.messages import parse

LONG_AGO = timedelta(minutes=5)


# --- redeliveries ----------------------------------------------------------------------------------------------------

def test_a_redelivery_gets_the_same_answer_and_the_bot_is_asked_once(account: Account, bot: FakeBot) -> None:
    push = account.text_xml("你好")
    first, again = account.push(push), account.push(push)
    assert first.text == again.text == "您说：你好"
    assert bot.said == [(ZHANG_SAN, "你好")]
    assert conversation() == [("in", "text", "你好"), ("out", "passive", "您说：你好")]


def test_a_redelivery_to_another_process_gets_the_same_answer(
    open_account: Callable[..., Account], bot: FakeBot
) -> None:
    first, second = open_account(), open_account()
    push = first.text_xml("你好")
    assert first.push(push).text == second.push(push).text == "您说：你好"
    assert len(bot.said) == 1


def test_a_redelivery_joins_the_work_that_another_process_has_begun(
    open_account: Callable[..., Account], bot: FakeBot
) -> None:
    first, second = open_account(), open_account()
    push = first.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    begun = first.meanwhile(push)
    until(lambda: bot.said)
    joined = second.meanwhile(push)
    gate.set()
    assert begun.result().text == joined.result().text == "您说：你好"
    assert len(bot.said) == 1


def test_two_deliveries_at_the_same_moment_are_one(account: Account, bot: FakeBot) -> None:
    push = account.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    both = [account.meanwhile(push) for _ in range(2)]
    until(lambda: bot.said)
    gate.set()
    assert [answer.result().text for answer in both] == ["您说：你好"] * 2
    assert bot.said == [(ZHANG_SAN, "你好")]


def test_the_same_words_said_twice_are_two_messages(account: Account, bot: FakeBot) -> None:
    account.text("你好")
    account.text("你好")
    assert len(bot.said) == len(recorded()) == 2


@pytest.mark.parametrize("changed", [(b"<CreateTime>1", b"<CreateTime>2"), (ZHANG_SAN.encode(), LI_SI.encode())])
def test_a_message_id_that_is_given_twice_is_two_messages(
    account: Account, bot: FakeBot, changed: tuple[bytes, bytes]
) -> None:
    push = account.text_xml("你好")
    account.push(push)
    assert account.push(push.replace(*changed)).text == "您说：你好"
    assert len(bot.said) == len(recorded()) == 2


# --- late answers ----------------------------------------------------------------------------------------------------

def test_a_late_answer_is_sent_by_itself_exactly_once(impatient: Account, bot: FakeBot) -> None:
    push = impatient.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    assert impatient.push(push).silent
    assert outbox() == []
    gate.set()
    until(outbox)
    assert impatient.push(push).silent
    assert outbox() == [(ZHANG_SAN, "您说：你好")]
    assert bot.said == [(ZHANG_SAN, "你好")]
    assert conversation() == [("in", "text", "你好")]  # the answer is logged when it is sent


def test_a_redelivery_of_what_is_still_being_answered_starts_nothing(impatient: Account, bot: FakeBot) -> None:
    push = impatient.text_xml("你好")
    gate = bot.hold(ZHANG_SAN)
    assert [impatient.push(push).silent for _ in range(3)] == [True] * 3
    gate.set()
    until(outbox)
    assert (len(bot.said), len(outbox())) == (1, 1)


def test_the_parts_of_a_late_answer_are_sent_in_order(impatient: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: [Reply("甲" * 600), Reply("乙" * 600), Reply("丙" * 600)]
    gate = bot.hold(ZHANG_SAN)
    impatient.text("你好")
    gate.set()
    impatient.running.answering.close()
    now = utc_now() + timedelta(minutes=1)
    sent = []
    while True:
        with transaction() as session:
            claimed = planner.claim(session, now, planner.Terms(rendered_size, None, template=False))
            for message in [message for parcel in claimed for message in parcel.messages]:
                inbox.outbox.mark_sent(session, message.id, "customer_service", now)
        if not claimed:
            break
        sent += [parcel.text[0] for parcel in claimed]
    assert sent == ["甲", "乙", "丙"]


# --- the assistant is out of order -----------------------------------------------------------------------------------

def test_when_the_bot_is_down_the_customer_is_told(
    account: Account, bot: FakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.down = True
    assert account.text("你好").text == texts("bridge")["trouble"]
    assert conversation() == [("in", "text", "你好"), ("out", "passive", texts("bridge")["trouble"])]
    assert "Rasa is out of order" in caplog.text


def test_a_bot_that_comes_back_is_asked_again(account: Account, bot: FakeBot) -> None:
    fails = iter([True, False])

    def answer(words: str) -> list[Reply]:
        if next(fails):
            raise BotUnavailable("starting")
        return [Reply("在的")]

    bot.answer = answer
    assert account.text("你好").text == "在的"
    assert bot.asked == [(recorded()[0].key, again) for again in (False, True)]


def test_a_message_stands_in_the_log_before_it_is_understood(account: Account, bot: FakeBot) -> None:
    gate = bot.hold(ZHANG_SAN)
    answer = account.meanwhile(account.text_xml("空调漏水"))
    until(lambda: bot.said)
    [line] = everything(Message)
    assert (line.text, line.intent) == ("空调漏水", None)
    gate.set()
    assert answer.result().text == "您说：空调漏水"
    assert [(each.text, each.intent) for each in everything(Message)] == [("空调漏水", "inform"), ("您说：空调漏水", None)]


def test_when_the_bot_says_nothing_the_customer_is_told(account: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: []
    assert account.text("你好").text == texts("bridge")["trouble"]


def test_a_mistake_in_our_own_work_is_logged_and_the_customer_told(
    account: Account, bot: FakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.answer = lambda words: [Reply(None)]
    assert account.text("你好").text == texts("bridge")["trouble"]
    assert "could not be answered" in caplog.text
    bot.answer = lambda words: [Reply("在的")]
    assert account.text("你好").text == "在的"


# --- order -----------------------------------------------------------------------------------------------------------

def test_messages_of_one_customer_are_answered_in_their_order(account: Account, bot: FakeBot) -> None:
    gate = bot.hold(ZHANG_SAN)
    answers = []
    for number in range(3):
        answers.append(account.meanwhile(account.text_xml(f"第{number}句")))
        until(lambda: len(recorded()) == len(answers))
    until(lambda: bot.said)
    assert bot.said == [(ZHANG_SAN, "第0句")]  # the others wait
    gate.set()
    assert [answer.result().text for answer in answers] == ["您说：第0句", "您说：第1句", "您说：第2句"]
    assert [words for _, words in bot.said] == ["第0句", "第1句", "第2句"]


def test_one_customer_does_not_wait_for_another(account: Account, bot: FakeBot) -> None:
    gate = bot.hold(ZHANG_SAN)
    waiting = account.meanwhile(account.text_xml("你好"))
    until(lambda: bot.said)
    assert account.text("您好", LI_SI).text == "您说：您好"
    assert not waiting.done()
    gate.set()
    assert waiting.result().text == "您说：你好"


# --- after a crash ---------------------------------------------------------------------------------------------------

def left_behind(account: Account, words: str, *, claimed: bool) -> int:
    """A message recorded some minutes ago by a process that has died since; its id."""
    then = utc_now() - LONG_AGO
    message = parse(account.text_xml(words))
    with transaction() as session:
        row, _ = inbox.record(session, Delivery(message.key, message.openid, message.kind, packed(message)), then)
        if claimed:
            assert inbox.claim(session, row.id, then)
    return row.id


@pytest.mark.parametrize("claimed", [True, False])
def test_what_a_dead_process_left_is_answered_by_a_message(account: Account, bot: FakeBot, claimed: bool) -> None:
    left_behind(account, "空调漏水", claimed=claimed)
    assert account.running.answering.pick_up(utc_now()) == 1
    until(outbox)
    assert outbox() == [(ZHANG_SAN, "您说：空调漏水")]
    assert bot.said == [(ZHANG_SAN, "空调漏水")]
    assert bot.asked == [(recorded()[0].key, claimed)]  # the assistant knows whether it may have heard it
    assert account.running.answering.pick_up(utc_now()) == 0


def test_two_processes_that_find_it_answer_once(open_account: Callable[..., Account], bot: FakeBot) -> None:
    first, second = open_account(), open_account()
    gate = bot.hold(ZHANG_SAN)
    left_behind(first, "空调漏水", claimed=True)
    found = [each.running.answering.pick_up(utc_now()) for each in (first, second)]
    gate.set()
    until(outbox)
    for each in (first, second):
        each.running.answering.close()
    assert found[0] == 1
    assert (len(bot.said), len(outbox())) == (1, 1)


def test_what_is_being_answered_is_not_picked_up(account: Account, bot: FakeBot) -> None:
    gate = bot.hold(ZHANG_SAN)
    waiting = account.meanwhile(account.text_xml("你好"))
    until(lambda: bot.said)
    assert account.running.answering.pick_up(utc_now()) == 0
    gate.set()
    assert waiting.result().text == "您说：你好"


def test_a_record_that_cannot_be_read_is_set_aside_and_the_others_answered(
    account: Account, bot: FakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable = left_behind(account, "旧版本", claimed=False)
    left_behind(account, "空调漏水", claimed=False)
    with transaction() as session:
        session.execute(update(InboundMessage).where(col(InboundMessage.id) == unreadable).values(payload='{"a": 1}'))
    account.running.answering.pick_up(utc_now())
    until(outbox)
    assert [row.state for row in recorded()] == [InboundState.FAILED, InboundState.ANSWERED]
    assert "cannot be read" in caplog.text


def test_a_message_from_yesterday_is_left_alone(account: Account, bot: FakeBot) -> None:
    left_behind(account, "空调漏水", claimed=False)
    tomorrow: datetime = utc_now() + timedelta(days=1)
    assert account.running.answering.pick_up(tomorrow) == 0
