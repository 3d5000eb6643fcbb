"""What customers do without words: the menu, scans, follows, places; and what nobody answers."""

from typing import Any

import pytest
from webhook_fakes import ZHANG_SAN, Account, FakeBot, conversation, everything, outbox, recorded, rows_by_table

from aftersales import outbox as to_send
from aftersales.models import Customer, InboundState, Message, OutboxMessage, OutboxState, SendGrant
from aftersales.store import transaction
from aftersales.texts import texts
from aftersales.times import utc_now

SCENE = "product:空调:美的:KFR-35GW"
PRODUCT = {"product": {"appliance": "空调", "brand": "美的", "model": "KFR-35GW"}}


@pytest.mark.parametrize(("key", "intent", "name"), [
    ("report_repair", "request_service", "我要报修"),
    ("query_progress", "query_progress", "查询进度"),
    ("my_services", "list_services", "我的服务"),
])
def test_a_tap_on_the_menu_says_what_is_wanted(
    account: Account, bot: FakeBot, key: str, intent: str, name: str
) -> None:
    assert account.event("CLICK", key).text == f"您说：{intent}"
    assert bot.commands == [(ZHANG_SAN, intent, {})]
    assert conversation()[0] == ("in", "event", f"[点击菜单] {name}")
    assert everything(Message)[0].intent == intent


@pytest.mark.parametrize(("event", "key", "intent", "metadata"), [
    ("subscribe", "", "follow_account", {}),
    ("subscribe", f"qrscene_{SCENE}", "scan_product", PRODUCT),
    ("SCAN", SCENE, "scan_product", PRODUCT),
    ("SCAN", "product:挂机:格力", "scan_product", {"product": {"appliance": "空调", "brand": "格力"}}),
    ("SCAN", "product:飞船::X1", "scan_product", {"product": {"model": "X1"}}),
    ("SCAN", "product:::", "follow_account", {}),
    ("SCAN", "shop:42", "follow_account", {}),
    ("subscribe", "last_trade_no_4003942001201604205023621558", "follow_account", {}),
])
def test_who_follows_or_scans_is_welcomed(
    account: Account, bot: FakeBot, event: str, key: str, intent: str, metadata: dict[str, Any]
) -> None:
    assert account.event(event, key).text == f"您说：{intent}"
    assert bot.commands == [(ZHANG_SAN, intent, metadata)]


def test_arrivals_read_well_in_the_log(account: Account) -> None:
    account.event("subscribe")
    account.event("SCAN", SCENE)
    account.event("unsubscribe")
    assert [text for direction, _, text in conversation() if direction == "in"] == [
        "[关注]", f"[扫码] {SCENE}", "[取消关注]"]


def test_a_shared_place_is_told_with_its_position(account: Account, bot: FakeBot) -> None:
    place = (
        "<Location_X>22.93</Location_X><Location_Y>113.21</Location_Y><Scale>20</Scale>"
        "<Label><![CDATA[广东省佛山市顺德区北滘镇]]></Label>")
    assert account.push(account.xml("location", place)).text == "您说：send_location"
    metadata = {"label": "广东省佛山市顺德区北滘镇", "latitude": 22.93, "longitude": 113.21}
    assert bot.commands == [(ZHANG_SAN, "send_location", metadata)]
    assert conversation()[0] == ("in", "location", "[位置] 广东省佛山市顺德区北滘镇")


def test_who_unfollows_is_noted_and_not_answered(account: Account, bot: FakeBot) -> None:
    account.event("subscribe")
    assert account.event("unsubscribe").silent
    assert [customer.followed for customer in everything(Customer)] == [False]
    assert bot.commands == [(ZHANG_SAN, "follow_account", {})]
    account.event("subscribe")
    assert [customer.followed for customer in everything(Customer)] == [True]


def test_positions_are_neither_answered_nor_kept(account: Account, bot: FakeBot) -> None:
    position = "<Latitude>23.13</Latitude><Longitude>113.35</Longitude><Precision>119.3</Precision>"
    assert account.event("LOCATION", more=position).silent
    assert rows_by_table() == {}
    assert bot.commands == []


@pytest.mark.parametrize(("event", "key"), [
    ("VIEW", "https://shop.test"), ("TEMPLATESENDJOBFINISH", ""), ("user_info_modified", ""),
])
def test_other_events_are_recorded_and_not_answered(account: Account, bot: FakeBot, event: str, key: str) -> None:
    assert account.event(event, key).silent
    assert [(row.kind, row.state) for row in recorded()] == [("event", InboundState.ANSWERED)]
    assert (bot.commands, conversation(), outbox()) == ([], [], [])
    assert account.running.answering.pick_up(utc_now()) == 0


def test_an_event_pushed_twice_is_one(account: Account, bot: FakeBot) -> None:
    push = account.xml("event", "<Event>subscribe</Event><EventKey></EventKey>")
    assert account.push(push).text == account.push(push).text == "您说：follow_account"
    assert len(bot.commands) == 1


@pytest.mark.parametrize(("kind", "elements", "answer", "shown"), [
    ("file", "<Title>说明书.pdf</Title><FileKey>k</FileKey>", "file", "[文件]"),
    ("link", "<Title>t</Title><Description>d</Description><Url>https://a.test</Url>", "link", "[链接]"),
    ("text", "<Content>【收到不支持的消息类型，暂无法显示】</Content>", "unsupported", "[看不了的消息]"),
])
def test_what_we_cannot_read_is_answered_with_a_hint(
    account: Account, bot: FakeBot, kind: str, elements: str, answer: str, shown: str
) -> None:
    assert account.push(account.xml(kind, elements)).text == texts("bridge")[answer]
    assert conversation()[0][2] == shown
    assert (bot.said, bot.commands) == ([], [])


def test_a_tap_on_an_older_menu_is_answered_with_a_hint(account: Account, bot: FakeBot) -> None:
    assert account.event("CLICK", "an_older_menu").text == texts("bridge")["menu_unknown"]
    assert conversation()[0] == ("in", "event", "[点击菜单] an_older_menu")
    assert bot.commands == []


@pytest.mark.parametrize("event", ["scancode_push", "scancode_waitmsg"])
def test_a_product_scanned_from_the_menu_is_known(account: Account, bot: FakeBot, event: str) -> None:
    scanned = f"<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[{SCENE}]]></ScanResult></ScanCodeInfo>"
    assert account.event(event, "6", scanned).text == "您说：scan_product"
    assert bot.commands == [(ZHANG_SAN, "scan_product", PRODUCT)]


@pytest.mark.parametrize(("event", "key"), [("CLICK", "query_progress"), ("SCAN", SCENE), ("subscribe", "")])
def test_what_was_held_is_said_with_the_reply_when_the_customer_comes_back(
    account: Account, event: str, key: str
) -> None:
    hold_a_message()
    answer = account.event(event, key)
    assert answer.text.startswith("师傅已接单\n\n您说：")
    assert [(message.state, message.channel) for message in everything(OutboxMessage)] == [(OutboxState.SENT, "passive")]
    assert conversation()[-1] == ("out", "passive", answer.text)


@pytest.mark.parametrize(("event", "key"), [("VIEW", "https://shop.test"), ("unsubscribe", ""), ("LOCATION", "")])
def test_what_opens_no_window_releases_nothing(account: Account, event: str, key: str) -> None:
    hold_a_message()
    account.event(event, key)
    assert [message.state for message in everything(OutboxMessage)] == [OutboxState.HELD]


@pytest.mark.parametrize(("event", "key", "deeds"), [
    ("CLICK", "query_progress", {"menu": 3}), ("SCAN", SCENE, {"scan": 3}), ("subscribe", "", {"follow": 3}),
    ("VIEW", "https://shop.test", {}), ("unsubscribe", "", {}), ("scancode_waitmsg", "6", {"menu": 3})])
def test_what_customers_do_opens_their_budget(account: Account, event: str, key: str, deeds: dict[str, int]) -> None:
    account.event(event, key)
    assert {grant.action: grant.remaining for grant in everything(SendGrant)} == deeds


def test_a_tap_on_a_choice_gives_no_budget_of_a_message(account: Account) -> None:
    account.push(account.xml("text", "<Content>5星</Content><bizmsgmenuid>1</bizmsgmenuid>"))
    account.text("你好")
    assert {grant.action: grant.remaining for grant in everything(SendGrant)} == {"tap": 3, "message": 5}


@pytest.mark.parametrize(("status", "state"), [
    ("success", OutboxState.SENT), ("failed:user block", OutboxState.FAILED), ("failed: system failed", OutboxState.HELD)])
def test_what_became_of_a_template_message_is_noted(account: Account, status: str, state: OutboxState) -> None:
    with transaction() as session:
        message = to_send.say(session, ZHANG_SAN, "progress", "师傅已接单", utc_now())
        to_send.mark_sent(session, message.id, "template", utc_now(), msgid="3487542469355618313")
    result = f"<MsgID>3487542469355618313</MsgID><Status><![CDATA[{status}]]></Status>"
    assert account.event("TEMPLATESENDJOBFINISH", more=result).silent
    assert [message.state for message in everything(OutboxMessage)] == [state]


def hold_a_message() -> None:
    with transaction() as session:
        message = to_send.say(session, ZHANG_SAN, "progress", "师傅已接单", utc_now())
        to_send.hold(session, message.id, 45015, "The customer has not written for 48 hours")
