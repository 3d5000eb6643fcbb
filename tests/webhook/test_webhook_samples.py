"""Every kind of push there is, as WeChat sends it: what the customer reads then, and what is kept of it.

The pushes lie in `samples/`, one file each. They go, signed, through the whole application to an assistant that repeats
what it is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from test_webhook_files import AMR, MP4, jpeg
from webhook_fakes import Account, FakeBot, FakeFiles, conversation, everything, kept_files, outbox, recorded

from aftersales.addresses import Address
from aftersales.models import Customer, InboundState, Message, WorkOrder
from aftersales.repairs import Report, submit_order
from aftersales.store import transaction
from aftersales.texts import texts
from aftersales.times import Window, utc_now

SAMPLES = Path(__file__).parent / "samples"
CUSTOMER = "otFpruAK8D-E6EfStSYonYSBZ8_4"
PRODUCT = "product:空调:美的:KFR-35GW"


def own(name: str) -> str:
    return texts("bridge")[name]


@dataclass(frozen=True)
class Seen:
    """What comes of a push: the passive reply, the line in the conversation, what the assistant was told."""

    reply: str = ""
    line: str | None = None
    said: str | None = None
    command: str | None = None
    file: str | None = None
    recorded: bool = True

    @staticmethod
    def words(words: str, line: str | None = None, **more: str) -> "Seen":
        return Seen(f"您说：{words}", line or words, said=words, **more)

    @staticmethod
    def told(command: str, line: str, **more: str) -> "Seen":
        return Seen(f"您说：{command}", line, command=command, **more)


#: file → what comes of it
EXPECTED = {
    # words
    "text": Seen.words("你好 😀 /::)"),
    "text_from_article": Seen.words("hi"),
    "msgmenu_answer": Seen.words("满意"),
    "emoji": Seen.words("/::)[旺柴]😀"),
    "voice_recognised": Seen.words("腾讯微信团队", file="audio/amr"),
    # files
    "image": Seen.told("send_media", "[照片]", file="image/jpeg"),
    "video": Seen.told("send_media", "[视频]", file="video/mp4"),
    "shortvideo": Seen.told("send_media", "[视频]", file="video/mp4"),
    "voice": Seen(own("voice"), "[语音]", file="audio/amr"),
    # other messages
    "location": Seen.told("send_location", "[位置] 位置信息"),
    "link": Seen(own("link"), "[链接]"),
    "file": Seen(own("file"), "[文件]"),
    "unsupported": Seen(own("unsupported"), "[看不了的消息]"),
    "miniprogrampage": Seen(own("unsupported"), "[看不了的消息]"),
    # follow and scan
    "subscribe": Seen.told("follow_account", "[关注]"),
    "subscribe_via_qr": Seen.told("follow_account", "[关注]"),
    "subscribe_after_payment": Seen.told("follow_account", "[关注]"),
    "scan": Seen.told("follow_account", "[扫码] order:42"),
    "unsubscribe": Seen(line="[取消关注]"),
    # the account's menu
    "click": Seen(own("menu_unknown"), "[点击菜单] KEY"),
    "scancode_waitmsg": Seen(own("scan_unknown"), "[扫码] 2"),
    "scancode_push": Seen(),  # the client shows what it has read
    "view": Seen(),
    "view_miniprogram": Seen(),
    "pic_sysphoto": Seen(),  # the pictures follow as messages
    "pic_photo_or_album": Seen(),
    "pic_weixin": Seen(),
    "location_select": Seen(),  # the place follows as a message
    # what nobody waits for
    "location_report": Seen(recorded=False),
    "templatesendjobfinish": Seen(),
    "masssendjobfinish": Seen(),
    "subscribe_msg_popup_event": Seen(),
    "subscribe_msg_change_event": Seen(),
    "subscribe_msg_sent_event": Seen(),
    "kf_create_session": Seen(),
    "kf_close_session": Seen(),
    "kf_switch_session": Seen(),
    "user_info_modified": Seen(),
    "user_authorization_revoke": Seen(),
}


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.xml").read_bytes()


def test_every_sample_is_expected() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in SAMPLES.glob("*.xml"))


@pytest.fixture
def files(platform: FakeFiles) -> Callable[[str], None]:
    """Puts the file there that the sample's media id stands for."""
    contents = {"image/jpeg": jpeg(), "video/mp4": MP4, "audio/amr": AMR}

    def put(content_type: str | None) -> None:
        if content_type:
            platform.files["media_id"] = contents[content_type]

    return put


@pytest.mark.parametrize("name", EXPECTED)
def test_what_comes_of_a_push(account: Account, bot: FakeBot, files: Callable[[str | None], None], name: str) -> None:
    expected = EXPECTED[name]
    files(expected.file)
    answer = account.push(sample(name))
    account.running.answering.close()  # nobody waits for the recording of recognised words
    assert answer.status == 200
    assert answer.text == expected.reply
    assert answer.silent is not bool(expected.reply)
    lines = [text for direction, _, text in conversation() if direction == "in"]
    assert lines == ([expected.line] if expected.line is not None else [])
    assert [text for _, text in bot.said] == ([expected.said] if expected.said else [])
    assert [intent for _, intent, _ in bot.commands] == ([expected.command] if expected.command else [])
    assert [file.content_type for file in kept_files()] == ([expected.file] if expected.file else [])
    assert [row.state for row in recorded()] == [InboundState.ANSWERED] * expected.recorded
    assert outbox() == []


@pytest.mark.parametrize("name", EXPECTED)
def test_a_push_delivered_three_times_has_one_effect(
    account: Account, bot: FakeBot, files: Callable[[str | None], None], name: str
) -> None:
    files(EXPECTED[name].file)
    answers = [account.push(sample(name)) for _ in range(3)]
    assert {(answer.status, answer.text) for answer in answers} == {(200, EXPECTED[name].reply)}
    assert len(recorded()) == EXPECTED[name].recorded
    assert len(bot.said) + len(bot.commands) <= 1
    assert len(conversation()) <= 2


#: Silent, and yet something that the customer did: also talking to an agent.
DOING = ("unsubscribe", "scancode_push", "kf_create_session", "kf_close_session", "kf_switch_session")


def test_only_those_who_did_something_are_customers(account: Account) -> None:
    silent = [name for name, seen in EXPECTED.items() if not seen.reply and name not in DOING]
    assert len(silent) >= 14
    for name in silent:
        account.push(sample(name))
    assert everything(Customer) == []


# --- who withdraws the consent, or leaves ------------------------------------------------------------------------------

def report() -> Report:
    now = utc_now()
    address = Address("广东省", "佛山市", "顺德区", "北滘镇美的大道6号", "佛山顺德北滘镇美的大道6号")
    visit = Window(now + timedelta(days=1), now + timedelta(days=1, hours=2))
    return Report("维修", "空调", "张三", "13800138000", address, visit, fault="不制冷")


def leave(account: Account, name: str) -> None:
    """The customer has said something and has an open order; then the push comes, with the openid as its subject."""
    account.push(sample("text"))
    with transaction() as session:
        submit_order(session, CUSTOMER, report(), utc_now())
    push = sample(name).replace(b"<OpenID><![CDATA[o]]>", f"<OpenID><![CDATA[{CUSTOMER}]]>".encode())
    push = push.replace(f"<FromUserName><![CDATA[{CUSTOMER}]]>".encode(), b"<FromUserName><![CDATA[gh_platform]]>") \
        if name == "user_authorization_revoke" else push
    assert account.push(push).silent


def test_who_revokes_the_consent_is_forgotten_but_for_the_open_order(account: Account) -> None:
    leave(account, "user_authorization_revoke")
    assert everything(Message) == []
    assert [(order.contact_name, order.phone) for order in everything(WorkOrder)] == [("张三", "13800138000")]
    [customer] = everything(Customer)
    assert customer.openid == CUSTOMER
    assert customer.forget_requested_at is not None
    assert [row.payload for row in recorded() if row.openid == CUSTOMER] == [""]


def test_who_unfollows_is_remembered_by_default(account: Account) -> None:
    leave(account, "unsubscribe")
    assert len(everything(Message)) == 3
    [customer] = everything(Customer)
    assert (customer.followed, customer.forget_requested_at) == (False, None)


def test_who_unfollows_is_forgotten_where_the_operator_wants_it(open_account: Callable[..., Account]) -> None:
    leave(open_account(forget_on_unfollow=True), "unsubscribe")
    assert everything(Message) == []
    assert [order.contact_name for order in everything(WorkOrder)] == ["张三"]
    assert [customer.followed for customer in everything(Customer)] == [False]


# --- products --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["subscribe_via_qr", "scan", "scancode_push", "scancode_waitmsg"])
def test_a_product_is_known_however_it_was_scanned(account: Account, bot: FakeBot, name: str) -> None:
    push = sample(name).decode().replace("order:42", PRODUCT).replace(
        "<ScanResult><![CDATA[1]]>", f"<ScanResult><![CDATA[{PRODUCT}]]>").replace(
        "<ScanResult><![CDATA[2]]>", f"<ScanResult><![CDATA[{PRODUCT}]]>")
    assert account.push(push.encode()).text == "您说：scan_product"
    assert bot.commands[0][2] == {"product": {"appliance": "空调", "brand": "美的", "model": "KFR-35GW"}}
