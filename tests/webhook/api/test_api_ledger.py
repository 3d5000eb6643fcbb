"""The budget of messages to a customer, as other systems read it."""

from datetime import timedelta

from aftersales import customers, inbox, ledger, outbox, stops
from aftersales.inbox import Delivery
from aftersales.outbox import Attempt, Extra
from aftersales.store import transaction
from aftersales.times import SHANGHAI, utc_now

ZHANG_SAN, LI_SI = "oZhangSan000000000000000001", "oLiSi00000000000000000000002"


def test_the_ledger_tells_what_may_be_sent_and_what_was_tried(desk, caller):
    now = utc_now().replace(microsecond=0)
    with transaction() as session:
        customers.heard_from(session, ZHANG_SAN, now - timedelta(hours=2), "menu")
        customers.heard_from(session, ZHANG_SAN, now - timedelta(hours=1))
        ledger.take(session, ZHANG_SAN, now)
        message = outbox.say(session, ZHANG_SAN, "progress", "已派单", now, extra=Extra("dispatched"))
        outbox.tried(session, [message], Attempt(now, "customer_service", "switched", 45015, "66f8-0c3d"))
        outbox.hold(session, message.id, 45015, "window closed")
        stops.stop(session, "message/custom/send", 45009, now, now + timedelta(days=1))
    told = caller.get(f"/customers/{ZHANG_SAN}/ledger").json
    assert (told["openid"], told["following"], told["remaining"], told["reserved"]) == (ZHANG_SAN, True, 4, 0)
    assert [(grant["action"], grant["granted"], grant["remaining"], grant["live"]) for grant in told["grants"]] == [
        ("menu", 3, 3, False), ("message", 5, 4, True)]
    assert told["grants"][1]["expires_at"] == (now + timedelta(hours=47)).astimezone(SHANGHAI).isoformat()
    (unsent,) = told["unsent"]
    assert (unsent["id"], unsent["kind"], unsent["state"], unsent["errcode"]) == (message.id, "dispatched", "held", 45015)
    assert told["attempts"] == [{
        "message_id": message.id, "at": now.astimezone(SHANGHAI).isoformat(), "channel": "customer_service",
        "outcome": "switched", "errcode": 45015, "rid": "66f8-0c3d"}]
    assert [(stop["api"], stop["errcode"]) for stop in told["stopped_apis"]] == [("message/custom/send", 45009)]


def test_the_ledger_tells_what_could_be_answered_for_nothing(desk, caller):
    now = utc_now()
    with transaction() as session:
        for number, (age, answer) in enumerate([(60, "好的"), (50, ""), (40, None), (1, None)]):
            row, _ = inbox.record(
                session, Delivery(str(number), ZHANG_SAN, "text", "{}"), now - timedelta(seconds=age))
            if answer is not None:
                moment = now - timedelta(seconds=age - 1)
                inbox.answer(session, row.id, [answer], moment)
                inbox.take(session, row.id, moment)
    chances = caller.get(f"/customers/{ZHANG_SAN}/ledger").json["passive_chances"]
    assert [chance["state"] for chance in chances] == ["open", "missed", "silent", "used"]


def test_of_a_budget_one_is_reserved_for_the_rating(desk, caller):
    with transaction() as session:
        customers.heard_from(session, ZHANG_SAN, utc_now())
    order = desk.order()
    for kind in ("accepted", "in_progress"):
        assert caller.event(order.number, kind, technician_id=desk.technician()).status_code == 200
    assert caller.get(f"/customers/{ZHANG_SAN}/ledger").json["reserved"] == 1


def test_to_a_stranger_nothing_may_be_sent(desk, caller):
    told = caller.get(f"/customers/{LI_SI}/ledger").json
    assert (told["following"], told["last_message_at"], told["remaining"], told["grants"]) == (None, None, 0, [])
