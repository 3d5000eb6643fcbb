"""The examples of the acceptance tests, played against the running system in plain and in encrypted mode."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from customers import ABSENT, are_there, play, system_for_customers
from running_system import System

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not are_there(), reason=ABSENT)]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = system_for_customers(tmp_path_factory.mktemp("acceptance"))
    system.start("actions", "rasa", "jobs")
    yield system
    system.stop()


@pytest.mark.parametrize("mode", ["plain", "encrypted"])
def test_every_example_passes(system: System, mode: str, tmp_path: Path) -> None:
    system.environment["WECHAT_AES_KEY"] = AES_KEY if mode == "encrypted" else ""
    system.start("webhook")
    try:
        system.wait_until_ready()
        played = play(system, tmp_path, ["--jobs", "10"])
    finally:
        system.stop("webhook")
    print(played.stdout)
    assert played.returncode == 0, f"{played.stdout}\n{played.stderr}\n{transcripts(tmp_path)}\n{system.logs()}"


def transcripts(folder: Path) -> str:
    """The chats of the scenarios that failed."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    return "\n\n".join(text for text in texts if ": FAILED" in text.splitlines()[0])
