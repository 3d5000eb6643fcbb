"""The server address's envelope: signatures of the query, and encryption in compatible and safe mode."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from wechatpy.utils import WeChatSigner

from wechat.characters import cdata_content
from wechat.crypto import MessageCipher, Undecryptable
from wechat.payload import read_fields, text_of
from wechat.replies import SUCCESS

__all__ = ["BadSignature", "Envelope", "Opened", "Undecryptable"]

_SEALED_REPLY = (
    "<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)


class BadSignature(ValueError):  # noqa: N818
    """The request is not signed with the account's token: it is not the platform that sent it."""


@dataclass(frozen=True)
class Opened:
    """A push whose signature is right. `message_xml` is its plain message; `encrypted` says how it came."""

    message_xml: bytes
    nonce: str
    _sealer: "Envelope | None" = field(default=None, repr=False)

    @property
    def encrypted(self) -> bool:
        return self._sealer is not None

    def seal(self, reply_xml: str, now: datetime | None = None) -> str:
        """The HTTP answer that carries the reply: encrypted when the message came encrypted, but `success` never is."""
        if self._sealer is None or reply_xml in ("", SUCCESS):
            return reply_xml
        return self._sealer.sealed(reply_xml, self.nonce, now or datetime.now(timezone.utc))


class Envelope:
    """Opens what the platform sends to the server address and seals what it is answered.

    :param token: the account's Token (WECHAT_TOKEN).
    :param aes_key: its EncodingAESKey (WECHAT_AES_KEY); without it only plain messages, and the plain half of
        compatible ones, can be read.
    :raises ValueError: naming the variable that is unusable.
    """

    def __init__(self, token: str, appid: str, aes_key: str | None = None) -> None:
        if not token:
            raise ValueError("WECHAT_TOKEN is empty: anybody could sign messages with it.")
        if aes_key and not appid:
            raise ValueError("WECHAT_APPID is empty, but encrypted messages are bound to it.")
        self._token = token
        self._cipher = MessageCipher(appid, aes_key) if aes_key else None

    def verify_url(self, query: Mapping[str, str]) -> str:
        """The echostr with which a GET of the server address is answered, verbatim.

        :raises BadSignature: when the request does not come from the platform.
        """
        self._check(query, "signature")
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """The message of a POST. In safe and compatible mode msg_signature counts, since only it covers the message.

        :raises BadSignature: when the request does not come from the platform.
        :raises Undecryptable: when it does, but cannot be decrypted.
        :raises MalformedMessage: when the envelope of an encrypted message is not the platform's XML.
        """
        nonce = query.get("nonce", "")
        if query.get("encrypt_type", "raw").lower() != "aes":
            self._check(query, "signature")
            return Opened(body, nonce)
        if self._cipher is None:
            return Opened(self._plain_half(query, body), nonce)
        sealed = text_of(read_fields(body), "Encrypt")
        self._check(query, "msg_signature", sealed)
        return Opened(self._cipher.unseal(sealed), nonce, self)

    def sealed(self, reply_xml: str, nonce: str, now: datetime) -> str:
        """The encrypted form of a reply, with its own signature."""
        if self._cipher is None:
            raise Undecryptable("WECHAT_AES_KEY is not set, so no reply can be encrypted.")
        sealed, timestamp = self._cipher.seal(reply_xml), str(int(now.timestamp()))
        signature = self._sign(timestamp, nonce, sealed)
        return _SEALED_REPLY.format(sealed=sealed, signature=signature, timestamp=timestamp, nonce=cdata_content(nonce))

    def _plain_half(self, query: Mapping[str, str], body: bytes) -> bytes:
        self._check(query, "signature")
        if "MsgType" not in read_fields(body):
            raise Undecryptable("The account sends encrypted messages: set WECHAT_AES_KEY to its EncodingAESKey.")
        return body

    def _check(self, query: Mapping[str, str], name: str, *more: str) -> None:
        """Compares in constant time; `more` is what the signature covers besides token, timestamp and nonce."""
        parts = [query.get(part, "") for part in ("timestamp", "nonce")]
        given = query.get(name, "")
        if not (given and all(parts)):
            raise BadSignature(f"The request lacks {name}, timestamp or nonce.")
        if not hmac.compare_digest(self._sign(*parts, *more).encode(), given.encode(errors="replace")):
            raise BadSignature(f"The {name} does not match; check that WECHAT_TOKEN is the account's Token.")

    def _sign(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(*(part.encode(errors="replace") for part in (self._token, *parts)))
        signature: str = signer.signature
        return signature
