"""Work in order for each customer, side by side for different ones."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

log = logging.getLogger(__name__)

Job = Callable[[], None]


class Lanes:
    """Runs jobs on a pool of threads; those with the same key one after the other, in the order given."""

    def __init__(self, workers: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="lane")
        self._lock = threading.Lock()
        self._lanes: dict[str, deque[tuple[Job, Future[None]]]] = {}
        self._closed = False

    def submit(self, key: str, job: Job) -> "Future[None]":
        """Queues the job behind the others of its key; the future is done when the job is, or cancelled after `close`."""
        future: Future[None] = Future()
        with self._lock:
            if self._closed:
                return _cancelled(future)
            lane = self._lanes.get(key)
            if lane is not None:
                lane.append((job, future))
                return future
            self._lanes[key] = deque([(job, future)])
            self._pool.submit(self._drain, key)
        return future

    def close(self) -> None:
        """Lets what is running finish; what waits is cancelled, and stays recorded in the database."""
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        for lane in self._lanes.values():
            for _, future in lane:
                _cancelled(future)

    def _drain(self, key: str) -> None:
        while True:
            with self._lock:
                job, future = self._lanes[key][0]
            _run(job, future)
            with self._lock:
                self._lanes[key].popleft()
                if not self._lanes[key]:
                    del self._lanes[key]
                    return
                if self._closed:
                    return


def _cancelled(future: "Future[None]") -> "Future[None]":
    """The future cancelled; who waits for it is told at once."""
    if future.cancel():
        future.set_running_or_notify_cancel()
    return future


def _run(job: Job, future: "Future[None]") -> None:
    try:
        job()
        future.set_result(None)
    except Exception as error:  # the lane must go on with the next message
        log.exception("a message could not be answered")
        future.set_exception(error)
