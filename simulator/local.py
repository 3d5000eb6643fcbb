"""The platform inside a program: started on a free port for the account, its customers driven by Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from simulator import deeds, handover, quota, records
from simulator.application import create_app
from simulator.config import Clock, Config, utc_now
from simulator.customers import Entry
from simulator.faults import Fault
from simulator.log import Record
from simulator.push import PushEngine
from simulator.server import in_background, listen
from simulator.world import World

PATIENCE = 20.0


class LocalPlatform:
    """A WeChat platform on this machine. Every method may be called from several threads.

    It may be used as a context manager. The API that the account calls is served over HTTP under `base_url` from
    `start` to `stop`; customers act, and everything is read, without HTTP.

    :param config: settings; with port 0, the usual here, any free port is taken.
    :param webhook_url: where the account listens; may be set later by `configure(webhook_url=…)`.
    :param clock: gives aware moments; the platform's clock follows it and can be moved away from it.
    """

    def __init__(self, config: Config | None = None, webhook_url: str = "", clock: Clock = utc_now) -> None:
        config = config or Config(port=0)
        self._config = replace(config, webhook_url=webhook_url or config.webhook_url)
        self.app = create_app(self._config, clock)
        self.world: World = self.app.extensions["simulator"]
        self.engine: PushEngine = self.app.extensions["simulator_push"]
        self._stop: Callable[[], None] | None = None

    def start(self) -> Self:
        """Serve the API. Raises OSError when the port is taken."""
        server = listen(self.app, self._config.host, self._config.port)
        self.world.settle_port(server.server_port)
        self._stop = in_background(server)
        return self

    def stop(self) -> None:
        """Serve no longer; calls that hang are given up."""
        self.world.faults.clear()
        if self._stop:
            self._stop()
            self._stop = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The product's WECHAT_API_BASE_URL, without a slash at the end."""
        return self.world.config.base_url

    def person(self, name: str, openid: str = "", *, follow: bool = False) -> "Person":
        """A customer, new unless the openid is known; with `follow` the follow event is pushed."""
        person = Person(self, self.world.add_customer(name, openid).openid, name)
        if follow:
            person.follow()
        return person

    def configure(self, **changes: Any) -> Config:
        """Change settings (see `Config`) for all pushes and calls from now on. Raises ConfigError."""
        return self.world.configure(changes)

    def order_fault(self, call: str, **fields: Any) -> Fault:
        """Let calls fail; the fields are those of `Fault`."""
        fault = Fault(call, **fields)
        self.world.faults.add(fault)
        return fault

    def clear_faults(self) -> None:
        """Call all faults off; calls that hang go on."""
        self.world.faults.clear()

    def move_clock(self, **span: float) -> datetime:
        """Turn the platform's clock on by days, hours, minutes, seconds; the new moment."""
        now = self.world.clock.move(timedelta(**span))
        handover.end_idle_sessions(self.engine)
        return now

    def set_clock(self, moment: datetime) -> datetime:
        """Put the platform's clock to an aware moment."""
        now = self.world.clock.set(moment)
        handover.end_idle_sessions(self.engine)
        return now

    def settle(self, seconds: float = PATIENCE) -> bool:
        """Wait until no push is under way; False when that takes longer."""
        return self.engine.wait(seconds)

    def report(self) -> dict[str, Any]:
        """What every customer has received, calls, token fetches, refusals, alarms (see `records.report`)."""
        return records.report(self.world)

    def reset(self) -> None:
        """Begin anew with the first settings; only access tokens and media stay good."""
        self.engine.begin_anew()


@dataclass(frozen=True)
class Person:
    """A customer with a phone. Each deed returns at once with the record of its push."""

    platform: LocalPlatform
    openid: str
    name: str

    def does(self, upload: bytes | None = None, **deed: Any) -> Record:
        """Any deed, such as type="text", text="你好"; the types are those of `deeds.BUILDERS`. Raises RefusedError."""
        world = self.platform.world
        asked = deeds.Request(world, world.customer(self.openid), deed, upload)
        return deeds.perform(self.platform.engine, asked)[1]

    def says(self, text: str, copies: int | None = None) -> Record:
        """Types and sends; `copies` of the push go out at the same moment."""
        return self.does(type="text", text=text, copies=copies)

    def taps(self, text: str, number: str) -> Record:
        """Taps an option of a menu message, or a menu link inside a text."""
        return self.does(type="tap", text=text, id=number)

    def clicks(self, key: str) -> Record:
        """Taps a button of the account's menu."""
        return self.does(type="event", event="CLICK", key=key)

    def follow(self, scene: str = "") -> Record:
        """Follows, by a QR code when there is a scene."""
        return self.does(type="event", event="subscribe", scene=scene)

    def unfollow(self) -> Record:
        """Follows no longer."""
        return self.does(type="event", event="unsubscribe")

    def scans(self, scene: str) -> Record:
        """Scans a QR code; who does not follow yet, follows by it."""
        return self.does(type="event", event="SCAN", scene=scene)

    def sends_photo(self, label: str = "", content: bytes | None = None) -> Record:
        """Sends a photo: a file, or a drawn one."""
        return self.does(content, type="image", text=label)

    def answers_popup(self, template: str, status: str = "accept") -> Record:
        """Accepts or rejects a subscription notice."""
        return self.does(type="event", event="subscribe_msg_popup_event", template=template, status=status)

    def open_window(self, deed: str = quota.MESSAGE) -> None:
        """Opens a grant without saying anything; `deed` is one of `quota.RULES`."""
        with self.platform.world.lock:
            self.platform.world.ledger.open(self.openid, deed, self.platform.world.now())

    def close_window(self) -> None:
        """Ends all grants as if time had passed."""
        with self.platform.world.lock:
            self.platform.world.ledger.close(self.openid)

    def chat(self) -> list[Entry]:
        """Everything in the chat, oldest first."""
        with self.platform.world.lock:
            return list(self.platform.world.customer(self.openid).chat)

    def received(self) -> list[Mapping[str, Any]]:
        """What was received, oldest first (see `records.received`)."""
        return list(records.received(self.platform.world, self.openid))

    def texts(self) -> list[str]:
        """What was received, only what a person reads."""
        return [str(line["text"]) for line in self.received()]

    def hears(self, words: str, seconds: float = PATIENCE) -> str:
        """The newest text received that holds the words, waited for. Raises AssertionError with what came instead."""
        found = self.platform.world.wait_until(lambda: self._with(words), seconds)
        if not found:
            raise AssertionError(f"{self.name} has not heard {words!r} in {seconds:g} s, but: {self.texts()}")
        return found

    def _with(self, words: str) -> str:
        return next((text for text in reversed(self.texts()) if words in text), "")
