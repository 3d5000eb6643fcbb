"""A PostgreSQL server of the tests' own, on a socket and port nobody else uses."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]


@contextmanager
def running() -> Iterator[str]:
    """Starts the server and gives its address, without the database's name; it is gone afterwards."""
    if not BINARIES:
        raise RuntimeError("PostgreSQL is not installed; `make system` installs it")
    folder = Path(tempfile.mkdtemp(prefix="baoxiu-pg-"))
    owner = "postgres" if os.geteuid() == 0 else ""  # PostgreSQL refuses to run as root
    if owner:
        shutil.chown(folder, owner)
    port = _free_port()
    data = folder / "data"
    try:
        _run(owner, "initdb", "-D", data, "-U", "baoxiu", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        _run(owner, "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://baoxiu@127.0.0.1:{port}"
        finally:
            _run(owner, "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(owner: str, program: str, *arguments: object) -> None:
    line = [str(BINARIES[0] / program), *map(str, arguments)]
    prefix = ["runuser", "-u", owner, "--"] if owner else []
    done = subprocess.run([*prefix, *line], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stdout[-500:]} {done.stderr[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
