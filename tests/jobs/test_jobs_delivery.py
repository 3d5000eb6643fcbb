"""Messages go out once, in order, by the channel that is open, and none is lost."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from jobs_fakes import (
    LI_SI,
    NOW,
    ZHANG_SAN,
    FakePlatform,
    completed,
    everything,
    heard,
    left,
    order,
    refusal,
    say,
    technician,
)

from aftersales import alarms, ledger, outbox, planner, stops
from aftersales.models import (
    Actor,
    Customer,
    Message,
    OutboxAttempt,
    OutboxMessage,
    OutboxState,
    PlatformAlarm,
    PlatformStop,
    Status,
    WorkOrder,
)
from aftersales.progress import Step, advance
from aftersales.settings import Settings
from aftersales.store import reading, transaction
from jobs import rating
from jobs.delivery import deliver_due
from wechat.choices import render
from wechat.errors import PlatformError, Reaction

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NO_ANSWER = PlatformError("The platform cannot be reached.", Reaction.RETRY)
TIMED_OUT = PlatformError("The platform did not answer in time.", Reaction.RETRY, maybe_delivered=True)
CLOSED = [45015, 45047]
SERVICE = "message/custom/send"
PENDING, SENT, HELD, FAILED = OutboxState.PENDING, OutboxState.SENT, OutboxState.HELD, OutboxState.FAILED


def only() -> OutboxMessage:
    (message,) = left()
    return message


def logged() -> list[tuple[str, str, str, str]]:
    return [(line.openid, line.direction, line.channel, line.text) for line in everything(Message)]


def tries() -> list[tuple[str, str, int | None]]:
    return [(attempt.channel, attempt.outcome, attempt.errcode) for attempt in everything(OutboxAttempt)]


def budget(openid: str = ZHANG_SAN) -> int:
    with reading() as session:
        return ledger.remaining(session, openid, NOW)


# --- sent ------------------------------------------------------------------------------------------------------------

def test_what_is_due_is_sent_and_logged(known: Settings, platform: FakePlatform) -> None:
    say("师傅已接单")
    assert deliver_due(platform, known, NOW) == 1
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]
    message = only()
    assert (message.state, message.channel, message.sent_at, message.attempts) == (SENT, "customer_service", NOW, 1)
    assert logged() == [(ZHANG_SAN, "out", "customer_service", "师傅已接单")]
    assert (tries(), budget()) == ([("customer_service", "sent", None)], 4)
    assert deliver_due(platform, known, NOW + DAY) == 0
    assert len(platform.sent) == 1


def test_what_is_not_due_waits(known: Settings, platform: FakePlatform) -> None:
    say("请评价", due=NOW + SECOND)
    assert deliver_due(platform, known, NOW) == 0
    assert deliver_due(platform, known, NOW + SECOND) == 1


def test_choices_become_links_only_on_their_way(known: Settings, platform: FakePlatform) -> None:
    say("请打分：[[5星]]")
    deliver_due(platform, known, NOW)
    assert platform.sent == [(ZHANG_SAN, render("请打分：[[5星]]"))]
    assert logged()[0][-1] == "请打分：[[5星]]"


def test_several_sayings_are_one_message_and_one_line_of_the_log(known: Settings, platform: FakePlatform) -> None:
    for text in ("空调已派单", "冰箱已派单"):
        say(text)
    assert deliver_due(platform, known, NOW) == 2
    assert platform.sent == [(ZHANG_SAN, "空调已派单\n\n冰箱已派单")]
    assert logged() == [(ZHANG_SAN, "out", "customer_service", "空调已派单\n\n冰箱已派单")]
    first, second = left()
    assert (first.merged_into, second.merged_into, second.state) == (None, first.id, SENT)
    assert budget() == 4


def test_one_message_is_never_longer_than_clients_show(known: Settings, platform: FakePlatform) -> None:
    for number in range(4):
        say(f"第{number}条" + "说明" * 120 + "[[好的|我知道了，谢谢你们]]")
    deliver_due(platform, known, NOW)
    assert len(platform.sent) > 1
    assert all(len(text.encode()) <= 2000 for _, text in platform.sent)
    assert sum(text.count("第") for _, text in platform.sent) == 4


def test_a_remark_that_is_too_long_is_cut(known: Settings, platform: FakePlatform) -> None:
    say("【服务完成】" + "换了压缩机。" * 300)
    deliver_due(platform, known, NOW)
    ((_, text),) = platform.sent
    assert len(text.encode()) < 2048
    assert text.endswith("换了压缩机。……")


# --- the ladder ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("errcode", CLOSED)
def test_outside_the_window_a_template_goes_out(
    with_template: Settings, platform: FakePlatform, errcode: int
) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(errcode)
    number = say("师傅已接单，会提前联系您。\n[[改时间]]")
    deliver_due(platform, with_template, NOW)
    data = {"thing1": {"value": "家电服务"}, "thing2": {"value": "师傅已接单，会提前联系您。 改时间"}}
    assert platform.templates == [(ZHANG_SAN, "TEMPLATE", data, f"outbox-{number}")]
    assert (only().state, only().channel, only().msgid) == (SENT, "template", "200163836")
    assert logged() == [(ZHANG_SAN, "out", "template", "师傅已接单，会提前联系您。\n[[改时间]]")]
    assert tries() == [("customer_service", "switched", errcode), ("template", "sent", None)]
    assert budget() == 0  # the platform knows better


def test_a_template_says_in_short_what_has_happened(with_template: Settings, platform: FakePlatform) -> None:
    wang = technician()
    found = order()
    with transaction() as session:
        advance(session, session.get_one(WorkOrder, found.id), Step(Status.ACCEPTED, Actor.OPERATOR, technician_id=wang.id), NOW)
    deliver_due(platform, with_template, NOW)
    ((_, _, data, _),) = platform.templates
    assert data["thing2"] == {"value": "空调维修已接单，王建国师傅会联系您"}


@pytest.mark.parametrize("errcode", CLOSED)
def test_without_a_template_it_is_held_until_the_customer_writes(
    known: Settings, platform: FakePlatform, errcode: int
) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(errcode)
    say("师傅已接单")
    deliver_due(platform, known, NOW)
    assert (only().state, only().errcode, logged()) == (HELD, errcode, [])
    platform.texts_fail.clear()
    assert deliver_due(platform, known, NOW + DAY) == 0
    heard(at=NOW + 2 * DAY)
    assert deliver_due(platform, known, NOW + 2 * DAY) == 1
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]
    assert (only().state, only().errcode, only().error) == (SENT, None, None)


@pytest.mark.parametrize(("errcode", "state"), [
    (43004, FAILED), (48008, HELD), (47003, HELD), (40037, HELD), (43101, HELD), (-1, PENDING),
])
def test_a_template_that_is_refused_is_settled_by_its_own_error(
    with_template: Settings, platform: FakePlatform, errcode: int, state: OutboxState
) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(45015)
    platform.templates_fail[ZHANG_SAN] = refusal(errcode)
    say("师傅已接单")
    deliver_due(platform, with_template, NOW)
    assert (only().state, only().errcode) == (state, errcode)
    assert logged() == []


def test_what_became_of_the_template_message_is_known_later(with_template: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(45015)
    say("师傅已接单")
    deliver_due(platform, with_template, NOW)
    with transaction() as session:
        assert outbox.template_result(session, "200163836", "failed:user block", NOW + SECOND)
    assert (only().state, only().error) == (FAILED, "template message: failed:user block")


# --- failures --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("errcode", [43004, 40003, 43019, 44004, 45008])
def test_what_can_never_be_sent_has_failed(with_template: Settings, platform: FakePlatform, errcode: int) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(errcode)
    say("师傅已接单")
    deliver_due(platform, with_template, NOW)
    assert (only().state, only().errcode) == (FAILED, errcode)
    assert str(errcode) in only().error
    assert tries() == [("customer_service", "failed", errcode)]
    assert deliver_due(platform, with_template, NOW + DAY) == 0
    assert (platform.templates, budget()) == ([], 5)


def test_who_does_not_follow_any_more_is_not_written_to(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(43004)
    say("师傅已接单")
    deliver_due(platform, known, NOW)
    assert [customer.followed for customer in everything(Customer)] == [False]


def test_what_fails_for_now_is_sent_later(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = NO_ANSWER
    say("师傅已接单")
    deliver_due(platform, known, NOW, random.Random(1))
    due = only().not_before
    assert (only().state, budget()) == (PENDING, 5)
    assert outbox.BACK_OFF[0] < due - NOW < outbox.BACK_OFF[0] * (1 + outbox.JITTER)
    platform.texts_fail.clear()
    assert deliver_due(platform, known, due - timedelta(milliseconds=1)) == 0
    assert deliver_due(platform, known, due) == 1
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]
    assert tries() == [("customer_service", "retry", None), ("customer_service", "sent", None)]


def test_the_platform_says_how_long_to_wait(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(45011)
    say("师傅已接单")
    say("师傅已出发", LI_SI)
    deliver_due(platform, known, NOW)
    assert left()[0].not_before >= NOW + MINUTE
    assert platform.sent == [(LI_SI, "师傅已出发")]


@pytest.mark.parametrize("error", [NO_ANSWER, refusal(-1), refusal(99999), ConnectionResetError("reset")])
def test_trying_again_comes_to_an_end_and_the_customer_hears_it_when_they_write(
    known: Settings, platform: FakePlatform, error: Exception
) -> None:
    platform.texts_fail[ZHANG_SAN] = error
    say("师傅已接单")
    moment = NOW
    while only().state is PENDING:
        moment += HOUR
        deliver_due(platform, known, moment)
        heard(LI_SI, moment)
    assert only().state is HELD
    assert len(platform.tried) == len(outbox.BACK_OFF) + 1
    platform.texts_fail.clear()
    heard(at=moment)
    deliver_due(platform, known, moment)
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]


@pytest.mark.parametrize("error", [ConnectionResetError("reset by peer"), KeyError("errcode")])
def test_an_error_that_nobody_foresaw_neither_loses_the_message_nor_stops_the_others(
    known: Settings, platform: FakePlatform, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    platform.texts_fail[ZHANG_SAN] = error
    say("师傅已接单")
    say("师傅已出发", LI_SI)
    assert deliver_due(platform, known, NOW) == 2
    assert platform.sent == [(LI_SI, "师傅已出发")]
    assert [message.state for message in left()] == [PENDING, SENT]
    assert left()[0].error == str(error)
    assert "could not be sent" in caplog.text
    platform.texts_fail.clear()
    deliver_due(platform, known, NOW + MINUTE)
    assert platform.sent[1:] == [(ZHANG_SAN, "师傅已接单")]


def test_a_text_that_cannot_be_rendered_fails_by_itself(known: Settings, platform: FakePlatform) -> None:
    say("[[ ]]")
    say("师傅已出发", LI_SI)
    deliver_due(platform, known, NOW)
    assert platform.sent == [(LI_SI, "师傅已出发")]
    assert [message.state for message in left()] == [FAILED, SENT]
    assert budget() == 5


# --- mended at once --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("errcode", [40213, 40214, 45086])
def test_a_text_whose_links_are_refused_goes_out_without_them(
    known: Settings, platform: FakePlatform, errcode: int
) -> None:
    platform.texts_fail[ZHANG_SAN] = [refusal(errcode)]
    say('打几星？\n[[5星]] <a href="x">详情</a>')
    deliver_due(platform, known, NOW)
    assert platform.sent == [(ZHANG_SAN, '打几星？\n5星 ＜a href="x">详情＜/a>')]
    assert tries() == [("customer_service", "mended", errcode), ("customer_service", "sent", None)]
    assert (only().state, budget()) == (SENT, 4)


def test_a_text_that_is_still_too_long_is_shortened(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = [refusal(45002)]
    say("换了压缩机。" * 100)
    deliver_due(platform, known, NOW)
    ((_, text),) = platform.sent
    assert len(text.encode()) <= 606
    assert text.endswith("……")


# --- invitations are sent at most once -------------------------------------------------------------------------------

def test_an_invitation_that_may_have_arrived_is_not_sent_again(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = TIMED_OUT
    say("已完成", kind="completed")
    say("请打分", kind="invitation", topic="rating")
    deliver_due(platform, known, NOW)
    assert [message.state for message in left()] == [PENDING, FAILED]
    assert outbox.UNSURE in left()[1].error
    assert budget() == 5  # whether it was counted the platform will say
    platform.texts_fail.clear()
    deliver_due(platform, known, NOW + MINUTE)
    assert platform.sent == [(ZHANG_SAN, "已完成")]


def test_an_invitation_that_never_left_is_sent_again(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = NO_ANSWER
    say("请打分", kind="invitation", topic="rating")
    deliver_due(platform, known, NOW)
    platform.texts_fail.clear()
    deliver_due(platform, known, NOW + MINUTE)
    assert platform.sent == [(ZHANG_SAN, "请打分")]


def test_other_messages_are_sent_at_least_once(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = TIMED_OUT
    say("已完成", kind="completed")
    deliver_due(platform, known, NOW)
    platform.texts_fail.clear()
    deliver_due(platform, known, NOW + MINUTE)
    assert platform.sent == [(ZHANG_SAN, "已完成")]
    assert budget() == 4  # whether the first was counted, too, the platform will say


# --- what stops an API for everybody ---------------------------------------------------------------------------------

STOPPING = [45009, 40001, 40164, 40013, 40243, 48001, 50002, 40200]


@pytest.mark.parametrize("errcode", STOPPING)
def test_what_concerns_the_account_stops_the_api_and_alarms(
    known: Settings, platform: FakePlatform, caplog: pytest.LogCaptureFixture, errcode: int
) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        platform.texts_fail[openid] = refusal(errcode, "invalid ip 1.2.3.4 rid: 66f8a2b1-0c3d4e5f")
    say("师傅已接单")
    deliver_due(platform, known, NOW)
    say("师傅已出发", LI_SI)
    assert deliver_due(platform, known, NOW + SECOND) == 0
    assert [message.state for message in left()] == [PENDING, PENDING]
    assert len(platform.tried) == 1
    (alarm,) = everything(PlatformAlarm)
    assert (alarm.api, alarm.errcode, alarm.resolved_at) == (SERVICE, errcode, None)
    assert alarm.todo
    assert "1.2.3.4" in alarm.detail
    assert f"ALARM {SERVICE} ({errcode})" in caplog.text
    assert alarm.todo in caplog.text
    assert [attempt.rid for attempt in everything(OutboxAttempt)] == ["66f8a2b1-0c3d4e5f"]
    assert budget() == 5


@pytest.mark.parametrize("errcode", STOPPING)
def test_it_goes_on_by_itself_when_the_account_is_in_order_again(
    known: Settings, platform: FakePlatform, errcode: int
) -> None:
    platform.texts_fail[ZHANG_SAN] = [refusal(errcode), refusal(errcode)]
    say("师傅已接单")
    moment = NOW
    while not platform.sent:
        deliver_due(platform, known, moment)
        moment += SECOND
    assert moment < NOW + 15 * SECOND
    with reading() as session:
        assert (stops.stopped(session, moment), alarms.open_alarms(session)) == ([], [])
    assert only().attempts == 1  # it was not the message's fault


def test_tries_become_ever_rarer_while_the_account_is_out_of_order(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(40164)
    say("师傅已接单")
    moment = NOW
    while moment < NOW + DAY:
        deliver_due(platform, known, moment)
        moment += 10 * SECOND if moment < NOW + HOUR else 5 * MINUTE
    assert 20 <= len(platform.tried) <= 40
    assert only().state is PENDING


def test_the_daily_quota_is_tried_again_at_midnight_at_the_latest(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(45009)
    say("师傅已接单")
    deliver_due(platform, known, NOW)
    (stop,) = everything_stopped()
    assert stop.until == stops.next_midnight(NOW)


def everything_stopped() -> list[PlatformStop]:
    with reading() as session:
        return list(stops.stopped(session, NOW))


def test_an_unknown_code_alarms_and_stops_nobody_else(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(99999)
    say("师傅已接单")
    say("师傅已出发", LI_SI)
    deliver_due(platform, known, NOW)
    assert [alarm.errcode for alarm in everything(PlatformAlarm)] == [99999]
    assert platform.sent == [(LI_SI, "师傅已出发")]
    assert left()[0].state is PENDING


def test_while_the_service_api_is_stopped_a_template_goes_out(with_template: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(45009)
    say("师傅已接单")
    deliver_due(platform, with_template, NOW)
    assert len(platform.templates) == 1
    assert tries() == [("customer_service", "stopped", 45009), ("template", "sent", None)]


# --- the rating ------------------------------------------------------------------------------------------------------

def test_the_invitation_is_sent_when_it_is_due(known: Settings, platform: FakePlatform) -> None:
    completed()
    heard()
    assert rating.invite(known, NOW + known.rating_invite_delay) == 1
    deliver_due(platform, known, NOW + known.rating_invite_delay)
    assert ["打个分" in text for _, text in platform.sent] == [True]


def test_at_night_it_waits_for_the_morning_unless_the_customer_is_awake(known: Settings, platform: FakePlatform) -> None:
    night = NOW + 13 * HOUR
    say("请打分", kind="invitation", topic="rating", due=night)
    assert deliver_due(platform, known, night) == 0
    assert deliver_due(platform, known.model_copy(update={"quiet_hours": ""}), night - SECOND) == 0
    heard(at=night - MINUTE)
    assert deliver_due(platform, known, night) == 1


def test_quiet_hours_can_be_switched_off(known: Settings, platform: FakePlatform) -> None:
    say("请打分", kind="invitation", topic="rating", due=NOW + 13 * HOUR)
    assert deliver_due(platform, known.model_copy(update={"quiet_hours": ""}), NOW + 13 * HOUR) == 1


# --- order, several processes, crashes -------------------------------------------------------------------------------

def test_one_customer_reads_messages_in_the_order_they_were_said(known: Settings, platform: FakePlatform) -> None:
    for text in "甲乙丙":
        say(text * 500)
    say("已派单", LI_SI)
    assert deliver_due(platform, known, NOW) == 4
    assert [text[0] for openid, text in platform.sent if openid == ZHANG_SAN] == ["甲", "乙", "丙"]


def test_nothing_overtakes_a_message_that_is_being_sent(known: Settings, platform: FakePlatform) -> None:
    say("已派单")
    claimed()
    say("已接单")
    assert deliver_due(platform, known, NOW + SECOND) == 0
    assert platform.sent == []


def claimed() -> None:
    """By a process that is still at it, or has died."""
    with transaction() as session:
        assert planner.claim(session, NOW, planner.Terms(len, None, template=False))


def test_a_message_of_a_sender_that_died_is_sent_when_its_lease_is_over(
    known: Settings, platform: FakePlatform
) -> None:
    say("已派单")
    claimed()
    say("已接单")
    after = NOW + outbox.LEASE + SECOND
    assert deliver_due(platform, known, after) == 2
    assert platform.sent == [(ZHANG_SAN, "已派单\n\n已接单")]
    assert left()[0].attempts == 2


def test_several_senders_send_each_message_once(known: Settings, platform: FakePlatform) -> None:
    for number in range(30):
        say(f"第{number}条", f"oCustomer{number}")
    together = threading.Barrier(3)

    def send() -> int:
        together.wait(10)
        return sum(deliver_due(platform, known, NOW) for _ in range(3))

    with ThreadPoolExecutor(3) as processes:
        done = [processes.submit(send) for _ in range(3)]
        assert sum(each.result() for each in done) == 30
    assert sorted(platform.sent) == sorted((f"oCustomer{number}", f"第{number}条") for number in range(30))


def test_a_message_is_claimed_before_and_recorded_after_it_is_sent(known: Settings, platform: FakePlatform) -> None:
    seen = []

    class Watching(FakePlatform):
        def send_text(self, openid: str, text: str) -> None:
            super().send_text(openid, text)
            seen.append(left()[0].state)
            with transaction() as session:  # nobody holds the database meanwhile
                outbox.say(session, LI_SI, "progress", "别的消息", NOW + DAY)

    say("已派单")
    deliver_due(Watching(), known, NOW)
    assert seen == [OutboxState.SENDING]
    assert [message.state for message in left()] == [SENT, PENDING]


def test_a_slow_answer_does_not_keep_the_others_waiting(known: Settings, platform: FakePlatform) -> None:
    others = threading.Event()

    class Slow(FakePlatform):
        def send_text(self, openid: str, text: str) -> None:
            if openid == ZHANG_SAN:
                assert others.wait(10), "the others waited for the slow one"
            else:
                others.set()
            super().send_text(openid, text)

    slow = Slow()
    say("已派单")
    say("已派单", LI_SI)
    deliver_due(slow, known, NOW)
    assert [openid for openid, _ in slow.sent] == [LI_SI, ZHANG_SAN]
