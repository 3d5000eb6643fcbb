"""News that wait when the customer writes go with the passive reply: nothing is said twice, nothing is lost."""

from datetime import timedelta

import pytest
from webhook_fakes import LI_SI, ZHANG_SAN, Account, FakeBot, conversation, everything, until

from aftersales import ledger, outbox, planner
from aftersales.models import InboundMessage, OutboxAttempt, OutboxMessage, OutboxState
from aftersales.outbox import Extra
from aftersales.store import reading, transaction
from aftersales.times import utc_now
from bot.client import Reply
from wechat.choices import rendered_size


def news(text: str, kind: str = "accepted", topic: str = "progress", openid: str = ZHANG_SAN) -> None:
    with transaction() as session:
        outbox.say(session, openid, topic, text, utc_now(), extra=Extra(kind))


def states() -> list[OutboxState]:
    return [message.state for message in everything(OutboxMessage)]


def due(minutes: int = 1) -> list[str]:
    """What would be sent by itself a while later."""
    with transaction() as session:
        parcels = planner.claim(
            session, utc_now() + timedelta(minutes=minutes), planner.Terms(rendered_size, None, template=False))
    return [parcel.text for parcel in parcels]


def test_news_stand_in_front_and_cost_nothing(account: Account) -> None:
    news("【已接单】师傅会联系您。")
    assert account.text("你好").text == "【已接单】师傅会联系您。\n\n您说：你好"
    assert states() == [OutboxState.SENT]
    assert due() == []
    with reading() as session:
        assert ledger.remaining(session, ZHANG_SAN, utc_now()) == 5
    assert conversation()[-1] == ("out", "passive", "【已接单】师傅会联系您。\n\n您说：你好")
    assert [(attempt.channel, attempt.outcome) for attempt in everything(OutboxAttempt)] == [("passive", "sent")]


def test_an_invitation_stands_behind_but_not_beside_a_question(account: Account, bot: FakeBot) -> None:
    news("请打分 [[5星]]", "invitation", "rating")
    bot.answer = lambda words: [Reply("请问是什么品牌？")]
    assert account.text("空调坏了").text == "请问是什么品牌？"
    assert states() == [OutboxState.PENDING]
    bot.answer = lambda words: [Reply("好的。")]
    answer = account.text("谢谢").text
    assert answer.startswith("好的。\n\n请打分 <a")
    assert states() == [OutboxState.SENT]


def test_what_has_no_room_beside_the_reply_is_sent_by_itself(account: Account, bot: FakeBot) -> None:
    news("【服务完成】" + "换件" * 200, "completed")
    bot.answer = lambda words: [Reply("说明" * 200)]
    answer = account.text("保养")
    assert answer.text == "说明" * 200
    assert len(due()) == 1


def test_only_the_customer_s_own_news_go_along(account: Account) -> None:
    news("李四的空调", openid=LI_SI)
    assert account.text("你好").text == "您说：你好"


def test_news_of_a_late_answer_are_sent_by_themselves_once(impatient: Account, bot: FakeBot) -> None:
    gate = bot.hold(ZHANG_SAN)
    news("【已接单】师傅会联系您。")
    assert impatient.text("你好").silent
    gate.set()
    until(lambda: len(states()) == 2)
    assert due() == ["【已接单】师傅会联系您。\n\n您说：你好"]
    assert due() == []


def test_a_redelivery_reads_the_same_and_says_it_once(account: Account) -> None:
    news("【已接单】师傅会联系您。")
    push = account.text_xml("你好")
    first, again = account.push(push), account.push(push)
    assert first.text == again.text == "【已接单】师傅会联系您。\n\n您说：你好"
    assert states() == [OutboxState.SENT]
    assert due() == []
    assert len(everything(OutboxAttempt)) == 1


def test_news_in_a_reply_that_nobody_fetched_are_not_lost(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the answer was kept and before it was handed over."""
    news("【已接单】师傅会联系您。")
    monkeypatch.setattr("webhook.waiting.Waiting.reply", lambda *_: None)
    assert account.text("你好").silent
    until(lambda: everything(InboundMessage)[0].reply)
    assert states() == [OutboxState.PENDING]
    account.running.answering.tend(utc_now() + timedelta(seconds=10))
    assert due() == ["【已接单】师傅会联系您。\n\n您说：你好"]


def test_while_the_answer_is_being_written_the_news_wait_for_it(account: Account, bot: FakeBot) -> None:
    gate = bot.hold(ZHANG_SAN)
    news("【已接单】师傅会联系您。")
    waiting = account.meanwhile(account.text_xml("你好"))
    until(lambda: bot.said)
    assert due(minutes=0) == []
    gate.set()
    assert waiting.result().text.startswith("【已接单】")
