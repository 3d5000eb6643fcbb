"""The conversation log."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aftersales.conversations import Understanding, log_in, log_out
from aftersales.store import transaction

ZHANG_SAN, LI_SI = "oZhangSan000000000000000001", "oLiSi00000000000000000000002"
MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ENTITY = {"entity": "appliance", "value": "空调", "start": 0, "end": 2}


def _talk(openid: str, words: list[str]) -> None:
    with transaction() as session:
        for minutes, text in enumerate(words):
            log_in(session, openid, "text", text, MONDAY + timedelta(minutes=minutes))


def test_a_message_is_told_with_what_was_understood(database, caller):
    with transaction() as session:
        understood = Understanding("request_service", 0.97, [ENTITY])
        log_in(session, ZHANG_SAN, "text", "空调不制冷", MONDAY, understood)
        log_out(session, ZHANG_SAN, "passive", "请问是什么品牌？", MONDAY + timedelta(seconds=2))
    answer = caller.get(f"/conversations/{ZHANG_SAN}/messages")
    reply, said = answer.json["items"]
    assert said == {
        "id": said["id"], "at": "2026-11-16T09:30:00+08:00", "direction": "in", "channel": "wechat", "kind": "text",
        "text": "空调不制冷", "intent": "request_service", "confidence": 0.97, "entities": [ENTITY], "media_url": None}
    assert (reply["direction"], reply["channel"], reply["text"]) == ("out", "passive", "请问是什么品牌？")
    assert (reply["intent"], reply["entities"]) == (None, [])
    assert answer.json["next_cursor"] is None
    assert "空调不制冷" in answer.get_data(as_text=True)


def test_cursors_lead_through_one_conversation_newest_first(database, caller):
    _talk(ZHANG_SAN, ["一", "二", "三"])
    _talk(LI_SI, ["别人的话"])
    first = caller.get(f"/conversations/{ZHANG_SAN}/messages?limit=2").json
    last = caller.get(f"/conversations/{ZHANG_SAN}/messages?limit=2&cursor={first['next_cursor']}").json
    assert [message["text"] for message in first["items"] + last["items"]] == ["三", "二", "一"]
    assert last["next_cursor"] is None


def test_a_stranger_has_said_nothing(caller):
    assert caller.get(f"/conversations/{LI_SI}/messages").json == {"items": [], "next_cursor": None}


def test_a_bad_query_is_refused_by_name(caller):
    for query, field in (("limit=101", "limit"), ("cursor=x", "cursor"), ("status=closed", "status")):
        answer = caller.get(f"/conversations/{ZHANG_SAN}/messages?{query}")
        assert answer.status_code == 422
        assert answer.json["error"]["message"].startswith(f"{field}: ")
