"""Faults on order: calls of the API fail or come late, so that tests can see what the account does."""

import itertools
import time
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from simulator.errors import RefusedError

ANY = "*"
_ids = itertools.count(1)


@dataclass
class Fault:
    """The next `times` calls of `call` wait `delay` seconds and then end as said; `forever` until called off.

    `call` is the path below /cgi-bin/, such as message/custom/send, a whole path such as
    customservice/kfsession/create, or * for every call; with `openid` only calls that name this customer count.
    A call ends in `errcode` (with `detail` in its errmsg), in `http_status`, in `html` instead of JSON under HTTP 200,
    or in a closed connection (`close`). Without any of them it is only late: `delay` alone is a hang or a slow-down.
    With `carried_out` the call does its work first, and only the answer is lost.
    """

    call: str
    times: int = 1
    errcode: int = 0
    http_status: int = 0
    delay: float = 0.0
    html: bool = False
    close: bool = False
    forever: bool = False
    carried_out: bool = False
    openid: str = ""
    detail: str = ""
    id: int = field(default_factory=lambda: next(_ids))

    @property
    def ends(self) -> bool:
        """Whether the call is answered otherwise than usual, and not merely late."""
        return bool(self.errcode or self.http_status or self.html or self.close)

    def hits(self, call: str, openid: str) -> bool:
        """Whether the fault is meant for this call."""
        return self.call in {call, ANY} and self.openid in {"", openid}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Fault":
        """The fault a request describes. Raises RefusedError saying which field is wrong."""
        unknown = set(data) - FIELDS
        if unknown:
            raise RefusedError(f"不认识的字段 {'、'.join(sorted(unknown))}，可用：{'、'.join(sorted(FIELDS))}。")
        call = str(data.get("call") or "").removeprefix("/").removeprefix("cgi-bin/")
        if not call:
            raise RefusedError("请写明接口（call），例如 message/custom/send，或用 * 表示全部。")
        try:
            numbers = {name: int(data.get(name) or default) for name, default in NUMBERS.items()}
            delay = float(data.get("delay") or 0)
        except (TypeError, ValueError) as error:
            raise RefusedError("times、errcode、http_status 和 delay 应为数字。") from error
        if numbers["times"] < 1 or delay < 0:
            raise RefusedError("times 应大于 0，delay 不能小于 0；一直有效请用 forever。")
        flags = {name: data.get(name) is True for name in FLAGS}
        words = {name: str(data.get(name) or "") for name in WORDS}
        fault = cls(call, delay=delay, **numbers, **flags, **words)  # type: ignore[arg-type]
        if not (fault.ends or fault.delay):
            raise RefusedError("请写明会怎样：errcode、http_status、html、close，或 delay（秒）。")
        return fault


NUMBERS = {"times": 1, "errcode": 0, "http_status": 0}
FLAGS = ("html", "close", "forever", "carried_out")
WORDS = ("openid", "detail")
FIELDS = {"call", "delay", *NUMBERS, *FLAGS, *WORDS}


class Faults:
    """The ordered faults, oldest first; thread-safe."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._changed = Condition()
        self._cleared = 0

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        with self._changed:
            self._faults.append(fault)

    def take(self, call: str, openid: str = "") -> list[Fault]:
        """What this call meets, counted down: at most one that only delays, then at most one that ends it."""
        with self._changed:
            meant = [fault for fault in self._faults if fault.hits(call, openid)]
            first = [next((fault for fault in meant if fault.ends is ends), None) for ends in (False, True)]
            found = [fault for fault in first if fault]
            for fault in found:
                fault.times -= 0 if fault.forever else 1
            self._faults = [fault for fault in self._faults if fault.times > 0]
            return found

    def sleep(self, seconds: float) -> None:
        """Wait that long, or until all faults are called off."""
        until = time.monotonic() + seconds
        with self._changed:
            cleared = self._cleared
            while self._cleared == cleared and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)

    def pending(self) -> list[Fault]:
        """What is still ordered."""
        with self._changed:
            return list(self._faults)

    def remove(self, number: int) -> bool:
        """Call one off by its id; whether there was one."""
        with self._changed:
            before = len(self._faults)
            self._faults = [fault for fault in self._faults if fault.id != number]
            return len(self._faults) < before

    def clear(self) -> None:
        """Call everything off; calls that hang go on."""
        with self._changed:
            self._faults.clear()
            self._cleared += 1
            self._changed.notify_all()
