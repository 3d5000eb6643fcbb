"""What the three kinds of account may do, and how often."""

from typing import Any

import pytest
from simulator_fakes import Maker, Simulator, Webhook

from simulator.profiles import PROFILES

MENU = {"msgtype": "msgmenu", "msgmenu": {"head_content": "满意吗？", "list": [{"id": "1", "content": "满意"}]}}
CODE = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "order:42"}}}
FREE = {"template_id": "T1", "data": {"thing1": {"value": "一" * 40}, "time2": {"value": ""}}}
GOOD = {"template_id": "T1", "data": {"thing1": {"value": "空调维修"}}}
CALLS = {
    "msgmenu": ("message/custom/send", MENU),
    "typing": ("message/custom/typing", {"command": "Typing"}),
    "template": ("message/template/send", GOOD),
    "free template": ("message/template/send", FREE),
    "subscription": ("message/subscribe/bizsend", GOOD),
    "code": ("qrcode/create", CODE),
}
EXPECTED = {
    "service": {"msgmenu": 0, "typing": 0, "template": 0, "free template": 47003, "subscription": 0, "code": 0},
    "subscription": {
        "msgmenu": 40200, "typing": 0, "template": 48001, "free template": 48001, "subscription": 48001, "code": 48001,
    },
    "test": {"msgmenu": 40200, "typing": 40200, "template": 0, "free template": 0, "subscription": 48001, "code": 0},
}  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
def test_each_kind_of_account_has_its_own_permissions(make: Maker, profile: str) -> None:
    sim = make(profile=profile)
    zhang = sim.add("张三")
    sim.act(zhang, type="text", text="你好")
    sim.act(zhang, type="event", event="subscribe_msg_popup_event", template="T1", status="accept")

    codes = {name: sim.call(path, {"touser": zhang, **body}).get("errcode", 0) for name, (path, body) in CALLS.items()}

    assert codes == EXPECTED[profile]


@pytest.mark.parametrize(("profile", "told"), [("service", "101"), ("subscription", None), ("test", None)])
def test_only_service_accounts_are_told_which_option_was_tapped(
    make: Maker, webhook: Webhook, profile: str, told: str | None
) -> None:
    sim = make(profile=profile)
    sim.act(sim.add("张三"), type="tap", text="满意", id="101")

    assert webhook.messages()[0].get("bizmsgmenuid") == told


def test_test_accounts_never_learn_what_a_voice_says(make: Maker, webhook: Webhook) -> None:
    sim = make(profile="test")
    sim.act(sim.add("张三"), type="voice", text="洗衣机漏水")

    assert "Recognition" not in webhook.messages()[0]


def test_test_accounts_have_no_agents(make: Maker) -> None:
    sim = make(profile="test")
    answer = sim.client.get("/customservice/kfsession/getwaitcase", query_string={"access_token": sim.token()})

    assert answer.json["errcode"] == 65400
    assert sim.get("customservice/getkflist")["errcode"] == 65400


@pytest.mark.parametrize(("profile", "limit"), [("service", 2000), ("test", 200)])
def test_each_kind_has_its_own_daily_limits(make: Maker, profile: str, limit: int) -> None:
    assert make(profile=profile).world.config.daily_limit("token") == limit


def test_a_daily_limit_can_be_set_small_and_ends_with_the_day(make: Maker) -> None:
    sim = make(daily_limits={"message/custom/send": 2})
    zhang = sim.add("张三")
    sim.act(zhang, type="text", text="你好")

    assert [sim.say(zhang, "您好") for _ in range(3)] == [0, 0, 45009]
    sim.clock.move(hours=14)  # midnight in Beijing
    assert sim.say(zhang, "您好") == 0


def spent(sim: Simulator, call: str) -> dict[str, Any]:
    return dict(sim.call("openapi/quota/get", {"cgi_path": f"/cgi-bin/{call}"})["quota"])


def test_the_count_can_be_read_and_cleared_ten_times_a_month(make: Maker) -> None:
    sim = make(daily_limits={"menu/delete": 1})
    assert [sim.get("menu/delete")["errcode"] for _ in range(2)] == [0, 45009]
    assert spent(sim, "menu/delete") == {"daily_limit": 1, "used": 1, "remain": 0}

    clear = {"appid": sim.world.config.appid}
    assert sim.call("clear_quota", clear)["errcode"] == 0
    assert sim.get("menu/delete")["errcode"] == 0
    by_secret = clear | {"appsecret": "simulator-secret"}
    codes = [sim.client.post("/cgi-bin/clear_quota/v2", json=by_secret).json["errcode"] for _ in range(10)]
    assert codes == [0] * 9 + [48006]
    sim.clock.move(days=31)
    assert sim.call("clear_quota", clear)["errcode"] == 0


def test_clearing_needs_the_accounts_own_names(sim: Simulator) -> None:
    assert sim.call("clear_quota", {"appid": "wx0"})["errcode"] == 40013
    wrong = {"appid": sim.world.config.appid, "appsecret": "wrong"}
    assert sim.client.post("/cgi-bin/clear_quota/v2", json=wrong).json["errcode"] == 40125


def test_the_profile_can_be_switched_while_it_runs(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    assert sim.call("message/custom/send", {"touser": zhang, **MENU})["errcode"] == 0

    assert sim.client.post("/api/settings", json={"profile": "test"}).json["profile"] == "test"
    assert sim.call("message/custom/send", {"touser": zhang, **MENU})["errcode"] == 40200


@pytest.mark.parametrize(
    "change",
    [
        {"profile": "enterprise"},
        {"mode": "secure"},
        {"secret": "x"},
        {"tries": "3"},
        {"tries": True},
        {"time_scale": 0},
        {"aes_key": "short"},
        {"use_previous_key": True},
        {"refuse_escapes": 1},
        {"daily_limits": {"token": "many"}},
    ],
)
def test_settings_that_cannot_be_used_are_refused_and_change_nothing(sim: Simulator, change: dict[str, Any]) -> None:
    before = sim.client.get("/api/settings").json
    answer = sim.client.post("/api/settings", json=change)

    assert answer.status_code == 400
    assert next(iter(change)) in answer.json["error"].lower() or "AES_KEY" in answer.json["error"]
    assert sim.client.get("/api/settings").json == before


def test_the_platforms_addresses_and_the_followers_are_listed(sim: Simulator, zhang: str) -> None:
    li = sim.add("李四")
    assert sim.get("getcallbackip") == {"ip_list": ["127.0.0.1"]}
    assert sim.get("user/get")["data"]["openid"] == [zhang, li]
    assert sim.get("user/get", next_openid=zhang)["data"]["openid"] == [li]

    sim.act(li, type="event", event="unsubscribe")
    assert sim.get("user/get")["total"] == 1


def test_a_request_id_explains_its_call(sim: Simulator, zhang: str) -> None:
    body = {"touser": zhang, "msgtype": "text", "text": {"content": "您好"}}
    rid = sim.call("message/custom/send", body)["errmsg"].rpartition("rid: ")[2]

    told = sim.call("openapi/rid/get", {"rid": rid})["request"]
    assert told["request_url"] == "message/custom/send"
    assert "您好" in told["request_body"]
    assert sim.call("openapi/rid/get", {"rid": "unknown"})["errcode"] == 40035


def test_the_callback_check_tells_whether_the_webhook_answers(sim: Simulator, webhook: Webhook) -> None:
    webhook.script = lambda seen: (200, seen.query["echostr"])
    check = {"action": "all", "check_operator": "DEFAULT"}
    assert sim.call("callback/check", check)["ping"][0]["package_loss"] == "0%"
    webhook.answer(500, "")
    assert sim.call("callback/check", check)["ping"][0]["package_loss"] == "100%"
