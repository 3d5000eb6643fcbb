"""What operators see of what was said."""

import io
import re
from html.parser import HTMLParser

import pytest
from console_desk import ATTACK, LI_SI, ORDER_NUMBER, ZHANG_SAN, Browser, Story, jpeg, minutes
from PIL import Image
from sqlmodel import select

from aftersales import handoff
from aftersales.conversations import log_in
from aftersales.customers import heard_from
from aftersales.media import LocalMediaStore, keep, prepared
from aftersales.models import Customer, Status
from aftersales.progress import find_order
from aftersales.settings import settings
from aftersales.store import reading, transaction

OUR_SCRIPT = {"src": "/ops/static/console.js", "defer": None}
ZHANG_SAN_PAGE, LI_SI_PAGE = f"/ops/conversations/{ZHANG_SAN}", f"/ops/conversations/{LI_SI}"


def rows(page: str) -> list[str]:
    """The conversations of the list, as the text of each row."""
    found = re.findall(r'data-testid="conversation-row".*?</a>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row.partition(">")[2]).split()) for row in found]


def parts(page: str, testid: str) -> list[str]:
    """What stands in the articles, spans or list items with that test id, without the tags."""
    found = re.findall(rf'<(\w+)[^>]*data-testid="{testid}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", part).split()) for _, part in found]


def test_the_list_shows_who_spoke_last_how_much_was_said_and_the_open_orders(operator: Browser, story: Story) -> None:
    li_si, zhang_san = rows(operator.open("/ops"))
    assert "2 条" in li_si
    assert "客户： &lt;script&gt;" in li_si
    assert zhang_san.startswith("张三")
    assert "[语音] 明天下午三点来" in zhang_san
    assert "4 条" in zhang_san
    assert ORDER_NUMBER not in zhang_san  # completed: not open any more


def test_open_orders_stand_in_the_list(operator: Browser, story: Story) -> None:
    with transaction() as session:
        order = find_order(session, ORDER_NUMBER)
        order.status = Status.SCHEDULED
        session.add(order)
    row = rows(operator.open("/ops?q=张三"))[0]
    assert f"{ORDER_NUMBER} 空调 已约定上门时间" in row


def test_who_asked_for_a_person_wears_a_badge(operator: Browser, story: Story) -> None:
    li_si, zhang_san = rows(operator.open("/ops"))
    assert "转人工" in li_si
    assert "转人工" not in zhang_san


@pytest.mark.parametrize("words", ["不制冷", "张三", "13800138000", "0138", ORDER_NUMBER, "美的"])
def test_the_search_finds_a_conversation_by_words_name_phone_and_number(
    operator: Browser, story: Story, words: str
) -> None:
    found = rows(operator.open(f"/ops?q={words}"))
    assert len(found) == 1
    assert found[0].startswith("张三")


def test_the_search_says_when_nothing_fits(operator: Browser, story: Story) -> None:
    page = operator.open("/ops?q=100%25")
    assert rows(page) == []
    assert "没有找到和“100%”有关的会话" in page


def test_a_long_list_has_pages(operator: Browser, story: Story) -> None:
    with transaction() as session:
        for number in range(40):
            heard_from(session, f"oSomebody{number:03}", minutes(3000 + number))
            log_in(session, f"oSomebody{number:03}", "text", "在吗", minutes(3000 + number))
    first, second = operator.open("/ops"), operator.open("/ops?page=2")
    assert len(rows(first)) == 30
    assert 'href="/ops?page=2"' in first
    assert len(rows(second)) == 12
    assert 'href="/ops?page=1"' in second
    assert "下一页" not in second


def test_the_list_renews_itself_with_the_same_rows(operator: Browser, story: Story) -> None:
    page = operator.open("/ops?q=空调")
    live = re.search(r'data-live="([^"]+)"', page)
    assert live
    fragment = operator.open(live[1].replace("&amp;", "&"))
    assert fragment in page
    assert "<html" not in fragment


def test_the_transcript_shows_both_sides_in_order(operator: Browser, story: Story) -> None:
    page = operator.open(ZHANG_SAN_PAGE)
    told, sent_photo, said = parts(page, "message-in")
    assert told.startswith("美的空调不制冷，显示E1 09:30")
    assert sent_photo == "照片 09:32"
    assert "明天下午三点来" in said
    [answer] = parts(page, "message-out")
    assert answer == "要现在报修吗？ 马上报修 先自己看看 09:31 被动回复"
    assert page.index("message-in") < page.index("message-out")


def test_a_photo_that_could_not_be_fetched_is_said_to_be_missing(operator: Browser, story: Story) -> None:
    with transaction() as session:
        log_in(session, LI_SI, "image", "[照片]", minutes(2002))
    assert parts(operator.open(LI_SI_PAGE), "message-in")[-1] == "照片 文件没有收到 18:52"


def test_choices_show_their_label_and_what_they_send(operator: Browser, story: Story) -> None:
    page = operator.open(ZHANG_SAN_PAGE)
    assert '<span class="choice" title="点选后发送：自查步骤">先自己看看</span>' in page
    assert "[[" not in page


def test_the_understanding_stands_beside_the_message(operator: Browser, story: Story) -> None:
    page = operator.open(ZHANG_SAN_PAGE)
    assert parts(page, "intent") == ["描述故障 97%", "提供信息 41%"]
    assert 'class="chip intent level-high"' in page
    assert 'class="chip intent level-low"' in page
    told = parts(page, "message-in")[0]
    assert told.endswith("品牌 美的 故障 不制冷 故障代码 E1")


def test_days_are_set_apart(operator: Browser, story: Story) -> None:
    assert len(re.findall(r'<h2 class="day">', operator.open(ZHANG_SAN_PAGE))) == 1
    assert "11月16日 星期一" in operator.open(ZHANG_SAN_PAGE)


def test_older_messages_are_a_page_away(
    operator: Browser, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.conversations.MESSAGES_SHOWN", 3)
    newest = operator.open(ZHANG_SAN_PAGE)
    older = re.search(r'href="([^"]+before=\d+)"', newest)
    assert older
    assert "美的空调不制冷" not in "".join(parts(newest, "message-in"))
    before = operator.open(older[1])
    assert parts(before, "message-in")[0].startswith("美的空调不制冷")
    assert parts(before, "message-out") == []
    assert f'data-live="{ZHANG_SAN_PAGE}/transcript"' in newest
    assert f'data-live="{ZHANG_SAN_PAGE}/transcript"' not in before


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Every tag a browser would see, with its attributes."""
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(page)
    return found


def test_what_customers_write_is_never_markup(operator: Browser, story: Story) -> None:
    for address in ("/ops", LI_SI_PAGE, f"{LI_SI_PAGE}/transcript", f"/ops?q={ATTACK}", f"/ops/orders?q={ATTACK}"):
        page = operator.open(address)
        assert "alert(1)" in page, address
        tags = tags_of(page)
        assert [attributes for tag, attributes in tags if tag == "script"] in ([OUR_SCRIPT], []), address
        assert not [tag for tag, attributes in tags if {"onerror", "onload"} & set(attributes)], address
        assert "x" not in [attributes.get("src") for _, attributes in tags], address


def test_photos_are_shown_and_served(operator: Browser, story: Story) -> None:
    page = operator.open(ZHANG_SAN_PAGE)
    assert f'<img src="/ops/media/{story.photo}/thumbnail"' in page
    answer = operator.client.get(f"/ops/media/{story.photo}")
    assert answer.status_code == 200
    assert answer.content_type == "image/jpeg"
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]


def test_a_picture_is_shown_small(operator: Browser, story: Story) -> None:
    whole = operator.client.get(f"/ops/media/{story.photo}")
    without = operator.client.get(f"/ops/media/{story.photo}/thumbnail")
    assert (without.status_code, without.data) == (200, whole.data)  # it was kept without a small copy
    with transaction() as session:
        large = keep(session, LocalMediaStore(settings().media_dir), ZHANG_SAN, prepared(jpeg(1200, 900)), minutes(5))
    small = operator.client.get(f"/ops/media/{large.id}/thumbnail")
    assert (small.status_code, small.content_type) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(small.data)).size == (320, 240)
    assert "private" in small.headers["Cache-Control"]
    assert operator.client.get("/ops/media/999/thumbnail").status_code == 404


def test_recordings_can_be_played_and_wound(operator: Browser, story: Story) -> None:
    assert f'<audio src="/ops/media/{story.voice}" controls' in operator.open(ZHANG_SAN_PAGE)
    answer = operator.client.get(f"/ops/media/{story.voice}", headers={"Range": "bytes=0-2"})
    assert (answer.status_code, answer.data, answer.content_type) == (206, b"ID3", "audio/mpeg")


def test_a_recording_no_browser_plays_is_offered_with_the_reason(operator: Browser, story: Story) -> None:
    with transaction() as session:
        amr = keep(session, LocalMediaStore(settings().media_dir), ZHANG_SAN, b"#!AMR\n" + bytes(64), minutes(5))
        log_in(session, ZHANG_SAN, "voice", "", minutes(5), media_id=amr.id)
        address = f"/ops/media/{amr.id}"
    page = operator.open(ZHANG_SAN_PAGE)
    assert f'<a class="file" href="{address}" download>下载录音</a>' in page
    assert "浏览器不能直接播放" in page
    assert operator.client.get(address).content_type == "audio/amr"


def test_a_file_that_is_gone_is_not_found(operator: Browser, story: Story) -> None:
    assert operator.client.get("/ops/media/999").status_code == 404
    photos = operator.open(f"{ZHANG_SAN_PAGE}/panel")
    gone = re.search(r'href="(/ops/media/\d+)"', photos)
    assert gone
    assert operator.client.get(gone[1]).status_code == 404


def test_the_panel_shows_the_order_with_all_its_fields(operator: Browser, story: Story) -> None:
    [card] = parts(operator.open(ZHANG_SAN_PAGE), "order-card")
    for words in (
        "空调维修", ORDER_NUMBER, "服务完成", "美的 KFR-35GW", "不制冷", "E1", "上周开始", "张三 13800138000",
        "佛山顺德北滘镇美的大道6号", "广东省 佛山市 顺德区", "客户期望 11月17日 星期二 15:00–17:00",
        "约定上门 11月17日 星期二 15:00–17:00", "王建国 13500135002", "制冷剂泄漏", "维修后",
        "态度 5", "速度 3", "师傅很专业",
    ):
        assert words in card, words
    assert 'aria-label="4 星"' in operator.open(ZHANG_SAN_PAGE)


def test_the_events_say_what_who_and_when(operator: Browser, story: Story) -> None:
    events = parts(operator.open(ZHANG_SAN_PAGE), "event")
    assert [event.split()[0] for event in events] == ["提交报修", "催单", "服务完成", "评价"]
    assert "客户 · " in events[0]
    assert "09:34" in events[0]
    assert "客户催单：还没人联系" in events[1]
    assert "师傅 · " in events[2]


def test_what_was_not_sent_is_shown_with_the_reason(operator: Browser, story: Story) -> None:
    [waiting] = parts(operator.open(ZHANG_SAN_PAGE), "outbox")
    assert waiting.startswith("等客户来消息后发送 评价邀请")
    assert "48小时窗口已关闭（45015）" in waiting


def handoff_of(openid: str) -> object:
    with reading() as session:
        return session.exec(select(Customer).where(Customer.openid == openid)).one().handoff_requested_at


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def test_following_up_takes_the_badge_off(operator: Browser, story: Story) -> None:
    seen = seen_on(operator.open(LI_SI_PAGE))
    answer = operator.send(LI_SI_PAGE, f"{LI_SI_PAGE}/followed-up", seen=seen)
    assert (answer.status_code, answer.headers["Location"]) == (302, LI_SI_PAGE)
    assert handoff_of(LI_SI) is None
    assert "转人工" not in "".join(rows(operator.open("/ops")))


def test_a_request_made_meanwhile_stays(operator: Browser, story: Story) -> None:
    seen = seen_on(operator.open(LI_SI_PAGE))
    with transaction() as session:
        handoff.ask(session, LI_SI, minutes(2100))
    operator.send(LI_SI_PAGE, f"{LI_SI_PAGE}/followed-up", seen=seen)
    assert handoff_of(LI_SI) == minutes(2100)


def test_following_up_needs_the_token_and_the_moment(operator: Browser, story: Story) -> None:
    seen = seen_on(operator.open(LI_SI_PAGE))
    assert operator.client.post(f"{LI_SI_PAGE}/followed-up", data={"seen": seen}).status_code == 400
    assert operator.send(LI_SI_PAGE, f"{LI_SI_PAGE}/followed-up", seen="yesterday").status_code == 400
    assert operator.send(LI_SI_PAGE, f"{LI_SI_PAGE}/followed-up", seen="2026-11-18T10:00:00").status_code == 400
    assert handoff_of(LI_SI) == minutes(2001)


def test_nobody_is_not_found(operator: Browser, story: Story) -> None:
    answer = operator.client.get("/ops/conversations/oNobody")
    assert answer.status_code == 404
    assert "没有找到" in answer.text
