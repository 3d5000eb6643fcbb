"""The test stories are what really happens: they are played to Rasa with the action server and a database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from playing import Player

from aftersales.migrate import migrate
from aftersales.settings import settings
from aftersales.store import engine
from bot.client import BotClient
from bot.serve import MODEL
from webhook.rendering import text_of

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
#: These begin with a finished service or a customer's data, which their metadata do not prepare yet.
NOT_PLAYED = ("test_rating_stories.yml", "test_privacy_stories.yml")

pytestmark = pytest.mark.e2e


def told() -> list[Any]:
    """Every story, by its name."""
    paths = [path for path in sorted(Path(__file__).parent.glob("*.yml")) if path.name not in NOT_PLAYED]
    found = [yaml.safe_load(path.read_text(encoding="utf-8"))["stories"] for path in paths]
    return [pytest.param(story, id=story["story"]) for stories in found for story in stories]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Ports, files and an empty database of their own, for this process and those it starts."""
    folder = tmp_path_factory.mktemp("played")
    known = {
        "DATABASE_URL": f"sqlite:///{folder}/played.db", "VAR_DIR": str(folder), "PYTHONPATH": str(ROOT),
        "RASA_URL": f"http://127.0.0.1:{free_port()}", "ACTIONS_URL": f"http://127.0.0.1:{free_port()}",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in known.items():
            patch.setenv(name, value)
        settings.cache_clear()
        engine.cache_clear()
        migrate(engine())
        yield dict(os.environ)
        engine().dispose()
    settings.cache_clear()
    engine.cache_clear()


@pytest.fixture(scope="module")
def rasa_url(environment: dict[str, str]) -> Iterator[str]:
    """Rasa and the action server, ready."""
    assert (ROOT / MODEL).exists(), "there is no model to test; run make train"
    started = [start(module, environment) for module in ("bot.actions", "bot.serve")]
    try:
        wait_until_ready(environment["RASA_URL"], started)
        yield environment["RASA_URL"]
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(15)


def start(module: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (Path(environment["VAR_DIR"]) / f"{module}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)


def wait_until_ready(url: str, started: "list[subprocess.Popen[bytes]]") -> None:
    bot, deadline = BotClient(url), time.monotonic() + PATIENCE
    while not bot.ready():
        assert time.monotonic() < deadline, "Rasa did not come up"
        assert all(process.poll() is None for process in started), "a process has ended"
        time.sleep(0.3)


@pytest.mark.parametrize("story", told())
def test_the_story_is_what_happens(rasa_url: str, story: dict[str, Any]) -> None:
    assert Player(rasa_url).differences(story) == []


def test_a_story_that_is_wrong_is_found_out(rasa_url: str) -> None:
    steps = [
        {"user": "[空调](appliance)[不制冷](symptom)", "intent": "describe_fault"}, {"action": "action_begin_repair"},
        {"action": "repair_form"}, {"active_loop": "repair_form"}, {"slot_was_set": [{"requested_slot": "phone"}]},
        {"user": "查询进度", "intent": "query_progress"}, {"action": "action_hand_over"}, {"action": "repair_form"},
    ]
    assert len(Player(rasa_url).differences({"story": "wrong", "steps": steps})) == 2


def test_a_message_that_is_sent_again_is_answered_as_it_was_and_heard_once(rasa_url: str) -> None:
    bot, openid = BotClient(rasa_url), "oHeardOnce"
    first = bot.say(openid, "空调不制冷", "msg:1")
    again = bot.say(openid, "空调不制冷", "msg:1", again=True)
    assert (text_of(again.replies), again.understood) == (text_of(first.replies), first.understood)
    assert first.understood.intent == "describe_fault"
    bot.say(openid, "美的", "msg:2", again=True)  # it was lost on the way
    events = requests.get(f"{rasa_url}/conversations/{openid}/tracker", timeout=10).json()["events"]
    assert [event["text"] for event in events if event["event"] == "user"] == ["空调不制冷", "美的"]
