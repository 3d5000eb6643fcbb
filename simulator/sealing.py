"""A push made ready for the road: its fields, its signed query, its body in one of the three modes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator import xml
from simulator.config import Config
from simulator.crypto import Cipher, sign


@dataclass(frozen=True)
class Push:
    """One message or event. `fields` follow after the common head; of a `quiet` push the customer never sees
    an answer nor a fault."""

    openid: str
    at: datetime
    fields: Mapping[str, xml.Value]
    quiet: bool = False

    @property
    def name(self) -> str:
        """The event, or the message's type."""
        return str(self.fields.get("Event") or self.fields.get("MsgType") or "raw")

    @property
    def is_event(self) -> bool:
        """Whether it is an event and not something the customer said."""
        return "Event" in self.fields

    def plain_fields(self, account: str) -> dict[str, xml.Value]:
        """All fields in the platform's order."""
        head: dict[str, xml.Value] = {"ToUserName": account, "FromUserName": self.openid}
        return {**head, "CreateTime": int(self.at.timestamp()), **self.fields}

    def summary(self, number: int) -> dict[str, Any]:
        """What a reply answers: {"push", "name", "said", "msg_id"}."""
        said = self.fields.get("Content") or self.fields.get("EventKey") or self.fields.get("Label") or ""
        return {"push": number, "name": self.name, "said": str(said), "msg_id": str(self.fields.get("MsgId", ""))}


@dataclass(frozen=True)
class Parcel:
    """A push made ready: every try carries the same query and the same body. `key` encrypted it, if any did."""

    query: Mapping[str, str]
    body: bytes
    key: str | None = None


def seal(push: Push, config: Config, now: datetime) -> Parcel:
    """Sign a push and, where the account's mode asks for it, encrypt it."""
    fields = push.plain_fields(config.account)
    query = signed_query(config, now) | ({"openid": push.openid} if config.with_openid else {})
    key = config.push_key
    if config.mode == "plain" or not key:
        return Parcel(query, xml.document(fields).encode())
    encrypted = Cipher(key, config.appid).encrypt(xml.document(fields).encode())
    shown = fields if config.mode == "compat" else {"ToUserName": config.account}
    signature = sign(config.token, query["timestamp"], query["nonce"], encrypted)
    query |= {"encrypt_type": "aes", "msg_signature": signature}
    return Parcel(query, xml.document({**shown, "Encrypt": encrypted}).encode(), key)


def signed_query(config: Config, now: datetime) -> dict[str, str]:
    """signature, timestamp and nonce."""
    timestamp = str(int(now.timestamp()))
    nonce = str(secrets.randbelow(9 * 10**8) + 10**8)
    return {"signature": sign(config.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
