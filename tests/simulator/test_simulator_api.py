"""The platform's API: what it accepts, what it refuses with which code, and what the customer then sees."""

import io
import json
from typing import Any

import pytest
from simulator_fakes import Simulator, Webhook

from simulator import samples

CREDENTIALS = {"grant_type": "client_credential", "appid": "wxsimulator00000001", "secret": "simulator-secret"}


def stable(sim: Simulator, **changed: Any) -> dict[str, Any]:
    return dict(sim.client.post("/cgi-bin/stable_token", json=CREDENTIALS | changed).json)


def plain(sim: Simulator) -> dict[str, Any]:
    return dict(sim.client.get("/cgi-bin/token", query_string=CREDENTIALS).json)


def code_with(sim: Simulator, token: str) -> int:
    """The errcode of a call that asks for nothing but a good token."""
    return int(sim.client.get("/cgi-bin/menu/delete", query_string={"access_token": token}).json["errcode"])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": "wx0"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
    ],
)
def test_wrong_credentials_get_no_token(sim: Simulator, changed: dict[str, str], code: int) -> None:
    answer = stable(sim, **changed)

    assert answer["errcode"] == code
    assert " rid: " in answer["errmsg"]


def test_the_stable_token_stays_and_says_what_is_left_of_it(sim: Simulator) -> None:
    first = stable(sim)
    sim.clock.move(minutes=100)
    second = stable(sim)

    assert second["access_token"] == first["access_token"]
    assert (first["expires_in"], second["expires_in"]) == (7200, 1200)


def test_the_stable_token_is_renewed_five_minutes_early_and_both_work_meanwhile(sim: Simulator) -> None:
    first = stable(sim)["access_token"]
    sim.clock.move(minutes=116)
    second = stable(sim)["access_token"]

    assert second != first
    assert (code_with(sim, first), code_with(sim, second)) == (0, 0)
    sim.clock.move(minutes=5)
    assert (code_with(sim, first), code_with(sim, second)) == (42001, 0)


def test_forcing_a_new_token_too_often_is_refused(sim: Simulator) -> None:
    first = stable(sim, force_refresh=True)["access_token"]
    assert stable(sim, force_refresh=True)["errcode"] == 45011
    sim.clock.move(seconds=30)
    assert stable(sim, force_refresh=True)["access_token"] != first


def test_a_plain_token_replaces_the_one_before_after_five_minutes(sim: Simulator) -> None:
    first, second = plain(sim)["access_token"], plain(sim)["access_token"]

    assert code_with(sim, first) == 0
    sim.clock.move(minutes=5)
    assert (code_with(sim, first), code_with(sim, second)) == (42001, 0)


def test_plain_tokens_run_out_for_the_day(sim: Simulator) -> None:
    for _ in range(2000):
        sim.world.limits.count("token", sim.clock.now, 2000)
    assert plain(sim)["errcode"] == 45009
    sim.clock.move(hours=14)  # midnight in Beijing
    assert "access_token" in plain(sim)


def test_tokens_are_checked(sim: Simulator) -> None:
    token = stable(sim)["access_token"]

    assert code_with(sim, "") == 41001
    assert code_with(sim, "made up") == 40001
    sim.clock.move(hours=2)
    assert code_with(sim, token) == 42001


def message(kind: str, part: Any) -> dict[str, Any]:
    return {"msgtype": kind, kind: part}


OPTIONS = [{"id": "1", "content": "满意"}, {"id": 2, "content": "不满意"}]
ARTICLE = {"title": "E1", "description": "说明", "url": "https://example.com/", "picurl": "https://example.com/a.jpg"}
REFUSED = [
    (message("text", {"content": ""}), 44004),
    (message("text", {"content": "好" * 683}), 45002),
    (message("text", {"content": '<a href="javascript:alert(1)">看</a>'}), 40213),
    (message("text", {"content": '<a href="https://example.com/"> </a>'}), 40214),
    (message("text", "你好"), 45162),
    (message("text", {"content": 5}), 40035),
    ({"msgtype": "text", "image": {"media_id": "M"}}, 45162),
    (message("markdown", {"content": "x"}), 40008),
    ({}, 40008),
    (message("image", {"media_id": "unknown"}), 40007),
    (message("image", {}), 41006),
    (message("news", {"articles": [ARTICLE, ARTICLE]}), 45008),
    (message("news", {"articles": []}), 45162),
    (message("msgmenu", {"head_content": "?", "list": []}), 40035),
    (message("msgmenu", {"head_content": "?", "list": [{"id": "1"}]}), 40035),
    (message("msgmenu", {"head_content": "?", "list": OPTIONS * 11}), 45098),
    (message("msgmenu", {"head_content": "?", "list": [{"id": "1", "content": "好" * 100}]}), 45099),
]


@pytest.mark.parametrize(("body", "code"), REFUSED)
def test_bad_messages_are_refused_and_not_shown(sim: Simulator, zhang: str, body: dict[str, Any], code: int) -> None:
    sim.act(zhang, type="text", text="你好")

    assert sim.call("message/custom/send", {"touser": zhang, **body})["errcode"] == code
    assert sim.texts(zhang) == []


@pytest.mark.parametrize(("data", "code"), [(b"", 44002), (b"[1]", 47001), (b"{", 47001)])
def test_bad_bodies_are_refused(sim: Simulator, data: bytes, code: int) -> None:
    answer = sim.client.post("/cgi-bin/message/custom/send", data=data, query_string={"access_token": sim.token()})

    assert answer.json["errcode"] == code


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json"])
def test_json_is_read_whatever_the_content_type_says(sim: Simulator, zhang: str, content_type: str | None) -> None:
    sim.act(zhang, type="text", text="你好")
    data = json.dumps({"touser": zhang, **message("text", {"content": "您好"})}, ensure_ascii=False).encode()
    query = {"access_token": sim.token()}
    answer = sim.client.post(
        "/cgi-bin/message/custom/send", data=data, content_type=content_type, query_string=query
    )

    assert answer.json["errcode"] == 0
    assert "您好" in sim.world.log[-1].request


def test_other_refusals(sim: Simulator) -> None:
    assert sim.say("o" + "x" * 27, "您好") == 40003
    assert sim.get("message/custom/send")["errcode"] == 43002
    assert sim.get("no/such/call")["errcode"] == 40066


def test_menu_messages_and_news_are_shown(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    menu = {"head_content": "满意吗？", "list": OPTIONS, "tail_content": "谢谢"}

    assert sim.call("message/custom/send", {"touser": zhang, **message("msgmenu", menu)})["errcode"] == 0
    assert (
        sim.call("message/custom/send", {"touser": zhang, **message("news", {"articles": [ARTICLE]})})["errcode"] == 0
    )

    shown_menu, shown_news = sim.chat(zhang)[-2:]
    assert shown_menu["options"] == [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}]
    assert shown_menu["text"] == "满意吗？\n满意\n不满意\n谢谢"
    assert shown_news["articles"][0]["picture"] == "https://example.com/a.jpg"
    assert (shown_menu["via"], shown_menu["from"]) == ("custom", "account")


def test_escaped_characters_are_noted_but_delivered(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    body = {"touser": zhang, **message("text", {"content": "您好"})}
    for data in (json.dumps(body), json.dumps(body, ensure_ascii=False)):
        sim.client.post("/cgi-bin/message/custom/send", data=data, query_string={"access_token": sim.token()})

    calls = [record for record in sim.world.log if record.name == "message/custom/send"]
    assert [bool(record.note) for record in calls] == [True, False]
    assert sim.texts(zhang) == ["您好", "您好"]


def typing(sim: Simulator, openid: str, command: str = "Typing") -> int:
    return int(sim.call("message/custom/typing", {"touser": openid, "command": command})["errcode"])


def is_typing(sim: Simulator) -> bool:
    return bool(sim.client.get("/api/customers").json["customers"][0]["typing"])


def test_typing_lasts_fifteen_seconds_and_cannot_be_repeated_meanwhile(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")

    assert (typing(sim, zhang), typing(sim, zhang)) == (0, 45081)
    assert is_typing(sim)
    sim.clock.move(seconds=15)
    assert not is_typing(sim)
    assert typing(sim, zhang) == 0


def test_typing_ends_with_a_message_or_by_command(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    typing(sim, zhang)
    sim.say(zhang, "您好")
    assert not is_typing(sim)

    typing(sim, zhang)
    assert typing(sim, zhang, "CancelTyping") == 0
    assert not is_typing(sim)


def test_typing_needs_a_recent_deed_and_an_open_window(sim: Simulator, zhang: str) -> None:
    assert typing(sim, zhang) == 45015
    sim.act(zhang, type="text", text="你好")
    sim.clock.move(seconds=31)
    assert typing(sim, zhang) == 45080
    assert typing(sim, zhang, "Dance") == 45072


def template(sim: Simulator, openid: str, **changed: Any) -> dict[str, Any]:
    data = {"character_string1": {"value": "BX2611220001"}, "phrase2": {"value": "已派单"}}
    return sim.call("message/template/send", {"touser": openid, "template_id": "T1", "data": data} | changed)


def test_a_template_message_is_shown_and_its_result_is_pushed(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    answer = template(sim, zhang, url="https://example.com/")

    card = sim.chat(zhang)[-1]
    assert card["rows"] == [{"label": "编号", "value": "BX2611220001"}, {"label": "状态", "value": "已派单"}]
    result = webhook.messages()[-1]
    assert (result["Event"], result["Status"]) == ("TEMPLATESENDJOBFINISH", "success")
    assert result["MsgID"] == str(answer["msgid"])
    assert "MsgId" not in result


def test_a_registered_template_has_its_own_words(sim: Simulator, zhang: str) -> None:
    words = {"template_id": "T1", "title": "维修进度提醒", "labels": {"phrase2": "工单状态"}}
    assert sim.client.post("/api/templates", json=words).status_code == 201
    template(sim, zhang)

    card = sim.chat(zhang)[-1]
    assert card["title"] == "维修进度提醒"
    assert [row["label"] for row in card["rows"]] == ["编号", "工单状态"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("thing1", ""),
        ("thing1", "  "),
        ("thing1", None),
        ("thing1", "一" * 21),
        ("thing1", "两\n行"),
        ("character_string1", "工单1"),
        ("number1", "十"),
        ("phrase1", "已经派单了吧"),
        ("time1", "明天下午"),
        ("date1", "2026-11-22"),
        ("amount1", "很多"),
        ("phone_number1", "1" * 18),
        ("name1", "王师傅123"),
        ("keyword1", ""),
    ],
)
def test_bad_template_values_are_refused_by_name(sim: Simulator, zhang: str, field: str, value: Any) -> None:
    answer = template(sim, zhang, data={field: {"value": value}})

    assert answer["errcode"] == 47003
    assert f"data.{field}.value" in answer["errmsg"]
    assert sim.chat(zhang) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("thing1", "空调不制冷，E1"),
        ("time1", "15:01"),
        ("time1", "2026年11月23日 14:00~2026年11月23日 16:00"),
        ("date1", "2026年11月23日"),
        ("amount1", "¥128.50元"),
        ("phone_number1", "0757-12345678"),
        ("name1", "王师傅"),
        ("number1", 12),
        ("keyword1", "自由的文字，没有规则"),
    ],
)
def test_good_template_values_are_accepted(sim: Simulator, zhang: str, field: str, value: Any) -> None:
    assert template(sim, zhang, data={field: {"value": value}})["errcode"] == 0


def test_other_template_refusals(sim: Simulator, zhang: str) -> None:
    assert template(sim, zhang, template_id="")["errcode"] == 40037
    assert template(sim, zhang, data={})["errcode"] == 47003
    assert template(sim, "o" + "x" * 27)["errcode"] == 40003
    sim.act(zhang, type="event", event="unsubscribe")
    assert template(sim, zhang)["errcode"] == 43004


def test_a_repeated_client_msg_id_is_shown_once(sim: Simulator, zhang: str) -> None:
    first, second = (template(sim, zhang, client_msg_id="job-1") for _ in range(2))

    assert first["msgid"] == second["msgid"]
    assert len(sim.chat(zhang)) == 1


def upload(sim: Simulator, kind: str, content: bytes, name: str = "media") -> dict[str, Any]:
    query = {"access_token": sim.token(), "type": kind}
    data = {name: (io.BytesIO(content), "file.jpg")}
    return dict(sim.client.post("/cgi-bin/media/upload", data=data, query_string=query).json)


def test_an_uploaded_picture_can_be_sent(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    picture = samples.photo("upload")
    media_id = upload(sim, "image", picture)["media_id"]

    assert (
        sim.call("message/custom/send", {"touser": zhang, **message("image", {"media_id": media_id})})["errcode"] == 0
    )
    assert sim.client.get(sim.chat(zhang)[-1]["url"]).data == picture


def test_bad_uploads_are_refused(sim: Simulator) -> None:
    picture = samples.photo("upload")

    assert upload(sim, "paper", picture)["errcode"] == 40004
    assert upload(sim, "image", b"GIMP file")["errcode"] == 40005
    assert upload(sim, "image", b"")["errcode"] == 41005
    assert upload(sim, "image", picture, name="file")["errcode"] == 41005
    assert upload(sim, "thumb", picture + bytes(64 * 1024))["errcode"] == 40012


def test_a_customers_picture_can_be_fetched_both_ways_for_three_days(
    sim: Simulator, webhook: Webhook, zhang: str
) -> None:
    sim.act(zhang, type="image", text="空调")
    pushed = webhook.messages()[0]

    fetched = sim.client.get(
        "/cgi-bin/media/get", query_string={"access_token": sim.token(), "media_id": pushed["MediaId"]}
    )
    assert fetched.mimetype == "image/jpeg"
    assert "filename=" in fetched.headers["Content-Disposition"]
    assert pushed["PicUrl"].startswith("http://127.0.0.1:8001/mmbiz/")
    assert sim.client.get(pushed["PicUrl"].removeprefix("http://127.0.0.1:8001")).data == fetched.data
    sim.clock.move(days=3, seconds=1)
    assert sim.get("media/get", media_id=pushed["MediaId"])["errcode"] == 40007
    assert sim.get("media/get")["errcode"] == 41006


def test_a_video_is_fetched_in_two_steps(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.act(zhang, type="video")
    pushed = webhook.messages()[0]
    answer = sim.get("media/get", media_id=pushed["MediaId"])

    video = sim.client.get(answer["video_url"].removeprefix("http://127.0.0.1:8001"))
    assert video.mimetype == "video/mp4"
    assert video.data[4:8] == b"ftyp"


def test_unknown_files_are_not_found(sim: Simulator) -> None:
    assert sim.client.get("/mmbiz/nothing/0").status_code == 404
    assert sim.client.get("/video/nothing").status_code == 404


MENU = {
    "button": [
        {"type": "click", "name": "我要报修", "key": "report_repair"},
        {"name": "更多", "sub_button": [{"type": "view", "name": "官网", "url": "https://example.com/"}]},
    ]
}


def test_the_menu_is_published_shown_and_taken_back(sim: Simulator) -> None:
    shown = [item["name"] for item in sim.client.get("/api/updates").json["menu"]]
    assert shown == ["我要报修", "查询进度", "我的服务"]
    assert sim.get("menu/get")["errcode"] == 46003

    assert sim.call("menu/create", MENU)["errcode"] == 0
    assert sim.get("menu/get") == {"menu": MENU}
    assert sim.client.get("/api/updates").json["menu"] == MENU["button"]

    assert sim.get("menu/delete")["errcode"] == 0
    assert sim.get("menu/get")["errcode"] == 46003


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([{"type": "click", "name": "一", "key": "k"}] * 4, 40016),
        ([{"type": "push", "name": "一", "key": "k"}], 40017),
        ([{"type": "click", "name": "六个汉字太长", "key": "k"}], 40018),
        ([{"type": "click", "name": "一"}], 40019),
        ([{"type": "view", "name": "一", "url": ""}], 40020),
        ([{"name": "一", "sub_button": [{"type": "click", "name": "一", "key": "k"}] * 6}], 40023),
        ([{"name": "一", "sub_button": [{"type": "push", "name": "一"}]}], 40024),
        ([{"name": "一", "sub_button": [{"type": "click", "name": "", "key": "k"}]}], 40025),
        ([{"name": "一", "sub_button": [{"type": "click", "name": "一", "key": "k" * 129}]}], 40026),
        ([{"name": "一", "sub_button": [{"type": "view", "name": "一"}]}], 40027),
    ],
)
def test_bad_menus_are_refused(sim: Simulator, buttons: list[dict[str, Any]], code: int) -> None:
    assert sim.call("menu/create", {"button": buttons})["errcode"] == code


def test_a_code_can_be_made_and_scanned(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    scene = "product:空调:美的:KFR-35GW"
    wish = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    answer = sim.call("qrcode/create", wish)
    assert answer["expire_seconds"] == 600

    sim.act(zhang, type="event", event="SCAN", scene=scene)

    pushed = webhook.messages()[-1]
    assert (pushed["EventKey"], pushed["Ticket"]) == (scene, answer["ticket"])


def test_lasting_codes_have_no_end_and_bad_ones_are_refused(sim: Simulator) -> None:
    lasting = {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 7}}}
    assert "expire_seconds" not in sim.call("qrcode/create", lasting)
    too_long = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "x" * 65}}}
    assert sim.call("qrcode/create", too_long)["errcode"] == 40035
    assert sim.call("qrcode/create", {"action_name": "QR_STR_SCENE"})["errcode"] == 40035


def test_user_info_knows_followers_by_openid_only(sim: Simulator, zhang: str) -> None:
    info = sim.get("user/info", openid=zhang)
    assert (info["subscribe"], info["openid"], info["subscribe_time"]) == (1, zhang, 1795312800)
    assert "nickname" not in info

    sim.act(zhang, type="event", event="unsubscribe")
    assert sim.get("user/info", openid=zhang) == {"subscribe": 0, "openid": zhang}
    assert sim.get("user/info", openid="nobody")["errcode"] == 40003


def test_ordered_faults_hit_their_call_as_often_as_ordered(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    order = {"call": "message/custom/send", "errcode": 45009, "times": 2}
    assert sim.client.post("/api/faults", json=order).status_code == 201

    assert [sim.say(zhang, "您好") for _ in range(3)] == [45009, 45009, 0]
    assert sim.client.get("/api/faults").json == {"faults": []}


def test_faults_can_be_http_errors_and_can_be_called_off(sim: Simulator) -> None:
    sim.client.post("/api/faults", json={"call": "/cgi-bin/menu/get", "http_status": 502, "times": 5})
    answer = sim.client.get("/cgi-bin/menu/get", query_string={"access_token": sim.token()})
    assert (answer.status_code, answer.mimetype) == (502, "text/html")

    sim.client.delete("/api/faults")
    assert sim.get("menu/get")["errcode"] == 46003


@pytest.mark.parametrize("order", [{}, {"call": "menu/get", "times": "often"}])
def test_unclear_faults_are_refused(sim: Simulator, order: dict[str, str]) -> None:
    answer = sim.client.post("/api/faults", json=order)

    assert answer.status_code == 400
    assert answer.json["error"]


def test_tokens_and_secrets_stay_out_of_the_log(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="text", text="你好")
    sim.say(zhang, "您好")
    log = json.dumps(sim.client.get("/api/log").json, ensure_ascii=False)

    assert "您好" in log
    assert sim.token() not in log
    assert "simulator-secret" not in log
