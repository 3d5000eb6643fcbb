"""The timetable is complete, every entry works, and one that fails does not take the others along."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from jobs_fakes import NOW, ZHANG_SAN, FakePlatform, completed, order, say

from aftersales import heartbeats
from aftersales.settings import Settings, settings
from aftersales.store import reading
from jobs import __main__ as process
from jobs.timetable import Entry, timetable

ROOT = Path(__file__).parents[2]
EVERY = {
    "deliver": "0:00:01", "dispatch": "0:00:01", "invite": "0:00:01", "remind": "0:01:00", "close": "0:01:00",
    "quiet": "0:00:10", "forget": "0:00:10", "prune": "1:00:00", "beat": "0:00:05"}


def environment(tmp_path: Path, **changed: str) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite:///{tmp_path}/test.db", "VAR_DIR": str(tmp_path),
        "WECHAT_API_BASE_URL": "http://127.0.0.1:9"} | changed


# --- the table -------------------------------------------------------------------------------------------------------

def test_the_timetable_is_complete(known: Settings, platform: FakePlatform) -> None:
    entries = timetable(known, platform)
    assert {entry.name: str(entry.every) for entry in entries} == EVERY
    assert all(entry.meaning for entry in entries)


def test_the_pace_follows_the_settings(known: Settings, platform: FakePlatform) -> None:
    slow = timetable(known.model_copy(update={"job_interval": timedelta(minutes=5)}), platform)
    assert {entry.name: entry.every for entry in slow} == {
        **dict.fromkeys(EVERY, timedelta(minutes=5)), "prune": timedelta(hours=1), "beat": timedelta(seconds=5)}


def test_every_entry_works_with_nothing_to_do(known: Settings, platform: FakePlatform) -> None:
    done = {entry.name: entry.work(NOW) for entry in timetable(known, platform)}
    assert done == {**dict.fromkeys(EVERY, 0), "beat": 1}


def test_every_entry_works_when_there_is_something(known: Settings, platform: FakePlatform) -> None:
    completed(NOW - timedelta(days=2))
    order()
    say("师傅已接单")
    done = {entry.name: entry.work(NOW) for entry in timetable(known, platform)}
    assert done == {**dict.fromkeys(EVERY, 0), "deliver": 1, "dispatch": 1, "invite": 1, "remind": 1, "beat": 1}
    assert platform.sent == [(ZHANG_SAN, "师傅已接单")]


def test_the_jobs_show_that_they_are_alive(known: Settings, platform: FakePlatform) -> None:
    beat = next(entry for entry in timetable(known, platform) if entry.name == "beat")
    for moment in (NOW, NOW + timedelta(seconds=5)):
        beat.work(moment)
        with reading() as session:
            assert heartbeats.last_beat(session, "jobs") == moment


# --- guarded ---------------------------------------------------------------------------------------------------------

def test_a_job_that_fails_is_logged_and_survives(caplog: pytest.LogCaptureFixture) -> None:
    results = iter([OSError("the disk is full"), 3])

    def work(_now: object) -> int:
        result = next(results)
        if isinstance(result, Exception):
            raise result
        return result

    run = process.guarded(Entry("deliver", "send", timedelta(seconds=1), work))
    with caplog.at_level(logging.INFO):
        run()
        run()
    assert "job deliver failed" in caplog.text
    assert "the disk is full" in caplog.text
    assert "deliver: 3" in caplog.text


@pytest.mark.parametrize(("name", "done"), [("deliver", 0), ("beat", 1)])
def test_what_is_not_worth_a_word_is_not_logged(caplog: pytest.LogCaptureFixture, name: str, done: int) -> None:
    with caplog.at_level(logging.INFO):
        process.guarded(Entry(name, "whatever", timedelta(seconds=1), lambda _now: done))()
    assert caplog.text == ""


def test_a_job_is_told_the_present_aware() -> None:
    told = []

    def work(now: object) -> int:
        told.append(now)
        return 0

    process.guarded(Entry("deliver", "send", timedelta(seconds=1), work))()
    assert told[0].utcoffset() == timedelta(0)


# --- the process -----------------------------------------------------------------------------------------------------

def test_the_timetable_can_be_read(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "jobs", "--list"], env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True,
        timeout=120, check=True)
    lines = [line.split(maxsplit=2) for line in shown.stdout.splitlines()]
    assert {name: every for name, every, _ in lines} == EVERY
    assert all(meaning for *_, meaning in lines)
    assert not (tmp_path / "test.db").exists()


@pytest.mark.parametrize(("variable", "value"), [
    ("JOB_INTERVAL", "0s"), ("JOB_INTERVAL", "soon"), ("CLOSE_DELAY", "15"), ("WECHAT_API_BASE_URL", "api.weixin.qq.com"),
])
def test_a_bad_setting_is_named(
    known: Settings, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["jobs"])
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    with pytest.raises(SystemExit, match=f"^cannot start: .*{variable}"):
        process.main()


def test_the_process_works_until_it_is_told_to_stop(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "jobs"], env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 120
        while not alive(tmp_path / "test.db"):
            assert running.poll() is None, running.stderr.read()
            assert time.monotonic() < end, "the jobs have never shown that they are alive"
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        _, complaints = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, complaints) == (0, "")


def alive(path: Path) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:
        try:
            return bool(database.execute("SELECT count(*) FROM heartbeat").fetchone()[0])
        except sqlite3.OperationalError:  # not migrated yet
            return False
