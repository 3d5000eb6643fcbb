"""Serves the application: `python -m webhook`."""

import logging
import signal
import sys
import threading
from types import FrameType

import waitress
from flask import Flask

from aftersales.migrate import migrate
from aftersales.settings import Settings, SettingsError, settings
from aftersales.store import engine, transaction
from aftersales.times import utc_now
from console.operators import ensure_admin

from . import app as application
from .answering import Answering

THREADS = 64
#: Those who talk to us keep their connections open; with waitress's own 100 a crowd's next message was not even read.
CONNECTIONS = 800
PICK_UP_EVERY = 2.5
TEND_EVERY = 1.0
#: Room for what goes with a file in the largest request, an upload.
FORM_ROOM = 64 * 1024
LOOPBACK = ("http://127.0.0.1", "http://localhost")

log = logging.getLogger("webhook")


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        known = settings()
        running = prepare(known)
    except (SettingsError, ValueError) as error:
        sys.exit(f"cannot start: {error}")
    signal.signal(signal.SIGTERM, _leave)
    stopping = threading.Event()
    for task in (pick_up, tend, lambda *_: announce(running.app, known, stopping)):
        threading.Thread(target=task, args=(running.answering, stopping), daemon=True).start()
    try:
        waitress.serve(
            running.app, host="127.0.0.1", port=known.port, threads=THREADS, ident="baoxiu",
            connection_limit=CONNECTIONS, asyncore_use_poll=True,
            max_request_body_size=known.media_max_mb * 1024 * 1024 + FORM_ROOM)
    finally:
        stopping.set()
        running.answering.close()


def prepare(known: Settings) -> application.Running:
    """The database up to date, the first operator entered, the application put together."""
    migrate(engine())
    running = application.create(known)
    with transaction() as session:
        password = ensure_admin(session, known, utc_now())
    if password:
        print(f"控制台首次登录：用户 admin，密码 {password}", flush=True)  # noqa: T201 - said once, kept nowhere
    return running


def pick_up(answering: Answering, stopping: threading.Event) -> None:
    """Answers what a process that died has left behind, every few seconds."""
    while not stopping.wait(PICK_UP_EVERY):
        try:
            answering.pick_up(utc_now())
        except Exception:  # the next round may succeed
            log.exception("messages left unanswered could not be picked up")


def tend(answering: Answering, stopping: threading.Event) -> None:
    """Sends the answers that no delivery has carried, every second."""
    while not stopping.wait(TEND_EVERY):
        try:
            answering.tend(utc_now())
        except Exception:  # the next round may succeed
            log.exception("answers left behind could not be sent")


def announce(app: Flask, known: Settings, stopping: threading.Event) -> None:
    """Says once where everything is, as soon as every part answers."""
    checks = app.extensions["baoxiu_checks"]
    while not all(answers() for answers in checks.values()):
        if stopping.wait(0.5):
            return
    lines = ["", "报修已就绪 / Baoxiu is ready"]
    if known.wechat_api_base_url.startswith(LOOPBACK):
        lines.append(f"  微信模拟器 simulator  {known.wechat_api_base_url}/")
    lines += [f"  控制台 console        http://127.0.0.1:{known.port}/ops",
              f"  微信服务器地址 webhook  http://127.0.0.1:{known.port}/wechat", "  Ctrl-C 停止 / stops everything", ""]
    print("\n".join(lines), flush=True)  # noqa: T201 - addressed to the person at the terminal


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
