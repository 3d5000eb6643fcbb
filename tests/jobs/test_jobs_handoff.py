"""Conversations left alone go back to the assistant; operators' words are sent in their order and logged with their row."""

from datetime import timedelta

from jobs_fakes import LI_SI, NOW, ZHANG_SAN, FakePlatform, completed, everything, left, refusal

from aftersales import conversations, customers, handoff
from aftersales.models import Customer, Handoff, Message, OutboxState
from aftersales.settings import Settings
from aftersales.store import transaction
from aftersales.texts import texts
from jobs.delivery import deliver_due
from jobs.handoff import hand_back_quiet
from jobs.rating import invite

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WORDS = texts("handoff")


def takes(openid: str = ZHANG_SAN) -> None:
    with transaction() as session:
        customers.heard_from(session, openid, NOW)
        handoff.take(session, openid, "王敏", NOW)


def says(text: str, ticket: str) -> None:
    with transaction() as session:
        handoff.say(session, ZHANG_SAN, "王敏", text, ticket, NOW)


def states() -> dict[str, Handoff]:
    return {customer.openid: customer.handoff for customer in everything(Customer)}


def deliver(platform: FakePlatform, known: Settings) -> None:
    for second in range(4):
        deliver_due(platform, known, NOW + second * SECOND)


def test_after_half_an_hour_without_a_word_the_assistant_is_back(known: Settings, platform: FakePlatform) -> None:
    takes()
    takes(LI_SI)
    with transaction() as session:
        handoff.hears(session, LI_SI, "在吗", NOW + MINUTE)
    assert hand_back_quiet(known, NOW + 30 * MINUTE - SECOND) == 0
    assert hand_back_quiet(known, NOW + 30 * MINUTE) == 1
    assert states() == {ZHANG_SAN: Handoff.BOT, LI_SI: Handoff.PERSON}
    deliver_due(platform, known, NOW + 30 * MINUTE)
    deliver_due(platform, known, NOW + 30 * MINUTE)
    assert platform.sent.count((ZHANG_SAN, WORDS["back"])) == 1


def test_the_settings_say_how_long_quiet_is(known: Settings) -> None:
    takes()
    patient = known.model_copy(update={"handoff_quiet": timedelta(hours=2)})
    assert hand_back_quiet(patient, NOW + timedelta(hours=1)) == 0
    assert hand_back_quiet(patient, NOW + timedelta(hours=2)) == 1


def test_who_waits_and_who_talks_to_wechats_service_are_left_as_they_are(known: Settings) -> None:
    with transaction() as session:
        handoff.ask(session, ZHANG_SAN, NOW)
        handoff.session_opened(session, LI_SI, "kf@gh", NOW)
    assert hand_back_quiet(known, NOW + timedelta(days=1)) == 0
    assert states() == {ZHANG_SAN: Handoff.WAITING, LI_SI: Handoff.WECHAT}


def test_operators_words_are_sent_one_by_one_in_their_order(known: Settings, platform: FakePlatform) -> None:
    takes()
    says("您好", "1")
    says("请稍等", "2")
    deliver(platform, known)
    assert platform.sent == [(ZHANG_SAN, words) for words in (WORDS["arrived"], "您好", "请稍等")]
    assert [(line.text, line.outbox_id) for line in everything(Message)] == [(row.text, row.id) for row in left()]


def test_words_for_a_closed_window_go_out_when_the_customer_writes(known: Settings, platform: FakePlatform) -> None:
    platform.texts_fail[ZHANG_SAN] = refusal(45015)
    takes()
    says("您好", "1")
    deliver(platform, known)
    assert {row.state for row in left()} == {OutboxState.HELD}
    platform.texts_fail.clear()
    with transaction() as session:
        customers.heard_from(session, ZHANG_SAN, NOW + MINUTE)
        conversations.log_in(session, ZHANG_SAN, "text", "在", NOW + MINUTE)
    for second in range(3):
        deliver_due(platform, known, NOW + MINUTE + second * SECOND)
    assert [text for _, text in platform.sent] == [WORDS["arrived"], "您好"]


def test_who_talks_to_a_person_is_invited_to_rate_afterwards(known: Settings) -> None:
    completed(NOW - timedelta(hours=1))
    takes()
    assert invite(known, NOW) == 0
    hand_back_quiet(known, NOW + 30 * MINUTE)
    assert invite(known, NOW + 30 * MINUTE) == 1
