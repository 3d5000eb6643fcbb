"""The product's real processes, started for a test run on ports of their own and ended with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
MODULES = {
    "actions": "bot.actions", "rasa": "bot.serve", "webhook": "webhook", "jobs": "jobs", "simulator": "simulator",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class System:
    """Processes by name, all with the same environment; logs go to a folder."""

    folder: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    def prepare(cls, folder: Path, settings: Mapping[str, str]) -> "System":
        """Ports, database and files of its own."""
        ports = {name: free_port() for name in ("webhook", "rasa", "actions")}
        known = {
            "PORT": str(ports["webhook"]),
            "RASA_URL": f"http://127.0.0.1:{ports['rasa']}",
            "ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}",
            "DATABASE_URL": f"sqlite:///{folder}/system.db",
            "VAR_DIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        return cls(folder, dict(os.environ) | known | dict(settings))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def start(self, *names: str) -> None:
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", MODULES[name]], cwd=ROOT, env=self.environment, stdout=log, stderr=log,
                    start_new_session=True)

    def stop(self, *names: str, hard: bool = False) -> None:
        for name in names or list(self.processes):
            process = self.processes.pop(name)
            _signal(process, signal.SIGKILL if hard else signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait(15)

    def wait_until_ready(self) -> None:
        """Returns once /readyz says that every part answers.

        Raises:
            RuntimeError: when it does not come to that, with the ends of the logs.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended:
                break
            if self._ready():
                return
            time.sleep(0.3)
        raise RuntimeError(f"the system did not come up\n{self.logs()}")

    def _ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def logs(self, size: int = 3000) -> str:
        """The ends of the logs."""
        return "\n".join(
            f"--- {log.stem}\n{log.read_text(encoding='utf-8', errors='replace')[-size:]}"
            for log in sorted(self.folder.glob("*.log")))


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
