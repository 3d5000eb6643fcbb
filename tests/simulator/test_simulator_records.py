"""What can be read afterwards, the clock, and beginning anew."""

import threading
from datetime import datetime, timedelta, timezone

import pytest
from simulator_fakes import START, Maker, Seen, Simulator, Webhook

from simulator.clock import MovableClock
from simulator.push import FAULT


def test_what_a_customer_received_tells_the_channel_and_what_it_answers(
    sim: Simulator, webhook: Webhook, zhang: str
) -> None:
    webhook.reply("您好")
    push = sim.act(zhang, type="text", text="空调不制冷")["push"]
    sim.say(zhang, '请看<a href="https://example.com/">这里</a>')
    template = {"touser": zhang, "template_id": "T1", "client_msg_id": "job-1", "data": {"thing1": {"value": "维修"}}}
    sim.call("message/template/send", template)

    passive, custom, card = sim.client.get(f"/api/customers/{zhang}/received").json["received"]
    message_id = webhook.messages()[0]["MsgId"]
    assert passive["answers"] == {"push": push, "name": "text", "said": "空调不制冷", "msg_id": message_id}
    assert [line["channel"] for line in (passive, custom, card)] == ["passive", "custom", "template"]
    assert (custom["text"], custom["answers"]) == ("请看这里", None)
    assert custom["raw"].startswith("请看<a")
    assert (card["client_msg_id"], card["at"]) == ("job-1", START.isoformat())


def test_refused_sends_are_kept_with_their_errcode(sim: Simulator, zhang: str) -> None:
    sim.say(zhang, "太早")
    sim.act(zhang, type="text", text="你好")
    sim.say(zhang, "您好")

    book = sim.client.get("/api/book").json
    assert [(refusal["openid"], refusal["errcode"]) for refusal in book["refusals"]] == [(zhang, 45015)]
    assert "太早" in book["refusals"][0]["request"]
    assert book["counts"]["message/custom/send"] == 2
    assert {"call": "message/custom/send", "errcode": 0, "count": 1} in book["errcodes"]


def test_token_fetches_are_counted_and_secrets_left_out(sim: Simulator) -> None:
    for _ in range(3):
        sim.token()
    sim.client.post("/cgi-bin/stable_token", json={"grant_type": "client_credential", "appid": "wx0", "secret": "S3"})

    report = sim.client.get("/api/report")
    assert report.json["token_fetches"] == {"token": 0, "stable_token": 3, "total": 3}
    assert report.json["refusals"][0]["errcode"] == 40013
    assert "S3" not in report.get_data(as_text=True)


def test_alarms_are_counted_in_five_minutes_as_the_operator_is_told(
    sim: Simulator, webhook: Webhook, zhang: str
) -> None:
    webhook.answer(200, '"success"')
    for _ in range(30):
        sim.act(zhang, type="text", text="你好")
    sim.clock.move(minutes=5)
    sim.act(zhang, type="event", event="VIEW", key="https://example.com/")

    book = sim.client.get("/api/book").json
    assert [(window["kind"], window["count"], window["mailed"]) for window in book["alarm_windows"]] == [
        ("illegal", 30, True),
        ("illegal", 1, False),
    ]
    assert book["alarms"][0]["openid"] == zhang
    received = sim.client.get(f"/api/customers/{zhang}/received").json["received"]
    assert {line["text"] for line in received} == {FAULT}
    assert received[0]["answers"]["said"] == "你好"


def test_the_report_holds_every_customer(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.reply("您好")
    li = sim.add("李四")
    sim.act(zhang, type="text", text="你好")

    people = sim.client.get("/api/report").json["customers"]
    assert {openid: len(person["received"]) for openid, person in people.items()} == {zhang: 1, li: 0}
    assert sim.client.get("/api/customers/nobody/received").status_code == 404


def test_the_clock_is_moved_set_and_put_back(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    assert sim.client.post("/api/clock", json={"hours": 47, "minutes": 59}).json["offset"] == 172740
    assert sim.say(zhang, "您好") == 0
    sim.client.post("/api/clock", json={"seconds": 60})
    assert sim.say(zhang, "您好") == 45015

    moved = sim.client.post("/api/clock", json={"set": "2027-01-01T00:00:00+08:00"}).json
    assert datetime.fromisoformat(moved["now"]).timestamp() == 1798732800
    sim.act(zhang, type="text", text="新年好")
    assert webhook.messages()[-1]["CreateTime"] == "1798732800"
    assert sim.client.post("/api/clock", json={"reset": True}).json["offset"] == 0
    assert sim.client.get("/api/clock").json["now"] == START.isoformat()


@pytest.mark.parametrize("move", [{}, {"hours": "two"}, {"set": "tomorrow"}, {"set": "2027-01-01T00:00:00"}])
def test_unclear_moves_are_refused(sim: Simulator, move: dict[str, object]) -> None:
    assert sim.client.post("/api/clock", json=move).status_code == 400
    assert sim.client.get("/api/clock").json["offset"] == 0


def test_a_clock_needs_time_zones() -> None:
    clock = MovableClock(lambda: START)

    assert clock.move(timedelta(days=-1)) == START - timedelta(days=1)
    with pytest.raises(ValueError, match="time zone"):
        clock.set(datetime(2027, 1, 1))  # noqa: DTZ001 (the mistake under test)
    assert clock.set(datetime(2027, 1, 1, tzinfo=timezone.utc)).year == 2027


def test_media_end_after_three_days_of_the_moved_clock(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.act(zhang, type="image")
    media_id = webhook.messages()[0]["MediaId"]
    sim.client.post("/api/clock", json={"days": 3, "seconds": 1})

    assert sim.get("media/get", media_id=media_id)["errcode"] == 40007


def test_a_reset_begins_anew_but_leaves_tokens_and_the_message_ids(make: Maker, webhook: Webhook) -> None:
    sim = make(customers=("张三",))
    zhang = sim.client.get("/api/customers").json["customers"][0]["openid"]
    token = sim.token()
    sim.act(zhang, type="text", text="你好")
    sim.say(zhang, "您好")
    sim.add("李四")
    sim.client.post("/api/settings", json={"profile": "test"})
    sim.client.post("/api/clock", json={"days": 1})
    sim.client.post("/api/faults", json={"call": "*", "errcode": -1})
    before = sim.client.get("/api/updates").json

    state = sim.client.post("/api/reset").json
    assert (state["settings"]["profile"], state["offset"], state["faults"]) == ("service", 0, [])
    assert state["totals"] == {"calls": 0, "refusals": 0, "token_fetches": 0, "alarms": 0}
    after = sim.client.get("/api/updates").json
    assert after["boot"] != before["boot"]
    assert after["seq"] > before["seq"]
    assert [(customer["openid"], customer["quota"]) for customer in after["customers"]] == [(zhang, [])]
    assert after["entries"] == []
    assert sim.token() == token
    sim.act(zhang, type="text", text="你好")
    assert int(webhook.messages()[1]["MsgId"]) > int(webhook.messages()[0]["MsgId"])


def test_what_was_under_way_at_a_reset_is_dropped(make: Maker, webhook: Webhook) -> None:
    sim = make(customers=("张三",))
    zhang = sim.client.get("/api/customers").json["customers"][0]["openid"]
    arrived, release = threading.Event(), threading.Event()

    def script(_seen: Seen) -> tuple[int, str]:
        arrived.set()
        release.wait(5)
        return 500, ""

    webhook.script = script
    sim.client.post(f"/api/customers/{zhang}/send", json={"type": "text", "text": "你好"})
    assert arrived.wait(5)
    sim.client.post("/api/reset")
    release.set()
    sim.settle()

    assert sim.chat(zhang) == []
    assert len(sim.world.book.alarms) == 0


def test_the_state_tells_how_the_platform_is_set(sim: Simulator) -> None:
    sim.client.post("/api/faults", json={"call": "*", "delay": 0.01})
    state = sim.client.get("/api/state").json

    assert state["profile"] == "服务号（已认证）"
    assert state["faults"][0]["call"] == "*"
    assert sim.client.get("/api/updates").json["platform"] == state


def test_what_is_held_back_at_a_reset_is_dropped(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.client.post("/api/pushes/hold")
    sim.act(zhang, type="text", text="你好")
    sim.client.post("/api/reset")

    assert sim.client.post("/api/pushes/release", json={}).json == {"released": 0}
    sim.act(sim.add("李四"), type="text", text="在吗")
    assert [message["Content"] for message in webhook.messages()] == ["在吗"]
