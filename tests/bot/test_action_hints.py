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
    assert (chat.followup, chat.said) == ("action_rate", [])


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
