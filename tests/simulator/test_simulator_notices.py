"""Template messages and subscription notices beyond the common case, and customers who cannot be reached."""

from typing import Any

import pytest
from simulator_fakes import Maker, Simulator, Webhook

DATA = {"thing1": {"value": "空调维修"}}


def template(sim: Simulator, openid: str, **more: Any) -> dict[str, Any]:
    return sim.call("message/template/send", {"touser": openid, "template_id": "T1", "data": DATA, **more})


def notice(sim: Simulator, openid: str, **more: Any) -> dict[str, Any]:
    return sim.call("message/subscribe/bizsend", {"touser": openid, "template_id": "T1", "data": DATA, **more})


def popup(sim: Simulator, openid: str, status: str, event: str = "subscribe_msg_popup_event") -> None:
    sim.act(openid, type="event", event=event, template="T1", status=status)


def test_a_template_that_fails_says_so_afterwards_and_is_not_shown(
    make: Maker, webhook: Webhook
) -> None:
    sim = make(template_result="failed: system failed")
    zhang = sim.add("张三")

    assert template(sim, zhang)["errcode"] == 0
    assert webhook.messages()[-1]["Status"] == "failed: system failed"
    assert sim.chat(zhang) == []


def test_a_customer_who_takes_no_messages_is_told_by_code_and_by_result(
    sim: Simulator, webhook: Webhook, zhang: str
) -> None:
    sim.act(zhang, type="text", text="你好")
    assert sim.client.post(f"/api/customers/{zhang}/marks", json={"muted": True}).json["muted"] is True

    assert sim.say(zhang, "您好") == 48002
    assert template(sim, zhang)["errcode"] == 0
    assert webhook.messages()[-1]["Status"] == "failed:user block"
    assert sim.texts(zhang) == []


def test_the_blacklist_refuses_both(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    sim.client.post(f"/api/customers/{zhang}/marks", json={"blacklisted": True})

    assert (sim.say(zhang, "您好"), template(sim, zhang)["errcode"]) == (43019, 43019)
    sim.client.post(f"/api/customers/{zhang}/marks", json={"blacklisted": False})
    assert sim.say(zhang, "您好") == 0


def test_only_registered_templates_where_it_is_so_set(make: Maker) -> None:
    sim = make(check_template_ids=True)
    zhang = sim.add("张三")
    assert template(sim, zhang)["errcode"] == 40037

    sim.client.post("/api/templates", json={"template_id": "T1", "title": "维修进度", "labels": {"thing1": "项目"}})
    assert template(sim, zhang)["errcode"] == 0
    listed = sim.get("template/get_all_private_template")["template_list"]
    assert listed == [{"template_id": "T1", "title": "维修进度", "content": "项目:{{thing1.DATA}}"}]
    assert sim.call("template/del_private_template", {"template_id": "T1"})["errcode"] == 0
    assert sim.call("template/del_private_template", {"template_id": "T1"})["errcode"] == 40037


def test_one_agreement_allows_one_notice(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    assert notice(sim, zhang)["errcode"] == 43101
    popup(sim, zhang, "accept")
    pushed = webhook.seen[-1].body
    assert "<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>" in pushed
    assert "<PopupScene>1</PopupScene>" in pushed

    answer = notice(sim, zhang)
    assert answer["errcode"] == 0
    assert notice(sim, zhang)["errcode"] == 43101
    card = sim.chat(zhang)[-1]
    assert (card["via"], card["rows"]) == ("subscription", [{"label": "事项", "value": "空调维修"}])
    sent = next(seen.body for seen in webhook.seen if "subscribe_msg_sent_event" in seen.body)
    assert f"<MsgID>{answer['msgid']}</MsgID>" in sent
    assert "<ErrorStatus><![CDATA[success]]></ErrorStatus>" in sent


def test_agreements_add_up_until_they_are_switched_off(sim: Simulator, zhang: str) -> None:
    for _ in range(2):
        popup(sim, zhang, "accept")
    popup(sim, zhang, "reject")
    assert sim.client.get("/api/customers").json["customers"][0]["subscriptions"] == {"T1": 2}
    assert notice(sim, zhang)["errcode"] == 0

    popup(sim, zhang, "reject", "subscribe_msg_change_event")
    assert notice(sim, zhang)["errcode"] == 43101


def test_a_refused_notice_costs_no_agreement(sim: Simulator, zhang: str) -> None:
    popup(sim, zhang, "accept")

    assert notice(sim, zhang, data={"thing1": {"value": ""}})["errcode"] == 47003
    assert notice(sim, zhang)["errcode"] == 0


def test_agreements_must_be_clear(sim: Simulator, zhang: str) -> None:
    deed = {"type": "event", "event": "subscribe_msg_popup_event", "template": "T1", "status": "maybe"}

    assert sim.client.post(f"/api/customers/{zhang}/send", json=deed).status_code == 400


def custom(sim: Simulator, openid: str, kind: str, part: dict[str, Any], **beside: Any) -> int:
    body = {"touser": openid, "msgtype": kind, kind: part, **beside}
    return int(sim.call("message/custom/send", body)["errcode"])


@pytest.mark.parametrize(
    ("kind", "part", "code"),
    [
        ("mpnews", {"media_id": "M"}, 0),
        ("mpnews", {}, 40035),
        ("mpnewsarticle", {"article_id": "A"}, 0),
        ("wxcard", {"card_id": "C"}, 0),
        ("wxcard", {"card_id": ""}, 40035),
        ("music", {"title": "曲", "musicurl": "https://example.com/"}, 0),
        ("music", {"title": "曲", "thumb_media_id": "unknown"}, 40007),
        ("miniprogrampage", {"title": "t", "appid": "wx1", "pagepath": "p"}, 41006),
        ("miniprogrampage", {"title": "t", "pagepath": "p"}, 40035),
    ],
)
def test_the_rarer_messages_are_checked_too(
    sim: Simulator, zhang: str, kind: str, part: dict[str, Any], code: int
) -> None:
    sim.act(zhang, type="text", text="你好")

    assert custom(sim, zhang, kind, part) == code
    assert len(sim.texts(zhang)) == (code == 0)


def test_a_media_id_must_be_of_its_kind(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.act(zhang, type="image")
    media_id = webhook.messages()[0]["MediaId"]

    assert custom(sim, zhang, "voice", {"media_id": media_id}) == 40121
    assert custom(sim, zhang, "miniprogrampage", {"appid": "wx1", "thumb_media_id": media_id}) == 0


def test_a_message_may_be_shown_as_an_agents_or_an_ais(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    sim.client.post("/api/agents", json={"account": "wang@baoxiu", "nickname": "王师傅"})
    text = {"content": "您好"}

    assert custom(sim, zhang, "text", text, customservice={"kf_account": "li@baoxiu"}) == 65401
    assert custom(sim, zhang, "text", text, customservice={"kf_account": "wang@baoxiu"}) == 0
    assert custom(sim, zhang, "text", text, aimsgcontext={"is_ai_msg": 1}) == 0
    by_agent, by_ai = sim.chat(zhang)[-2:]
    assert (by_agent["agent"], by_ai["by_ai"]) == ("王师傅", True)


def test_the_mini_programs_address_is_a_wrong_one(sim: Simulator) -> None:
    assert sim.call("message/custom/business/send", {"touser": "o"})["errcode"] == 40101


def test_a_code_ends_by_the_clock(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    wish = {"expire_seconds": 600, "action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 42}}}
    assert sim.call("qrcode/create", wish)["expire_seconds"] == 600
    sim.act(zhang, type="event", event="SCAN", scene="42")
    sim.clock.move(seconds=600)

    late = sim.client.post(f"/api/customers/{zhang}/send", json={"type": "event", "event": "SCAN", "scene": "42"})
    assert late.status_code == 400
    assert len(webhook.seen) == 1


@pytest.mark.parametrize(
    ("action", "scene"),
    [
        ("QR_SCENE", {"scene_id": 0}),
        ("QR_SCENE", {"scene_id": "42"}),
        ("QR_LIMIT_SCENE", {"scene_id": 100_001}),
        ("QR_STR_SCENE", {"scene_str": ""}),
        ("QR_OTHER", {"scene_str": "x"}),
    ],
)
def test_scenes_have_their_limits(sim: Simulator, action: str, scene: dict[str, Any]) -> None:
    wish = {"action_name": action, "action_info": {"scene": scene}}

    assert sim.call("qrcode/create", wish)["errcode"] == 40035


def test_a_payment_allows_any_number_of_messages_for_48_hours(sim: Simulator, zhang: str) -> None:
    assert sim.client.post(f"/api/customers/{zhang}/window", json={"deed": "payment"}).status_code == 200
    assert [sim.say(zhang, "您好") for _ in range(12)] == [0] * 12
    sim.clock.move(hours=48)
    assert sim.say(zhang, "您好") == 45015

    assert sim.client.post(f"/api/customers/{zhang}/window", json={"deed": "luck"}).status_code == 400


@pytest.mark.parametrize("event", ["scancode_push", "scancode_waitmsg"])
def test_a_menu_button_that_scans_counts_as_a_menu_click(
    sim: Simulator, webhook: Webhook, zhang: str, event: str
) -> None:
    sim.act(zhang, type="event", event=event, key="scan", scene="E1")

    assert "<ScanResult><![CDATA[E1]]></ScanResult>" in webhook.seen[-1].body
    assert [sim.say(zhang, "您好") for _ in range(4)] == [0, 0, 0, 45047]


def test_menu_clicks_add_up(sim: Simulator, zhang: str) -> None:
    for _ in range(2):
        sim.act(zhang, type="event", event="CLICK", key="query_progress")

    assert [sim.say(zhang, "您好") for _ in range(7)] == [0] * 6 + [45047]
