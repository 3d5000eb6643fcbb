"""The process starts, says what it needs to be told, and stops in order."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from webhook_fakes import Account, FakeBot, recorded, until

from aftersales.models import InboundState
from aftersales.settings import Settings, settings
from webhook import __main__ as process
from webhook.lanes import Lanes

ROOT = Path(__file__).parents[2]


# --- start -----------------------------------------------------------------------------------------------------------

def test_a_bad_setting_stops_the_process(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "VAR_DIR": str(tmp_path), "PORT": "eight thousand"}
    ended = subprocess.run(
        [sys.executable, "-m", "webhook"], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120,
        check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("cannot start: PORT: ")


@pytest.mark.parametrize(("variable", "value"), [
    ("PORT", ""),
    ("DATABASE_URL", "mysql://localhost/baoxiu"),
    ("WECHAT_AES_KEY", "too short"),
    ("WECHAT_AES_KEY", "!" * 43),
    ("WECHAT_AES_KEY_PREVIOUS", "!" * 43),
    ("REPLY_DEADLINE", "soon"),
    ("WECHAT_API_BASE_URL", "api.weixin.qq.com"),
    ("WECHAT_TOKEN", ""),
])
def test_a_bad_setting_is_named(
    configured: Settings, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    with pytest.raises(SystemExit, match=f"^cannot start: .*{variable}"):
        process.main()


def test_the_first_operator_is_told_once(configured: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for told in (True, False):
        running = process.prepare(configured)
        running.answering.close()
        assert ("admin" in capsys.readouterr().out) is told


def test_everything_is_announced_when_every_part_answers(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    known = account.settings.model_copy(update={"port": 8765, "wechat_api_base_url": "http://127.0.0.1:8001"})
    checks = account.running.app.extensions["baoxiu_checks"]
    answers = iter([False, True])
    checks.clear()
    checks["rasa"] = lambda: next(answers)
    process.announce(account.running.app, known, threading.Event())
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8765/ops" in said
    assert "http://127.0.0.1:8001/" in said


def test_nothing_is_announced_when_the_process_stops_first(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    stopping = threading.Event()
    stopping.set()
    account.running.app.extensions["baoxiu_checks"]["rasa"] = lambda: False
    process.announce(account.running.app, account.settings, stopping)
    assert capsys.readouterr().out == ""


def test_picking_up_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stopping = threading.Event()
    rounds: list[int] = []

    class Answering:
        def pick_up(self, _now: object) -> int:
            rounds.append(len(rounds))
            if len(rounds) == 2:
                stopping.set()
            raise OSError("the database is away")

    monkeypatch.setattr(process, "PICK_UP_EVERY", 0.001)
    process.pick_up(Answering(), stopping)
    assert rounds == [0, 1]
    assert caplog.text.count("could not be picked up") == 2


def test_answers_left_behind_are_looked_for_again_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds: list[int] = []
    stopping = threading.Event()

    class Answering:
        def tend(self, _now: object) -> int:
            rounds.append(len(rounds))
            if len(rounds) == 2:
                stopping.set()
            raise OSError("the database is away")

    monkeypatch.setattr(process, "TEND_EVERY", 0.001)
    process.tend(Answering(), stopping)
    assert rounds == [0, 1]
    assert caplog.text.count("could not be sent") == 2


# --- stop ------------------------------------------------------------------------------------------------------------

def test_what_runs_is_finished_and_what_waits_is_left(open_account: Callable[..., Account], bot: FakeBot) -> None:
    lanes, gate, done = Lanes(1), threading.Event(), []

    def work(name: str) -> Callable[[], None]:
        return lambda: done.append((name, gate.wait(10)))

    running = lanes.submit("张三", work("running"))
    until(lambda: lanes._pool._work_queue.qsize() == 0)
    waiting = [lanes.submit("张三", work("behind it")), lanes.submit("李四", work("elsewhere"))]
    closing = threading.Thread(target=lanes.close)
    closing.start()
    until(lambda: lanes._closed)
    gate.set()
    closing.join(10)
    assert running.done()
    assert not running.cancelled()
    assert all(future.cancelled() for future in waiting)
    assert done == [("running", True)]
    assert lanes.submit("王师傅", work("too late")).cancelled()


def test_a_job_that_fails_does_not_stop_its_lane(caplog: pytest.LogCaptureFixture) -> None:
    lanes, done = Lanes(2), []

    def fail() -> None:
        raise ValueError("broken")

    failing, next_one = lanes.submit("张三", fail), lanes.submit("张三", lambda: done.append(1))
    next_one.result(10)
    lanes.close()
    assert str(failing.exception()) == "broken"
    assert done == [1]
    assert "could not be answered" in caplog.text


def test_a_message_that_comes_while_the_process_stops_is_recorded_for_the_next(account: Account, bot: FakeBot) -> None:
    account.running.answering.close()
    assert account.text("你好").silent
    assert bot.said == []
    assert [(row.state, row.late) for row in recorded()] == [(InboundState.RECORDED, True)]
