"""Who is told what, when and how: merged, by the cheapest channel, one kept for the rating."""

import itertools
from datetime import datetime, timedelta

from outbound_desk import (
    ALWAYS,
    HOUR,
    LI_SI,
    MINUTE,
    NIGHT,
    SECOND,
    ZHANG_SAN,
    bytes_of,
    claim,
    everything,
    heard,
    leave,
    rows,
    sent,
    states,
    texts_of,
)

from aftersales import alarms, customers, inbox, ledger, outbox, planner, ratings, stops
from aftersales.alarms import Cause
from aftersales.inbox import Delivery
from aftersales.models import (
    Actor,
    OutboxAttempt,
    OutboxMessage,
    OutboxState,
    PlatformAlarm,
    Status,
    Technician,
    WorkOrder,
)
from aftersales.planner import APIS, LOOK_AGAIN, Terms
from aftersales.progress import Step, advance
from aftersales.repairs import Report, submit_order
from aftersales.store import reading, transaction
from aftersales.times import SHANGHAI

SENT, HELD, PENDING, OVERTAKEN = OutboxState.SENT, OutboxState.HELD, OutboxState.PENDING, OutboxState.OVERTAKEN
WITH_TEMPLATE = Terms(bytes_of, None, template=True)
AT_NIGHT = Terms(bytes_of, NIGHT, template=False)
SERVICE = APIS[outbox.CUSTOMER_SERVICE]


def order_of(report: Report, now: datetime, openid: str = ZHANG_SAN) -> int:
    with transaction() as session:
        return submit_order(session, openid, report, now).id or 0


def step(order_id: int, to: Status, now: datetime, technician: Technician | None = None) -> None:
    with transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        advance(session, order, Step(to, Actor.INTEGRATION, technician_id=technician.id if technician else None), now)


def take(openid: str, now: datetime, times: int) -> None:
    with transaction() as session:
        for _ in range(times):
            assert ledger.take(session, openid, now)


def join(reply: str, now: datetime, reply_id: int = 7) -> str:
    with transaction() as session:
        return planner.join(session, ZHANG_SAN, reply_id, reply, now, bytes_of)


# --- merged ----------------------------------------------------------------------------------------------------------


def test_what_is_pending_for_one_customer_is_one_message(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    leave(ZHANG_SAN, "空调已派单", now, "dispatched")
    leave(ZHANG_SAN, "冰箱已完成", now, "completed")
    (parcel,) = claim(now)
    assert parcel.text == "冰箱已完成\n\n空调已派单"
    with reading() as session:
        assert ledger.remaining(session, ZHANG_SAN, now) == 4


def test_what_is_overtaken_is_left_out(database: str, report: Report, wang: Technician, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    order = order_of(report, now)
    for to in (Status.DISPATCHED, Status.ACCEPTED, Status.IN_PROGRESS, Status.COMPLETED):
        step(order, to, now, wang if to is Status.DISPATCHED else None)
    (parcel,) = claim(now)
    assert parcel.text.startswith("【服务完成】")
    assert states() == [OVERTAKEN, OVERTAKEN, OVERTAKEN, OutboxState.SENDING]


def test_what_was_held_is_not_said_after_something_later(
    database: str, report: Report, wang: Technician, now: datetime
) -> None:
    order = order_of(report, now)
    step(order, Status.DISPATCHED, now, wang)
    assert claim(now) == []
    assert states() == [HELD]
    heard(LI_SI, now)
    step(order, Status.ACCEPTED, now + HOUR)
    with transaction() as session:
        ledger.open_grant(session, ZHANG_SAN, "menu", now + HOUR)
    (parcel,) = claim(now + HOUR)
    sent(parcel, now + HOUR)
    heard(ZHANG_SAN, now + 2 * HOUR)
    assert claim(now + 2 * HOUR) == []
    assert states() == [OVERTAKEN, SENT]


# --- one is kept for the rating --------------------------------------------------------------------------------------


def test_all_of_a_service_fits_into_one_budget(database: str, report: Report, wang: Technician, now: datetime) -> None:
    """Five messages: dispatched, accepted, scheduled, at work, and the last both completed and asks for the rating."""
    heard(ZHANG_SAN, now)
    order = order_of(report, now)
    said = []
    for to in (Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED):
        with transaction() as session:
            found = session.get_one(WorkOrder, order)
            window = report.visit if to is Status.SCHEDULED else None
            advance(session, found, Step(to, Actor.INTEGRATION, technician_id=wang.id, window=window), now)
        (parcel,) = claim(now)
        sent(parcel, now)
        said.append(parcel.text)
    assert [text[:5] for text in said] == ["【已派单】", "【已接单】", "【上门时间", "【维修中】", "【服务完成"]
    assert "请打个分" in said[-1]
    with transaction() as session:
        assert ratings.invite_due(session, now + HOUR, 10 * MINUTE) == 0  # asked already
    assert rows()[-1].unique_key.startswith("rating-invitation:")


def test_the_last_one_is_kept_while_the_work_is_under_way(
    database: str, report: Report, wang: Technician, now: datetime
) -> None:
    heard(ZHANG_SAN, now)
    order = order_of(report, now)
    step(order, Status.ACCEPTED, now, wang)
    sent(*claim(now), now)  # type: ignore[misc]
    take(ZHANG_SAN, now, 3)
    step(order, Status.IN_PROGRESS, now)
    assert claim(now) == []
    assert states()[-1] is HELD
    step(order, Status.COMPLETED, now)
    (parcel,) = claim(now)
    assert [message.kind for message in parcel.messages] == ["completed", "invitation"]


def test_an_answer_takes_the_last_one_all_the_same(database: str, report: Report, wang: Technician, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    order = order_of(report, now)
    step(order, Status.ACCEPTED, now, wang)
    step(order, Status.IN_PROGRESS, now)
    sent(*claim(now), now)  # type: ignore[misc]
    take(ZHANG_SAN, now, 3)
    leave(ZHANG_SAN, "您好，我来为您查一下。", now, "", "reply")
    assert texts_of(claim(now)) == ["您好，我来为您查一下。"]


def test_nothing_is_kept_for_what_was_declined(database: str, report: Report, wang: Technician, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    order = order_of(report, now)
    step(order, Status.ACCEPTED, now, wang)
    step(order, Status.IN_PROGRESS, now)
    with transaction() as session:
        ratings.decline(session, session.get_one(WorkOrder, order), now)
    take(ZHANG_SAN, now, 4)
    assert len(claim(now)) == 1


# --- the ladder ------------------------------------------------------------------------------------------------------


def test_without_a_budget_progress_goes_by_template_and_the_rest_is_held(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "已派单", now, "dispatched", short="空调已派单")
    leave(ZHANG_SAN, "已完成", now, "completed")
    leave(ZHANG_SAN, "请打分", now, "invitation", "rating")
    first = claim(now, WITH_TEMPLATE)
    assert [(parcel.channel, parcel.text, parcel.grant_id) for parcel in first] == [("template", "已完成", None)]
    sent(first[0], now)
    second = claim(now, WITH_TEMPLATE)
    assert [(parcel.channel, parcel.text) for parcel in second] == [("template", "已派单")]
    sent(second[0], now)
    assert claim(now, WITH_TEMPLATE) == []
    assert states() == [SENT, SENT, HELD]


def test_without_a_template_everything_is_held(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    assert claim(now) == []
    assert (states(), rows()[0].error) == ([HELD], planner.NO_BUDGET)


def test_who_does_not_follow_is_not_written_to(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    with transaction() as session:
        customers.unfollowed(session, ZHANG_SAN, now)
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    assert claim(now, WITH_TEMPLATE) == []
    assert rows()[0].error == planner.NO_FOLLOWER
    heard(ZHANG_SAN, now + HOUR, "follow")
    assert texts_of(claim(now + HOUR)) == ["已派单"]


# --- at night --------------------------------------------------------------------------------------------------------


def test_what_waits_for_the_morning_does_not_keep_what_cannot_wait(database: str, now: datetime) -> None:
    late = datetime(2026, 11, 23, 23, tzinfo=SHANGHAI)
    heard(ZHANG_SAN, late - HOUR)
    leave(ZHANG_SAN, "已派单", late, "dispatched")
    leave(ZHANG_SAN, "冰箱明早九点上门", late, "scheduled", visit_at=late + 10 * HOUR)
    (parcel,) = claim(late, AT_NIGHT)
    assert parcel.text == "冰箱明早九点上门"
    sent(parcel, late)
    assert claim(late + 8 * HOUR, AT_NIGHT) == []
    assert texts_of(claim(late + 9 * HOUR, AT_NIGHT)) == ["已派单"]


def test_who_writes_at_night_hears_what_waited(database: str, now: datetime) -> None:
    late = datetime(2026, 11, 23, 23, tzinfo=SHANGHAI)
    heard(ZHANG_SAN, late - HOUR)
    leave(ZHANG_SAN, "已派单", late, "dispatched")
    assert claim(late, AT_NIGHT) == []
    heard(ZHANG_SAN, late + MINUTE)
    assert texts_of(claim(late + MINUTE, AT_NIGHT)) == ["已派单"]


# --- passive replies -------------------------------------------------------------------------------------------------


def test_what_is_pending_goes_with_the_reply(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    assert join("请问是什么品牌？", now) == "已派单\n\n请问是什么品牌？"
    assert claim(now) == []
    row = rows()[0]
    assert (row.state, row.channel, row.sent_at) == (SENT, "passive", now)
    with reading() as session:
        assert ledger.remaining(session, ZHANG_SAN, now) == 5
    assert [(attempt.channel, attempt.outcome) for attempt in everything(OutboxAttempt)] == [("passive", "sent")]


def test_what_was_held_comes_first(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    claim(now)
    assert states() == [HELD]
    heard(ZHANG_SAN, now + HOUR)
    assert join("您好！", now + HOUR) == "已派单\n\n您好！"


def test_somebody_elses_news_stay_with_them(database: str, now: datetime) -> None:
    leave(LI_SI, "李四的空调", now, "dispatched")
    assert join("您好！", now) == "您好！"


def test_while_a_reply_is_being_written_nothing_is_sent(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    with transaction() as session:
        row, _ = inbox.record(session, Delivery("k", ZHANG_SAN, "text", "{}"), now)
    assert claim(now + 4 * SECOND) == []
    with transaction() as session:
        inbox.give_up(session, row.id or 0, now + 4 * SECOND)
    assert texts_of(claim(now + 4 * SECOND)) == ["已派单"]


def test_a_reply_that_never_comes_keeps_nobody_waiting(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    with transaction() as session:
        inbox.record(session, Delivery("k", ZHANG_SAN, "text", "{}"), now)
    assert texts_of(claim(now + 7 * SECOND)) == ["已派单"]


# --- an API that is out of order -------------------------------------------------------------------------------------


def stop(now: datetime, until: datetime | None = None) -> None:
    with transaction() as session:
        stops.stop(session, SERVICE, 45009, now, until)


def test_a_stopped_api_is_tried_alone_and_ever_more_rarely(database: str, now: datetime) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        heard(openid, now)
        leave(openid, "已派单", now, "dispatched")
    at, tries = now, []
    for _ in range(14):
        stop(at)
        last = at
        while not (found := claim(at)):
            at += max(SECOND, (at - last) / 16)
        assert len(found) == 1
        tries.append(at)
        with transaction() as session:
            ledger.give_back(session, found[0].grant_id)
            outbox.put_back(session, found[0].messages[0].id or 0, 45009, "quota")
    pauses = [later - sooner for sooner, later in zip([now, *tries], tries, strict=False)]
    assert pauses[0] <= 4 * SECOND
    assert all(later >= sooner for sooner, later in itertools.pairwise(pauses[:11]))
    assert max(pauses) <= HOUR + 5 * MINUTE


def test_a_lone_try_that_goes_well_opens_the_api(database: str, now: datetime) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        heard(openid, now)
        leave(openid, "已派单", now, "dispatched")
    stop(now)
    with transaction() as session:
        alarms.sound(session, Cause(SERVICE, 45009, "额度已用完", "等到零点", "…"), now)
    assert claim(now) == []
    (parcel,) = claim(now + 2 * SECOND)
    with transaction() as session:
        planner.open_again(session, SERVICE, now + 2 * SECOND)
    assert len(claim(now + 2 * SECOND + LOOK_AGAIN)) == 1
    assert [alarm.resolved_at for alarm in everything(PlatformAlarm)] == [now + 2 * SECOND]
    assert parcel.openid == ZHANG_SAN


def test_the_daily_quota_is_back_at_midnight_in_beijing(database: str, now: datetime) -> None:
    midnight = datetime(2026, 11, 24, tzinfo=SHANGHAI)
    assert stops.next_midnight(now) == midnight
    with transaction() as session:
        for _ in range(20):
            stops.stop(session, SERVICE, 45009, midnight - SECOND, midnight)
        assert stops.is_stopped(session, SERVICE, midnight - SECOND)
        assert not stops.admits(session, SERVICE, midnight - SECOND)
        assert not stops.is_stopped(session, SERVICE, midnight)
        assert stops.admits(session, SERVICE, midnight)
        assert stops.stopped(session, midnight) == []
        assert stops.stop(session, SERVICE, 45009, midnight + HOUR, None).failures == 1


def test_what_waits_for_the_api_goes_by_template_or_with_a_reply(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    stop(now)
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    assert claim(now) == []
    assert states() == [PENDING]
    assert [parcel.channel for parcel in claim(now + 2 * SECOND - timedelta(milliseconds=1), WITH_TEMPLATE)] == []
    with transaction() as session:
        stops.stop(session, SERVICE, 45009, now + SECOND, None)
    assert [parcel.channel for parcel in claim(now + 2 * SECOND, WITH_TEMPLATE)] == ["template"]


def test_an_alarm_is_one_row_until_it_is_over(database: str, now: datetime) -> None:
    cause = Cause(SERVICE, 40164, "服务器 IP 不在白名单", "加入白名单", "invalid ip 1.2.3.4")
    with transaction() as session:
        for _ in range(3):
            alarms.sound(session, cause, now)
        alarms.sound(session, Cause(SERVICE, None, "…", "…", "…"), now)
        assert [(alarm.errcode, alarm.times) for alarm in alarms.open_alarms(session)] == [(40164, 3), (None, 1)]
        assert alarms.resolve(session, SERVICE, now + HOUR) == 2
        assert alarms.open_alarms(session) == []
        assert alarms.sound(session, cause, now + 2 * HOUR).times == 1


# --- several processes -----------------------------------------------------------------------------------------------


def test_two_planners_leave_a_customer_to_one_of_them(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    leave(ZHANG_SAN, "已派单", now, "dispatched")
    if database == "sqlite":  # has one writer at a time
        assert (len(claim(now)), len(claim(now))) == (1, 0)
        return
    with transaction() as session:
        assert ledger.alone_with(session, ZHANG_SAN)
        assert claim(now, ALWAYS) == []
    assert len(claim(now, ALWAYS)) == 1


def test_the_newest_column_of_every_row_is_told(database: str, now: datetime) -> None:
    leave(ZHANG_SAN, "已派单", now, "dispatched", short="空调已派单", urgent=True, visit_at=now)
    row: OutboxMessage = rows()[0]
    assert (row.kind, row.short, row.urgent, row.visit_at) == ("dispatched", "空调已派单", True, now)
