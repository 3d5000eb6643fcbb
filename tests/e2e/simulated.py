"""The whole product with the simulator in WeChat's place, and the integration API as a field-service system uses it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import requests
from running_system import ROOT, System, free_port

OPERATOR, PASSWORD = "admin", "a password for the tests"
API_TOKEN = "pages-api"
PATIENCE = 30


def start_with_simulator(folder: Path) -> System:
    """Every process of `make run` with a database of its own in `folder`, ready, with the demo technicians.

    Raises:
        RuntimeError: when it does not come up, with the ends of the logs.
    """
    port = str(free_port())
    system = System.prepare(folder, {
        "SIMULATOR_PORT": port, "WECHAT_API_BASE_URL": f"http://127.0.0.1:{port}", "SIMULATOR_CUSTOMERS": " ",
        "OPS_ADMIN_PASSWORD": PASSWORD, "API_TOKEN": API_TOKEN, "RATING_INVITE_DELAY": "2s", "WECHAT_AES_KEY": ""})
    system.environment["WEBHOOK_URL"] = f"{system.url}/wechat"
    for module in ("aftersales.migrate", "aftersales.demo"):
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=system.environment, check=True)
    system.start("webhook", "jobs", "actions", "rasa", "simulator")
    try:
        system.wait_until_ready()
    except RuntimeError:
        system.stop()
        raise
    return system


def simulator_url(system: System) -> str:
    """Where the phones are."""
    return system.environment["WECHAT_API_BASE_URL"]


def order_of(system: System, number: str) -> dict[str, Any]:
    """The work order as the integration API tells it."""
    return _call(system, "GET", f"work-orders/{number}")


def report_event(system: System, number: str, kind: str, **fields: str) -> dict[str, Any]:
    """A step of the technician, reported by the field-service system; the order afterwards."""
    return _call(system, "POST", f"work-orders/{number}/events", json={"type": kind, **fields})


def _call(system: System, method: str, path: str, **options: Any) -> dict[str, Any]:
    answer = requests.request(
        method, f"{system.url}/api/v1/{path}", headers={"Authorization": f"Bearer {API_TOKEN}"}, timeout=PATIENCE, **options)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
