"""The budget of messages: what customers' deeds allow, never more than that, also side by side."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from outbound_desk import (
    ALWAYS,
    DAY,
    HOUR,
    LI_SI,
    MINUTE,
    SECOND,
    ZHANG_SAN,
    claim,
    everything,
    heard,
    leave,
    rows,
    sent,
    states,
)
from sqlmodel import Session

from aftersales import ledger, outbox
from aftersales.limits import deed_of, limits
from aftersales.models import OutboxState, SendGrant
from aftersales.outbox import BACK_OFF
from aftersales.planner import Parcel
from aftersales.store import reading, transaction


def remaining(openid: str, at: datetime) -> int:
    with reading() as session:
        return ledger.remaining(session, openid, at)


def take(openid: str, at: datetime, leave_some: int = 0) -> int | None:
    with transaction() as session:
        return ledger.take(session, openid, at, leave=leave_some)


# --- deeds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "event", "menu_id", "deed"), [
    ("text", "", "", "message"), ("image", "", "", "message"), ("voice", "", "", "message"), ("location", "", "", "message"),
    ("text", "", "101", "tap"),
    ("event", "CLICK", "", "menu"), ("event", "SCANCODE_PUSH", "", "menu"), ("event", "SCANCODE_WAITMSG", "", "menu"),
    ("event", "SUBSCRIBE", "", "follow"), ("event", "SCAN", "", "scan"),
    ("event", "VIEW", "", None), ("event", "UNSUBSCRIBE", "", None), ("event", "TEMPLATESENDJOBFINISH", "", None),
    ("event", "LOCATION", "", None), ("event", "PIC_SYSPHOTO", "", None),
])
def test_what_customers_do_is_a_deed_or_nothing(kind: str, event: str, menu_id: str, deed: str | None) -> None:
    assert deed_of(kind, event, menu_id) == deed


@pytest.mark.parametrize(("deed", "count", "lasts"), [
    ("message", 5, 48 * HOUR), ("menu", 3, MINUTE), ("follow", 3, MINUTE), ("scan", 3, MINUTE), ("tap", 3, MINUTE)])
def test_every_deed_allows_so_many_for_so_long(database: str, now: datetime, deed: str, count: int, lasts: timedelta) -> None:
    heard(ZHANG_SAN, now, deed)
    assert remaining(ZHANG_SAN, now + lasts - SECOND) == count
    assert remaining(ZHANG_SAN, now + lasts) == 0
    assert remaining(LI_SI, now) == 0


def test_a_new_message_replaces_the_older_grant_and_nothing_else(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    take(ZHANG_SAN, now)
    heard(ZHANG_SAN, now, "menu")
    heard(ZHANG_SAN, now + SECOND)
    assert remaining(ZHANG_SAN, now + SECOND) == 8
    assert Counter(grant.action for grant in everything(SendGrant)) == {"message": 1, "menu": 1}


def test_what_ends_soonest_is_used_first(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    heard(ZHANG_SAN, now, "menu")
    for _ in range(4):
        take(ZHANG_SAN, now)
    assert {grant.action: grant.remaining for grant in everything(SendGrant)} == {"menu": 0, "message": 4}


def test_one_of_the_long_window_can_be_left(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    assert all(take(ZHANG_SAN, now, 1) for _ in range(4))
    assert take(ZHANG_SAN, now, 1) is None
    heard(ZHANG_SAN, now, "menu")
    assert all(take(ZHANG_SAN, now, 1) for _ in range(3))  # a minute later these are worth nothing
    assert take(ZHANG_SAN, now, 1) is None
    assert take(ZHANG_SAN, now) is not None


# --- the platform knows better ---------------------------------------------------------------------------------------


def test_what_was_refused_is_given_back_once(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    grant = take(ZHANG_SAN, now)
    with transaction() as session:
        ledger.give_back(session, grant)
        ledger.give_back(session, grant)
    assert remaining(ZHANG_SAN, now) == 5


def test_nothing_is_given_back_to_a_grant_that_came_later(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    old = take(ZHANG_SAN, now)
    heard(ZHANG_SAN, now + SECOND)
    take(ZHANG_SAN, now + SECOND)
    with transaction() as session:
        ledger.give_back(session, old)
    assert remaining(ZHANG_SAN, now + SECOND) == 4


@pytest.mark.parametrize("correct", [ledger.spent, ledger.closed])
def test_the_platform_corrects_what_we_believed_but_not_what_came_since(
    database: str, now: datetime, correct: object
) -> None:
    heard(ZHANG_SAN, now)
    heard(ZHANG_SAN, now + MINUTE, "menu")
    with transaction() as session:
        correct(session, ZHANG_SAN, now + SECOND)  # type: ignore[operator]
    assert remaining(ZHANG_SAN, now + MINUTE) == 3


# --- side by side ----------------------------------------------------------------------------------------------------


def test_many_processes_take_no_more_than_there_is(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    heard(ZHANG_SAN, now, "menu")
    taken: list[int | None] = []
    threads = [threading.Thread(target=lambda: taken.extend(take(ZHANG_SAN, now) for _ in range(5))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([grant for grant in taken if grant]) == 8
    assert remaining(ZHANG_SAN, now) == 0


def test_claims_of_many_processes_never_exceed_the_budget_nor_overtake(database: str, now: datetime) -> None:
    heard(ZHANG_SAN, now)
    for number in range(8):
        leave(ZHANG_SAN, f"{number}" * 1500, now)  # too long to be merged
    said: list[str] = []

    def work() -> None:
        for _ in range(12):
            for parcel in claim(now):
                said.append(parcel.text[0])
                sent(parcel, now)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()  # what all of them found locked at their last look
    assert said == ["0", "1", "2", "3", "4"]
    assert Counter(states()) == {OutboxState.SENT: 5, OutboxState.HELD: 3}


# --- whatever happens ------------------------------------------------------------------------------------------------


@dataclass
class Platform:
    """Counts by itself what it allows, by the rules of the table alone, and keeps what it has shown to whom."""

    grants: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)
    shown: dict[str, list[str]] = field(default_factory=dict)

    def deed(self, openid: str, action: str, at: datetime) -> None:
        rule = limits().grants[action]
        self.grants[openid, action] = (rule.count, at + rule.valid)

    def takes(self, parcel: Parcel, at: datetime) -> bool:
        live = [(ends, key) for key, (left, ends) in self.grants.items() if key[0] == parcel.openid and left and ends > at]
        if not live:
            return False
        _, key = min(live)
        self.grants[key] = (self.grants[key][0] - 1, self.grants[key][1])
        self.shown.setdefault(parcel.openid, []).extend(parcel.text.split("\n\n"))
        return True


def settled(parcel: Parcel, at: datetime, chance: random.Random) -> str:
    """What the platform says to a message, and what is done about it."""
    fate = chance.choice(["sent", "sent", "sent", "refused", "died"])
    with transaction() as session:
        if fate == "sent":
            for message in parcel.messages:
                outbox.mark_sent(session, message.id or 0, parcel.channel, at)
        elif fate == "refused":
            ledger.give_back(session, parcel.grant_id)
            _retried(session, parcel, at, chance)
    return fate


def _retried(session: Session, parcel: Parcel, at: datetime, chance: random.Random) -> None:
    for message in parcel.messages:
        outbox.mark_retry(session, message.id or 0, at, -1, "busy", chance)


@pytest.mark.parametrize("seed", range(6))
def test_never_more_than_allowed_nothing_lost_order_kept(database: str, now: datetime, seed: int) -> None:
    chance, platform, at, said = random.Random(seed), Platform(), now, Counter[str]()
    for _ in range(60):
        at += chance.choice([SECOND, 10 * SECOND, MINUTE, HOUR, 20 * HOUR])
        openid = chance.choice([ZHANG_SAN, LI_SI])
        match chance.choice(["deed", "say", "say", "claim", "claim", "claim"]):
            case "deed":
                deed = chance.choice(list(limits().grants))
                heard(openid, at, deed)
                platform.deed(openid, deed, at)
            case "say":
                leave(openid, f"{openid} {said[openid]}", at)
                said[openid] += 1
            case _:
                for parcel in claim(at, ALWAYS):
                    if settled(parcel, at, chance) == "sent":
                        assert platform.takes(parcel, at), "the platform would have refused it"
    _let_everything_out(platform, at)
    for openid in (ZHANG_SAN, LI_SI):
        assert platform.shown.get(openid, []) == [f"{openid} {number}" for number in range(said[openid])]
    assert {state for state in states() if state is not OutboxState.SENT} == set()


def _let_everything_out(platform: Platform, at: datetime) -> None:
    for _ in range(60):
        at += BACK_OFF[-1] * 2
        for openid in (ZHANG_SAN, LI_SI):
            heard(openid, at)
            platform.deed(openid, "message", at)
        for parcel in claim(at):
            assert platform.takes(parcel, at)
            sent(parcel, at)
        if all(row.state is OutboxState.SENT for row in rows()):
            return


def test_the_table_of_limits_can_be_read() -> None:
    assert limits().text_bytes < 2048
    assert set(limits().events.values()) < set(limits().grants)
    assert limits().grants["message"].valid > DAY


def test_why_nothing_can_be_sent(database: str, now: datetime) -> None:
    def budget(at: datetime) -> ledger.Budget:
        with reading() as session:
            return ledger.budget_of(session, ZHANG_SAN, at)

    assert budget(now) is ledger.Budget.NONE
    heard(ZHANG_SAN, now)
    assert budget(now + MINUTE) is ledger.Budget.OPEN
    assert budget(now + 2 * DAY) is ledger.Budget.OVER
    with transaction() as session:
        ledger.spent(session, ZHANG_SAN, now + MINUTE)
    assert budget(now + MINUTE) is ledger.Budget.SPENT
    heard(ZHANG_SAN, now + HOUR)
    assert budget(now + HOUR) is ledger.Budget.OPEN
