"""Everything the simulator knows, in memory, behind one lock."""

import itertools
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from threading import Condition, RLock
from typing import Any, TypeVar

from simulator import customers, menu
from simulator.agents import Desk
from simulator.book import Book
from simulator.clock import MovableClock
from simulator.config import Clock, Config
from simulator.contents import Content
from simulator.customers import Customer, Entry
from simulator.faults import Faults
from simulator.limits import Limits
from simulator.log import LOG_LENGTH, NEWEST, Record
from simulator.media import MediaStore
from simulator.quota import Ledger
from simulator.subscriptions import Subscriptions
from simulator.templates import Library
from simulator.tokens import Tokens

T = TypeVar("T")


class UnknownCustomerError(LookupError):
    """No customer has this openid."""


@dataclass(frozen=True)
class Code:
    """A QR code the account made; scanning it reports the scene and the ticket. Without an end it lasts."""

    ticket: str
    scene: str
    expires_at: datetime | None = None


@dataclass
class World:
    """The state. Whoever changes more than one thing, or reads several, holds `lock`; nobody holds it while
    talking to the network."""

    config: Config
    base_clock: Clock
    lock: RLock = field(default_factory=RLock)
    customers: dict[str, Customer] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    tokens: Tokens = field(default_factory=Tokens)
    limits: Limits = field(default_factory=Limits)
    media: MediaStore = field(default_factory=MediaStore)
    faults: Faults = field(default_factory=Faults)
    templates: Library = field(default_factory=Library)
    desk: Desk = field(default_factory=Desk)
    book: Book = field(default_factory=Book)
    codes: dict[str, Code] = field(default_factory=dict)
    menu: list[dict[str, Any]] | None = None
    sent_templates: dict[str, int] = field(default_factory=dict)
    log: deque[Record] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    boot: str = field(default_factory=lambda: secrets.token_hex(8))
    seq: int = 0

    def __post_init__(self) -> None:
        self.clock = MovableClock(self.base_clock)
        self.news = Condition(self.lock)
        self._first_config = self.config
        self._records = itertools.count(1)
        # Beyond 2^53 and growing over restarts, as the platform's message ids are.
        self._message_ids = itertools.count(int(self.now().timestamp()) * 1_000_000_000)
        self._add_first_customers()

    def _add_first_customers(self) -> None:
        for name in self.config.customers:
            self.add_customer(name, customers.lasting_openid(self.config.appid, name))

    def reset(self) -> None:
        """Begin anew with the first settings; only access tokens and media stay good. What is under way is dropped."""
        with self.lock:
            self.faults.clear()
            self.clock.reset()
            fresh = World(self._first_config, self.base_clock)
            for name in RESET:
                setattr(self, name, getattr(fresh, name))
            self.next_seq()

    def configure(self, changes: Mapping[str, Any]) -> Config:
        """Change settings for all pushes and calls from now on. Raises ConfigError and changes nothing then."""
        with self.lock:
            self.config = self.config.changed(changes)
            self.next_seq()
            return self.config

    def settle_port(self, port: int) -> None:
        """The port the platform is served on, known once it listens; it holds after a reset too."""
        with self.lock:
            self.config, self._first_config = (replace(known, port=port) for known in (self.config, self._first_config))

    def rotate_key(self, key: str) -> Config:
        """Take a new EncodingAESKey at once; the old one is kept as the previous. Raises ConfigError."""
        return self.configure({"previous_aes_key": self.config.aes_key, "aes_key": key})

    def now(self) -> datetime:
        """The present moment by the clock of this world."""
        return self.clock()

    def next_message_id(self) -> int:
        """A message id that was never given out before."""
        with self.lock:
            return next(self._message_ids)

    def next_seq(self) -> int:
        """The number of the next change; pages ask for what came after the last number they saw."""
        with self.lock:
            self.seq += 1
            self.news.notify_all()
            return self.seq

    def wait_until(self, found: Callable[[], T], seconds: float) -> T:
        """What `found` gives, asked again after each change until it is true or the seconds are over."""
        until = time.monotonic() + seconds
        with self.lock:
            while not (result := found()) and (left := until - time.monotonic()) > 0:
                self.news.wait(left)
            return result

    def add_customer(self, name: str, openid: str = "") -> Customer:
        """A new follower, or the present one when the openid is taken already."""
        with self.lock:
            openid = openid or customers.new_openid()
            fresh = Customer(openid, name, followed_at=self.now())
            self.next_seq()
            return self.customers.setdefault(openid, fresh)

    def customer(self, openid: str) -> Customer:
        """The customer of an openid. Raises UnknownCustomerError."""
        with self.lock:
            if openid not in self.customers:
                raise UnknownCustomerError(openid)
            return self.customers[openid]

    def say(
        self, openid: str, sender: str, via: str, content: Content, client_msg_id: str = "",
        answers: Mapping[str, Any] | None = None,
    ) -> Entry:  # fmt: skip
        """Add a line to a customer's chat; a line of the account ends its typing."""
        with self.lock:
            customer = self.customer(openid)
            entry = Entry(self.next_seq(), openid, sender, via, self.now(), content, client_msg_id, answers)
            customer.chat.append(entry)
            if sender == customers.ACCOUNT:
                customer.typing_until = None
            return entry

    def start_record(self, kind: str, name: str, openid: str = "", request: str = "") -> Record:
        """A new line of the developer's log."""
        with self.lock:
            record = Record(next(self._records), kind, name, self.now(), openid, request, seq=self.next_seq())
            self.log.append(record)
            return record

    @contextmanager
    def changing(self, record: Record) -> Iterator[Record]:
        """Change a record; pages hear of it."""
        with self.lock:
            yield record
            record.seq = self.next_seq()

    def changes(self, since: int) -> dict[str, Any]:
        """What a page shows: all customers and the menu as they are, chat lines and records after `since`."""
        with self.lock:
            entries = [entry for customer in self.customers.values() for entry in customer.chat if entry.seq > since]
            newest = itertools.islice(reversed(self.log), NEWEST)
            return {
                "boot": self.boot,
                "seq": self.seq,
                "account": {"name": self.config.account_name, "webhook": self.config.webhook_url},
                "platform": self.state(),
                "customers": [self.describe(customer) for customer in self.customers.values()],
                "menu": self.menu or menu.DEFAULT,
                "codes": [code.scene for code in self.codes.values()],
                "entries": [entry.to_json() for entry in sorted(entries, key=lambda entry: entry.seq)],
                "log": [record.to_json() for record in reversed(list(newest)) if record.seq > since],
            }

    def state(self) -> dict[str, Any]:
        """How the platform is set at this moment: settings, clock, faults, agents, and the totals of the book."""
        with self.lock:
            return {
                "settings": self.config.shown(),
                "profile": self.config.kind.label,
                "now": self.now().isoformat(),
                "offset": self.clock.offset.total_seconds(),
                "faults": [asdict(fault) for fault in self.faults.pending()],
                "desk": self.desk.to_json(),
                "totals": self.book.totals(),
            }

    def describe(self, customer: Customer) -> dict[str, Any]:
        """A customer as the page and the control interface read it."""
        now = self.now()
        with self.lock:
            grants = self.ledger.alive(customer.openid, now)
            talk = self.desk.sessions.get(customer.openid)
            agreed = self.subscriptions.left(customer.openid)
        return {
            "openid": customer.openid,
            "name": customer.name,
            "following": customer.following,
            "muted": customer.muted,
            "blacklisted": customer.blacklisted,
            "typing": customer.is_typing(now),
            "agent": talk.account if talk else "",
            "subscriptions": agreed,
            "quota": [
                {"deed": grant.deed, "remaining": grant.remaining, "expires_at": grant.expires_at.isoformat()}
                for grant in grants
            ],
        }


#: What a reset puts back. The lock, the clock, numbers that must not repeat, tokens and media stay.
RESET = (
    "config", "customers", "ledger", "subscriptions", "limits", "faults", "templates", "desk", "book", "codes", "menu",
    "sent_templates", "log", "boot",
)  # fmt: skip
