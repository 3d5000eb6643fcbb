"""How many customer-service messages are allowed, and for how long."""

from collections.abc import Callable

import pytest
from simulator_fakes import Maker, Simulator, Webhook

Act = Callable[[Simulator, str], object]


def codes(sim: Simulator, openid: str, count: int) -> list[int]:
    return [sim.say(openid, "进度更新") for _ in range(count)]


def test_nothing_may_be_sent_before_the_customer_did_something(sim: Simulator, zhang: str) -> None:
    assert sim.say(zhang, "您好") == 45015


def test_a_message_allows_five_within_48_hours(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")

    assert codes(sim, zhang, 6) == [0, 0, 0, 0, 0, 45047]


def test_the_window_closes_after_48_hours(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    sim.clock.move(hours=47, minutes=59)
    assert sim.say(zhang, "您好") == 0

    sim.clock.move(minutes=1)
    assert sim.say(zhang, "您好") == 45015


def test_a_new_message_makes_it_five_again_not_ten(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    assert codes(sim, zhang, 3) == [0, 0, 0]
    sim.act(zhang, type="image")

    assert codes(sim, zhang, 6) == [0, 0, 0, 0, 0, 45047]


MINUTE_DEEDS: dict[str, Act] = {
    "menu": lambda sim, openid: sim.act(openid, type="event", event="CLICK", key="query_progress"),
    "scan": lambda sim, openid: sim.act(openid, type="event", event="SCAN", scene="product:空调:美的:KFR-35GW"),
    "follow": lambda sim, openid: sim.act(openid, type="event", event="subscribe"),
    "tap": lambda sim, openid: sim.act(openid, type="tap", text="满意", id="101"),
}


@pytest.mark.parametrize("deed", MINUTE_DEEDS)
def test_smaller_deeds_allow_three_within_a_minute(sim: Simulator, zhang: str, deed: str) -> None:
    MINUTE_DEEDS[deed](sim, zhang)
    assert codes(sim, zhang, 4) == [0, 0, 0, 45047]

    MINUTE_DEEDS[deed](sim, zhang)
    sim.clock.move(seconds=60)
    assert sim.say(zhang, "您好") == 45015


@pytest.mark.parametrize("event", ["VIEW", "unsubscribe"])
def test_other_deeds_allow_nothing(sim: Simulator, zhang: str, event: str) -> None:
    sim.act(zhang, type="event", event=event, key="https://example.com/")

    assert sim.say(zhang, "您好") == 45015


def test_the_grant_that_ends_first_is_used_first(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    sim.act(zhang, type="event", event="CLICK", key="query_progress")
    assert codes(sim, zhang, 3) == [0, 0, 0]
    sim.clock.move(minutes=2)

    assert codes(sim, zhang, 6) == [0, 0, 0, 0, 0, 45047]


def test_passive_replies_cost_nothing(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.reply("您好")
    for _ in range(6):
        sim.act(zhang, type="text", text="你好")

    assert sim.texts(zhang) == ["您好"] * 6
    assert codes(sim, zhang, 6) == [0, 0, 0, 0, 0, 45047]


def test_unfollowing_ends_every_grant(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    sim.act(zhang, type="event", event="unsubscribe")

    assert sim.say(zhang, "您好") == 45015


def test_a_refused_message_costs_nothing(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    assert sim.say(zhang, "好" * 700) == 45002

    assert codes(sim, zhang, 6) == [0, 0, 0, 0, 0, 45047]


def test_tapping_can_be_made_to_count_as_a_message(make: Maker) -> None:
    sim = make(tap_renews_window=True)
    zhang = sim.add("张三")
    sim.act(zhang, type="tap", text="满意", id="101")

    assert codes(sim, zhang, 6) == [0, 0, 0, 0, 0, 45047]


def test_the_window_closes_and_opens_on_demand(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    closed = sim.client.post(f"/api/customers/{zhang}/window", json={"closed": True}).json
    assert closed["quota"] == []
    assert sim.say(zhang, "您好") == 45015

    opened = sim.client.post(f"/api/customers/{zhang}/window", json={"closed": False}).json
    assert [grant["remaining"] for grant in opened["quota"]] == [5]
    assert sim.say(zhang, "您好") == 0


def test_quotas_are_each_customers_own(sim: Simulator, zhang: str) -> None:
    li = sim.add("李四")
    sim.act(zhang, type="text", text="你好")

    assert (sim.say(zhang, "您好"), sim.say(li, "您好")) == (0, 45015)
