"""How long a delivery waits for the answer, and what it says when that has not come.

WeChat hangs up after five seconds and delivers the message again, three times in all. A passive reply costs nothing,
a message of its own one of five. So a delivery that is not the last does not say `success`, which would end the
deliveries, but lets WeChat hang up and leaves the answer to the next. The last one says `success`, before the customer
would read of a fault, and the answer goes out by itself. So it does when a redelivery does not come: see
`aftersales.inbox`, where all this is settled.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from aftersales import inbox, planner
from aftersales.inbox import Patience
from aftersales.models import InboundMessage as Row
from aftersales.settings import Settings
from aftersales.store import transaction
from aftersales.times import utc_now
from wechat.choices import rendered_size

#: With more deliveries than this at the door, no other is asked for: half the threads must stay free.
CROWD = 32
#: So many seconds an answer waits at most for those to the customer's earlier messages to leave.
QUEUE = 0.3


class Waiting:
    """Waits with the deliveries of this process."""

    def __init__(self, settings: Settings) -> None:
        self.patience = Patience(settings.wechat_hang_up, settings.wechat_tries)
        self._deadline = settings.reply_deadline.total_seconds()
        # WeChat's clock began when it connected; a little later than that it has surely hung up
        self._gone = settings.wechat_hang_up.total_seconds() * 1.06
        self._lock = threading.Lock()
        self._here = 0
        self._exit = _Exit()

    def reply(self, row: Row, arrived: datetime, work: "Future[None]", started: float) -> str | None:
        """The passive reply of this delivery; None when there is none, or WeChat has hung up.

        Args:
            row: the message, as recorded with this delivery.
            arrived: when the delivery was recorded.
            work: is done when the message is answered, as far as this process can.
            started: when the delivery came, by `time.monotonic`.
        """
        assert row.id is not None  # noqa: S101 - given by the database
        with self._at_the_door():
            with self._exit.queue(row.openid, row.id):
                wait([work], timeout=max(0.0, started + self._deadline - time.monotonic()))
                if work.done():
                    self._exit.wait_for_earlier(row.openid, row.id)
                now = utc_now()
                with transaction() as session:
                    if work.done() or self._is_last(row, arrived):
                        return inbox.give_up(session, row.id, now, _join)
                    reply = inbox.take(session, row.id, now, _join)
            if reply is None:
                time.sleep(max(0.0, started + self._gone - time.monotonic()))
            return reply

    def carried(self, row_id: int, now: datetime) -> str | None:
        """The answer that stood there already when this delivery came; None where it goes by itself."""
        with transaction() as session:
            return inbox.take(session, row_id, now, _join)

    def _is_last(self, row: Row, arrived: datetime) -> bool:
        return self._here > CROWD or self.patience.is_over(row, arrived)

    @contextmanager
    def _at_the_door(self) -> Iterator[None]:
        with self._lock:
            self._here += 1
        try:
            yield
        finally:
            with self._lock:
                self._here -= 1


class _Exit:
    """Lets the answers to one customer leave in the order of the messages, as far as this process has them.

    Messages that came in one burst are answered within milliseconds of each other, and a reply that overtook another
    would leave the customer with the wrong question.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queues: dict[str, list[int]] = {}

    @contextmanager
    def queue(self, openid: str, row_id: int) -> Iterator[None]:
        with self._changed:
            self._queues.setdefault(openid, []).append(row_id)
        try:
            yield
        finally:
            with self._changed:
                self._queues[openid].remove(row_id)
                if not self._queues[openid]:
                    del self._queues[openid]
                self._changed.notify_all()

    def wait_for_earlier(self, openid: str, row_id: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: min(self._queues[openid]) >= row_id, QUEUE)


def _join(session: Session, row: Row, now: datetime) -> str:
    assert row.id is not None  # noqa: S101 - it came from the database
    return planner.join(session, row.openid, row.id, row.reply or "", now, rendered_size)
