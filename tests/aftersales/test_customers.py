"""Customers: the request for a person and who has taken care of it."""

from datetime import datetime, timedelta

from aftersales import customers
from aftersales.store import reading, transaction

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"
MINUTE = timedelta(minutes=1)


def ask_for_person(openid: str, now: datetime) -> None:
    with transaction() as session:
        customers.asked_for_person(session, openid, now)


def follow_up(openid: str, seen: datetime) -> None:
    with transaction() as session:
        customers.followed_up(session, openid, seen)


def asked_at(openid: str, now: datetime) -> datetime | None:
    with reading() as session:
        return customers.customer(session, openid, now).handoff_requested_at


def test_following_up_ends_the_request_of_that_customer_only(database: str, now: datetime) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        ask_for_person(openid, now)
    follow_up(ZHANG_SAN, now)
    assert asked_at(ZHANG_SAN, now) is None
    assert asked_at(LI_SI, now) == now


def test_a_request_made_after_the_operator_looked_stays(database: str, now: datetime) -> None:
    ask_for_person(ZHANG_SAN, now)
    ask_for_person(ZHANG_SAN, now + MINUTE)
    follow_up(ZHANG_SAN, now)
    assert asked_at(ZHANG_SAN, now) == now + MINUTE


def test_following_up_is_harmless_without_a_request(database: str, now: datetime) -> None:
    with transaction() as session:
        customers.heard_from(session, ZHANG_SAN, now)
    follow_up(ZHANG_SAN, now)
    assert asked_at(ZHANG_SAN, now) is None
