"""Talking to Rasa over HTTP: what is sent, what comes back, and what is said when nothing does."""

import json
from typing import Any

import pytest
import requests
import responses

from bot.client import BotClient, BotUnavailable, OpenTask, Reply, harmless

RASA = "http://127.0.0.1:5005"
TALK, STATUS = f"{RASA}/webhooks/bridge/turn", f"{RASA}/status"
GREETED = {"intent": {"name": "greet", "confidence": 0.93}, "entities": []}


@pytest.fixture
def rasa() -> Any:
    with responses.RequestsMock() as server:
        yield server


@pytest.fixture
def client() -> BotClient:
    return BotClient(RASA + "/")


def sent(rasa: responses.RequestsMock) -> Any:
    """The body of the only call."""
    [call] = rasa.calls
    return json.loads(call.request.body or "")


def told(*replies: dict[str, Any], parsed: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the channel answers."""
    return {"parsed": parsed or GREETED, "replies": list(replies)}


def test_a_customers_words_are_said_and_answered(client: BotClient, rasa: responses.RequestsMock) -> None:
    rasa.post(TALK, json=told(
        {"recipient_id": "oZhangSan", "text": "请问是哪种家电？",
         "buttons": [{"title": "空调", "payload": "空调"}, {"title": "没有照片", "payload": "没有"}]},
        {"recipient_id": "oZhangSan", "text": "说个名字就行。"}))
    assert client.say("oZhangSan", "我要报修", "msg:7").replies == [
        Reply("请问是哪种家电？", [("空调", "空调"), ("没有照片", "没有")]), Reply("说个名字就行。")]
    assert sent(rasa) == {
        "sender": "oZhangSan", "message": "我要报修", "metadata": {}, "id": "msg:7", "again": False}


def test_an_answer_with_nothing_to_show_is_left_out(client: BotClient, rasa: responses.RequestsMock) -> None:
    rasa.post(TALK, json=told({"recipient_id": "o", "custom": {}}, {"recipient_id": "o", "text": ""}, {"text": "好的"}))
    assert client.say("oZhangSan", "你好", "msg:7").replies == [Reply("好的")]


def test_no_answer_is_an_empty_list(client: BotClient, rasa: responses.RequestsMock) -> None:
    rasa.post(TALK, json=told())
    assert client.say("oZhangSan", "你好", "msg:7").replies == []


def test_what_happens_without_words_is_a_command(client: BotClient, rasa: responses.RequestsMock) -> None:
    rasa.post(TALK, json=told())
    client.command("oZhangSan", "send_location", {"label": "北滘镇美的大道6号"}, "msg:8", again=True)
    assert sent(rasa) == {
        "sender": "oZhangSan", "message": "/send_location", "metadata": {"label": "北滘镇美的大道6号"}, "id": "msg:8",
        "again": True}


@pytest.mark.parametrize(("text", "passed"), [
    ("/restart", "／restart"), ("  /cancel_order", "／cancel_order"), ("你好", "你好"), ("1/2", "1/2"), ("", ""),
    ('/inform{"phone": "1"}', '／inform{"phone": "1"}'), (" 你好", " 你好"), ("\n/stop", "／stop"), ("//x", "／/x")])
def test_a_customer_cannot_give_commands(
    client: BotClient, rasa: responses.RequestsMock, text: str, passed: str
) -> None:
    rasa.post(TALK, json=told())
    client.say("oZhangSan", text, "msg:7")
    assert sent(rasa)["message"] == passed == harmless(text)


def test_what_was_understood_comes_with_the_answer(client: BotClient, rasa: responses.RequestsMock) -> None:
    entity = {"entity": "appliance", "value": "空调", "start": 0, "end": 2}
    rasa.post(TALK, json=told(parsed={
        "text": "空调坏了", "intent": {"name": "describe_fault", "confidence": 0.93},
        "entities": [entity | {"extractor": "EntityExtractor", "confidence_entity": 0.8}]}))
    understood = client.say("oZhangSan", "空调坏了", "msg:7").understood
    assert (understood.intent, understood.confidence, understood.entities) == ("describe_fault", 0.93, [entity])


def test_a_text_that_means_nothing_is_understood_as_nothing(client: BotClient, rasa: responses.RequestsMock) -> None:
    rasa.post(TALK, json=told(parsed={"text": "", "intent": {"name": None, "confidence": None}, "entities": None}))
    understood = client.say("oZhangSan", "", "msg:7").understood
    assert (understood.intent, understood.confidence, understood.entities) == ("", 0.0, [])


@pytest.mark.parametrize("failure", [
    {"body": requests.ConnectionError("refused")}, {"body": requests.ReadTimeout("slow")},
    {"status": 500, "json": {"status": "failure"}}, {"status": 409, "json": {}}, {"body": "<html>no JSON</html>"}])
def test_without_a_proper_answer_the_bot_is_unavailable(
    client: BotClient, rasa: responses.RequestsMock, failure: dict[str, Any]
) -> None:
    rasa.post(TALK, **failure)
    with pytest.raises(BotUnavailable, match="5005/webhooks/bridge/turn"):
        client.say("oZhangSan", "你好", "msg:7")


@pytest.mark.parametrize(("answer", "ready"), [
    ({"json": {"model_file": "baoxiu.tar.gz", "num_active_training_jobs": 0}}, True),
    ({"json": {"model_file": None}}, False),
    ({"json": {}}, False),
    ({"status": 503, "json": {"model_file": "baoxiu.tar.gz"}}, False),
    ({"body": "starting"}, False),
    ({"body": requests.ConnectionError("refused")}, False),
])
def test_the_server_is_ready_when_it_has_a_model(
    client: BotClient, rasa: responses.RequestsMock, answer: dict[str, Any], ready: bool
) -> None:
    rasa.get(STATUS, **answer)
    assert client.ready() is ready


# --- what is under way -----------------------------------------------------------------------------------------------

def bot_event(text: str, *buttons: str) -> dict[str, Any]:
    """An utterance as the tracker keeps it."""
    return {"event": "bot", "text": text, "data": {"buttons": [{"title": each, "payload": each} for each in buttons] or None}}


@pytest.mark.parametrize(("form", "events", "task"), [
    ({"name": "repair_form"}, [bot_event("您好"), bot_event("请问是哪种家电？", "空调"), {"event": "action"}],
     OpenTask("repair_form", Reply("请问是哪种家电？", [("空调", "空调")]))),
    ({}, [bot_event("您好")], None),
    ({"name": "repair_form"}, [], None),
])
def test_the_open_question_is_read_from_the_tracker(
    client: BotClient, rasa: responses.RequestsMock, form: Any, events: list[Any], task: OpenTask | None
) -> None:
    rasa.get(f"{RASA}/conversations/oZhang%2FSan/tracker", json={"active_loop": form, "events": events})
    assert client.open_task("oZhang/San") == task


def test_a_tracker_that_cannot_be_read_is_said(client: BotClient, rasa: responses.RequestsMock) -> None:
    rasa.get(f"{RASA}/conversations/oZhangSan/tracker", status=500)
    with pytest.raises(BotUnavailable, match="tracker"):
        client.open_task("oZhangSan")
