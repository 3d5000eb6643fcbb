"""The platform as a library: inside a program, on a free port, with many customers at once."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
import requests
from simulator_fakes import FakeClock, Webhook, text_reply

from simulator import Config, ConfigError, LocalPlatform
from simulator.post import Answer
from simulator.push import PushEngine

CUSTOMERS, EACH = 50, 8


@pytest.fixture
def platform(webhook: Webhook) -> Iterator[LocalPlatform]:
    with LocalPlatform(Config(port=0, time_scale=0.2), webhook_url=webhook.url) as running:
        yield running


def token(platform: LocalPlatform) -> str:
    config = platform.world.config
    body = {"grant_type": "client_credential", "appid": config.appid, "secret": config.secret}
    return str(requests.post(f"{platform.base_url}/cgi-bin/stable_token", json=body, timeout=5).json()["access_token"])


def send(platform: LocalPlatform, openid: str, content: str, access_token: str) -> int:
    body = {"touser": openid, "msgtype": "text", "text": {"content": content}}
    url = f"{platform.base_url}/cgi-bin/message/custom/send"
    answer = requests.post(url, json=body, params={"access_token": access_token}, timeout=20)
    return int(answer.json()["errcode"])


def test_a_conversation_without_a_browser(platform: LocalPlatform, webhook: Webhook) -> None:
    webhook.reply("您好，请问哪里坏了？")
    zhang = platform.person("张三", follow=True)
    zhang.says("空调不制冷")

    assert zhang.hears("哪里坏了", seconds=5) == "您好，请问哪里坏了？"
    assert platform.settle(5)
    assert send(platform, zhang.openid, "师傅已出发", token(platform)) == 0
    assert zhang.texts()[-1] == "师傅已出发"
    assert [line["channel"] for line in zhang.received()] == ["passive", "passive", "custom"]


def test_every_deed_of_a_person_reaches_the_webhook(platform: LocalPlatform, webhook: Webhook) -> None:
    zhang = platform.person("张三")
    deeds = [
        lambda: zhang.clicks("report_repair"), lambda: zhang.taps("满意", "5"), lambda: zhang.scans("order:42"),
        lambda: zhang.sends_photo("E1"), lambda: zhang.answers_popup("T1"), zhang.unfollow,
    ]  # fmt: skip
    for deed in deeds:
        deed()
        platform.settle(5)

    names = [message.get("Event", message["MsgType"]) for message in webhook.messages()]
    assert names == ["CLICK", "text", "SCAN", "image", "subscribe_msg_popup_event", "unsubscribe"]
    assert len(zhang.chat()) == 6


def test_what_was_not_heard_is_told_with_what_was(platform: LocalPlatform) -> None:
    zhang = platform.person("张三")

    with pytest.raises(AssertionError, match=r"has not heard '您好' in 0\.05 s"):
        zhang.hears("您好", seconds=0.05)


def test_a_picture_is_fetched_from_the_port_the_platform_found(platform: LocalPlatform, webhook: Webhook) -> None:
    platform.person("张三").sends_photo("E1")
    platform.settle(5)

    assert requests.get(webhook.messages()[0]["PicUrl"], timeout=5).content.startswith(b"\xff\xd8\xff")
    platform.reset()
    assert requests.get(f"{platform.base_url}/api/customers", timeout=5).json() == {"customers": []}


def test_windows_clock_faults_and_settings_are_at_hand(webhook: Webhook) -> None:
    clock = FakeClock()
    with LocalPlatform(webhook_url=webhook.url, clock=clock) as platform:
        zhang, pass_key = platform.person("张三"), token(platform)
        zhang.open_window()
        assert send(platform, zhang.openid, "您好", pass_key) == 0
        platform.order_fault("message/custom/send", errcode=45011)
        assert send(platform, zhang.openid, "您好", pass_key) == 45011
        platform.move_clock(hours=1)
        assert send(platform, zhang.openid, "您好", pass_key) == 0
        zhang.close_window()
        assert send(platform, zhang.openid, "您好", pass_key) == 45015
        platform.set_clock(clock.now)
        assert platform.world.now() == clock.now
        assert platform.configure(profile="test").kind.label == "测试号"
        with pytest.raises(ConfigError):
            platform.configure(profile="none")


def test_the_port_is_free_again_afterwards(webhook: Webhook) -> None:
    with LocalPlatform(webhook_url=webhook.url) as platform:
        port, url = platform.world.config.port, platform.base_url
        assert port > 0
        assert requests.get(f"{url}/api/state", timeout=5).status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/api/state", timeout=5)
    with LocalPlatform(Config(port=port), webhook_url=webhook.url) as again:
        assert again.base_url == url


def test_fifty_customers_at_once_are_kept_apart(platform: LocalPlatform, webhook: Webhook) -> None:
    platform.configure(time_scale=4.0)  # a busy machine is no fault of the platform
    webhook.script = lambda seen: (200, text_reply(seen.xml(), f"答{seen.xml()['Content']}"))
    people = [platform.person(f"客户{number}") for number in range(CUSTOMERS)]
    key = token(platform)
    codes: list[int] = []

    def talk(number: int) -> None:
        person = people[number]
        for turn in range(EACH):
            person.says(f"{number}-{turn}")
        codes.append(send(platform, person.openid, f"推送{number}", key))

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(CUSTOMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert platform.settle(60)

    assert codes == [0] * CUSTOMERS
    report = platform.report()["customers"]
    for number, person in enumerate(people):
        texts = {line["text"] for line in report[person.openid]["received"]}
        assert texts == {*(f"答{number}-{turn}" for turn in range(EACH)), f"推送{number}"}
    ids = Counter(message["MsgId"] for message in webhook.messages())
    assert len(ids) == CUSTOMERS * EACH


def test_bookkeeping_keeps_up_with_200_pushes_a_second(platform: LocalPlatform) -> None:
    def at_once(_method: str, _url: str, _query: Mapping[str, str], _body: bytes, _limit: float) -> Answer:
        return Answer(200, b"success")

    platform.engine = PushEngine(platform.world, at_once)
    people = [platform.person(f"客户{number}") for number in range(CUSTOMERS)]
    started = time.process_time()
    for _ in range(12):
        for person in people:
            person.says("你好")
    assert platform.settle(60)

    assert (time.process_time() - started) / (12 * CUSTOMERS) < 1 / 200


def test_a_port_that_is_taken_is_named(platform: LocalPlatform) -> None:
    port = platform.world.config.port

    with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
        LocalPlatform(Config(port=port)).start()
