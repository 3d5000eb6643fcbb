"""The server address's envelope: signatures of the query, and encryption in compatible and safe mode.

Token and EncodingAESKey change in the account's settings at once, in our configuration a moment earlier or later. So
what is signed or encrypted with the previous ones is accepted too, and answered with the ones it came with.

A push whose timestamp is far off is refused: it has been kept by somebody, since the platform delivers within seconds.
Whether the same signature may come twice is not decided here (see `aftersales.signatures`).
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from wechatpy.utils import WeChatSigner

from wechat.characters import cdata_content
from wechat.crypto import MessageCipher, Undecryptable
from wechat.payload import MalformedMessage, read_fields, text_of
from wechat.replies import SUCCESS

__all__ = ["BadSignature", "Envelope", "Opened", "StaleTimestamp", "Undecryptable"]

_SEALED_REPLY = (
    "<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
    "<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)
_UNIX_SECONDS = re.compile(r"[0-9]{1,12}")


class BadSignature(ValueError):  # noqa: N818
    """The request is not signed with the account's token: it is not the platform that sent it."""


class StaleTimestamp(BadSignature):
    """The request is signed, but not lately: somebody may have kept it, or a clock is wrong."""


@dataclass(frozen=True)
class _Sealer:
    """Seals replies with the token and key with which the message came."""

    token: str
    cipher: MessageCipher

    def sealed(self, reply_xml: str, nonce: str, now: datetime) -> str:
        sealed, timestamp = self.cipher.seal(reply_xml), str(int(now.timestamp()))
        signature = _sign(self.token, timestamp, nonce, sealed)
        return _SEALED_REPLY.format(sealed=sealed, signature=signature, timestamp=timestamp, nonce=cdata_content(nonce))


@dataclass(frozen=True)
class Opened:
    """A push whose signature is right. `message_xml` is its plain message; `encrypted` says how it came.

    `signature` is the one of the query, which does not cover the message.
    """

    message_xml: bytes
    nonce: str
    signature: str = ""
    _sealer: _Sealer | None = field(default=None, repr=False)

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
    :param previous_token: and `previous_aes_key`: the ones before, while they are being changed.
    :param tolerance: how far the timestamp of a push may be from now; None for any distance.
    :raises ValueError: naming the variable that is unusable.
    """

    def __init__(
        self,
        token: str,
        appid: str,
        aes_key: str | None = None,
        *,
        previous_token: str | None = None,
        previous_aes_key: str | None = None,
        tolerance: timedelta | None = None,
    ) -> None:
        if not token:
            raise ValueError("WECHAT_TOKEN is empty: anybody could sign messages with it.")
        named = {"WECHAT_AES_KEY": aes_key, "WECHAT_AES_KEY_PREVIOUS": previous_aes_key}
        keys = {name: key for name, key in named.items() if key}
        if keys and not appid:
            raise ValueError("WECHAT_APPID is empty, but encrypted messages are bound to it.")
        self._tokens = [known for known in (token, previous_token) if known]
        self._ciphers = [MessageCipher(appid, key, name) for name, key in keys.items()]
        self._tolerance = tolerance

    def verify_url(self, query: Mapping[str, str]) -> str:
        """The echostr with which a GET of the server address is answered, verbatim.

        :raises BadSignature: when the request does not come from the platform.
        """
        self._check(query, "signature")
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes, now: datetime | None = None) -> Opened:
        """The message of a POST. In safe and compatible mode msg_signature counts, since only it covers the message.

        :param now: an aware moment, the present one by default.
        :raises BadSignature: when the request does not come from the platform, or not lately.
        :raises Undecryptable: when it does, but cannot be decrypted.
        :raises MalformedMessage: when the envelope of an encrypted message is not the platform's XML.
        """
        encrypted = query.get("encrypt_type", "raw").lower() == "aes"
        nonce, stamp = query.get("nonce", ""), query.get("timestamp", "")
        if not encrypted or not self._ciphers:
            token = self._check(query, "signature")
            self._check_time(stamp, now)
            return Opened(self._plain_half(body) if encrypted else body, nonce, _sign(token, stamp, nonce))
        sealed = self._sealed_part(query, body)
        token = self._check(query, "msg_signature", sealed)
        self._check_time(stamp, now)
        message, cipher = self._unsealed(sealed)
        return Opened(message, nonce, _sign(token, stamp, nonce), _Sealer(token, cipher))

    def _sealed_part(self, query: Mapping[str, str], body: bytes) -> str:
        try:
            return text_of(read_fields(body), "Encrypt")
        except MalformedMessage:
            self._check(query, "signature")  # whether it was the platform that sent this
            raise

    def _unsealed(self, sealed: str) -> tuple[bytes, MessageCipher]:
        """The message, and the key with which it could be read; why not with the present one, if with none."""
        failures = []
        for cipher in self._ciphers:
            try:
                return cipher.unseal(sealed), cipher
            except Undecryptable as error:
                failures.append(error)
        raise failures[0]

    @staticmethod
    def _plain_half(body: bytes) -> bytes:
        if "MsgType" not in read_fields(body):
            raise Undecryptable("The account sends encrypted messages: set WECHAT_AES_KEY to its EncodingAESKey.")
        return body

    def _check(self, query: Mapping[str, str], name: str, *more: str) -> str:
        """The token that signed; `more` is what the signature covers besides token, timestamp and nonce."""
        parts = [query.get(part, "") for part in ("timestamp", "nonce")]
        given = query.get(name, "")
        if not (given and all(parts)):
            raise BadSignature(f"The request lacks {name}, timestamp or nonce.")
        for token in self._tokens:
            if hmac.compare_digest(_sign(token, *parts, *more).encode(), given.encode(errors="replace")):
                return token
        raise BadSignature(f"The {name} does not match; check that WECHAT_TOKEN is the account's Token.")

    def _check_time(self, stamp: str, now: datetime | None) -> None:
        if self._tolerance is None:
            return
        if not _UNIX_SECONDS.fullmatch(stamp):
            raise StaleTimestamp("The timestamp is not in Unix seconds.")
        off = (now or datetime.now(timezone.utc)).timestamp() - int(stamp)
        if abs(off) > self._tolerance.total_seconds():
            raise StaleTimestamp(
                f"The timestamp is {off:.0f} seconds before now; check this machine's clock, else it is a replay.")


def _sign(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*(part.encode(errors="replace") for part in parts))
    signature: str = signer.signature
    return signature
