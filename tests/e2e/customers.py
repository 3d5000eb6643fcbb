"""Simulated customers: they play scenarios against the running product from the folder beside the checkout."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from running_system import ROOT, System, free_port

SHARED = ROOT.parent / "shared"
ABSENT = "the acceptance tests do not lie beside the checkout"
CREDENTIALS = {
    "WECHAT_APPID": "wx0acceptance00001",
    "WECHAT_SECRET": "acceptance-secret",
    "WECHAT_TOKEN": "acceptancetoken",
    "API_TOKEN": "acceptance-api",
    "RATING_INVITE_DELAY": "2s",
}


def are_there() -> bool:
    """Whether there is anybody to play."""
    return (SHARED / "acceptance").is_dir()


def system_for_customers(folder: Path) -> System:
    """A system, not started yet, whose platform the customers will be."""
    return System.prepare(folder, CREDENTIALS | {"WECHAT_API_BASE_URL": f"http://127.0.0.1:{free_port()}"})


def play(system: System, folder: Path, options: Sequence[str] = (), *, patience: float = 900,
         ) -> "subprocess.CompletedProcess[str]":
    """Plays the examples, or the files named in `options`; `folder` receives one transcript per scenario.

    Raises:
        subprocess.TimeoutExpired: after `patience` seconds.
    """
    port = system.environment["WECHAT_API_BASE_URL"].rsplit(":", 1)[1]
    environment = {name: value for name, value in system.environment.items() if value or name != "WECHAT_AES_KEY"}
    return subprocess.run(
        [sys.executable, "-m", "acceptance", *options, "--base-url", system.url, "--platform-port", port,
         "--transcripts", str(folder)],
        cwd=SHARED, env=environment | {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True,
        timeout=patience, check=False)
