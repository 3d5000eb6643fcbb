"""The platform's message encryption: AES-256-CBC around random bytes, length, message and account id."""

import base64
import binascii
import re
import secrets

from wechatpy.crypto import PrpCrypto

_ENCODING_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
_AES_BLOCK = 16
_LARGEST_PAD = 32
_RANDOM_LENGTH = 16
_LENGTH_FIELD = 4


class Undecryptable(ValueError):  # noqa: N818
    """The message is encrypted and cannot be read; the sentence says why."""


class MessageCipher(PrpCrypto):  # type: ignore[misc]
    """Encrypts and decrypts for one account. wechatpy does the AES; the frame is checked here, because wechatpy raises
    a different exception for every way in which it can be wrong, and draws its random prefix from a guessable source.

    :param variable: where the key comes from, for the sentence that says what is wrong with it.
    :raises ValueError: when the EncodingAESKey is not 43 letters and digits.
    """

    def __init__(self, appid: str, encoding_aes_key: str, variable: str = "WECHAT_AES_KEY") -> None:
        if not _ENCODING_AES_KEY.fullmatch(encoding_aes_key):
            raise ValueError(f"{variable} must be an EncodingAESKey of the account: 43 letters and digits.")
        super().__init__(base64.b64decode(encoding_aes_key + "="))
        self._appid = appid

    def get_random_string(self) -> str:
        """16 unpredictable characters; called by wechatpy for each message."""
        return secrets.token_hex(_RANDOM_LENGTH // 2)

    def seal(self, text: str) -> str:
        """The text encrypted, in base64."""
        sealed: bytes = self.encrypt(text, self._appid)
        return sealed.decode("ascii")

    def unseal(self, sealed: str) -> bytes:
        """The message inside, as the bytes that were sent.

        :raises Undecryptable: for damaged input, another key, or another account's message.
        """
        content = self._unpad(self.cipher.decrypt(_blocks(sealed)))[_RANDOM_LENGTH:]
        end = _LENGTH_FIELD + int.from_bytes(content[:_LENGTH_FIELD], "big")
        if content[end:] != self._appid.encode():
            raise Undecryptable("The message is not for this key and account; check WECHAT_AES_KEY and WECHAT_APPID.")
        return content[_LENGTH_FIELD:end]

    @staticmethod
    def _unpad(padded: bytes) -> bytes:
        pad = padded[-1]
        if not 1 <= pad <= _LARGEST_PAD:
            raise Undecryptable("The message was encrypted with another key; check WECHAT_AES_KEY.")
        return padded[:-pad]


def _blocks(sealed: str) -> bytes:
    try:
        data = base64.b64decode("".join(sealed.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Undecryptable("The Encrypt element is not base64.") from error
    if not data or len(data) % _AES_BLOCK:
        raise Undecryptable("The Encrypt element is not a whole number of AES blocks.")
    return data
