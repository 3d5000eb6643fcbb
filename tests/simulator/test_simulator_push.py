"""What reaches the webhook, how often, and what is made of its answers."""

import threading
import time

import pytest
from simulator_fakes import Maker, Seen, Simulator, Webhook, text_reply

from simulator.crypto import Cipher, sign
from simulator.push import FAULT
from simulator.xml import cdata, document

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wxsimulator00000001"
TOKEN = "simulatortoken"


def test_a_text_arrives_signed_and_its_answer_is_shown(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.reply("您好\n请问怎么称呼？")

    sim.act(zhang, type="text", text="空调不制冷 ]]> <b>")

    seen = webhook.seen[0]
    assert seen.query["signature"] == sign(TOKEN, seen.query["timestamp"], seen.query["nonce"])
    assert seen.query["openid"] == zhang
    message = seen.xml()
    assert int(message.pop("MsgId")) > 2**53
    assert message == {
        "ToUserName": "gh_baoxiusimulator",
        "FromUserName": zhang,
        "CreateTime": "1795312800",
        "MsgType": "text",
        "Content": "空调不制冷 ]]> <b>",
    }
    assert sim.texts(zhang) == ["您好\n请问怎么称呼？"]
    assert sim.chat(zhang)[-1]["via"] == "passive"


def test_message_ids_are_never_repeated(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    for _ in range(5):
        sim.act(zhang, type="text", text="你好")

    ids = [message["MsgId"] for message in webhook.messages()]
    assert len(set(ids)) == 5


@pytest.mark.parametrize("body", ["", "success"])
def test_silence_shows_nothing(sim: Simulator, webhook: Webhook, zhang: str, body: str) -> None:
    webhook.answer(200, body)

    sim.act(zhang, type="text", text="你好")

    assert [entry["from"] for entry in sim.chat(zhang)] == ["customer"]


def test_the_same_body_comes_again_after_the_limit_and_a_late_answer_is_lost(make: Maker, webhook: Webhook) -> None:
    sim = make(answer_limit=0.3)
    zhang = sim.add("张三")
    release = threading.Event()

    def script(seen: Seen) -> tuple[int, str]:
        late = len(webhook.seen) == 1
        if late:
            release.wait(5)
        return 200, text_reply(seen.xml(), "第一次" if late else "第二次")

    webhook.script = script
    sim.act(zhang, type="text", text="你好")
    release.set()

    assert len(webhook.seen) == 2
    assert webhook.seen[0].body == webhook.seen[1].body
    assert sim.texts(zhang) == ["第二次"]
    record = sim.world.log[-1]
    assert [made.problem for made in record.tries] == ["0.3 秒内没有回答。", ""]


def test_three_tries_without_an_answer_show_the_fault(make: Maker, webhook: Webhook) -> None:
    sim = make(answer_limit=0.2)
    zhang = sim.add("张三")
    release = threading.Event()

    def script(_seen: Seen) -> tuple[int, str]:
        release.wait(5)
        return 200, "success"

    webhook.script = script
    sim.act(zhang, type="text", text="你好")
    release.set()

    assert len(webhook.seen) == 3
    assert sim.texts(zhang, "platform") == [FAULT]
    assert sim.world.log[-1].outcome == "fault"


def test_an_unreachable_webhook_is_tried_three_times(make: Maker) -> None:
    sim = make(webhook_url="http://127.0.0.1:9/wechat")
    zhang = sim.add("张三")

    sim.act(zhang, type="text", text="你好")

    assert len(sim.world.log[-1].tries) == 3
    assert sim.texts(zhang, "platform") == [FAULT]


BAD = {
    "status": lambda push: (500, "success"),
    "quoted": lambda push: (200, '"success"'),
    "newline": lambda push: (200, "success\n"),
    "json": lambda push: (200, "{}"),
    "html": lambda push: (200, "<html><body></body></html>"),
    "not xml": lambda push: (200, "<xml><Content>"),
    "entity": lambda push: (200, '<!DOCTYPE a [<!ENTITY b "c">]>' + text_reply(push, "&b;")),
    "echoed": lambda push: (
        200,
        text_reply(push, "x", ToUserName=push["ToUserName"], FromUserName=push["FromUserName"]),
    ),
    "appid as sender": lambda push: (200, text_reply(push, "x", FromUserName=APPID)),
    "no time": lambda push: (200, text_reply(push, "x", CreateTime="")),
    "empty": lambda push: (200, text_reply(push, " \n")),
    "too long": lambda push: (200, text_reply(push, "好" * 683)),
    "unknown type": lambda push: (200, text_reply(push, "x", MsgType="markdown")),
    "unknown media": lambda push: (200, text_reply(push, "x", MsgType="image")),
    "encrypted in plain mode": lambda push: (200, "<xml><Encrypt>AAAA</Encrypt></xml>"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_answer_shows_the_fault_and_is_not_asked_for_again(
    sim: Simulator, webhook: Webhook, zhang: str, kind: str
) -> None:
    webhook.script = lambda seen: BAD[kind](seen.xml())

    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang, "platform") == [FAULT]
    assert sim.texts(zhang) == []
    assert len(webhook.seen) == 1
    assert sim.world.log[-1].note


def test_2048_bytes_are_not_too_long(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.reply("好" * 682 + "ok")

    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang) == ["好" * 682 + "ok"]


def news(push: dict[str, str], count: int, said: int) -> str:
    item = "<item><Title>标题</Title><Description>说明</Description><PicUrl/><Url>https://example.com/</Url></item>"
    inner = f"<ArticleCount>{said}</ArticleCount><Articles>{item * count}</Articles>"
    return text_reply(push, "", MsgType="news").replace("</xml>", inner + "</xml>")


def test_a_message_is_answered_with_one_article_an_event_with_more(
    sim: Simulator, webhook: Webhook, zhang: str
) -> None:
    webhook.script = lambda seen: (200, news(seen.xml(), 3, 3))

    sim.act(zhang, type="text", text="你好")
    sim.act(zhang, type="event", event="CLICK", key="my_services")

    shown = [entry for entry in sim.chat(zhang) if entry["type"] == "news"]
    assert [len(entry["articles"]) for entry in shown] == [1, 3]


def test_a_wrong_article_count_is_a_fault(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.script = lambda seen: (200, news(seen.xml(), 2, 1))

    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang, "platform") == [FAULT]


def test_handing_over_to_a_human_answers_messages_only(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.script = lambda seen: (200, text_reply(seen.xml(), "", MsgType="transfer_customer_service"))

    sim.act(zhang, type="text", text="人工")
    assert sim.texts(zhang, "platform") == []

    sim.act(zhang, type="event", event="CLICK", key="my_services")
    assert sim.texts(zhang, "platform") == [FAULT]


def sealed(body: str, **changed: str) -> str:
    encrypted = Cipher(KEY, APPID).encrypt(body.encode())
    fields = {"Encrypt": encrypted, "TimeStamp": "1795312800", "Nonce": "77"}
    fields["MsgSignature"] = sign(TOKEN, fields["TimeStamp"], fields["Nonce"], encrypted)
    return document(fields | changed)


def opened(seen: Seen) -> dict[str, str]:
    encrypted = seen.xml()["Encrypt"]
    expected = sign(TOKEN, seen.query["timestamp"], seen.query["nonce"], encrypted)
    assert seen.query["msg_signature"] == expected
    return Seen("POST", {}, Cipher(KEY, APPID).decrypt(encrypted).decode()).xml()


def test_in_secure_mode_both_directions_are_encrypted(make: Maker, webhook: Webhook) -> None:
    sim = make(aes_key=KEY)
    zhang = sim.add("张三")
    webhook.script = lambda seen: (200, sealed(text_reply(opened(seen), "加密的回答")))

    sim.act(zhang, type="text", text="你好")

    assert set(webhook.messages()[0]) == {"ToUserName", "Encrypt"}
    assert webhook.seen[0].query["encrypt_type"] == "aes"
    assert opened(webhook.seen[0])["Content"] == "你好"
    assert sim.texts(zhang) == ["加密的回答"]


@pytest.mark.parametrize("kind", ["plain", "signature", "no nonce"])
def test_in_secure_mode_an_open_or_damaged_answer_is_a_fault(make: Maker, webhook: Webhook, kind: str) -> None:
    sim = make(aes_key=KEY)
    zhang = sim.add("张三")
    answers = {
        "plain": lambda body: body,
        "signature": lambda body: sealed(body, MsgSignature="0" * 40),
        "no nonce": lambda body: sealed(body, Nonce=""),
    }
    webhook.script = lambda seen: (200, answers[kind](text_reply(opened(seen), "回答")))

    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang) == []
    assert sim.texts(zhang, "platform") == [FAULT]


def test_in_secure_mode_success_stays_open(make: Maker) -> None:
    sim = make(aes_key=KEY)
    zhang = sim.add("张三")

    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang, "platform") == []


def test_in_compat_mode_the_open_fields_stay(make: Maker, webhook: Webhook) -> None:
    sim = make(aes_key=KEY, mode="compat")
    zhang = sim.add("张三")
    webhook.script = lambda seen: (200, text_reply(opened(seen), "回答"))

    sim.act(zhang, type="text", text="你好")

    assert webhook.messages()[0]["Content"] == "你好"
    assert sim.texts(zhang) == ["回答"]


def test_one_customers_messages_are_under_way_together(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    both = threading.Barrier(2, timeout=5)

    def script(_seen: Seen) -> tuple[int, str]:
        both.wait()
        return 200, "success"

    webhook.script = script
    for text in ("第一条", "第二条"):
        sim.client.post(f"/api/customers/{zhang}/send", json={"type": "text", "text": text})
    sim.settle()

    assert [record.outcome for record in sim.world.log] == ["silent", "silent"]


def test_copies_are_one_message_and_one_answer(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.reply("收到")

    sim.act(zhang, type="text", text="你好", copies=3)

    assert len({seen.body for seen in webhook.seen}) == 1
    assert len(webhook.seen) == 3
    assert sim.texts(zhang) == ["收到"]


def test_answers_to_events_without_a_chat_are_not_shown(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.reply("再见")

    sim.act(zhang, type="event", event="unsubscribe")

    assert sim.texts(zhang) == []
    assert sim.world.log[-1].note == "有回复，但平台不会把它发给客户。"


def test_the_webhooks_address_is_verified_by_echo(sim: Simulator, webhook: Webhook) -> None:
    webhook.script = lambda seen: (200, seen.query["echostr"])
    assert sim.client.post("/api/verify").json == {"ok": True, "problem": ""}

    webhook.script = lambda seen: (200, f'"{seen.query["echostr"]}"')
    assert sim.client.post("/api/verify").json["ok"] is False
    assert webhook.seen[0].query["signature"] == sign(
        TOKEN, webhook.seen[0].query["timestamp"], webhook.seen[0].query["nonce"]
    )


def test_waiting_reports_when_something_is_still_under_way(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    release = threading.Event()

    def script(_seen: Seen) -> tuple[int, str]:
        release.wait(5)
        return 200, "success"

    webhook.script = script
    sim.client.post(f"/api/customers/{zhang}/send", json={"type": "text", "text": "你好"})
    engine = sim.app.extensions["simulator_push"]

    started = time.monotonic()
    assert engine.wait(0.05) is False
    assert time.monotonic() - started < 2
    release.set()
    assert engine.wait(5) is True


def test_cdata_cannot_be_closed_from_inside() -> None:
    assert cdata("a]]>b") == "<![CDATA[a]]]]><![CDATA[>b]]>"
