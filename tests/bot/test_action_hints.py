"""Details, pictures and places that come without a question."""

from datetime import datetime

import pytest
from bot_chat import LI_SI, Chat, Opener, happened, kept

from aftersales import media
from aftersales.models import Status
from aftersales.settings import settings
from aftersales.store import reading, transaction

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def send_photos(openid: str, now: datetime, count: int = 1) -> None:
    with transaction() as session:
        for number in range(count):
            store = media.LocalMediaStore(settings().media_dir)
            media.keep(session, store, openid, JPEG + bytes([number]), now)


def photos(number: str) -> int:
    with reading() as session:
        return len(media.photos_of(session, kept(number)))


@pytest.mark.parametrize("text", ["5星", "非常满意", "态度5分，速度4分"])
def test_stars_after_a_finished_service_are_a_rating(chat: Chat, order: Opener, text: str) -> None:
    order(status=Status.COMPLETED)
    chat.hears(text, "inform").does("action_take_hint")
    assert (chat.followup, chat.said) == ("rating_form", [])


@pytest.mark.parametrize("text", ["5星", "9分", "随便说说"])
def test_without_a_finished_service_they_are_not_understood(chat: Chat, order: Opener, text: str) -> None:
    order()
    order(status=Status.COMPLETED, openid=LI_SI)
    chat.hears(text, "inform").does("action_take_hint")
    assert (chat.followup, chat.said) == (None, ["utter_fallback"])


def test_an_appliance_begins_a_report_that_inherits_nothing(chat: Chat) -> None:
    chat.slots = {"phone": "13900139000", "confirmed": True}
    chat.hears("美的空调", "inform", ("appliance", "空调")).does("action_take_hint")
    assert chat.followup == "repair_form"
    chat.opens("repair_form")
    assert (chat.slots["appliance"], chat.slots["brand"], chat.slots["phone"]) == ("空调", "美的", None)


def test_pictures_outside_a_report_go_to_the_open_order(chat: Chat, order: Opener, now: datetime) -> None:
    older, number = order(), order("冰箱")
    send_photos(chat.openid, now, 2)
    send_photos(LI_SI, now)
    chat.hears("/send_media", "send_media").does("action_receive_media")
    assert chat.said == ["utter_media_added"]
    assert number in chat.texts[0]
    assert (photos(number), photos(older)) == (2, 0)
    assert happened(number) == ["submitted", "photo"]


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_without_an_open_order_pictures_wait_for_the_report(
    chat: Chat, order: Opener, now: datetime, status: Status
) -> None:
    number = order(status=status)
    send_photos(chat.openid, now)
    chat.hears("/send_media", "send_media").does("action_receive_media")
    assert (chat.said, photos(number)) == (["utter_media_waiting"], 0)
    with reading() as session:
        assert media.loose_count(session, chat.openid, now) == 1


def shares_a_place(chat: Chat) -> Chat:
    label = "广东省佛山市顺德区北滘镇美的大道6号"
    return chat.hears("/send_location", "send_location", metadata={"label": label}).does("action_receive_place")


def test_a_shared_place_waits_for_the_report_and_its_door_is_asked(chat: Chat) -> None:
    shares_a_place(chat)
    assert chat.said == ["utter_location_waiting"]
    chat.hears("空调漏水", "describe_fault", ("appliance", "空调"), ("symptom", "漏水"))
    chat.does("action_begin_repair").opens("repair_form")
    assert chat.slots["address"]["detail"].endswith("美的大道6号")
    chat.answers("王女士，13700137000，2栋301", "inform", ("person_name", "王女士"), ("phone", "13700137000"))
    assert chat.slots["address"]["pinned"]


def test_a_shared_place_is_used_by_a_report_that_begins_with_a_detail(chat: Chat) -> None:
    shares_a_place(chat).hears("美的空调", "inform", ("appliance", "空调")).does("action_take_hint").opens("repair_form")
    assert chat.slots["address"]["district"] == "顺德区"


def test_a_shared_place_is_used_once(chat: Chat) -> None:
    shares_a_place(chat).hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    chat.answers("算了", "stop")
    chat.hears("我要报修", "request_service").does("action_begin_repair").opens("repair_form")
    assert chat.slots["address"] is None


def test_a_place_without_a_name_is_answered_and_not_kept(chat: Chat) -> None:
    chat.hears("/send_location", "send_location", metadata={"label": ""}).does("action_receive_place")
    assert (chat.said, chat.slots["shared_place"]) == (["utter_location_waiting"], None)


def test_whoever_presses_without_an_order_but_tells_a_fault_reports_it(chat: Chat) -> None:
    turn = chat.hears("空调漏水怎么还没人来", "query_progress", ("appliance", "空调"), ("symptom", "漏水"))
    assert turn.does("action_tell_progress").followup == "repair_form"
    chat.opens("repair_form")
    assert chat.slots["appliance"] == "空调"
