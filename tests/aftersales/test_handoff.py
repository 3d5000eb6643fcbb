"""转人工: the table of steps, who may do what, and what customers are told."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlmodel import Session, col, select

from aftersales import conversations, customers, handoff, privacy
from aftersales.handoff import STEPS, Listener, Refused, Step
from aftersales.handoff.steps import advance, locked
from aftersales.media import LocalMediaStore
from aftersales.migrate import SCRIPTS
from aftersales.models import Customer, Handoff, HandoffEvent, OutboxMessage
from aftersales.settings import settings
from aftersales.store import engine, reading, transaction
from aftersales.texts import texts

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"
WANG, LI = "王敏", "李雷"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
QUIET = 30 * MINUTE
WORDS = texts("handoff")
_tickets = itertools.count()


def does(work: Callable[[Session], object]) -> object:
    with transaction() as session:
        return work(session)


def asks(now: datetime, openid: str = ZHANG_SAN) -> None:
    does(lambda session: handoff.ask(session, openid, now))


def writes(text: str, now: datetime) -> object:
    """The customer writes; it is logged as the bridge does."""
    def work(session: Session) -> Listener:
        listener = handoff.hears(session, ZHANG_SAN, text, now)
        conversations.log_in(session, ZHANG_SAN, "text", text, now)
        return listener
    return does(work)


def takes(now: datetime, operator: str = WANG, instead_of: str | None = None) -> None:
    does(lambda session: handoff.take(session, ZHANG_SAN, operator, now, instead_of))


def says(text: str, now: datetime, operator: str = WANG, ticket: str | None = None) -> object:
    return does(lambda session: handoff.say(session, ZHANG_SAN, operator, text, ticket or str(next(_tickets)), now))


def hands_back(now: datetime, operator: str = WANG) -> None:
    does(lambda session: handoff.hand_back(session, ZHANG_SAN, operator, now))


def customer(openid: str = ZHANG_SAN) -> Customer:
    with reading() as session:
        return session.exec(select(Customer).where(Customer.openid == openid)).one()


def steps() -> list[tuple[str, str | None]]:
    with reading() as session:
        return [(event.step, event.by) for event in handoff.events_of(session, ZHANG_SAN, None, None)]


def told() -> list[str]:
    with reading() as session:
        return list(session.exec(select(OutboxMessage.text).order_by(col(OutboxMessage.id))).all())


# --- the table -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("before", list(Handoff))
def test_a_step_is_taken_from_the_states_of_the_table_only(
    database: str, now: datetime, before: Handoff, step: Step
) -> None:
    with transaction() as session:
        found = locked(session, ZHANG_SAN, now)
        found.handoff = before
        allowed, after = STEPS[step]
        assert advance(session, found, step, now, WANG) is (before in allowed)
        assert found.handoff is (after if before in allowed else before)
        events = session.exec(select(HandoffEvent)).all()
    changed = before in allowed and (before is not after or step in (Step.TAKEN, Step.OPENED, Step.TRANSFERRED))
    assert [event.step for event in events] == ([step.value] if changed else [])


def test_every_step_has_its_row() -> None:
    assert set(STEPS) == set(Step)
    assert {after for _, after in STEPS.values()} == set(Handoff)


# --- asking for a person ---------------------------------------------------------------------------------------------

def test_who_asks_waits_from_the_first_time_on(database: str, now: datetime) -> None:
    asks(now)
    asks(now + MINUTE)
    found = customer()
    assert (found.handoff, found.handoff_since, found.handoff_requested_at) == (Handoff.WAITING, now, now + MINUTE)
    assert steps() == [("asked", None)]


def test_following_up_ends_the_wait_of_that_customer_only(database: str, now: datetime) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        asks(now, openid)
    assert does(lambda session: handoff.followed_up(session, ZHANG_SAN, WANG, now, now + MINUTE))
    assert (customer().handoff, customer().handoff_requested_at) == (Handoff.BOT, None)
    assert customer(LI_SI).handoff is Handoff.WAITING
    assert steps() == [("asked", None), ("followed_up", WANG)]


def test_a_request_made_after_the_operator_looked_stays(database: str, now: datetime) -> None:
    asks(now)
    asks(now + MINUTE)
    assert not does(lambda session: handoff.followed_up(session, ZHANG_SAN, WANG, now, now + HOUR))
    assert customer().handoff is Handoff.WAITING


def test_following_up_is_harmless_without_a_request(database: str, now: datetime) -> None:
    does(lambda session: customers.heard_from(session, ZHANG_SAN, now))
    assert not does(lambda session: handoff.followed_up(session, ZHANG_SAN, WANG, now, now))
    assert steps() == []


@pytest.mark.parametrize(("hour", "waited", "overdue"), [
    (10, 9 * MINUTE, False), (10, 10 * MINUTE, True), (20, 9 * MINUTE, False), (21, SECOND, True), (7, SECOND, True),
])
def test_who_waits_too_long_or_at_night_is_overdue(
    database: str, now: datetime, hour: int, waited: timedelta, overdue: bool
) -> None:
    moment = now.replace(hour=hour)
    asks(moment - waited)
    assert handoff.is_overdue(customer(), moment) is overdue
    takes(moment)
    assert not handoff.is_overdue(customer(), moment + HOUR)


# --- taking over -----------------------------------------------------------------------------------------------------

def test_the_customer_hears_once_that_a_person_is_there(database: str, now: datetime) -> None:
    asks(now)
    takes(now + MINUTE)
    takes(now + 2 * MINUTE)
    found = customer()
    assert (found.handoff, found.handoff_by, found.handoff_requested_at) == (Handoff.PERSON, WANG, None)
    assert told() == [WORDS["arrived"]]
    assert steps() == [("asked", None), ("taken", WANG)]


def test_a_second_operator_has_to_say_from_whom(database: str, now: datetime) -> None:
    takes(now)
    with pytest.raises(Refused) as refused:
        takes(now + MINUTE, LI)
    assert (refused.value.reason, refused.value.by) == ("other", WANG)
    takes(now + MINUTE, LI, instead_of=WANG)
    assert customer().handoff_by == LI
    assert told() == [WORDS["arrived"]]
    with pytest.raises(Refused):
        takes(now + 2 * MINUTE, "韩梅", instead_of=WANG)  # what that page showed is not true any more
    with pytest.raises(Refused):
        says("您好", now + 2 * MINUTE)


def test_of_two_operators_at_once_one_gets_it(database: str, now: datetime) -> None:
    asks(now)
    ready = threading.Barrier(2)

    def race(operator: str) -> str:
        ready.wait()
        try:
            takes(now, operator)
        except Refused as refused:
            return refused.reason
        return "got it"

    with ThreadPoolExecutor(2) as people:
        outcomes = list(people.map(race, (WANG, LI)))
    assert sorted(outcomes) == ["got it", "other"]
    assert told() == [WORDS["arrived"]]
    assert [step for step, _ in steps()] == ["asked", "taken"]


def test_what_wechat_has_cannot_be_taken(database: str, now: datetime) -> None:
    does(lambda session: handoff.session_opened(session, ZHANG_SAN, "kf@gh", now))
    for work in (takes, lambda at: says("您好", at), hands_back):
        with pytest.raises(Refused) as refused:
            work(now)
        assert (refused.value.reason, refused.value.by) == ("wechat", "kf@gh")


# --- words -----------------------------------------------------------------------------------------------------------

def test_words_are_left_in_order_with_their_author(database: str, now: datetime) -> None:
    takes(now)
    says("您好", now)
    says("请说 [[5星]]", now + SECOND)
    with reading() as session:
        left = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
    assert [(each.topic, each.text, each.author) for each in left] == [
        ("operator", WORDS["arrived"], None), ("operator", "您好", WANG), ("operator", "请说 ［［5星]]", WANG)]


def test_a_form_posted_twice_says_it_once(database: str, now: datetime) -> None:
    takes(now)
    assert says("您好", now, ticket="same") is not None
    assert says("您好", now + SECOND, ticket="same") is None
    assert told() == [WORDS["arrived"], "您好"]


def test_without_the_conversation_nothing_is_said(database: str, now: datetime) -> None:
    for work in (lambda: says("您好", now), lambda: hands_back(now)):
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.reason == "returned"
    assert told() == []


def test_who_does_not_follow_cannot_be_written_to(database: str, now: datetime) -> None:
    takes(now)
    does(lambda session: customers.unfollowed(session, ZHANG_SAN, now))
    with pytest.raises(Refused, match="unfollowed"):
        says("您好", now)


# --- back ------------------------------------------------------------------------------------------------------------

def test_the_customer_calls_the_assistant_back(database: str, now: datetime) -> None:
    assert writes("回到机器人", now) is Listener.ASSISTANT  # it has never been away
    asks(now)
    assert writes("查询进度", now) is Listener.ASSISTANT
    takes(now)
    assert writes("查询进度", now) is Listener.PERSON
    assert writes("回到机器人", now) is Listener.RETURNED
    assert writes("查询进度", now) is Listener.ASSISTANT
    assert steps() == [("asked", None), ("taken", WANG), ("returned", None)]
    assert (customer().handoff_by, customer().handoff_since) == (None, None)


@pytest.mark.parametrize(("last_word", "line"), [("operator", []), ("customer", [WORDS["back"]]), ("nobody", [WORDS["back"]])])
@pytest.mark.parametrize("how", ["button", "quiet"])
def test_only_who_would_wait_is_told_that_the_person_is_gone(
    database: str, now: datetime, last_word: str, line: list[str], how: str
) -> None:
    takes(now)
    said = [WORDS["arrived"]]
    if last_word != "nobody":
        writes("师傅几点来", now + MINUTE)
        says("三点", now + 2 * MINUTE)
        said.append("三点")
    if last_word == "customer":
        writes("能早点吗", now + 3 * MINUTE)
    if how == "button":
        hands_back(now + 4 * MINUTE)
    else:
        does(lambda session: handoff.hand_back_quiet(session, now + HOUR, QUIET))
    assert customer().handoff is Handoff.BOT
    assert told() == said + line


def test_quiet_is_counted_from_the_last_word_of_either(database: str, now: datetime) -> None:
    def handed_back(at: datetime) -> object:
        return does(lambda session: handoff.hand_back_quiet(session, at, QUIET))

    takes(now)
    writes("在吗", now + 20 * MINUTE)
    assert handed_back(now + 49 * MINUTE) == 0
    says("在的", now + 49 * MINUTE)
    assert handed_back(now + 78 * MINUTE) == 0
    assert handed_back(now + 79 * MINUTE) == 1
    assert handed_back(now + 80 * MINUTE) == 0
    assert steps()[-1] == ("quiet", None)


def test_who_waits_goes_on_waiting_however_long(database: str, now: datetime) -> None:
    asks(now)
    assert does(lambda session: handoff.hand_back_quiet(session, now + 24 * HOUR, QUIET)) == 0
    assert customer().handoff is Handoff.WAITING


# --- what is unread --------------------------------------------------------------------------------------------------

def summaries() -> list[tuple[str, int]]:
    with reading() as session:
        return [(each.customer.openid, each.unread) for each in conversations.latest(session)]


def test_what_is_written_to_a_person_is_unread_until_that_person_looks(database: str, now: datetime) -> None:
    writes("你好", now)
    takes(now + SECOND)
    writes("在吗", now + MINUTE)
    writes("有人吗", now + 2 * MINUTE)
    assert summaries() == [(ZHANG_SAN, 2)]
    does(lambda session: conversations.seen(session, ZHANG_SAN, 99, LI))  # whose conversation it is not
    assert summaries() == [(ZHANG_SAN, 2)]
    does(lambda session: conversations.seen(session, ZHANG_SAN, 2, WANG))
    assert summaries() == [(ZHANG_SAN, 1)]
    does(lambda session: conversations.seen(session, ZHANG_SAN, 1, WANG))  # an older page
    assert summaries() == [(ZHANG_SAN, 1)]
    hands_back(now + HOUR)
    assert summaries() == [(ZHANG_SAN, 0)]


def test_the_list_begins_with_who_waits_then_what_is_unread(database: str, now: datetime) -> None:
    people = ["oEarly", "oLate", ZHANG_SAN, LI_SI]
    for number, openid in enumerate(people):
        does(lambda session, openid=openid: conversations.log_in(session, openid, "text", "你好", now))
        does(lambda session, openid=openid: customers.heard_from(session, openid, now))
        if number < 2:
            asks(now + (2 - number) * MINUTE, openid)
    takes(now)
    writes("在吗", now + MINUTE)
    does(lambda session: conversations.log_in(session, LI_SI, "text", "你好", now + HOUR))
    assert [openid for openid, _ in summaries()] == ["oLate", "oEarly", ZHANG_SAN, LI_SI]


def test_who_wishes_to_be_forgotten_leaves_no_changes_of_hands(database: str, now: datetime) -> None:
    takes(now)
    hands_back(now + MINUTE)
    does(lambda session: privacy.forget(session, LocalMediaStore(settings().media_dir), ZHANG_SAN, now + HOUR))
    assert steps() == []


# --- an older database -----------------------------------------------------------------------------------------------

def migrates(step: Callable[[Config, str], None], revision: str) -> None:
    with engine().execution_options(writes=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        step(config, revision)


def test_who_waited_before_the_table_of_steps_waits_still(database: str, now: datetime) -> None:
    asks(now)
    asks(now, LI_SI)
    does(lambda session: handoff.followed_up(session, LI_SI, WANG, now, now))
    migrates(command.downgrade, "0003")
    migrates(command.upgrade, "head")
    assert (customer().handoff, customer().handoff_since) == (Handoff.WAITING, now)
    assert (customer(LI_SI).handoff, customer(LI_SI).handoff_since) == (Handoff.BOT, None)
