"""Whether the assistant answers: not while a person has the conversation, and again as soon as it is given back."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from webhook_fakes import (
    LI_SI,
    ZHANG_SAN,
    Account,
    FakeBot,
    FakeFiles,
    conversation,
    everything,
    jpeg,
    kept_files,
    outbox,
    until,
)

from aftersales import handoff
from aftersales.models import Customer, Handoff, HandoffEvent, Message, OutboxMessage
from aftersales.store import reading, transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import OpenTask, Reply
from wechat.choices import render
from wechat.errors import PlatformError, Reaction

DOMAIN = Path(__file__).parents[2] / "bot" / "domain"
JPEG = jpeg()
WORDS = texts("handoff")
GONE = PlatformError("The platform cannot be reached.", Reaction.RETRY)
AGENT = "test1@test"


def domain(topic: str) -> dict[str, Any]:
    """One file of the assistant's domain."""
    found: dict[str, Any] = yaml.safe_load((DOMAIN / f"{topic}.yml").read_text(encoding="utf-8"))
    return found


def takes(openid: str = ZHANG_SAN, operator: str = "王敏") -> None:
    with transaction() as session:
        handoff.take(session, openid, operator, utc_now())


def says(text: str, ticket: str = "1", operator: str = "王敏") -> None:
    with transaction() as session:
        handoff.say(session, ZHANG_SAN, operator, text, ticket, utc_now())


def asks(openid: str = ZHANG_SAN) -> None:
    with transaction() as session:
        handoff.ask(session, openid, utc_now())


def state(openid: str = ZHANG_SAN) -> Handoff:
    with reading() as session:
        return handoff.state_of(session, openid)


def steps() -> list[str]:
    return [event.step for event in everything(HandoffEvent)]


def session_event(account: Account, name: str, at: int | None = None) -> None:
    """An event of WeChat's customer service, at a moment of its own where one is given."""
    agents = {
        "kf_create_session": f"<KfAccount><![CDATA[{AGENT}]]></KfAccount>",
        "kf_switch_session": f"<FromKfAccount>{AGENT}</FromKfAccount><ToKfAccount>test2@test</ToKfAccount>",
        "kf_close_session": f"<KfAccount><![CDATA[{AGENT}]]></KfAccount><CloseType>KF</CloseType>",
    }
    push = account.xml("event", f"<Event><![CDATA[{name}]]></Event>{agents[name]}")
    if at is not None:
        head, _, rest = push.decode().partition("<CreateTime>")
        push = f"{head}<CreateTime>{at}<{rest.partition('<')[2]}".encode()
    assert account.push(push).silent


# --- silence ---------------------------------------------------------------------------------------------------------

def test_while_a_person_has_the_conversation_the_assistant_is_never_asked(account: Account, bot: FakeBot) -> None:
    takes()
    assert account.text("我家空调什么时候来修").silent
    assert account.event("CLICK", "query_progress").silent
    place = "<Location_X>22.93</Location_X><Location_Y>113.21</Location_Y><Label>北滘镇</Label>"
    assert account.push(account.xml("location", place)).silent
    assert account.push(account.xml("file", "<Title>a.pdf</Title>")).silent
    assert account.push(account.xml("voice", "<MediaId>M</MediaId><Recognition>师傅几点来</Recognition>")).silent
    assert (bot.said, bot.commands) == ([], [])
    assert [text for _, _, text in conversation()] == [
        "我家空调什么时候来修", "[点击菜单] 查询进度", "[位置] 北滘镇", "[文件]", "师傅几点来"]
    assert {line.intent for line in everything(Message)} == {None}
    assert [text for _, text in outbox()] == [WORDS["arrived"]]


def test_a_photo_is_kept_for_the_operator(account: Account, bot: FakeBot, platform: FakeFiles) -> None:
    platform.files["M"] = JPEG
    takes()
    assert account.push(account.xml("image", "<MediaId>M</MediaId>")).silent
    assert [file.content_type for file in kept_files()] == ["image/jpeg"]
    assert everything(Message)[0].media_id == kept_files()[0].id
    assert bot.commands == []


def test_other_customers_are_answered_by_the_assistant(account: Account, bot: FakeBot) -> None:
    takes()
    assert account.text("空调不制冷", LI_SI).text == "您说：空调不制冷"
    assert bot.said == [(LI_SI, "空调不制冷")]


def test_who_waits_for_a_person_is_still_served(account: Account, bot: FakeBot) -> None:
    asks()
    assert account.text("查询进度").text == "您说：查询进度"
    assert (state(), bot.said) == (Handoff.WAITING, [(ZHANG_SAN, "查询进度")])


@pytest.mark.parametrize(("words", "name"), [
    ("闻到煤气味了", "danger_gas"), ("插座冒烟了", "danger_electricity"), ("漏水漏到楼下了", "danger_water"),
])
def test_a_danger_is_answered_at_once_all_the_same(account: Account, bot: FakeBot, words: str, name: str) -> None:
    takes()
    assert account.text(words).text == WORDS[name]
    assert (state(), bot.said) == (Handoff.PERSON, [])


def test_the_bridge_warns_in_the_words_of_the_assistant() -> None:
    responses = domain("repair")["responses"]
    for name in ("gas", "water", "electricity"):
        assert WORDS[f"danger_{name}"] == responses[f"utter_danger_{name}"][0]["text"]


# --- back to the assistant -------------------------------------------------------------------------------------------

def test_the_customer_calls_the_assistant_back(account: Account, bot: FakeBot) -> None:
    takes()
    account.text("师傅几点来")
    assert account.text("回到机器人").text == WORDS["returned"]
    assert account.text("查询进度").text == "您说：查询进度"
    assert bot.said == [(ZHANG_SAN, "查询进度")]
    assert steps() == ["taken", "returned"]


def test_a_form_goes_on_where_it_was(account: Account, bot: FakeBot) -> None:
    bot.task = OpenTask("repair_form", Reply("请问是哪种电器？", [("空调", "空调"), ("冰箱", "冰箱")]))
    takes()
    answer = account.text("转回机器人吧").text
    assert answer == render("好的，我回来了，接着刚才的报修登记：\n请问是哪种电器？\n[[空调]]  [[冰箱]]")
    assert bot.said == []


def test_every_form_has_a_name_in_chinese() -> None:
    forms = {form for path in DOMAIN.glob("*.yml") for form in domain(path.stem).get("forms") or {}}
    assert "repair_form" in forms
    assert forms <= set(WORDS)


def test_the_assistant_comes_back_though_rasa_is_down(account: Account, bot: FakeBot) -> None:
    takes()
    bot.down = True
    assert account.text("找机器人").text == WORDS["returned"]
    assert state() is Handoff.BOT


def test_who_waits_may_change_their_mind(account: Account, bot: FakeBot) -> None:
    asks()
    assert account.text("不用转人工了").text == WORDS["returned"]
    assert (state(), bot.said) == (Handoff.BOT, [])


def test_to_the_assistant_itself_the_words_mean_nothing_special(account: Account, bot: FakeBot) -> None:
    assert account.text("回到机器人").text == "您说：回到机器人"


def test_a_message_queued_behind_another_hears_of_the_take_over(account: Account, bot: FakeBot) -> None:
    gate = bot.hold(ZHANG_SAN)
    first = account.meanwhile(account.text_xml("空调不制冷"))
    until(lambda: bot.said)
    second = account.meanwhile(account.text_xml("在吗"))
    takes()
    gate.set()
    assert first.result().text == "您说：空调不制冷"
    assert second.result().silent
    assert bot.said == [(ZHANG_SAN, "空调不制冷")]


def test_a_redelivery_of_what_a_person_was_told_stays_silent(account: Account, bot: FakeBot) -> None:
    takes()
    push = account.text_xml("在吗")
    assert account.push(push).silent
    with transaction() as session:
        handoff.hand_back(session, ZHANG_SAN, "王敏", utc_now())
    assert account.push(push).silent
    assert bot.said == []


# --- the operator and the customer at the same moment ----------------------------------------------------------------

def test_words_written_while_the_customer_leaves_are_either_sent_or_refused(account: Account, bot: FakeBot) -> None:
    sent, refusals = 0, []
    for number in range(6):
        takes()
        leaving = account.meanwhile(account.text_xml("回到机器人"))
        try:
            says("您好", ticket=str(number))
            sent += 1
        except handoff.Refused as error:
            refusals.append(error.reason)
        assert leaving.result().text == WORDS["returned"]
        assert state() is Handoff.BOT
    assert refusals == ["returned"] * (6 - sent)
    assert [message.text for message in everything(OutboxMessage) if message.author] == ["您好"] * sent
    assert bot.said == []


def test_after_the_customer_has_left_nothing_more_is_said(account: Account) -> None:
    takes()
    says("您好")
    account.text("回到机器人")
    with pytest.raises(handoff.Refused):
        says("还在吗", ticket="2")
    assert [text for _, text in outbox()] == [WORDS["arrived"], "您好"]


# --- WeChat's own customer service -----------------------------------------------------------------------------------

@pytest.fixture
def wechat_service(open_account: Callable[..., Account], bot: FakeBot) -> Account:
    """An account that hands over to WeChat's customer service; the assistant calls a person for 转人工 and 投诉."""
    bot.answer = calling
    return open_account(handoff_to="wechat")


def calling(words: str) -> list[Reply]:
    if words in ("转人工", "我要投诉", "闻到煤气味了，快来人"):
        asks()
    return [Reply(f"您说：{words}")]


def test_asking_for_a_person_is_answered_with_the_transfer(wechat_service: Account) -> None:
    answer = wechat_service.text("转人工")
    assert (answer.fields["MsgType"], answer.fields["ToUserName"]) == ("transfer_customer_service", ZHANG_SAN)
    assert "TransInfo" not in answer.fields
    assert (state(), steps()) == (Handoff.WAITING, ["asked", "transferred"])
    assert outbox() == [(ZHANG_SAN, "您说：转人工")]  # there is only one passive answer
    assert conversation() == [("in", "text", "转人工")]


def test_a_redelivery_is_transferred_too(wechat_service: Account, bot: FakeBot) -> None:
    push = wechat_service.text_xml("转人工")
    kinds = [wechat_service.push(push).fields["MsgType"] for _ in range(2)]
    assert (kinds, len(bot.said), steps()) == (["transfer_customer_service"] * 2, 1, ["asked", "transferred"])


def test_who_queues_can_use_the_assistant_and_ask_again(wechat_service: Account) -> None:
    wechat_service.text("转人工")
    assert wechat_service.text("查询进度").text == "您说：查询进度"
    assert wechat_service.text("转人工").fields["MsgType"] == "transfer_customer_service"


def test_a_danger_is_answered_in_words_and_transferred_with_the_next_message(wechat_service: Account) -> None:
    assert wechat_service.text("闻到煤气味了，快来人").text == "您说：闻到煤气味了，快来人"
    assert state() is Handoff.WAITING
    assert wechat_service.text("在吗").fields["MsgType"] == "transfer_customer_service"


def test_an_event_is_never_transferred(wechat_service: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: calling("转人工")
    assert wechat_service.event("CLICK", "query_progress").text == "您说：转人工"
    assert steps() == ["asked"]


def test_a_late_answer_goes_out_in_words(open_account: Callable[..., Account], bot: FakeBot) -> None:
    bot.answer = calling
    account = open_account(handoff_to="wechat", reply_deadline=timedelta(milliseconds=200), wechat_tries=1)
    gate = bot.hold(ZHANG_SAN)
    assert account.text("转人工").silent
    gate.set()
    until(outbox)
    assert (outbox(), steps()) == ([(ZHANG_SAN, "您说：转人工")], ["asked"])


@pytest.mark.parametrize(("agents", "wanted"), [({AGENT}, AGENT), ({"other@test"}, None), (GONE, None)])
def test_a_configured_agent_is_named_while_online(
    open_account: Callable[..., Account], bot: FakeBot, platform: FakeFiles, agents: Any, wanted: str | None
) -> None:
    bot.answer, platform.agents = calling, agents
    answer = open_account(handoff_to="wechat", handoff_kf_account=AGENT).text("转人工")
    assert answer.fields["MsgType"] == "transfer_customer_service"
    assert (answer.fields.get("TransInfo") or {}).get("KfAccount") == wanted


def test_by_default_nobody_is_transferred(account: Account, bot: FakeBot) -> None:
    bot.answer = calling
    assert account.text("转人工").text == "您说：转人工"
    assert state() is Handoff.WAITING


def test_a_session_silences_the_assistant_until_it_is_closed(account: Account, bot: FakeBot) -> None:
    session_event(account, "kf_create_session")
    assert account.text("在吗").silent
    session_event(account, "kf_switch_session")
    assert everything(Customer)[0].handoff_by == "test2@test"
    assert account.event("CLICK", "query_progress").silent
    session_event(account, "kf_close_session")
    assert account.text("查询进度").text == "您说：查询进度"
    assert (bot.said, bot.commands) == ([(ZHANG_SAN, "查询进度")], [])
    assert [(event.step, event.by) for event in everything(HandoffEvent)] == [
        ("opened", AGENT), ("opened", "test2@test"), ("closed", None)]


def test_a_session_whose_end_was_never_told_is_asked_for(account: Account, bot: FakeBot, platform: FakeFiles) -> None:
    session_event(account, "kf_create_session")
    platform.agent = GONE
    assert account.text("在吗").silent
    platform.agent = ""
    assert account.text("在吗").text == "您说：在吗"
    assert state() is Handoff.BOT


def test_the_customers_words_end_the_silence_of_a_session_too(account: Account, bot: FakeBot) -> None:
    session_event(account, "kf_create_session")
    assert account.text("回到机器人").text == WORDS["returned"]
    assert account.text("查询进度").text == "您说：查询进度"


def test_news_of_sessions_count_in_the_order_they_happened(account: Account) -> None:
    session_event(account, "kf_create_session", at=1_700_001_000)
    session_event(account, "kf_close_session", at=1_700_000_900)
    assert state() is Handoff.WECHAT
    session_event(account, "kf_close_session", at=1_700_001_100)
    session_event(account, "kf_create_session", at=1_700_001_050)
    assert state() is Handoff.BOT
    closed = everything(HandoffEvent)[-1]
    assert (closed.step, closed.at) == ("closed", datetime.fromtimestamp(1_700_001_100, timezone.utc))
