"""Messages go out once, in order, by the channel that is open, and none is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from jobs_fakes import LI_SI, NOW, ZHANG_SAN, FakePlatform, everything, left, refusal, say

from aftersales import customers, outbox
from aftersales.models import Message, OutboxMessage, OutboxState
from aftersales.settings import Settings
from aftersales.store import transaction
from jobs.delivery import deliver_due
from wechat.choices import render
from wechat.errors import PlatformError, Reaction

SECOND = timedelta(seconds=1)
NO_ANSWER = PlatformError("The platform cannot be reached.", Reaction.RETRY)
CLOSED = [45015, 45047]


def only() -> OutboxMessage:
    (message,) = left()
    return message


def logged() -> list[tuple[str, str, str, str]]:
    return [(line.openid, line.direction, line.channel, line.text) for line in everything(Message)]


# --- sent ------------------------------------------------------------------------------------------------------------

def test_what_is_due_is_sent_and_logged(known: Settings, platform: FakePlatform) -> None:
    say("师傅已接单")
    assert deliver_due(platform, known, NOW) == 1
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]
    message = only()
    assert (message.state, message.channel, message.sent_at, message.attempts) == (
        OutboxState.SENT, "customer_service", NOW, 1)
    assert logged() == [(ZHANG_SAN, "out", "customer_service", "师傅已接单")]
    assert deliver_due(platform, known, NOW + timedelta(days=1)) == 0
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
    assert (only().state, only().channel) == (OutboxState.SENT, "template")
    assert logged() == [(ZHANG_SAN, "out", "template", "师傅已接单，会提前联系您。\n[[改时间]]")]


@pytest.mark.parametrize("errcode", CLOSED)
def test_without_a_template_it_is_held_until_the_customer_writes(
    known: Settings, platform: FakePlatform, errcode: int
) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(errcode)
    say("师傅已接单")
    deliver_due(platform, known, NOW)
    assert (only().state, only().errcode, logged()) == (OutboxState.HELD, errcode, [])
    platform.texts_fail.clear()
    assert deliver_due(platform, known, NOW + timedelta(days=1)) == 0
    with transaction() as session:
        customers.heard_from(session, ZHANG_SAN, NOW + timedelta(days=2))
    assert deliver_due(platform, known, NOW + timedelta(days=2)) == 1
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]
    assert (only().state, only().errcode, only().error) == (OutboxState.SENT, None, None)


@pytest.mark.parametrize(("errcode", "state"), [
    (43004, OutboxState.FAILED),
    (48008, OutboxState.HELD),
    (47003, OutboxState.FAILED),
    (-1, OutboxState.PENDING),
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


# --- failures --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("errcode", [43004, 40003, 43019, 44004, 45002])
def test_what_can_never_be_sent_has_failed(with_template: Settings, platform: FakePlatform, errcode: int) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(errcode)
    say("师傅已接单")
    deliver_due(platform, with_template, NOW)
    assert (only().state, only().errcode) == (OutboxState.FAILED, errcode)
    assert str(errcode) in only().error
    assert deliver_due(platform, with_template, NOW + timedelta(days=1)) == 0
    assert platform.templates == []


def test_what_fails_for_now_is_sent_later(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = NO_ANSWER
    say("师傅已接单")
    deliver_due(platform, known, NOW)
    assert (only().state, only().due_at) == (OutboxState.PENDING, NOW + outbox.BACK_OFF[0])
    platform.texts_fail.clear()
    assert deliver_due(platform, known, NOW + outbox.BACK_OFF[0] - SECOND) == 0
    assert deliver_due(platform, known, NOW + outbox.BACK_OFF[0]) == 1
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]


def test_the_platform_says_how_long_to_wait(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(45011)
    say("师傅已接单")
    deliver_due(platform, known, NOW)
    assert only().due_at >= NOW + timedelta(seconds=60)


@pytest.mark.parametrize("error", [NO_ANSWER, refusal(40164), refusal(40001), ConnectionResetError("reset")])
def test_trying_again_comes_to_an_end(known: Settings, platform: FakePlatform, error: Exception) -> None:
    platform.texts_fail[ZHANG_SAN] = error
    say("师傅已接单")
    moment, tries = NOW, 0
    while only().state is not OutboxState.FAILED:
        moment += timedelta(hours=1)
        tries += deliver_due(platform, known, moment)
    assert tries == len(outbox.BACK_OFF) + 1


@pytest.mark.parametrize("error", [ConnectionResetError("reset by peer"), KeyError("errcode")])
def test_an_error_that_nobody_foresaw_neither_loses_the_message_nor_stops_the_others(
    known: Settings, platform: FakePlatform, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    platform.texts_fail[ZHANG_SAN] = error
    say("师傅已接单")
    say("师傅已出发", LI_SI)
    assert deliver_due(platform, known, NOW) == 2
    assert platform.sent == [(LI_SI, "师傅已出发")]
    assert [message.state for message in left()] == [OutboxState.PENDING, OutboxState.SENT]
    assert left()[0].error == str(error)
    assert "could not be sent" in caplog.text
    platform.texts_fail.clear()
    deliver_due(platform, known, NOW + timedelta(minutes=1))
    assert platform.sent[1:] == [(ZHANG_SAN, "师傅已接单")]


def test_a_text_that_cannot_be_rendered_fails_by_itself(known: Settings, platform: FakePlatform) -> None:
    say("[[ ]]")
    say("师傅已出发", LI_SI)
    deliver_due(platform, known, NOW)
    assert platform.sent == [(LI_SI, "师傅已出发")]
    assert [message.state for message in left()] == [OutboxState.PENDING, OutboxState.SENT]


# --- order, several processes, crashes -------------------------------------------------------------------------------

def test_one_customer_reads_messages_in_the_order_they_were_said(known: Settings, platform: FakePlatform) -> None:
    for text in ("已派单", "已接单", "维修中"):
        say(text)
    say("已派单", LI_SI)
    tried = [deliver_due(platform, known, NOW) for _ in range(4)]
    assert tried == [2, 1, 1, 0]
    assert [text for openid, text in platform.sent if openid == ZHANG_SAN] == ["已派单", "已接单", "维修中"]


def test_nothing_overtakes_a_message_that_is_being_sent(known: Settings, platform: FakePlatform) -> None:
    say("已派单")
    say("已接单")
    with transaction() as session:
        outbox.claim_due(session, NOW)  # by a process that is still at it
    assert deliver_due(platform, known, NOW + SECOND) == 0
    assert platform.sent == []


def test_a_message_of_a_sender_that_died_is_sent_when_its_lease_is_over(
    known: Settings, platform: FakePlatform
) -> None:
    say("已派单")
    say("已接单")
    with transaction() as session:
        outbox.claim_due(session, NOW)
    after = NOW + outbox.LEASE + SECOND
    assert [deliver_due(platform, known, after) for _ in range(3)] == [1, 1, 0]
    assert platform.sent == [(ZHANG_SAN, "已派单"), (ZHANG_SAN, "已接单")]
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
            seen.append(only().state)
            with transaction() as session:  # nobody holds the database meanwhile
                outbox.say(session, LI_SI, "progress", "别的消息", NOW)

    say("已派单")
    deliver_due(Watching(), known, NOW)
    assert seen == [OutboxState.SENDING]
    assert [message.state for message in left()] == [OutboxState.SENT, OutboxState.PENDING]
