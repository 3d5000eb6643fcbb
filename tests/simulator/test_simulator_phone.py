"""What customers can do, the control interface, the page and its settings."""

import io

import pytest
from PIL import Image
from simulator_fakes import Maker, Simulator, Webhook

from simulator import Config, links
from simulator.config import ConfigError
from simulator.customers import lasting_openid


def test_the_page_and_its_parts_are_served(sim: Simulator) -> None:
    page = sim.client.get("/")
    assert page.mimetype == "text/html"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    for name in ("main.js", "phone.js", "bubbles.js", "sheets.js", "inspector.js", "platform.js", "client.js", "dom.js"):
        with sim.client.get(f"/static/{name}") as script:
            assert script.mimetype == "text/javascript"
            assert "innerHTML" not in script.get_data(as_text=True)
    for path in ("/static/page.css", "/static/phone.css", "/static/icons.svg", "/favicon.ico"):
        with sim.client.get(path) as part:
            assert part.status_code == 200
    page.close()


def test_customers_get_openids_like_wechats(sim: Simulator) -> None:
    openids = [sim.add("张三"), sim.add("张三"), sim.add("李四")]

    assert len(set(openids)) == 3
    assert all(len(openid) == 28 and openid.startswith("o") for openid in openids)
    listed = sim.client.get("/api/customers").json["customers"]
    assert [(customer["name"], customer["following"]) for customer in listed] == [
        ("张三", True),
        ("张三", True),
        ("李四", True),
    ]


def test_a_new_customer_is_silent_unless_following_is_asked_for(sim: Simulator, webhook: Webhook) -> None:
    sim.add("张三")
    sim.settle()
    assert webhook.seen == []

    webhook.reply("欢迎")
    answer = sim.client.post("/api/customers", json={"name": "李四", "follow": True})
    sim.settle()
    assert webhook.messages()[0]["Event"] == "subscribe"
    assert sim.texts(answer.json["openid"]) == ["欢迎"]


def test_customers_of_the_start_keep_their_openid(make: Maker) -> None:
    openids = [make(customers=("张三",)).client.get("/api/customers").json["customers"][0]["openid"] for _ in range(2)]

    assert openids[0] == openids[1] == lasting_openid("wxsimulator00000001", "张三")
    assert len(openids[0]) == 28


def push_of(sim: Simulator, webhook: Webhook, openid: str, **deed: object) -> dict[str, str]:
    sim.act(openid, **deed)
    return webhook.messages()[-1]


def test_every_deed_is_pushed_as_the_platform_does(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    tap = push_of(sim, webhook, zhang, type="tap", text="满意", id="101")
    assert (tap["MsgType"], tap["Content"], tap["bizmsgmenuid"]) == ("text", "满意", "101")

    voice = push_of(sim, webhook, zhang, type="voice", text="洗衣机漏水")
    assert (voice["Format"], voice["Recognition"]) == ("amr", "洗衣机漏水")
    assert "Recognition" not in push_of(sim, webhook, zhang, type="voice")

    place = push_of(sim, webhook, zhang, type="location", label="北滘镇美的大道6号", lat=22.93, lng=113.2)
    assert (place["Location_X"], place["Location_Y"], place["Label"]) == ("22.93", "113.2", "北滘镇美的大道6号")

    click = push_of(sim, webhook, zhang, type="event", event="CLICK", key="report_repair")
    assert (click["MsgType"], click["Event"], click["EventKey"]) == ("event", "CLICK", "report_repair")
    assert "MsgId" not in click

    link = push_of(sim, webhook, zhang, type="link", title="保修卡", url="https://example.com/")
    assert (link["MsgType"], link["Url"]) == ("link", "https://example.com/")

    other = push_of(sim, webhook, zhang, type="event", event="user_info_modified")
    assert other["Event"] == "user_info_modified"
    position = push_of(sim, webhook, zhang, type="event", event="LOCATION", lat="22.93", lng="113.2")
    assert position["Latitude"] == "22.93"


def test_events_leave_no_bubble_but_are_remembered(sim: Simulator, zhang: str) -> None:
    sim.act(zhang, type="event", event="CLICK", key="report_repair")

    assert [(entry["type"], entry["key"]) for entry in sim.chat(zhang)] == [("event", "report_repair")]


def test_control_characters_reach_the_webhook(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.act(zhang, type="text", text="坏了\x08")

    assert "坏了\x08" in webhook.seen[0].body


def test_scanning_follows_or_reports_the_scene(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    scene = "product:空调:美的:KFR-35GW"
    assert push_of(sim, webhook, zhang, type="event", event="SCAN", scene=scene)["EventKey"] == scene

    sim.act(zhang, type="event", event="unsubscribe")
    followed = push_of(sim, webhook, zhang, type="event", event="SCAN", scene=scene)
    assert (followed["Event"], followed["EventKey"]) == ("subscribe", f"qrscene_{scene}")
    assert sim.get("user/info", openid=zhang)["qr_scene_str"] == scene


def test_only_followers_can_write(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    sim.act(zhang, type="event", event="unsubscribe")
    refused = sim.client.post(f"/api/customers/{zhang}/send", json={"type": "text", "text": "你好"})

    assert refused.status_code == 409
    assert refused.json["error"] == "张三还没有关注公众号，请先关注。"
    assert len(webhook.seen) == 1


def test_a_photo_of_any_format_arrives_as_jpeg(sim: Simulator, zhang: str) -> None:
    png = io.BytesIO()
    Image.new("RGBA", (20, 20), "red").save(png, "PNG")
    png.seek(0)
    data = {"type": "image", "file": (png, "photo.png")}
    answer = sim.client.post(f"/api/customers/{zhang}/send", data=data)
    sim.settle()

    assert answer.status_code == 202
    assert sim.client.get(answer.json["message"]["url"]).data.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "deed",
    [
        {"type": "dance"},
        {"type": "text"},
        {"type": "location", "label": "这里", "lat": "north", "lng": 1},
        {"type": "event", "event": "CLICK"},
        {},
    ],
)
def test_unclear_deeds_are_refused(sim: Simulator, zhang: str, deed: dict[str, object]) -> None:
    answer = sim.client.post(f"/api/customers/{zhang}/send", json=deed)

    assert answer.status_code == 400
    assert answer.json["error"]
    assert sim.chat(zhang) == []


@pytest.mark.parametrize("kind", ["image", "video"])
def test_files_that_are_none_are_refused(sim: Simulator, zhang: str, kind: str) -> None:
    data = {"type": kind, "file": (io.BytesIO(b"hello"), "file.bin")}

    assert sim.client.post(f"/api/customers/{zhang}/send", data=data).status_code == 400


def test_other_refusals_of_the_control_interface(sim: Simulator) -> None:
    assert sim.client.post("/api/customers", json={"name": " "}).status_code == 400
    assert sim.client.post("/api/customers", json=["张三"]).status_code == 400
    assert sim.client.get("/api/customers/nobody/messages").status_code == 404
    assert sim.client.post("/api/templates", json={"template_id": "T1", "labels": "x"}).status_code == 400


def test_only_news_is_handed_out(sim: Simulator, webhook: Webhook, zhang: str) -> None:
    webhook.reply("您好")
    sim.act(zhang, type="text", text="你好")
    seen = sim.client.get("/api/updates").json
    assert [entry["text"] for entry in seen["entries"]] == ["你好", "您好"]
    assert seen["log"][0]["outcome"] == "shown"

    assert sim.client.get(f"/api/updates?since={seen['seq']}").json["entries"] == []
    sim.act(zhang, type="text", text="在吗")
    later = sim.client.get(f"/api/updates?since={seen['seq']}").json
    assert [entry["text"] for entry in later["entries"]] == ["在吗", "您好"]
    messages = sim.client.get(f"/api/customers/{zhang}/messages?since={seen['seq']}").json
    assert [entry["text"] for entry in messages["messages"]] == ["在吗", "您好"]


def choice(content: str, number: str) -> str:
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={number}">很满意</a>'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("您好\n请坐", [{"text": "您好\n请坐"}]),
        (choice("%E8%AF%84%E4%BB%B7+5", "5"), [{"text": "很满意", "choice": {"content": "评价 5", "id": "5"}}]),
        (choice("评价", ""), [{"text": "很满意", "choice": None}]),
        (choice("", "5"), [{"text": "很满意", "choice": None}]),
        (
            "看<a class=\"x\" href='https://example.com/'>这里</a>。",
            [{"text": "看"}, {"text": "这里", "href": "https://example.com/"}, {"text": "。"}],
        ),
        (
            "见 https://example.com/a?b=1。谢谢",
            [
                {"text": "见 "},
                {"text": "https://example.com/a?b=1", "href": "https://example.com/a?b=1"},
                {"text": "。谢谢"},
            ],
        ),
        ('<a href="javascript:alert(1)">点</a>', [{"text": '<a href="javascript:alert(1)">点</a>'}]),
        ("<script>alert(1)</script>", [{"text": "<script>alert(1)</script>"}]),
        ("<a>点</a>", [{"text": "<a>点</a>"}]),
    ],
)
def test_only_known_links_become_tappable(text: str, found: list[dict[str, object]]) -> None:
    assert links.runs(text) == found


def test_a_customers_own_text_has_no_links(sim: Simulator, zhang: str) -> None:
    words = choice("评价", "5")
    sim.act(zhang, type="text", text=words)

    assert sim.chat(zhang)[0]["runs"] == [{"text": words}]


def test_settings_come_from_the_environment() -> None:
    config = Config.from_environment(
        {"WECHAT_APPID": "wx1", "SIMULATOR_PORT": "9001", "WEBHOOK_URL": "http://127.0.0.1:1/w", "WECHAT_TOKEN": ""}
    )

    assert (config.appid, config.port, config.webhook_url) == ("wx1", 9001, "http://127.0.0.1:1/w")
    assert (config.token, config.mode, config.base_url) == ("simulatortoken", "plain", "http://127.0.0.1:9001")


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"SIMULATOR_PORT": "many"}, "SIMULATOR_PORT"),
        ({"WECHAT_AES_KEY": "short"}, "WECHAT_AES_KEY"),
        ({"WECHAT_AES_KEY": "!" * 43}, "WECHAT_AES_KEY"),
        ({"SIMULATOR_MODE": "loud"}, "SIMULATOR_MODE"),
        ({"SIMULATOR_MODE": "secure"}, "WECHAT_AES_KEY"),
    ],
)
def test_a_bad_setting_is_named(environment: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_environment(environment)
