"""Our own scenarios, played against the running system: each is a test, all are played together before the first of them.

With `-k` only the scenarios chosen are played.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from customers import ABSENT, are_there, play, system_for_customers
from running_system import System

FILES = sorted(path for path in (Path(__file__).parent / "scenarios").glob("*.yaml") if path.name != "setups.yaml")
NAMES = [scenario["id"] for path in FILES for scenario in yaml.safe_load(path.read_text(encoding="utf-8"))]
#: A reply has ended after this many seconds of silence; several customers at a time.
PACE = ["--quiet", "0.3", "--jobs", "16"]
#: What a customer took a reply to ask is left out of a report.
HEARD = re.compile(r" harness +asked: ")

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not are_there(), reason=ABSENT)]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = system_for_customers(tmp_path_factory.mktemp("scenarios"))
    system.start("webhook", "jobs", "actions", "rasa")
    try:
        system.wait_until_ready()
        yield system
    finally:
        system.stop()


@pytest.fixture(scope="module")
def chats(product: System, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what was said, one file per scenario."""
    folder = tmp_path_factory.mktemp("chats")
    played = play(product, folder, [*map(str, FILES), *PACE, *chosen(request.session.items)], patience=1800)
    print(played.stdout)
    assert any(folder.iterdir()), f"{end_of(played)}\n{product.logs()}"
    return folder


def chosen(tests: list[pytest.Item]) -> list[str]:
    """The options that name the scenarios among the tests of this run."""
    names = [test.callspec.params["name"] for test in tests
             if isinstance(test, pytest.Function) and test.originalname == test_the_scenario_passes.__name__]
    return [] if len(names) == len(NAMES) else [option for name in names for option in ("--only", name)]


@pytest.mark.parametrize("name", NAMES)
def test_the_scenario_passes(chats: Path, name: str) -> None:
    head, _, orders = (chats / f"{name}.txt").read_text(encoding="utf-8").partition("\n[\n")
    if ": passed" not in head.splitlines()[0]:
        pytest.fail(report(head, orders), pytrace=False)


def report(transcript: str, orders: str) -> str:
    """What failed comes first, then the chat without the remarks on what was well."""
    lines = transcript.splitlines()
    failures = [line for line in lines if line.startswith("FAIL")]
    chat = [line for line in lines if not line.startswith(("FAIL", "ok  ")) and not HEARD.search(line)]
    statuses = [line.strip() for line in orders.splitlines() if line.strip().startswith(('"number"', '"status"'))]
    return "\n".join([*failures, "", *chat, *statuses])


def end_of(played: "subprocess.CompletedProcess[str]") -> str:
    return f"nothing was played, exit status {played.returncode}\n{played.stdout}\n{played.stderr}"
