"""Faults of the API on order, against the server on a real port."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from simulator_fakes import Simulator, Webhook

from simulator import LocalPlatform
from simulator.errors import MESSAGES, ApiError

#: The codes of the platform's reference that a caller may have to react to.
DOCUMENTED = [
    -1, 40001, 40014, 42001, 41001, 40002, 40013, 40125, 41004, 40243, 40164, 61004, 40003, 46004, 40004, 40005, 40006,
    40009, 40010, 40011, 40012, 40137, 40007, 40118, 40121, 41006, 40008, 45162, 40035, 40101, 40033, 47002, 40037,
    40200, 40213, 40214, 45086, 43002, 43003, 44002, 43004, 50005, 43019, 43101, 44004, 45001, 45002, 45003, 45004,
    45005, 45006, 45007, 45008, 45009, 45011, 45015, 45047, 45064, 45072, 45080, 45081, 45087, 45094, 50002, 48004,
    45098, 45099, 45168, 70000, 47001, 47003, 48001, 48002, 48006, 48008, 48017, *range(61450, 61460),
    *range(65400, 65416),
]  # fmt: skip


@pytest.fixture
def platform(webhook: Webhook) -> Iterator[LocalPlatform]:
    with LocalPlatform(webhook_url=webhook.url) as running:
        yield running


def url(platform: LocalPlatform, path: str) -> str:
    token = platform.world.tokens.stable(platform.world.now()).value
    return f"{platform.base_url}/cgi-bin/{path}?access_token={token}"


def send(platform: LocalPlatform, openid: str, timeout: float = 5) -> requests.Response:
    body = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}
    return requests.post(url(platform, "message/custom/send"), json=body, timeout=timeout)


def code_of(platform: LocalPlatform, openid: str) -> object:
    """The errcode that a caller reads; what went wrong where there is none."""
    try:
        return send(platform, openid).json()["errcode"]
    except (requests.ConnectionError, requests.JSONDecodeError) as error:
        return error


@pytest.fixture
def talking(platform: LocalPlatform) -> str:
    """A customer who may be written to."""
    person = platform.person("张三")
    person.open_window()
    return person.openid


def test_every_errcode_can_be_ordered(sim: Simulator) -> None:
    for code in MESSAGES:
        sim.client.post("/api/faults", json={"call": "user/info", "errcode": code})
        answer = sim.get("user/info", openid="nobody")
        assert answer["errcode"] == code
        assert re.search(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$", answer["errmsg"])

    assert sim.get("user/info", openid="nobody")["errcode"] == 40003


def test_every_documented_code_has_its_wording() -> None:
    assert [code for code in DOCUMENTED if str(ApiError(code)) == "error"] == []


def test_a_fault_may_last_until_it_is_called_off(sim: Simulator, zhang: str) -> None:
    ordered = sim.client.post("/api/faults", json={"call": "*", "errcode": -1, "forever": True}).json
    assert sim.client.post("/cgi-bin/stable_token", json={}).json["errcode"] == -1
    query = {"access_token": sim.world.tokens.stable(sim.clock.now).value, "openid": zhang}
    codes = [sim.client.get("/cgi-bin/user/info", query_string=query).json["errcode"] for _ in range(5)]
    assert codes == [-1] * 5

    assert sim.client.delete(f"/api/faults/{ordered['id']}").json == {"faults": []}
    assert sim.client.delete(f"/api/faults/{ordered['id']}").status_code == 404
    assert sim.get("user/info", openid=zhang)["subscribe"] == 1


def test_a_fault_may_be_meant_for_one_customer(sim: Simulator, zhang: str) -> None:
    li = sim.add("李四")
    for openid in (zhang, li):
        sim.act(openid, type="text", text="你好")
    sim.client.post("/api/faults", json={"call": "message/custom/send", "errcode": 45047, "openid": li})

    assert (sim.say(zhang, "您好"), sim.say(li, "您好"), sim.say(li, "您好")) == (0, 45047, 0)


def test_details_name_the_address_or_the_field(sim: Simulator) -> None:
    sim.client.post("/api/faults", json={"call": "user/get", "errcode": 40164})
    sim.client.post("/api/faults", json={"call": "user/get", "errcode": 47003, "detail": "data.time2.value invalid"})

    assert "127.0.0.1" in sim.get("user/get")["errmsg"]
    assert "data.time2.value invalid" in sim.get("user/get")["errmsg"]


def test_a_bad_gateway_and_a_page_in_place_of_json(platform: LocalPlatform, talking: str) -> None:
    platform.order_fault("message/custom/send", http_status=502)
    platform.order_fault("message/custom/send", html=True)

    bad, page, good = (send(platform, talking) for _ in range(3))
    assert (bad.status_code, page.status_code, good.json()["errcode"]) == (502, 200, 0)
    assert page.headers["Content-Type"].startswith("text/html")
    assert len(platform.report()["customers"][talking]["received"]) == 1


def test_the_connection_is_closed_without_an_answer(platform: LocalPlatform, talking: str) -> None:
    platform.order_fault("message/custom/send", close=True)

    with pytest.raises(requests.ConnectionError):
        send(platform, talking)
    assert send(platform, talking).json()["errcode"] == 0
    assert len(platform.report()["customers"][talking]["received"]) == 1


@pytest.mark.parametrize("how", [{"close": True}, {"html": True}, {"http_status": 502}, {"errcode": -1}])
def test_the_answer_of_a_call_that_was_carried_out_can_be_lost(
    platform: LocalPlatform, talking: str, how: dict[str, Any]
) -> None:
    platform.order_fault("message/custom/send", carried_out=True, **how)

    assert code_of(platform, talking) != 0
    assert platform.world.customer(talking).chat[-1].content.text == "您好"
    assert platform.world.book.totals()["refusals"] == 1


def test_a_hanging_call_outlasts_the_callers_patience_and_ends_when_faults_are_called_off(
    platform: LocalPlatform, talking: str
) -> None:
    platform.order_fault("message/custom/send", delay=30)
    with pytest.raises(requests.ReadTimeout):
        send(platform, talking, timeout=0.2)

    started = time.monotonic()
    platform.order_fault("message/custom/send", delay=30)
    threading.Timer(0.2, platform.clear_faults).start()
    assert send(platform, talking).json()["errcode"] == 0
    assert time.monotonic() - started < 5


def test_a_slow_down_goes_together_with_other_faults(platform: LocalPlatform, talking: str) -> None:
    platform.order_fault("*", delay=0.1, forever=True)
    platform.order_fault("message/custom/send", errcode=45011)

    started = time.monotonic()
    codes = [send(platform, talking).json()["errcode"] for _ in range(2)]
    assert codes == [45011, 0]
    assert time.monotonic() - started >= 0.2


def test_a_hanging_call_stands_in_nobodys_way(platform: LocalPlatform, talking: str) -> None:
    platform.order_fault("user/get", delay=20, times=30)
    hanging = [
        threading.Thread(target=requests.get, args=(url(platform, "user/get"),), kwargs={"timeout": 20})
        for _ in range(30)
    ]
    for thread in hanging:
        thread.start()

    assert send(platform, talking).json()["errcode"] == 0
    platform.clear_faults()
    for thread in hanging:
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "order", [{"call": "x", "times": 0, "delay": -1}, {"call": "x", "colour": "red"}, {"call": "x", "delay": "long"}]
)
def test_unclear_orders_are_refused(sim: Simulator, order: dict[str, Any]) -> None:
    assert sim.client.post("/api/faults", json=order).status_code == 400


@pytest.mark.parametrize("code", [40001, 42001])
def test_tokens_can_be_ended_at_once(sim: Simulator, zhang: str, code: int) -> None:
    query = {"access_token": sim.token(), "openid": zhang}
    assert sim.client.post("/api/tokens/revoke", json={"errcode": code}).status_code == 200

    assert sim.client.get("/cgi-bin/user/info", query_string=query).json["errcode"] == code
    assert sim.get("user/info", openid=zhang)["subscribe"] == 1
    assert sim.client.post("/api/tokens/revoke", json={"errcode": 1}).status_code == 400


@pytest.mark.parametrize("code", [40033, 47002])
def test_escaped_characters_can_be_refused(sim: Simulator, zhang: str, code: int) -> None:
    sim.act(zhang, type="text", text="你好")
    sim.client.post("/api/settings", json={"refuse_escapes": code})
    data = '{"touser": "%s", "msgtype": "text", "text": {"content": "\\u60a8"}}' % zhang  # noqa: UP031
    query = {"access_token": sim.token()}

    answer = sim.client.post("/cgi-bin/message/custom/send", data=data, query_string=query)
    assert answer.json["errcode"] == code
    assert sim.say(zhang, "您好") == 0


def test_the_errcodes_are_listed_for_the_page(sim: Simulator) -> None:
    listed = sim.client.get("/api/errcodes").json["errcodes"]

    assert {"errcode": 45015, "errmsg": MESSAGES[45015]} in listed


def test_the_simulator_knows_no_library_for_wechat() -> None:
    sources = (Path(__file__).parents[2] / "simulator").rglob("*.py")

    assert [path.name for path in sources if "wechatpy" in path.read_text(encoding="utf-8")] == []
