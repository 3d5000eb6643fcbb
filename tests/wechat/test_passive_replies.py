from collections.abc import Callable
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from wechat.messages import InboundMessage, parse
from wechat.replies import SUCCESS, choice_link, plain, split_text, text_reply, transfer_reply

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=timezone.utc)


def content(message: InboundMessage, text: str) -> str | None:
    return ElementTree.fromstring(text_reply(message, text, NOW)).findtext("Content")


def test_a_reply_goes_back_to_its_sender(hello: InboundMessage) -> None:
    root = ElementTree.fromstring(text_reply(hello, "您好", NOW))
    assert {element.tag: element.text for element in root} == {
        "ToUserName": "otFpruAK8D-E6EfStSYonYSBZ8_4",
        "FromUserName": "gh_123456789abc",
        "CreateTime": "1795334400",
        "MsgType": "text",
        "Content": "您好",
    }


@pytest.mark.parametrize(
    "text",
    [
        "第一行\n\n第三行",
        "括号 ]]> 之后<Content>假</Content>",
        "]]]]>>]]>",
        "{花括号} {0} %s",
        '<a href="https://x/?a=1&b=2">详情</a>',
        "字面 \\n 不是换行 😀 /::)",
    ],
)
def test_a_text_arrives_as_it_is(hello: InboundMessage, text: str) -> None:
    assert content(hello, text) == text


def test_control_characters_are_left_out(hello: InboundMessage) -> None:
    assert content(hello, "好\x00的\x1b\r\n第二\ud83d行") == "好的\n第二行"


def test_a_message_is_handed_over_to_any_agent_or_to_one(hello: InboundMessage) -> None:
    root = ElementTree.fromstring(transfer_reply(hello, NOW))
    assert {element.tag: element.text for element in root} == {
        "ToUserName": "otFpruAK8D-E6EfStSYonYSBZ8_4",
        "FromUserName": "gh_123456789abc",
        "CreateTime": "1795334400",
        "MsgType": "transfer_customer_service",
    }
    named = ElementTree.fromstring(transfer_reply(hello, NOW, "test1@test"))
    assert named.findtext("TransInfo/KfAccount") == "test1@test"


def test_an_event_cannot_be_handed_over(push: Callable[[str], bytes]) -> None:
    follow = parse(push("<MsgType>event</MsgType><Event>subscribe</Event>"))
    with pytest.raises(ValueError, match="not an event"):
        transfer_reply(follow, NOW)


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
def test_an_empty_reply_is_refused(hello: InboundMessage, text: str) -> None:
    with pytest.raises(ValueError, match="SUCCESS"):
        text_reply(hello, text, NOW)


def test_a_reply_that_the_platform_would_refuse_is_refused(hello: InboundMessage) -> None:
    assert content(hello, "字" * 682) == "字" * 682
    with pytest.raises(ValueError, match="2049"):
        text_reply(hello, "字" * 683, NOW)


def test_success_is_seven_bytes() -> None:
    assert SUCCESS == "success"


# --- choices ---------------------------------------------------------------------------------------------------


def link_of(anchor: str) -> tuple[dict[str, list[str]], str]:
    element = ElementTree.fromstring(anchor.replace("&", "&amp;"))
    return parse_qs(urlsplit(element.attrib["href"]).query, strict_parsing=True), element.text or ""


def test_a_choice_says_its_content() -> None:
    anchor = choice_link("很满意", "评价 5 分 #A17", "5")
    expected = "msgmenucontent=%E8%AF%84%E4%BB%B7%205%20%E5%88%86%20%23A17&msgmenuid=5"
    assert anchor == f'<a href="weixin://bizmsgmenu?{expected}">很满意</a>'
    assert link_of(anchor) == ({"msgmenucontent": ["评价 5 分 #A17"], "msgmenuid": ["5"]}, "很满意")


def test_a_choice_needs_only_a_label() -> None:
    assert link_of(choice_link("是的")) == ({"msgmenucontent": ["是的"], "msgmenuid": ["1"]}, "是的")


def test_a_choice_cannot_be_broken_out_of() -> None:
    query, label = link_of(choice_link('</a><a href="http://evil">中奖', 'x" onclick="&msgmenuid=9+1%'))
    assert query == {"msgmenucontent": ['x" onclick="&msgmenuid=9+1%'], "msgmenuid": ["1"]}
    assert label == '＜/a>＜a href="http://evil">中奖'


@pytest.mark.parametrize("label", ["", " ", "\x00"])
def test_a_choice_without_label_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        choice_link(label, "内容")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('<a href="http://evil">点我</a>', '＜a href="http://evil">点我＜/a>'),
        ("< A href=x>", "＜ A href=x>"),
        ("</ a>", "＜/ a>"),
        ("水温<5度, 5>3", "水温<5度, 5>3"),
        ("不\x08制冷\r\n第二行", "不制冷\n第二行"),
        ("abc\u202edcba", "abcdcba"),
    ],
)
def test_what_customers_typed_becomes_harmless(typed: str, shown: str) -> None:
    assert plain(typed) == shown


# --- long texts ------------------------------------------------------------------------------------------------


def test_a_text_that_fits_stays_whole() -> None:
    assert split_text("一\n\n二") == ["一\n\n二"]
    assert split_text("字" * 666) == ["字" * 666]


@pytest.mark.parametrize("blank", ["", " \n "])
def test_a_blank_text_has_no_parts(blank: str) -> None:
    assert split_text(blank) == []


def test_a_text_is_divided_between_paragraphs_first() -> None:
    assert split_text("一一。一一\n一一\n\n二二二。", 24) == ["一一。一一\n一一", "二二二。"]


def test_then_between_lines() -> None:
    assert split_text("一一一\n二。二\n三三三", 24) == ["一一一\n二。二", "三三三"]


def test_then_after_sentences_with_their_closing_quote() -> None:
    assert split_text("他说：“不制冷。”然后走了", 27) == ["他说：“不制冷。”", "然后走了"]


def test_then_between_clauses_and_at_last_anywhere() -> None:
    assert split_text("不制冷，有异响", 15) == ["不制冷，", "有异响"]
    assert split_text("字字字字", 7) == ["字字", "字字"]


def test_an_early_border_is_passed_over() -> None:
    assert split_text("好\n" + "字" * 20, 30) == ["好\n" + "字" * 8, "字" * 10, "字" * 2]


def test_addresses_and_times_are_not_sentences() -> None:
    text = "请看 https://example.com/a?b=1;c=2 或 14:30 致电"
    assert split_text(text, 45) == ["请看 https://example.com/a?b=1;c=2 或", "14:30 致电"]


def test_a_link_stays_in_one_part() -> None:
    link = choice_link("很满意", "评价 5 分")
    text = "字" * 20 + link + "字" * 20
    parts = split_text(text, len(link.encode()) + 10)
    assert [part for part in parts if "<a" in part or "</a>" in part] == [part for part in parts if link in part]
    assert "".join(parts) == text


def test_punctuation_within_a_link_is_no_border() -> None:
    link = '<a href="https://x">一。二。三</a>'
    assert split_text("开头的话" + link, len(link.encode()) + 4) == ["开头的话", link]


def test_a_link_that_cannot_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="link"):
        split_text('<a href="https://example.com/' + "a" * 50 + '">x</a>', 40)


def test_a_limit_below_one_character_is_refused() -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        split_text("字", 3)


@pytest.mark.parametrize("limit", [4, 5, 17, 100, 2000])
def test_no_part_is_too_long_and_nothing_is_lost(limit: int) -> None:
    text = "空调不制冷，压缩机不转😀。\n\n请师傅 明天下午来！Room 12." * 40
    parts = split_text(text, limit)
    assert all(part and len(part.encode()) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
