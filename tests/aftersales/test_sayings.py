"""Several sayings made one message; what says nothing new; what may be said at night."""

from datetime import datetime, timedelta

import pytest
from outbound_desk import DAY, HOUR, MINUTE, NIGHT, SECOND, bytes_of

from aftersales.models import OutboxMessage, Status, WorkOrder
from aftersales.pushes import progress_texts
from aftersales.quiet import waits_until
from aftersales.sayings import merge, saying, says_nothing_new
from aftersales.times import SHANGHAI, QuietHours

ROOM = 2000


def message(number: int, kind: str, text: str = "", *, order: int | None = 1, topic: str = "progress", **more: object) -> OutboxMessage:
    return OutboxMessage(
        id=number, openid="oZhangSan", topic=topic, kind=kind, text=text or kind, order_id=order,
        **{"due_at": datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)} | more)


def merged(*messages: OutboxMessage, reply: str = "", room: int = ROOM) -> tuple[str, list[int | None]]:
    made = merge(messages, bytes_of, room, reply)
    return made.text, [each.id for each in made.messages]


# --- one message -----------------------------------------------------------------------------------------------------


def test_the_weightiest_stands_in_front() -> None:
    said = merged(message(1, "dispatched", order=1), message(2, "scheduled", order=2), message(3, "completed", order=3))
    assert said == ("completed\n\nscheduled\n\ndispatched", [3, 2, 1])


def test_equals_keep_their_order() -> None:
    assert merged(message(2, "progress", "二"), message(1, "progress", "一"))[0] == "一\n\n二"


def test_news_stand_before_a_reply_and_an_invitation_behind() -> None:
    said, _ = merged(
        message(1, "invitation", topic="rating"), message(2, "", "好的。", topic="reply"), message(3, "completed"))
    assert said == "completed\n\n好的。\n\ninvitation"


def test_what_has_no_room_waits() -> None:
    said = merged(message(1, "accepted", "甲" * 400, order=1), message(2, "completed", "乙" * 400, order=2))
    assert said == ("乙" * 400, [2])


def test_the_weightiest_goes_out_however_long_it_is() -> None:
    assert merged(message(1, "completed", "长" * 3000))[1] == [1]


def test_beside_a_reply_there_must_be_room() -> None:
    assert merged(message(1, "completed", "长" * 600), reply="答" * 100) == ("答" * 100, [])
    assert merged(message(1, "completed", "短"), reply="答") == ("短\n\n答", [1])


def test_a_part_of_a_reply_is_not_overtaken_by_the_next() -> None:
    said = merged(*(message(number, "", text * 400, topic="reply") for number, text in enumerate("甲乙丙", 1)))
    assert said[1] == [1]


@pytest.mark.parametrize("reply", ["请问是什么品牌？", "Which brand?", "请选择：\n[[空调]]"])
def test_an_invitation_never_stands_beside_another_question(reply: str) -> None:
    assert merged(message(1, "invitation", topic="rating"), reply=reply) == (reply, [])
    assert merged(message(1, "invitation", topic="rating"), reply="好的。")[1] == [1]


def test_two_invitations_are_two_messages() -> None:
    invitations = [message(number, "invitation", "请打分 [[5星]]", order=number, topic="rating") for number in (1, 2)]
    assert merged(*invitations)[1] == [1]


# --- nothing new -----------------------------------------------------------------------------------------------------

IN_ORDER = ["dispatched", "accepted", "scheduled", "in_progress", "completed"]


@pytest.mark.parametrize("place", range(len(IN_ORDER) - 1))
def test_progress_is_overtaken_by_what_comes_later(place: int) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
    for later in IN_ORDER[place + 1:]:
        assert says_nothing_new(message(1, IN_ORDER[place]), [message(2, later)], now)
        assert not says_nothing_new(message(2, later), [message(1, IN_ORDER[place])], now)
        assert not says_nothing_new(message(1, IN_ORDER[place], order=1), [message(2, later, order=2)], now)


def test_another_visit_overtakes_the_one_before() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
    assert says_nothing_new(message(1, "scheduled"), [message(2, "scheduled")], now)


def test_nobody_is_asked_about_a_service_of_long_ago() -> None:
    asked = message(1, "invitation", topic="rating")
    assert not says_nothing_new(asked, [], asked.due_at + 7 * DAY)
    assert says_nothing_new(asked, [], asked.due_at + 7 * DAY + SECOND)
    assert not says_nothing_new(message(1, "completed"), [], asked.due_at + 70 * DAY)


def test_every_status_that_is_told_has_its_entry_and_its_short_form() -> None:
    order = WorkOrder(number="BX1", openid="o", service_type="维修", appliance="空调", contact_name="张三", phone="1")
    for status in Status:
        order.status = status
        told = progress_texts(order, None, None, None, datetime(2026, 11, 23, 12, tzinfo=SHANGHAI))
        if told is not None:
            assert saying(message(1, status.value)) is not saying(message(1, "", topic="reply"))
            assert 0 < len(told[1]) <= 20


# --- at night --------------------------------------------------------------------------------------------------------


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("moment", "ends"), [
    (at(21, 59), None), (at(22), at(8, day=24)), (at(23, 30), at(8, day=24)), (at(0), at(8)), (at(7, 59), at(8)), (at(8), None)])
def test_it_is_quiet_over_midnight(moment: datetime, ends: datetime | None) -> None:
    assert NIGHT.until(moment) == ends


@pytest.mark.parametrize(("written", "hours"), [
    ("22-8", QuietHours(22, 8)), (" 13-14 ", QuietHours(13, 14)), ("", None), ("  ", None)])
def test_quiet_hours_can_be_chosen(written: str, hours: QuietHours | None) -> None:
    assert QuietHours.parse(written) == hours


@pytest.mark.parametrize("written", ["22", "22-25", "8-8", "nachts", "22:00-8:00"])
def test_what_are_no_hours_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="22-8"):
        QuietHours.parse(written)


@pytest.mark.parametrize(("kind", "topic", "waits"), [
    ("dispatched", "progress", True), ("accepted", "progress", True), ("completed", "progress", True),
    ("in_progress", "progress", False), ("invitation", "rating", True), ("reminder", "rating", True),
    ("", "reply", False), ("", "operator", False), ("scheduled", "progress", True), ("cancelled", "progress", True)])
def test_what_can_wait_waits_for_the_morning(kind: str, topic: str, waits: bool) -> None:
    until = waits_until(message(1, kind, topic=topic), NIGHT, None, at(23))
    assert until == (at(8, day=24) if waits else None)
    assert waits_until(message(1, kind, topic=topic), NIGHT, None, at(12)) is None
    assert waits_until(message(1, kind, topic=topic), None, None, at(23)) is None
    assert waits_until(message(1, kind, topic=topic, urgent=True), NIGHT, None, at(23)) is None


@pytest.mark.parametrize("kind", ["scheduled", "cancelled"])
@pytest.mark.parametrize(("now", "visit", "goes"), [
    (at(22, 30), at(23), True), (at(22, 30), at(9, 30, 24), True), (at(22, 30), at(10, day=24), False),
    (at(2), at(9, 59), True), (at(2), at(10), False), (at(7), at(9, day=24), False)])
def test_a_visit_of_this_night_or_early_morning_is_told_at_once(kind: str, now: datetime, visit: datetime, goes: bool) -> None:
    assert (waits_until(message(1, kind, visit_at=visit), NIGHT, None, now) is None) is goes


def test_who_has_just_written_is_awake() -> None:
    asked = message(1, "invitation", topic="rating")
    assert waits_until(asked, NIGHT, at(23) - 30 * MINUTE, at(23)) is None
    assert waits_until(asked, NIGHT, at(23) - 31 * MINUTE, at(23)) == at(23) + 9 * HOUR
    assert waits_until(asked, NIGHT, at(23) - timedelta(days=1), at(23)) == at(8, day=24)
