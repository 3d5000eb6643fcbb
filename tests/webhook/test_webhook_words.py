"""Words of a customer: how the assistant is asked, what comes back, and what is logged."""

import json
from collections.abc import Callable
from urllib.parse import unquote

import pytest
import responses
from webhook_fakes import ACCOUNT, LI_SI, ZHANG_SAN, Account, FakeBot, conversation, everything, outbox, recorded

from aftersales.models import Customer, InboundState, Message
from aftersales.texts import texts
from bot.client import BotClient, Reply, Understood
from wechat.choices import render

RASA = "http://rasa.test"


def test_a_text_is_answered_passively_with_the_names_exchanged(account: Account, bot: FakeBot) -> None:
    answer = account.text("空调不制冷")
    assert answer.text == "您说：空调不制冷"
    assert (answer.fields["ToUserName"], answer.fields["FromUserName"]) == (ZHANG_SAN, ACCOUNT)
    assert answer.fields["MsgType"] == "text"
    assert bot.said == [(ZHANG_SAN, "空调不制冷")]
    assert outbox() == []


def test_what_was_said_and_understood_stands_in_the_conversation(account: Account, bot: FakeBot) -> None:
    entities = [{"entity": "appliance", "value": "空调", "start": 0, "end": 2}]
    bot.understood = Understood("describe_fault", 0.87, entities)
    account.text("空调不制冷")
    asked, answered = everything(Message)
    assert (asked.openid, asked.direction, asked.kind, asked.text) == (ZHANG_SAN, "in", "text", "空调不制冷")
    assert (asked.intent, asked.confidence, asked.entities) == ("describe_fault", 0.87, entities)
    assert (answered.openid, answered.direction, answered.channel) == (ZHANG_SAN, "out", "passive")
    assert (answered.text, answered.intent) == ("您说：空调不制冷", None)


def test_a_message_is_recorded_with_its_answer(account: Account) -> None:
    account.text("空调不制冷")
    row = recorded()[0]
    assert (row.openid, row.kind, row.state, row.reply, row.late) == (
        ZHANG_SAN, "text", InboundState.ANSWERED, "您说：空调不制冷", False)
    assert json.loads(row.payload)["text"] == "空调不制冷"


def test_who_writes_becomes_a_customer_with_an_open_window(account: Account) -> None:
    account.text("你好")
    account.text("你好", LI_SI)
    assert [(each.openid, each.followed, each.last_message_at is not None) for each in everything(Customer)] == [
        (ZHANG_SAN, True, True), (LI_SI, True, True)]


def test_several_answers_are_one_text(account: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: [Reply("已记下。"), Reply("请问地址？")]
    assert account.text("空调").text == "已记下。\n\n请问地址？"


def test_a_blank_text_is_answered_without_the_assistant(account: Account, bot: FakeBot) -> None:
    assert account.text("　 ").text == texts("bridge")["empty"]
    assert bot.said == []


# --- commands --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("typed", ["/restart", "/session_start", '/scan_product{"product": 1}', "  /restart"])
def test_a_typed_command_reaches_rasa_as_words(open_account: Callable[..., Account], typed: str) -> None:
    account = open_account(BotClient(RASA))
    with responses.RequestsMock() as rasa:
        rasa.post(f"{RASA}/webhooks/bridge/turn", json={
            "parsed": {"intent": {"name": "out_of_scope", "confidence": 0.5}, "entities": []},
            "replies": [{"text": "我是报修助手。"}]})
        assert account.text(typed).text == "我是报修助手。"
        [asked] = [json.loads(call.request.body) for call in rasa.calls]
    assert (asked["sender"], asked["message"]) == (ZHANG_SAN, "／" + typed.strip()[1:])


# --- choices and links -----------------------------------------------------------------------------------------------

def test_choices_are_links_for_the_customer_and_marks_in_the_records(account: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: [Reply("请问是哪种电器？", [("空调", "空调"), ("其他", "其他电器")])]
    answer = account.text("坏了")
    stored = "请问是哪种电器？\n[[空调]]  [[其他|其他电器]]"
    assert answer.text == render(stored)
    assert "msgmenucontent=其他电器&msgmenuid=" in unquote(answer.text)
    assert conversation()[1] == ("out", "passive", stored)


def test_choices_of_a_late_answer_are_marks_in_the_outbox(impatient: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: [Reply("几星？", [("5星", "5星")])]
    gate = bot.hold(ZHANG_SAN)
    assert impatient.text("评价").silent
    gate.set()
    impatient.running.answering.close()
    assert outbox() == [(ZHANG_SAN, "几星？\n[[5星]]")]


@pytest.mark.parametrize(("typed", "shown"), [
    ('<a href="http://evil.test">点我</a>', '＜a href="http://evil.test">点我＜/a>'),
    ("[[5星]]", "［［5星]]"),
    ("[[领奖|转账]]", "［［领奖|转账]]"),
    ("]]><Content>", "]]>＜Content>"),
])
def test_what_a_customer_typed_becomes_no_link(account: Account, typed: str, shown: str) -> None:
    words = typed.replace("]]>", "]]]]><![CDATA[>")
    assert account.text(words).text == f"您说：{shown}"
    assert conversation() == [("in", "text", typed), ("out", "passive", f"您说：{shown}")]


# --- long answers ----------------------------------------------------------------------------------------------------

LONG = [f"第{number}段。" + "说明" * 150 for number in range(5)]


def test_of_a_long_answer_the_rest_is_sent_afterwards(account: Account, bot: FakeBot) -> None:
    bot.answer = lambda words: [Reply("\n\n".join(LONG), [("好的", "好的")])]
    answer = account.text("保养要注意什么")
    rest = [text for _, text in outbox()]
    assert answer.text == "\n\n".join(LONG[:2])
    assert "\n\n".join([answer.text, *rest]) == "\n\n".join(LONG) + "\n[[好的]]"
    assert all(len(render(part).encode()) <= 2000 for part in (answer.text, *rest))
    assert conversation()[1:] == [("out", "passive", answer.text)]  # the rest is logged when it is sent


def test_a_choice_is_never_divided(account: Account, bot: FakeBot) -> None:
    many = [(f"第{number}个选项", f"我选第{number}个选项") for number in range(40)]
    bot.answer = lambda words: [Reply("请选择：", many)]
    answer = account.text("选哪个")
    rest = [text for _, text in outbox()]
    everything_said = " ".join([conversation()[1][2], *rest])
    assert everything_said.split() == ["请选择：", *(f"[[{label}|{content}]]" for label, content in many)]
    assert answer.text.count("<a ") == answer.text.count("</a>") > 1


def test_a_choice_that_cannot_be_shown_does_not_cost_the_answer(
    account: Account, bot: FakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.answer = lambda words: [Reply("请选择：", [(" ", "空白")])]
    assert account.text("选哪个").text == texts("bridge")["trouble"]
    assert "could not be answered" in caplog.text
    assert recorded()[0].attempts == 1
