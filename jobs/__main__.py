"""Runs the timetable: `python -m jobs`; `python -m jobs --list` shows it."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler

from aftersales.migrate import migrate
from aftersales.settings import SettingsError, settings
from aftersales.store import engine
from aftersales.times import utc_now

from .platform import platform_of
from .timetable import Entry, timetable

log = logging.getLogger("jobs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="print the timetable and leave")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for name in ("apscheduler", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        entries = timetable(settings(), platform_of(settings()))
    except (SettingsError, ValueError) as error:
        sys.exit(f"cannot start: {error}")
    if options.list:
        print("\n".join(f"{entry.name:10} {entry.every!s:>10}  {entry.meaning}" for entry in entries))  # noqa: T201
        return
    migrate(engine())
    run(entries)


def run(entries: list[Entry]) -> None:
    """Runs the jobs until the process is told to stop."""
    scheduler = BlockingScheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, timezone="Asia/Shanghai")
    for entry in entries:
        scheduler.add_job(
            guarded(entry), "interval", seconds=entry.every.total_seconds(), id=entry.name, name=entry.meaning,
            next_run_time=utc_now())

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        scheduler.shutdown(wait=True)


def guarded(entry: Entry) -> Callable[[], None]:
    """The job's work; what goes wrong is logged and tried again at the next time."""
    def work() -> None:
        try:
            done = entry.work(utc_now())
        except Exception:
            log.exception("job %s failed", entry.name)
            return
        if done and entry.name != "beat":
            log.info("%s: %s", entry.name, done)
    return work


if __name__ == "__main__":
    main()
