"""Everything the simulator knows, in memory, behind one lock."""

import itertools
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any

from simulator import customers, menu
from simulator.config import Clock, Config
from simulator.contents import Content
from simulator.customers import Customer, Entry
from simulator.faults import Faults
from simulator.log import LOG_LENGTH, Record
from simulator.media import MediaStore
from simulator.quota import Ledger
from simulator.templates import Library
from simulator.tokens import Tokens


class UnknownCustomerError(LookupError):
    """No customer has this openid."""


@dataclass(frozen=True)
class Code:
    """A QR code the account made; scanning it reports the scene and the ticket."""

    ticket: str
    scene: str


@dataclass
class World:
    """The state. Whoever changes more than one thing, or reads several, holds `lock`; nobody holds it while
    talking to the network."""

    config: Config
    clock: Clock
    lock: RLock = field(default_factory=RLock)
    customers: dict[str, Customer] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    tokens: Tokens = field(default_factory=Tokens)
    media: MediaStore = field(default_factory=MediaStore)
    faults: Faults = field(default_factory=Faults)
    templates: Library = field(default_factory=Library)
    codes: dict[str, Code] = field(default_factory=dict)
    menu: list[dict[str, Any]] | None = None
    sent_templates: dict[str, int] = field(default_factory=dict)
    log: deque[Record] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    boot: str = field(default_factory=lambda: secrets.token_hex(8))
    seq: int = 0

    def __post_init__(self) -> None:
        self._records = itertools.count(1)
        # Beyond 2^53 and growing over restarts, as the platform's message ids are.
        self._message_ids = itertools.count(int(self.now().timestamp()) * 1_000_000_000)
        for name in self.config.customers:
            self.add_customer(name, customers.lasting_openid(self.config.appid, name))

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
            return self.seq

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

    def say(self, openid: str, sender: str, via: str, content: Content) -> Entry:
        """Add a line to a customer's chat; a line of the account ends its typing."""
        with self.lock:
            customer = self.customer(openid)
            entry = Entry(self.next_seq(), openid, sender, via, self.now(), content)
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
            return {
                "boot": self.boot,
                "seq": self.seq,
                "account": {"name": self.config.account_name, "webhook": self.config.webhook_url},
                "customers": [self.describe(customer) for customer in self.customers.values()],
                "menu": self.menu or menu.DEFAULT,
                "codes": [code.scene for code in self.codes.values()],
                "entries": [entry.to_json() for entry in sorted(entries, key=lambda entry: entry.seq)],
                "log": [record.to_json() for record in self.log if record.seq > since],
            }

    def describe(self, customer: Customer) -> dict[str, Any]:
        """A customer as the page and the control interface read it."""
        now = self.now()
        with self.lock:
            grants = self.ledger.alive(customer.openid, now)
        return {
            "openid": customer.openid,
            "name": customer.name,
            "following": customer.following,
            "typing": customer.is_typing(now),
            "quota": [
                {"deed": grant.deed, "remaining": grant.remaining, "expires_at": grant.expires_at.isoformat()}
                for grant in grants
            ],
        }
