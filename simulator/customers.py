"""The customers, their chats and what the phone shows of them."""

import base64
import hashlib
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.contents import Content

CHAT_LENGTH = 10_000
CUSTOMER, ACCOUNT, PLATFORM = "customer", "account", "platform"


@dataclass(frozen=True)
class Entry:
    """One line of a chat. `sender` is customer, account or platform; `via` is how it came: said, event,
    passive, custom, template, subscription, agent, tip. `seq` grows over all changes of the simulator.

    `client_msg_id` is the caller's; `answers` names the push that a passive reply answers:
    {"push", "name", "said", "msg_id"}.
    """

    seq: int
    openid: str
    sender: str
    via: str
    at: datetime
    content: Content
    client_msg_id: str = ""
    answers: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The entry as the page and the control interface read it."""
        head = {"seq": self.seq, "openid": self.openid, "from": self.sender, "via": self.via}
        tail = {"client_msg_id": self.client_msg_id, "answers": self.answers}
        return {**head, "at": self.at.isoformat(), **self.content.to_json(), **tail}


@dataclass
class Customer:
    """A person with WeChat. Times are aware; None where nothing happened yet.

    `muted`: takes no messages of the account (48002, templates fail with user block); `blacklisted` by it (43019).
    """

    openid: str
    name: str
    following: bool = True
    followed_at: datetime | None = None
    scene: str = ""
    muted: bool = False
    blacklisted: bool = False
    spoke_at: datetime | None = None
    typing_until: datetime | None = None
    chat: deque[Entry] = field(default_factory=lambda: deque(maxlen=CHAT_LENGTH))

    def is_typing(self, now: datetime) -> bool:
        """Whether the account shows as typing."""
        return self.typing_until is not None and self.typing_until > now


def new_openid() -> str:
    """A fresh openid: 28 characters that begin with o."""
    return "o" + secrets.token_urlsafe(21)[:27]


def lasting_openid(appid: str, name: str) -> str:
    """The openid that the same name gets after every restart."""
    digest = hashlib.sha256(f"{appid}/{name}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]
