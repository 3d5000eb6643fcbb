"""The platform's signatures and its message encryption (WXBizMsgCrypt), written from the published scheme."""

import base64
import binascii
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes

BLOCK = 32
RANDOM = 16


class CipherError(ValueError):
    """An encrypted text cannot be read; the text says what is wrong with it."""


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts, in hex: (token, timestamp, nonce), for bodies also the encrypted text."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Cipher:
    """Encrypts and decrypts messages of one account. `key` is the 43 characters of the EncodingAESKey."""

    def __init__(self, key: str, appid: str) -> None:
        self.appid = appid.encode()
        self.key = base64.b64decode(key + "=")

    def encrypt(self, message: bytes, random: bytes | None = None) -> str:
        """The message as base64; `random` is the 16 leading bytes, given only to reproduce a known text."""
        body = (random or os.urandom(RANDOM)) + struct.pack(">I", len(message)) + message + self.appid
        encryptor = self._aes().encryptor()
        return base64.b64encode(encryptor.update(pad(body)) + encryptor.finalize()).decode()

    def decrypt(self, text: str) -> bytes:
        """The message inside `text`. Raises CipherError when it is damaged or meant for another account."""
        body = unpad(self._raw(text))
        if len(body) < RANDOM + 4:
            raise CipherError("密文太短，里面没有消息。")
        (length,) = struct.unpack(">I", body[RANDOM : RANDOM + 4])
        message, appid = body[RANDOM + 4 : RANDOM + 4 + length], body[RANDOM + 4 + length :]
        if appid != self.appid:
            raise CipherError("密文里的 appid 不对，或者用了别的 EncodingAESKey。")
        return message

    def _raw(self, text: str) -> bytes:
        try:
            data = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise CipherError("密文不是 base64。") from error
        if not data or len(data) % 16:
            raise CipherError("密文长度不是整块。")
        decryptor = self._aes().decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def _aes(self) -> BlockCipher[modes.CBC]:
        return BlockCipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))


def pad(data: bytes) -> bytes:
    """PKCS#7 to multiples of 32 bytes, which is the platform's choice although AES blocks have 16."""
    count = BLOCK - len(data) % BLOCK
    return data + bytes([count]) * count


def unpad(data: bytes) -> bytes:
    """The reverse of `pad`; raises CipherError when the last byte is no possible padding."""
    if not 1 <= data[-1] <= BLOCK:
        raise CipherError("密文的填充不对，多半是 EncodingAESKey 不一致。")
    return data[: -data[-1]]
