"""Human agents: handing over, sessions, what the account hears of them."""

from typing import Any

import pytest
from simulator_fakes import Simulator, Webhook, text_reply

WANG, LI = "wang@baoxiu", "li@baoxiu"


def service(sim: Simulator, path: str, body: dict[str, Any] | None = None, **query: str) -> dict[str, Any]:
    query = {"access_token": sim.token(), **query}
    method = "GET" if body is None else "POST"
    answer = sim.client.open(f"/customservice/{path}", method=method, json=body, query_string=query)
    sim.settle()
    return dict(answer.json)


def control(sim: Simulator, path: str, **body: Any) -> dict[str, Any]:
    answer = sim.client.post(f"/api/agents{path}", json=body)
    assert answer.status_code < 300, answer.json
    sim.settle()
    return dict(answer.json)


def hand_over(sim: Simulator, webhook: Webhook, openid: str, account: str = "") -> None:
    info = f"<TransInfo><KfAccount><![CDATA[{account}]]></KfAccount></TransInfo>" if account else ""
    webhook.script = lambda seen: (
        200, text_reply(seen.xml(), "", MsgType="transfer_customer_service").replace("</xml>", f"{info}</xml>")
    )  # fmt: skip
    sim.act(openid, type="text", text="我要人工")
    webhook.answer(200, "success")


def events(webhook: Webhook) -> list[str]:
    return [message["Event"] for message in webhook.messages() if "Event" in message]


def test_who_is_handed_over_waits_and_is_still_heard_by_the_account(
    sim: Simulator, webhook: Webhook, zhang: str
) -> None:
    hand_over(sim, webhook, zhang)
    assert sim.world.log[-1].outcome == "transferred"
    assert service(sim, "kfsession/getwaitcase")["waitcaselist"] == [{"latest_time": 1795312800, "openid": zhang}]

    before = len(webhook.seen)
    sim.act(zhang, type="text", text="有人吗")
    assert len(webhook.seen) == before + 1


def test_in_a_session_messages_go_to_the_agent_and_events_to_the_account(
    sim: Simulator, webhook: Webhook, zhang: str
) -> None:
    control(sim, "", account=WANG, nickname="王师傅")
    hand_over(sim, webhook, zhang)
    control(sim, f"/{WANG}/accept", openid=zhang)
    assert webhook.messages()[-1]["Event"] == "kf_create_session"
    assert webhook.messages()[-1]["KfAccount"] == WANG
    assert service(sim, "kfsession/getwaitcase")["count"] == 0

    before = len(webhook.seen)
    sim.act(zhang, type="text", text="空调漏水")
    assert len(webhook.seen) == before
    assert sim.world.log[-1].outcome == "agent"
    sim.act(zhang, type="event", event="CLICK", key="query_progress")
    assert len(webhook.seen) == before + 1

    control(sim, f"/{WANG}/say", openid=zhang, text="我来看看")
    assert (sim.texts(zhang), sim.chat(zhang)[-1]["via"]) == (["我来看看"], "agent")
    control(sim, f"/{WANG}/close", openid=zhang)
    assert events(webhook)[-1] == "kf_close_session"
    sim.act(zhang, type="text", text="谢谢")
    assert webhook.messages()[-1]["Content"] == "谢谢"


def test_what_was_said_can_be_read(sim: Simulator, zhang: str) -> None:
    control(sim, "", account=WANG)
    service(sim, "kfsession/create", {"kf_account": WANG, "openid": zhang})
    sim.act(zhang, type="text", text="空调漏水")
    sim.act(zhang, type="image")
    control(sim, f"/{WANG}/say", openid=zhang, text="我来看看")

    wish = {"starttime": 1795312000, "endtime": 1795313000, "msgid": 1, "number": 2}
    first = service(sim, "msgrecord/getmsglist", wish)
    assert [(line["opercode"], line["text"]) for line in first["recordlist"]] == [(2003, "空调漏水"), (2003, "[图片]")]
    rest = service(sim, "msgrecord/getmsglist", wish | {"msgid": first["msgid"]})
    assert [(line["opercode"], line["worker"]) for line in rest["recordlist"]] == [(2002, WANG)]
    assert service(sim, "msgrecord/getmsglist", wish | {"endtime": 1795312000 + 86401})["errcode"] == 40035


def test_a_session_ends_after_half_an_hour_of_silence(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    control(sim, "", account=WANG)
    service(sim, "kfsession/create", {"kf_account": WANG, "openid": zhang})
    sim.clock.move(minutes=29)
    sim.act(zhang, type="text", text="还在吗")
    sim.clock.move(minutes=29)
    assert service(sim, "kfsession/getsession", openid=zhang)["kf_account"] == WANG

    sim.clock.move(minutes=1)
    assert service(sim, "kfsession/getsession", openid=zhang) == {"createtime": 0, "kf_account": ""}
    assert webhook.messages()[-1]["CloseType"] == "TIMEOUT"


def test_an_agent_may_take_everybody_at_once(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    control(sim, "", account=WANG, auto=True)
    hand_over(sim, webhook, zhang)

    assert service(sim, "kfsession/getsessionlist", kf_account=WANG)["sessionlist"][0]["openid"] == zhang
    assert events(webhook) == ["kf_create_session"]


def test_who_is_meant_for_an_absent_agent_waits_for_that_one(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    control(sim, "", account=WANG, auto=True)
    control(sim, "", account=LI, auto=True)
    control(sim, f"/{LI}", online=False)
    hand_over(sim, webhook, zhang, LI)

    assert service(sim, "kfsession/getsession", openid=zhang)["kf_account"] == ""
    assert sim.client.get("/api/agents").json["waiting"][0]["account"] == LI
    online = sim.get("customservice/getonlinekflist")["kf_online_list"]
    assert [agent["kf_account"] for agent in online] == [WANG]


def test_a_session_is_passed_on(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    for account in (WANG, LI):
        control(sim, "", account=account)
    control(sim, f"/{WANG}/accept", openid=zhang)
    control(sim, f"/{LI}/take", openid=zhang)

    switched = webhook.messages()[-1]
    assert (switched["FromKfAccount"], switched["ToKfAccount"]) == (WANG, LI)
    assert service(sim, "kfsession/getsession", openid=zhang)["kf_account"] == LI


def test_sessions_are_refused_with_their_reasons(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    for account in (WANG, LI):
        control(sim, "", account=account)
    named = {"kf_account": WANG, "openid": zhang}
    other = named | {"kf_account": LI}
    assert service(sim, "kfsession/close", named)["errcode"] == 65413
    assert service(sim, "kfsession/create", named | {"kf_account": "nobody@baoxiu"})["errcode"] == 65401
    assert service(sim, "kfsession/create", named | {"openid": "nobody"})["errcode"] == 40003

    assert [service(sim, "kfsession/create", named)["errcode"] for _ in range(2)] == [0, 0]
    assert events(webhook) == ["kf_create_session"]
    assert service(sim, "kfsession/create", other)["errcode"] == 65414
    assert service(sim, "kfsession/close", other)["errcode"] == 65414
    assert service(sim, "kfsession/close", named)["errcode"] == 0
    control(sim, f"/{LI}", online=False)
    assert service(sim, "kfsession/create", other)["errcode"] == 65415


def test_agents_are_added_invited_renamed_and_removed(sim: Simulator, zhang: str) -> None:
    assert service(sim, "kfaccount/add", {"kf_account": WANG, "nickname": "王师傅"})["errcode"] == 0
    assert service(sim, "kfsession/create", {"kf_account": WANG, "openid": zhang})["errcode"] == 65402
    invitation = {"kf_account": WANG, "invite_wx": "wang"}
    assert [service(sim, "kfaccount/inviteworker", invitation)["errcode"] for _ in range(2)] == [0, 65409]
    assert service(sim, "kfaccount/update", {"kf_account": WANG, "nickname": "老王"})["errcode"] == 0
    assert [agent["kf_nick"] for agent in sim.get("customservice/getkflist")["kf_list"]] == ["老王"]
    assert service(sim, "kfaccount/del", kf_account=WANG)["errcode"] == 0
    assert service(sim, "kfaccount/del", kf_account=WANG)["errcode"] == 65401


@pytest.mark.parametrize(("account", "code"), [("wang", 61452), ("x" * 11 + "@b", 61454), ("w!@b", 61455), (WANG, 61453)])
def test_agents_need_a_good_name(sim: Simulator, account: str, code: int) -> None:
    control(sim, "", account=WANG)

    assert service(sim, "kfaccount/add", {"kf_account": account})["errcode"] == code


def test_unfollowing_ends_waiting_and_session(sim: Simulator, zhang: str) -> None:
    control(sim, "", account=WANG)
    control(sim, f"/{WANG}/accept", openid=zhang)
    sim.act(zhang, type="event", event="unsubscribe")

    assert sim.client.get("/api/agents").json["sessions"] == []


def test_unclear_deeds_of_agents_are_refused(sim: Simulator, zhang: str) -> None:
    control(sim, "", account=WANG)

    assert sim.client.post(f"/api/agents/{WANG}/dance", json={"openid": zhang}).status_code == 400
    assert sim.client.post(f"/api/agents/{WANG}/accept", json={"openid": "nobody"}).status_code == 404
    assert sim.client.post(f"/api/agents/{WANG}/close", json={"openid": zhang}).status_code == 400
