from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

import pytest

from wechat.messages import MalformedMessage, parse

Push = Callable[[str], bytes]

NOTHING = {
    "openid": "otFpruAK8D-E6EfStSYonYSBZ8_4",
    "account": "gh_123456789abc",
    "created_at": datetime(2021, 1, 18, 11, 30, 40, tzinfo=timezone.utc),
    "message_id": "",
    "text": "",
    "media_id": "",
    "thumb_media_id": "",
    "picture_url": "",
    "latitude": None,
    "longitude": None,
    "label": "",
    "event": "",
    "event_key": "",
    "scene": "",
    "subject": "",
    "menu_id": "",
}


def tags(**fields: object) -> str:
    """Elements as the platform writes them: texts in CDATA sections, numbers bare."""
    return "".join(
        f"<{name}><![CDATA[{value}]]></{name}>" if isinstance(value, str) else f"<{name}>{value}</{name}>"
        for name, value in fields.items()
    )


MESSAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "text": (
        tags(MsgType="text", Content="你好 😀 /::)", MsgId=23456789012345678),
        {"kind": "text", "text": "你好 😀 /::)", "message_id": "23456789012345678"},
    ),
    "text from article": (
        tags(MsgType="text", Content="hi", MsgId=1, MsgDataId="xxxx", Idx=1),
        {"kind": "text", "text": "hi", "message_id": "1"},
    ),
    "answer to a menu": (
        tags(MsgType="text", Content="满意", MsgId=1234567890123456, bizmsgmenuid=101),
        {"kind": "text", "text": "满意", "message_id": "1234567890123456", "menu_id": "101"},
    ),
    "image": (
        tags(MsgType="image", PicUrl="http://mmbiz.qpic.cn/x/0", MediaId="media_id", MsgId=1),
        {"kind": "image", "picture_url": "http://mmbiz.qpic.cn/x/0", "media_id": "media_id", "message_id": "1"},
    ),
    "voice": (
        tags(MsgType="voice", MediaId="media_id", Format="amr", MsgId=1, MediaId16K="m16"),
        {"kind": "voice", "media_id": "media_id", "message_id": "1"},
    ),
    "recognised voice": (
        tags(MsgType="voice", MediaId="media_id", Format="amr", Recognition="腾讯微信团队", MsgId=1),
        {"kind": "voice", "media_id": "media_id", "text": "腾讯微信团队", "message_id": "1"},
    ),
    "voice not recognised": (
        tags(MsgType="voice", MediaId="media_id", Format="amr", Recognition="", MsgId=1),
        {"kind": "voice", "media_id": "media_id", "message_id": "1"},
    ),
    "video": (
        tags(MsgType="video", MediaId="media_id", ThumbMediaId="t", MsgId=1),
        {"kind": "video", "media_id": "media_id", "thumb_media_id": "t", "message_id": "1"},
    ),
    "short video": (
        tags(MsgType="shortvideo", MediaId="media_id", ThumbMediaId="t", MsgId=1),
        {"kind": "video", "media_id": "media_id", "thumb_media_id": "t", "message_id": "1"},
    ),
    "location": (
        tags(MsgType="location", Location_X=23.134521, Location_Y=113.358803, Scale=20, Label="位置信息", MsgId=1),
        {"kind": "location", "latitude": 23.134521, "longitude": 113.358803, "label": "位置信息", "message_id": "1"},
    ),
    "link": (
        tags(MsgType="link", Title="t", Description="d", Url="url", MsgId=1),
        {"kind": "link", "message_id": "1"},
    ),
    "file": (
        tags(MsgType="file", Title="a.pdf", Description="", FileKey="k", FileMd5="x", FileTotalLen=123, MsgId=1),
        {"kind": "file", "message_id": "1"},
    ),
    "mini program page": (
        tags(MsgType="miniprogrampage", MsgId=1, Title="t", AppId="wx", PagePath="p", ThumbUrl="u", ThumbMediaId="m"),
        {"kind": "unknown", "thumb_media_id": "m", "message_id": "1"},
    ),
    "sticker": (
        tags(MsgType="text", Content="【收到不支持的消息类型，暂无法显示】", MsgId=1),
        {"kind": "unsupported", "message_id": "1"},
    ),
    "blank text": (tags(MsgType="text", Content="  ", MsgId=1), {"kind": "text", "message_id": "1"}),
    "text without content": (tags(MsgType="text", MsgId=1), {"kind": "text", "message_id": "1"}),
}


def event(name: str, inside: str = "", **fields: object) -> str:
    return tags(MsgType="event", Event=name, **fields) + inside


PICTURES = (
    "<SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum><![CDATA[1b5f7c23b5bf75682a53e7b6d163e185]]></PicMd5Sum>"
    "</item></PicList></SendPicsInfo>"
)
SCANNED = "<ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType><ScanResult><![CDATA[1]]></ScanResult></ScanCodeInfo>"
CHOSEN_PLACE = (
    "<SendLocationInfo><Location_X><![CDATA[23]]></Location_X><Location_Y><![CDATA[113]]></Location_Y>"
    "<Scale><![CDATA[15]]></Scale><Label><![CDATA[广州市海珠区客村艺苑路 106号]]></Label>"
    "<Poiname><![CDATA[]]></Poiname></SendLocationInfo>"
)
GRANT = (
    "<List><TemplateId><![CDATA[T1]]></TemplateId>"
    "<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString></List>"
)

EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "follow": (event("subscribe", EventKey=""), {"event": "SUBSCRIBE"}),
    "follow by QR code": (
        event("subscribe", EventKey="qrscene_order:42", Ticket="TICKET"),
        {"event": "SUBSCRIBE", "scene": "order:42"},
    ),
    "follow after payment": (
        event("subscribe", EventKey="last_trade_no_4003942001201604205023621558"),
        {"event": "SUBSCRIBE", "event_key": "last_trade_no_4003942001201604205023621558"},
    ),
    "unfollow": (event("unsubscribe", EventKey=""), {"event": "UNSUBSCRIBE"}),
    "scan": (event("SCAN", EventKey="order:42", Ticket="TICKET"), {"event": "SCAN", "scene": "order:42"}),
    "position": (
        event("LOCATION", Latitude=23.137466, Longitude=113.352425, Precision=119.385040),
        {"event": "LOCATION", "latitude": 23.137466, "longitude": 113.352425},
    ),
    "menu": (event("CLICK", EventKey="report_repair"), {"event": "CLICK", "event_key": "report_repair"}),
    "menu link": (
        event("VIEW", EventKey="www.qq.com", MenuId=457435214),
        {"event": "VIEW", "event_key": "www.qq.com"},
    ),
    "menu mini program": (
        event("view_miniprogram", EventKey="pages/index/index", MenuId=457435214),
        {"event": "VIEW_MINIPROGRAM", "event_key": "pages/index/index"},
    ),
    "menu scan": (
        event("scancode_push", SCANNED, EventKey="6"),
        {"event": "SCANCODE_PUSH", "event_key": "6", "scene": "1"},
    ),
    "menu scan and wait": (
        event("scancode_waitmsg", SCANNED, EventKey="6"),
        {"event": "SCANCODE_WAITMSG", "event_key": "6", "scene": "1"},
    ),
    "menu camera": (event("pic_sysphoto", PICTURES, EventKey="6"), {"event": "PIC_SYSPHOTO", "event_key": "6"}),
    "menu camera or album": (
        event("pic_photo_or_album", PICTURES, EventKey="6"),
        {"event": "PIC_PHOTO_OR_ALBUM", "event_key": "6"},
    ),
    "menu album": (event("pic_weixin", PICTURES, EventKey="6"), {"event": "PIC_WEIXIN", "event_key": "6"}),
    "menu position": (
        event("location_select", CHOSEN_PLACE, EventKey="6"),
        {
            "event": "LOCATION_SELECT",
            "event_key": "6",
            "latitude": 23.0,
            "longitude": 113.0,
            "label": "广州市海珠区客村艺苑路 106号",
        },
    ),
    "template result": (
        event("TEMPLATESENDJOBFINISH", MsgID=3487542469355618313, Status="success"),
        {"event": "TEMPLATESENDJOBFINISH"},
    ),
    "mass result": (
        event("MASSSENDJOBFINISH", MsgID=1000001625, Status="send success", TotalCount=1, ErrorCount=0),
        {"event": "MASSSENDJOBFINISH"},
    ),
    "subscription asked": (
        event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{GRANT}</SubscribeMsgPopupEvent>"),
        {"event": "SUBSCRIBE_MSG_POPUP_EVENT"},
    ),
    "subscription changed": (
        event("subscribe_msg_change_event", f"<SubscribeMsgChangeEvent>{GRANT}</SubscribeMsgChangeEvent>"),
        {"event": "SUBSCRIBE_MSG_CHANGE_EVENT"},
    ),
    "subscription sent": (
        event("subscribe_msg_sent_event", f"<SubscribeMsgSentEvent>{GRANT}</SubscribeMsgSentEvent>"),
        {"event": "SUBSCRIBE_MSG_SENT_EVENT"},
    ),
    "agent begins": (event("kf_create_session", KfAccount="test1@test"), {"event": "KF_CREATE_SESSION"}),
    "agent ends": (
        event("kf_close_session", KfAccount="test1@test", CloseType="KF"),
        {"event": "KF_CLOSE_SESSION"},
    ),
    "agent changes": (
        event("kf_switch_session", FromKfAccount="test1@test", ToKfAccount="test2@test"),
        {"event": "KF_SWITCH_SESSION"},
    ),
    "profile changed": (event("user_info_modified", OpenID="o", AppID="wx"), {"event": "USER_INFO_MODIFIED", "subject": "o"}),
    "consent revoked": (
        event("user_authorization_revoke", OpenID="o", AppID="wx", RevokeInfo="1"),
        {"event": "USER_AUTHORIZATION_REVOKE", "subject": "o"},
    ),
}


def facts(xml: bytes) -> dict[str, Any]:
    """What parse says, without the key and the raw fields."""
    return {name: value for name, value in asdict(parse(xml)).items() if name not in ("raw", "key")}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_kind_of_message_is_read(push: Push, name: str) -> None:
    elements, expected = MESSAGES[name]
    assert facts(push(elements)) == {**NOTHING, **expected}


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_read(push: Push, name: str) -> None:
    elements, expected = EVENTS[name]
    assert facts(push(elements)) == {**NOTHING, "kind": "event", **expected}


def test_raw_keeps_every_field(push: Push) -> None:
    elements, _ = EVENTS["template result"]
    assert parse(push(elements)).raw == {
        "ToUserName": "gh_123456789abc",
        "FromUserName": "otFpruAK8D-E6EfStSYonYSBZ8_4",
        "CreateTime": "1610969440",
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": "3487542469355618313",
        "Status": "success",
    }


def test_raw_keeps_repeated_grants(push: Push) -> None:
    raw = parse(push(event("x", f"<SubscribeMsgPopupEvent>{GRANT}{GRANT}</SubscribeMsgPopupEvent>"))).raw
    assert len(raw["SubscribeMsgPopupEvent"]["List"]) == 2


# --- the key ---------------------------------------------------------------------------------------------------


def test_key_of_a_message_is_sender_id_and_time(push: Push) -> None:
    assert parse(push(MESSAGES["text"][0])).key == "otFpruAK8D-E6EfStSYonYSBZ8_4:23456789012345678:1610969440"


def test_key_of_an_event_is_sender_time_event_and_event_key(push: Push) -> None:
    key = parse(push(EVENTS["follow by QR code"][0])).key
    assert key == "otFpruAK8D-E6EfStSYonYSBZ8_4:1610969440:SUBSCRIBE:qrscene_order:42"


def test_all_samples_have_different_keys(push: Push) -> None:
    keys = [parse(push(elements)).key for elements, _ in EVENTS.values()]
    assert len(set(keys)) == len(keys)


def test_two_results_within_a_second_have_different_keys(push: Push) -> None:
    first, second = (parse(push(event("TEMPLATESENDJOBFINISH", MsgID=number))).key for number in (7, 8))
    assert first != second


def test_a_long_event_key_gives_a_bounded_key_that_still_differs(push: Push) -> None:
    keys = [parse(push(event("VIEW", EventKey="https://x/" + "a" * 1000 + end))).key for end in "12"]
    assert [len(key) for key in keys] == [200, 200]
    assert keys[0] != keys[1]


def test_messages_without_id_are_told_apart_by_their_content(push: Push) -> None:
    first, again, second = (parse(push(tags(MsgType="text", Content=text))).key for text in ("一", "一", "二"))
    assert first == again
    assert first != second


# --- what customers and strangers can do to the XML ------------------------------------------------------------


def test_control_characters_are_dropped_and_newlines_kept(push: Push) -> None:
    xml = push("<MsgType>text</MsgType><Content><![CDATA[不\x08制\x00冷\r\n第二行]]></Content><MsgId>1</MsgId>")
    assert parse(xml).text == "不制冷\n第二行"


def test_broken_utf8_does_not_cost_the_message(push: Push) -> None:
    xml = push("<MsgType>text</MsgType><Content>坏了X</Content><MsgId>1</MsgId>").replace(b"X", b"\xf0\x9f\x98")
    assert parse(xml).text == "坏了�"


def test_a_byte_order_mark_and_a_declaration_are_accepted(push: Push) -> None:
    xml = push(MESSAGES["text"][0])
    assert parse(b'\xef\xbb\xbf<?xml version="1.0" encoding="GBK"?>\n' + xml).text == "你好 😀 /::)"


def test_what_is_typed_may_look_like_a_document_type(push: Push) -> None:
    assert parse(push(tags(MsgType="text", Content="<!DOCTYPE html>", MsgId=1))).text == "<!DOCTYPE html>"


def test_of_a_repeated_field_the_first_counts(push: Push) -> None:
    message = parse(
        push(tags(MsgType="text", Content="真", MsgId=1) + "<Content>假</Content><FromUserName>o2</FromUserName>")
    )
    assert (message.text, message.openid) == ("真", "otFpruAK8D-E6EfStSYonYSBZ8_4")


@pytest.mark.parametrize("coordinates", [("nan", "113"), ("北纬", "113"), ("91", "113"), ("23", "")])
def test_an_impossible_position_is_no_position(push: Push, coordinates: tuple[str, str]) -> None:
    message = parse(push(tags(MsgType="location", Location_X=coordinates[0], Location_Y=coordinates[1], MsgId=1)))
    assert (message.latitude, message.longitude) == (None, None)


ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("", "not well-formed"),
        ('{"MsgType":"text"}', "must be one <xml> element"),
        ("<xml><MsgType>text</Msg", "not well-formed"),
        ("<html><body/></html>", "must be one <xml> element"),
        ("<xmlish><MsgType>text</MsgType></xmlish>", "no fields"),
        ("<xml/>", "no fields"),
        ("<xml>你好</xml>", "no fields"),
        (ENTITY, "document type"),
        ("<!--<xml>-->" + ENTITY, "document type"),
        ("<?a <xml ?>" + ENTITY, "document type"),
        ("<xml><Content>&a;</Content></xml>", "not well-formed"),
    ],
)
def test_what_is_not_a_message_is_refused(xml: str, reason: str) -> None:
    with pytest.raises(MalformedMessage, match=reason):
        parse(xml.encode())


@pytest.mark.parametrize("depth", [9, 1000, 30_000])
def test_what_is_nested_too_deep_is_refused(push: Push, depth: int) -> None:
    with pytest.raises(MalformedMessage, match="nested"):
        parse(push("<MsgType>text</MsgType>" + "<a>" * depth + "</a>" * depth))


def test_the_platforms_own_nesting_is_read(push: Push) -> None:
    assert parse(push(event("pic_weixin", PICTURES + PICTURES, EventKey="6"))).event == "PIC_WEIXIN"


@pytest.mark.parametrize("subject", ["张三", "o" * 65, "../x"])
def test_a_subject_that_is_no_openid_is_refused(push: Push, subject: str) -> None:
    with pytest.raises(MalformedMessage, match="OpenID"):
        parse(push(event("user_authorization_revoke", OpenID=subject)))


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        ("ToUserName", "ToUserName must be"),
        ("FromUserName", "FromUserName must be"),
        ("CreateTime", "CreateTime must be"),
        ("MsgType", "no MsgType"),
        ("Event", "no Event name"),
    ],
)
def test_a_missing_field_is_named(left_out: str, reason: str) -> None:
    fields = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": 1, "MsgType": "event", "Event": "CLICK"}
    del fields[left_out]
    with pytest.raises(MalformedMessage, match=reason):
        parse(f"<xml>{tags(**fields)}</xml>".encode())


@pytest.mark.parametrize("openid", ["../etc", "o 1", "张三", "o" * 65, "o1\n"])
def test_a_sender_that_is_no_openid_is_refused(openid: str) -> None:
    inside = tags(ToUserName="gh_1", CreateTime=1, MsgType="text", MsgId=1)
    with pytest.raises(MalformedMessage, match="FromUserName"):
        parse(f"<xml><FromUserName>x<![CDATA[{openid}]]>x</FromUserName>{inside}</xml>".encode())


@pytest.mark.parametrize("time", ["-1", "昨天", "99999999999", "1.5", "١"])
def test_a_time_that_is_not_unix_seconds_is_refused(time: str) -> None:
    inside = tags(ToUserName="gh_1", FromUserName="o1", CreateTime=time, MsgType="text", MsgId=1)
    with pytest.raises(MalformedMessage, match="CreateTime"):
        parse(f"<xml>{inside}</xml>".encode())
