"""An operator takes a conversation, writes, gives it back; a second one sees who has it."""

import re
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from console_desk import LI_SI, MONDAY, PASSWORD, ZHANG_SAN, Browser, Story, minutes
from flask import Flask
from sqlmodel import col, select
from test_console_conversations import LI_SI_PAGE, ZHANG_SAN_PAGE, parts, rows

from aftersales import customers, handoff, ledger, outbox
from aftersales.conversations import log_in, log_out
from aftersales.models import Customer, Handoff, HandoffEvent, Operator, OutboxMessage
from aftersales.settings import settings
from aftersales.store import reading, transaction
from aftersales.texts import texts
from console import handoff as pages
from console import names, queries, words

NOW = minutes(2010)
ARRIVED = texts("handoff")["arrived"]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, story: Story) -> list[datetime]:
    """The present of the pages: nine minutes after 李四 asked for a person, on Tuesday evening."""
    present = [NOW]
    for module in (pages, queries, words):
        monkeypatch.setattr(module, "utc_now", lambda: present[0])
    return present


@pytest.fixture
def second(app: Flask) -> Browser:
    """王敏, the other operator, logged in."""
    with transaction() as session:
        session.add(Operator(username="王敏", password_hash=PasswordHasher(1, 8, 1).hash(PASSWORD), created_at=MONDAY))
    browser = Browser(app.test_client())
    assert browser.login("王敏").status_code == 302
    return browser


def customer(openid: str = LI_SI) -> Customer:
    with reading() as session:
        return session.exec(select(Customer).where(Customer.openid == openid)).one()


def left(openid: str = LI_SI) -> list[tuple[str, str | None]]:
    """What was left to be sent by hand: (text, author)."""
    with reading() as session:
        query = select(OutboxMessage).where(OutboxMessage.openid == openid, OutboxMessage.topic == handoff.TOPIC)
        return [(each.text, each.author) for each in session.exec(query.order_by(col(OutboxMessage.id))).all()]


def take(browser: Browser, page: str = LI_SI_PAGE, holder: str = "") -> int:
    return browser.send(page, f"{page}/take", take=holder).status_code


def say(browser: Browser, text: str, page: str = LI_SI_PAGE, **fields: str) -> tuple[int, str]:
    """Sends the form of the page; the status, and the page that comes of it."""
    ticket = re.search(r'name="ticket" value="(\w+)"', browser.open(page))
    assert ticket
    answer = browser.send(page, f"{page}/say", text=text, **{"ticket": ticket[1], **fields})
    return answer.status_code, answer.text


def settle(work: str, **values: object) -> None:
    """What the jobs do with the newest message of 李四."""
    with transaction() as session:
        message = session.exec(select(OutboxMessage).where(OutboxMessage.openid == LI_SI).order_by(
            col(OutboxMessage.id).desc())).first()
        getattr(outbox, work)(session, message.id, **values)


# --- the list --------------------------------------------------------------------------------------------------------

def test_who_waits_comes_first_with_the_time_and_what_is_unread(operator: Browser, clock: list[datetime]) -> None:
    with transaction() as session:
        log_in(session, LI_SI, "text", "人呢", minutes(2003))
        log_in(session, ZHANG_SAN, "text", "谢谢", minutes(2005))
    first, second = rows(operator.open("/ops"))
    assert "转人工 已等 9分钟 未读 2" in first
    assert second.startswith("张三")
    assert "未读" not in second
    assert "超时" not in first
    clock[0] = minutes(2013)
    page = operator.open("/ops")
    assert "已等 12分钟 超时" in rows(page)[0]
    waiting = re.search(r'<section class="waiting".*?</section>', page, re.DOTALL)
    assert waiting
    assert "已等 12分钟" in waiting[0]


def test_at_night_every_wait_is_overdue(operator: Browser, clock: list[datetime]) -> None:
    clock[0] = NOW.replace(hour=23)
    assert "超时" in rows(operator.open("/ops"))[0]


def test_reading_a_conversation_takes_the_mark_off(operator: Browser, second: Browser) -> None:
    take(operator)
    with transaction() as session:
        log_in(session, LI_SI, "text", "在吗", NOW)
    second.open(LI_SI_PAGE)  # it is not hers to answer
    assert "admin 接待中 未读 1" in rows(second.open("/ops"))[0]
    operator.open(f"{LI_SI_PAGE}/transcript")
    assert "未读" not in operator.open("/ops")


# --- taking over -----------------------------------------------------------------------------------------------------

def test_taking_over_silences_the_assistant_and_tells_the_customer(operator: Browser) -> None:
    assert "客户在等人工" in parts(operator.open(LI_SI_PAGE), "desk-state")[0]
    assert take(operator) == 302
    assert (customer().handoff, customer().handoff_by) == (Handoff.PERSON, "admin")
    assert left() == [(ARRIVED, None)]
    page = operator.open(LI_SI_PAGE)
    assert "您正在接待" in parts(page, "desk-state")[0]
    assert "30分钟没有人说话，会自动交还机器人" in page
    assert [event.split()[:-1] for event in parts(page, "handoff-event")] == [["客户要求转人工"], ["admin", "接手"]]


def test_a_conversation_can_be_taken_that_nobody_asked_for(operator: Browser) -> None:
    assert "机器人正在接待" in parts(operator.open(ZHANG_SAN_PAGE), "desk-state")[0]
    assert take(operator, ZHANG_SAN_PAGE) == 302
    assert customer(ZHANG_SAN).handoff is Handoff.PERSON


def test_the_second_operator_sees_who_has_it_and_may_take_it_explicitly(operator: Browser, second: Browser) -> None:
    take(operator)
    page = second.open(LI_SI_PAGE)
    assert "admin 正在接待" in parts(page, "desk-state")[0]
    assert 'form="take" name="take" value="admin"' in page
    assert 'data-testid="say"' not in page
    assert take(second) == 409  # a page that did not know of the other
    assert take(second, holder="admin") == 302
    assert customer().handoff_by == "王敏"
    status, page = say(operator, "我来处理")
    assert status == 409
    assert "王敏 正在接待这位客户" in parts(page, "problem")[0]
    assert left() == [(ARRIVED, None)]


def test_what_wechat_has_is_only_shown(operator: Browser) -> None:
    with transaction() as session:
        handoff.session_opened(session, LI_SI, "kf@gh", NOW)
    page = operator.open(LI_SI_PAGE)
    assert "微信客服 kf@gh 正在接待" in parts(page, "desk-state")[0]
    assert 'data-testid="take"' not in page
    assert take(operator) == 409
    assert "微信客服接待中" in rows(operator.open("/ops"))[0]


# --- writing ---------------------------------------------------------------------------------------------------------

def test_words_are_left_with_their_author_and_shown_with_their_state(operator: Browser) -> None:
    take(operator)
    assert say(operator, "您好，\r\n我是客服")[0] == 302
    assert left() == [(ARRIVED, None), ("您好，\n我是客服", "admin")]
    page = operator.open(LI_SI_PAGE)
    [bubble], [beside] = parts(page, "message-unsent"), parts(page, "outbox")
    assert bubble.endswith("客服 admin 等待发送")
    assert "人工客服" in beside  # our own line; the operator's words stand in the conversation alone
    assert "我是客服" not in beside


@pytest.mark.parametrize(("work", "values", "said"), [
    ("hold", {"errcode": 45015, "error": "closed"}, "等客户来消息后发送 原因：客户超过48小时没来消息，微信不允许发送"),
    ("mark_failed", {"errcode": 43004, "error": "no follower"}, "发送失败 原因：客户没有关注公众号"),
    ("mark_failed", {"errcode": 99999, "error": "something new"}, "发送失败 原因：something new"),
])
def test_what_was_not_sent_says_why(operator: Browser, work: str, values: dict[str, object], said: str) -> None:
    take(operator)
    say(operator, "您好")
    settle(work, **values)
    assert parts(operator.open(LI_SI_PAGE), "message-unsent")[0].endswith(said)


def test_what_was_sent_stands_in_the_conversation_once(operator: Browser) -> None:
    take(operator)
    say(operator, "您好")
    with transaction() as session:
        message = session.exec(select(OutboxMessage).where(OutboxMessage.author == "admin")).one()
        outbox.mark_sent(session, message.id or 0, "customer_service", NOW)
        log_out(session, LI_SI, "customer_service", "您好", NOW, message.id)
    page = operator.open(LI_SI_PAGE)
    assert parts(page, "message-unsent") == []
    assert parts(page, "message-out")[-1].endswith("客服 admin 客服消息 已发送")
    assert page.count("您好") == 1


def test_taking_over_and_writing_is_one_step(operator: Browser) -> None:
    assert say(operator, "您好", take="")[0] == 302
    assert left() == [(ARRIVED, None), ("您好", "admin")]
    assert customer().handoff_by == "admin"


def test_a_form_posted_twice_says_it_once(operator: Browser) -> None:
    take(operator)
    for _ in range(2):
        assert say(operator, "您好", ticket="same")[0] == 302
    assert left() == [(ARRIVED, None), ("您好", "admin")]


def test_when_the_customer_has_left_meanwhile_the_words_are_kept_in_the_field(operator: Browser) -> None:
    take(operator)
    with transaction() as session:
        handoff.hears(session, LI_SI, "回到机器人", NOW)
    status, page = say(operator, "<b>马上</b>为您处理")
    assert status == 409
    assert "已经回到机器人" in parts(page, "problem")[0]
    assert "&lt;b&gt;马上&lt;/b&gt;为您处理</textarea>" in page
    assert left() == [(ARRIVED, None)]


@pytest.mark.parametrize(("text", "problem"), [("  \n ", "请先输入"), ("字" * 601, "最多600个字"), ("😀" * 501, "最多600个字")])
def test_what_cannot_be_sent_is_said_at_once(operator: Browser, text: str, problem: str) -> None:
    take(operator)
    status, page = say(operator, text)
    assert status == 422
    assert problem in parts(page, "problem")[0]
    assert left() == [(ARRIVED, None)]


def test_the_form_needs_the_token_and_its_ticket(operator: Browser) -> None:
    take(operator)
    for name in ("take", "say", "hand-back"):
        assert operator.client.post(f"{LI_SI_PAGE}/{name}", data={"text": "您好", "ticket": "1"}).status_code == 400
    assert operator.send(LI_SI_PAGE, f"{LI_SI_PAGE}/say", text="您好").status_code == 400
    assert left() == [(ARRIVED, None)]


@pytest.mark.parametrize("name", ["take", "say", "hand-back", "followed-up"])
def test_nobody_cannot_be_written_to(operator: Browser, name: str) -> None:
    fields = {"text": "您好", "ticket": "1", "seen": NOW.isoformat()}
    answer = operator.send("/ops", f"/ops/conversations/oNobody/{name}", **fields)
    assert answer.status_code == 404
    with reading() as session:
        assert session.exec(select(Customer).where(Customer.openid == "oNobody")).first() is None


# --- the platform's window -------------------------------------------------------------------------------------------

def warning(browser: Browser) -> list[str]:
    return parts(browser.open(LI_SI_PAGE), "desk-warning")


def test_a_closed_window_is_said_before_anything_is_sent(
    operator: Browser, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert warning(operator) == []
    clock[0] = minutes(2001) + timedelta(hours=48)
    assert "超过48小时没来消息，微信不允许直接发送。现在发的会先保存" in warning(operator)[0]
    monkeypatch.setenv("WECHAT_TEMPLATE_ID", "TEMPLATE")
    settings.cache_clear()
    assert "会收到一条模板消息，只显示开头约20个字" in warning(operator)[0]


def test_a_spent_budget_is_said_before_anything_is_sent(operator: Browser) -> None:
    with transaction() as session:
        ledger.spent(session, LI_SI, NOW)
    assert "客户来消息后可发的条数已用完，微信不允许直接发送。" in warning(operator)[0]


def test_who_does_not_follow_is_said_to_be_out_of_reach(operator: Browser) -> None:
    take(operator)
    with transaction() as session:
        customers.unfollowed(session, LI_SI, NOW)
    assert "消息发不出去" in warning(operator)[0]
    assert say(operator, "您好")[0] == 409
    assert left() == [(ARRIVED, None)]


# --- giving back -----------------------------------------------------------------------------------------------------

def test_giving_back_ends_it_for_the_holder_only(operator: Browser, second: Browser) -> None:
    take(operator)
    assert second.send(LI_SI_PAGE, f"{LI_SI_PAGE}/hand-back").status_code == 409
    assert operator.send(LI_SI_PAGE, f"{LI_SI_PAGE}/hand-back").status_code == 302
    assert customer().handoff is Handoff.BOT
    assert left() == [(ARRIVED, None), (texts("handoff")["back"], None)]  # nobody has answered 李四
    assert parts(operator.open(LI_SI_PAGE), "handoff-event")[-1].startswith("admin 交还机器人")


def test_the_desk_renews_itself_and_the_typed_words_stay(operator: Browser) -> None:
    page = operator.open(LI_SI_PAGE)
    assert f'data-live="{LI_SI_PAGE}/desk"' in page
    fragment = operator.open(f"{LI_SI_PAGE}/desk")
    assert fragment in page
    assert "<textarea" not in fragment


def test_changes_of_hands_stand_on_the_page_of_their_time(operator: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.conversations.MESSAGES_SHOWN", 1)
    take(operator)
    newest = operator.open(LI_SI_PAGE)
    older = re.search(r'href="([^"]+before=\d+)"', newest)
    assert older
    assert [event.rpartition(" ")[0] for event in parts(newest, "handoff-event")] == ["客户要求转人工", "admin 接手"]
    assert parts(operator.open(older[1]), "handoff-event") == []


def test_every_step_has_words() -> None:
    assert set(names.HANDOFF_STEPS) == {step.value for step in handoff.Step}
    assert words.say_step(HandoffEvent(openid=LI_SI, step="taken", by="王敏", at=NOW)) == "王敏 接手"


@pytest.mark.parametrize(("length", "said"), [
    (timedelta(seconds=59), "不到1分钟"), (timedelta(minutes=12), "12分钟"), (timedelta(hours=3, minutes=5), "3小时5分钟"),
    (timedelta(hours=2), "2小时"), (timedelta(days=2, hours=3), "2天"),
])
def test_lengths_of_time_are_said_roughly(length: timedelta, said: str) -> None:
    assert words.say_for(length) == said
