"""Faults on order: the next calls of the API fail or come late, so that tests can see what the account does."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

from simulator.errors import RefusedError

ANY = "*"


@dataclass
class Fault:
    """The next `times` calls of `call` wait `delay` seconds and then end in `errcode` or `http_status`.

    `call` is the path below /cgi-bin/, such as message/custom/send, or * for every call. Without errcode and
    http_status the call is only late.
    """

    call: str
    times: int = 1
    errcode: int = 0
    http_status: int = 0
    delay: float = 0.0

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Fault":
        """The fault a request describes. Raises RefusedError saying which field is wrong."""
        call = str(data.get("call") or "").removeprefix("/").removeprefix("cgi-bin/")
        if not call:
            raise RefusedError("请写明接口（call），例如 message/custom/send，或用 * 表示全部。")
        try:
            numbers = {name: int(data.get(name) or default) for name, default in DEFAULTS.items()}
            return cls(call, delay=float(data.get("delay") or 0), **numbers)
        except (TypeError, ValueError) as error:
            raise RefusedError("times、errcode、http_status 和 delay 应为数字。") from error


DEFAULTS = {"times": 1, "errcode": 0, "http_status": 0}


class Faults:
    """The ordered faults, oldest first; thread-safe."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        with self._lock:
            self._faults.append(fault)

    def take(self, call: str) -> Fault | None:
        """The fault for this call, counted down; None when the call should go well."""
        with self._lock:
            fault = next((item for item in self._faults if item.call in {call, ANY}), None)
            if fault:
                fault.times -= 1
                self._faults = [item for item in self._faults if item.times > 0]
            return fault

    def pending(self) -> list[Fault]:
        """What is still ordered."""
        with self._lock:
            return list(self._faults)

    def clear(self) -> None:
        """Call everything off."""
        with self._lock:
            self._faults.clear()
