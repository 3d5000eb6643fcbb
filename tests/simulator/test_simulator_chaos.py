"""Pushes as they come on bad days: doubled, out of order, with rotated keys, late, without an openid, odd content."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from simulator_fakes import Maker, Seen, Simulator, Webhook, text_reply

from simulator.crypto import Cipher, CipherError, sign
from simulator.post import LateError, NoAnswerError, request
from simulator.push import FAULT
from simulator.xml import document

OLD = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NEW = "ABCDEFGabcdefghijklmnopqrstuvwxyz0123456789"
APPID, TOKEN = "wxsimulator00000001", "simulatortoken"


def test_the_copy_that_is_answered_is_shown_whichever_it_is(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    first = threading.Event()

    def script(seen: Seen) -> tuple[int, str]:
        if first.is_set():
            return 200, text_reply(seen.xml(), "收到")
        first.set()
        return 200, "success"

    webhook.script = script
    sim.act(zhang, type="text", text="你好", copies=2)

    assert sim.texts(zhang) == ["收到"]


def test_a_fault_is_shown_once_and_only_when_every_copy_failed(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.answer(500, "")
    sim.act(zhang, type="text", text="你好", copies=3)
    assert sim.texts(zhang, "platform") == [FAULT]
    assert len(sim.world.book.alarms) == 3

    answers = iter([(500, ""), (200, "success")])
    lock = threading.Lock()

    def script(_seen: Seen) -> tuple[int, str]:
        with lock:
            return next(answers)

    webhook.script = script
    sim.act(zhang, type="text", text="你好", copies=2)
    assert sim.texts(zhang, "platform") == [FAULT]


def test_every_push_can_be_doubled(make: Maker, webhook: Webhook) -> None:
    sim = make(copies=2)
    webhook.reply("收到")
    zhang = sim.add("张三")
    sim.act(zhang, type="text", text="你好")
    sim.act(zhang, type="event", event="CLICK", key="query_progress")

    assert len(webhook.seen) == 4
    assert len({seen.body for seen in webhook.seen}) == 2
    assert sim.texts(zhang) == ["收到", "收到"]


@pytest.mark.parametrize(("order", "expected"), [("kept", "一二三"), ("reversed", "三二一")])
def test_held_pushes_are_released_in_another_order(
    sim: Simulator, webhook: Webhook, zhang: str, order: str, expected: str
) -> None:
    assert sim.client.post("/api/pushes/hold").json == {"held": 0}
    for text in "一二三":
        sim.act(zhang, type="text", text=text)
    assert webhook.seen == []

    assert sim.client.post("/api/pushes/release", json={"order": order}).json == {"released": 3}
    assert sim.client.post("/api/pushes/wait", json={}).json == {"quiet": True}
    assert "".join(message["Content"] for message in webhook.messages()) == expected
    sim.act(zhang, type="text", text="四")
    assert webhook.messages()[-1]["Content"] == "四"


def test_an_unknown_order_is_refused_and_keeps_them_back(sim: Simulator, zhang: str) -> None:
    sim.client.post("/api/pushes/hold")
    sim.act(zhang, type="text", text="你好")

    assert sim.client.post("/api/pushes/release", json={"order": "random"}).status_code == 400
    assert sim.client.post("/api/pushes/hold").json == {"held": 1}


def test_the_openid_may_be_absent_from_the_query(make: Maker, webhook: Webhook) -> None:
    sim = make(with_openid=False)
    sim.act(sim.add("张三"), type="text", text="你好")

    assert set(webhook.seen[0].query) == {"signature", "timestamp", "nonce"}


def test_odd_content_reaches_the_webhook_as_it_is(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.act(zhang, type="raw", fields={"MsgType": "text", "Content": "", "MsgId": 1})
    sim.act(zhang, type="raw", fields={"MsgType": "event", "Event": "never_heard_of", "EventKey": ""})
    sim.act(zhang, type="raw", fields={"MsgType": "hologram", "MsgId": 2})
    sim.act(zhang, type="sticker")
    sim.act(zhang, type="text", text="第一段", article="data-1")

    empty, event, unknown, sticker, article = webhook.messages()
    assert (empty["Content"], event["Event"], unknown["MsgType"]) == ("", "never_heard_of", "hologram")
    assert sticker["Content"] == "【收到不支持的消息类型，暂无法显示】"
    assert (article["MsgDataId"], article["Idx"]) == ("data-1", "1")
    assert sim.client.post(f"/api/customers/{zhang}/send", json={"type": "raw"}).status_code == 400


@pytest.mark.parametrize(
    ("deed", "inside"),
    [
        ({"type": "shortvideo"}, "<MsgType><![CDATA[shortvideo]]></MsgType>"),
        ({"type": "file", "title": "发票.pdf"}, "<FileTotalLen>123</FileTotalLen>"),
        ({"type": "miniprogrampage"}, "<PagePath>"),
        ({"type": "event", "event": "view_miniprogram", "key": "pages/a"}, "<MenuId>457435214</MenuId>"),
        ({"type": "event", "event": "subscribe", "paid": "400394"}, "last_trade_no_400394"),
        ({"type": "event", "event": "user_authorization_revoke"}, "<RevokeInfo><![CDATA[1]]></RevokeInfo>"),
        (
            {"type": "event", "event": "location_select", "key": "6", "lat": 23, "lng": 113, "label": "客村"},
            "<SendLocationInfo><Location_X><![CDATA[23.0]]></Location_X>",
        ),
    ],
)
def test_the_rarer_deeds_are_pushed_too(
    sim: Simulator, webhook: Webhook, zhang: str, deed: dict[str, Any], inside: str
) -> None:
    sim.act(zhang, **deed)

    assert inside in webhook.seen[0].body


def test_an_illegal_answer_may_be_asked_for_again(make: Maker, webhook: Webhook) -> None:
    sim = make(redeliver_illegal=True)
    answers = iter([lambda push: (502, ""), lambda push: (200, "{}"), lambda push: (200, text_reply(push, "第三次"))])
    webhook.script = lambda seen: next(answers)(seen.xml())
    zhang = sim.add("张三")
    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang) == ["第三次"]
    assert len(webhook.seen) == 3


def test_five_seconds_can_be_shortened_for_tests(make: Maker, webhook: Webhook) -> None:
    sim = make(answer_limit=5.0, time_scale=0.04)
    release = threading.Event()

    def script(_seen: Seen) -> tuple[int, str]:
        release.wait(5)
        return 200, "success"

    webhook.script = script
    started = time.monotonic()
    zhang = sim.add("张三")
    sim.act(zhang, type="text", text="你好")
    release.set()

    assert 0.6 <= time.monotonic() - started < 4
    assert [made.status for made in sim.world.log[-1].tries] == [None] * 3
    assert sim.world.book.alarms[0].kind == "unanswered"


def sealed_reply(push: dict[str, str], key: str) -> str:
    encrypted = Cipher(key, APPID).encrypt(text_reply(push, "好的").encode())
    fields = {"Encrypt": encrypted, "TimeStamp": "1795312800", "Nonce": "77"}
    return document(fields | {"MsgSignature": sign(TOKEN, fields["TimeStamp"], fields["Nonce"], encrypted)})


def opened(seen: Seen, key: str) -> dict[str, str]:
    return Seen("POST", {}, Cipher(key, APPID).decrypt(seen.xml()["Encrypt"]).decode()).xml()


def test_a_rotated_key_encrypts_at_once_and_the_old_one_may_still_come(make: Maker, webhook: Webhook) -> None:
    sim = make(aes_key=OLD)
    zhang = sim.add("张三")
    rotated = sim.client.post("/api/keys/rotate", json={"aes_key": NEW}).json
    assert (rotated["aes_key"], rotated["previous_aes_key"]) == (NEW, OLD)

    webhook.script = lambda seen: (200, sealed_reply(opened(seen, NEW), NEW))
    sim.act(zhang, type="text", text="你好")
    with pytest.raises(CipherError):
        opened(webhook.seen[0], OLD)

    sim.client.post("/api/settings", json={"use_previous_key": True})
    webhook.script = lambda seen: (200, sealed_reply(opened(seen, OLD), OLD))
    sim.act(zhang, type="text", text="你好")
    assert sim.texts(zhang) == ["好的", "好的"]


def test_a_reply_must_use_the_key_of_its_push(make: Maker, webhook: Webhook) -> None:
    sim = make(aes_key=OLD)
    zhang = sim.add("张三")
    sim.client.post("/api/keys/rotate", json={"aes_key": NEW})
    webhook.script = lambda seen: (200, sealed_reply(opened(seen, NEW), OLD))
    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang, "platform") == [FAULT]


def test_a_key_cannot_be_rotated_to_nothing(make: Maker) -> None:
    assert make(aes_key=OLD).client.post("/api/keys/rotate", json={}).status_code == 400


@pytest.mark.parametrize("image", [b"GIF89a" + bytes(40), b""])
def test_pictures_in_replies_must_be_there_and_no_gif(
    sim: Simulator, webhook: Webhook, zhang: str, image: bytes
) -> None:
    media_id = sim.world.media.add("image", image, sim.clock.now).id if image else ""
    inner = f"<Image><MediaId><![CDATA[{media_id}]]></MediaId></Image></xml>"
    webhook.script = lambda seen: (200, text_reply(seen.xml(), "", MsgType="image").replace("</xml>", inner))
    sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang, "platform") == [FAULT]


Talk = Callable[[socket.socket], None]


@pytest.fixture
def raw_server() -> Iterator[Callable[[Talk], str]]:
    """Serves one connection as told; the answer is its address."""
    server = socket.create_server(("127.0.0.1", 0))
    threads = []

    def serve(talk: Talk) -> str:
        def run() -> None:
            connection, _address = server.accept()
            with connection:
                connection.recv(65536)
                talk(connection)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/wechat?a=1"

    yield serve
    for thread in threads:
        thread.join(10)
    server.close()


def test_an_answer_that_trickles_is_cut_off_after_the_limit(raw_server: Callable[[Talk], str]) -> None:
    done = threading.Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        while not done.wait(0.05):
            connection.sendall(b"x")

    url = raw_server(trickle)
    started = time.monotonic()
    with pytest.raises(LateError):
        request("POST", url, {}, b"<xml/>", 0.4)
    done.set()
    assert time.monotonic() - started < 2


def test_an_answer_that_breaks_off_is_none(raw_server: Callable[[Talk], str]) -> None:
    url = raw_server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsuccess"))

    with pytest.raises(NoAnswerError, match="IncompleteRead"):
        request("POST", url, {}, b"<xml/>", 2)


def test_a_connection_closed_without_a_word_is_no_answer(raw_server: Callable[[Talk], str]) -> None:
    with pytest.raises(NoAnswerError, match="RemoteDisconnected"):
        request("POST", raw_server(lambda connection: None), {}, b"<xml/>", 2)
