"""A signature of a plain push lets in one message, as often as it is delivered."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlmodel import select

from aftersales import signatures
from aftersales.models import SignedPush
from aftersales.store import reading, transaction

WINDOW = timedelta(minutes=20)
SIGNATURE = "ab" * 20


def admitted(key: str, now: datetime, signature: str = SIGNATURE) -> bool:
    with transaction() as session:
        return signatures.admit(session, signature, key, now, WINDOW)


def test_the_same_message_may_come_again_and_another_may_not(database: str, now: datetime) -> None:
    assert admitted("oZhangSan:1:1", now)
    assert admitted("oZhangSan:1:1", now + timedelta(seconds=5))
    assert not admitted("oZhangSan:2:1", now + timedelta(seconds=5))
    assert admitted("oZhangSan:2:1", now, "cd" * 20)


def test_what_is_too_old_to_come_again_is_forgotten(database: str, now: datetime) -> None:
    assert admitted("oZhangSan:1:1", now)
    assert not admitted("oZhangSan:2:1", now + WINDOW)
    assert admitted("oZhangSan:2:1", now + WINDOW + timedelta(seconds=1))
    with reading() as session:
        assert len(session.exec(select(SignedPush)).all()) == 1


def test_of_eight_messages_under_one_signature_at_once_one_is_admitted(database: str, now: datetime) -> None:
    gate = threading.Barrier(8)

    def come(number: int) -> bool:
        gate.wait(10)
        return admitted(f"oZhangSan:{number}:1", now)

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(come, range(8))) == 1
