"""The examples of the acceptance tests, played against the running system in plain and in encrypted mode."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_system import ROOT, System, free_port

SHARED = ROOT.parent / "shared"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CREDENTIALS = {
    "WECHAT_APPID": "wx0acceptance00001",
    "WECHAT_SECRET": "acceptance-secret",
    "WECHAT_TOKEN": "acceptancetoken",
    "API_TOKEN": "acceptance-api",
    "RATING_INVITE_DELAY": "2s",
}

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not (SHARED / "acceptance").is_dir(), reason="the acceptance tests do not lie beside the checkout"),
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    platform = {"WECHAT_API_BASE_URL": f"http://127.0.0.1:{free_port()}"}
    system = System.prepare(tmp_path_factory.mktemp("acceptance"), CREDENTIALS | platform)
    system.start("actions", "rasa", "jobs")
    yield system
    system.stop()


@pytest.mark.parametrize("mode", ["plain", "encrypted"])
def test_every_example_passes(system: System, mode: str, tmp_path: Path) -> None:
    system.environment["WECHAT_AES_KEY"] = AES_KEY if mode == "encrypted" else ""
    system.start("webhook")
    try:
        system.wait_until_ready()
        played = play(system, tmp_path)
    finally:
        system.stop("webhook")
    print(played.stdout)
    assert played.returncode == 0, f"{played.stdout}\n{played.stderr}\n{transcripts(tmp_path)}\n{system.logs()}"


def play(system: System, folder: Path) -> "subprocess.CompletedProcess[str]":
    port = system.environment["WECHAT_API_BASE_URL"].rsplit(":", 1)[1]
    environment = {name: value for name, value in system.environment.items() if value or name != "WECHAT_AES_KEY"}
    return subprocess.run(
        [sys.executable, "-m", "acceptance", "--base-url", system.url, "--platform-port", port, "--transcripts", str(folder)],
        cwd=SHARED, env=environment | {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True,
        timeout=900, check=False)


def transcripts(folder: Path) -> str:
    """The chats of the scenarios that failed."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    return "\n\n".join(text for text in texts if ": FAILED" in text.splitlines()[0])
