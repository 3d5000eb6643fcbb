"""Whether the webhook's answer is one that the platform passes on to the customer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from simulator import contents
from simulator.config import Config
from simulator.contents import Content
from simulator.crypto import Cipher, CipherError, sign
from simulator.errors import ApiError
from simulator.media import MediaStore
from simulator.post import Answer
from simulator.xml import XmlError, parse, text_of

TEXT_BYTES = 2048
ARTICLES = 8
SILENT = (b"", b"success")


class IllegalAnswerError(Exception):
    """The platform would show its fault line for this answer; the text says what is wrong with it."""


@dataclass(frozen=True)
class Transfer:
    """The customer is handed over to a human: to the agent `account`, or to the next one where it is empty."""

    account: str


@dataclass(frozen=True)
class Asked:
    """Whose push is answered, whether it was an event, and when."""

    openid: str
    is_event: bool
    at: datetime


class Judge:
    """Judges the answers of one account's webhook to pushes that were encrypted with `key`."""

    def __init__(self, config: Config, media: MediaStore, key: str | None) -> None:
        self._config = config
        self._media = media
        self._cipher = Cipher(key, config.appid) if key else None

    def judge(self, answer: Answer, asked: Asked) -> Content | Transfer | None:
        """The bubble to show, a hand-over, None for silence. Raises IllegalAnswerError."""
        if answer.status != 200:
            raise IllegalAnswerError(f"回复的 HTTP 状态是 {answer.status}，应为 200。")
        if answer.body in SILENT:
            return None
        try:
            return self._content(self.readable(answer.body), asked)
        except (XmlError, CipherError) as error:
            raise IllegalAnswerError(str(error)) from error

    def readable(self, body: bytes) -> Element:
        """The reply's XML, decrypted where it came encrypted. Raises IllegalAnswerError, XmlError, CipherError."""
        root = parse(body)
        if root.find("Encrypt") is None:
            if self._config.mode == "secure":
                raise IllegalAnswerError("安全模式下回复必须加密。")
            return root
        if self._cipher is None:
            raise IllegalAnswerError("明文模式下回复不应加密。")
        return parse(self._decrypted(root, self._cipher))

    def _decrypted(self, root: Element, cipher: Cipher) -> bytes:
        parts = {name: text_of(root, name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")}
        missing = [name for name, value in parts.items() if not value]
        if missing:
            raise IllegalAnswerError(f"加密回复缺少 {'、'.join(missing)}。")
        expected = sign(self._config.token, parts["TimeStamp"], parts["Nonce"], parts["Encrypt"])
        if parts["MsgSignature"] != expected:
            raise IllegalAnswerError("加密回复的 MsgSignature 不对。")
        return cipher.decrypt(parts["Encrypt"])

    def _content(self, root: Element, asked: Asked) -> Content | Transfer:
        self._check_names(root, asked)
        kind = text_of(root, "MsgType")
        if kind == "transfer_customer_service":
            return read_transfer(root, asked)
        reader = READERS.get(kind)
        if reader is None:
            raise IllegalAnswerError(f"回复的 MsgType 是 {kind!r}，平台不认识。")
        return reader(root, asked, self._media)

    def _check_names(self, root: Element, asked: Asked) -> None:
        expected = {"ToUserName": asked.openid, "FromUserName": self._config.account}
        for name, value in expected.items():
            if text_of(root, name) != value:
                raise IllegalAnswerError(f"回复的 {name} 是 {text_of(root, name)!r}，应为 {value!r}（收发双方对调）。")
        if not text_of(root, "CreateTime").strip().isdecimal():
            raise IllegalAnswerError("回复的 CreateTime 应为整数秒。")


def read_transfer(root: Element, asked: Asked) -> Transfer:
    """Handing over to a human may answer messages only; the customer sees nothing of it."""
    if asked.is_event:
        raise IllegalAnswerError("transfer_customer_service 只能回复用户消息，不能回复事件。")
    return Transfer(text_of(root, "TransInfo/KfAccount").strip())


def read_text(root: Element, asked: Asked, media: MediaStore) -> Content:  # noqa: ARG001 (one shape for all readers)
    """A text of 1 to 2048 bytes."""
    content = text_of(root, "Content")
    if not content.strip():
        raise IllegalAnswerError("文本回复的 Content 是空的。")
    size = len(content.encode())
    if size > TEXT_BYTES:
        raise IllegalAnswerError(f"文本回复有 {size} 字节，最多 {TEXT_BYTES} 字节。")
    return contents.text(content)


def media_reader(tag: str) -> Callable[[Element, Asked, MediaStore], Content]:
    """A reader for replies that carry a media_id inside <tag>."""

    def read(root: Element, asked: Asked, media: MediaStore) -> Content:
        try:
            found = media.of_kind(tag.lower(), text_of(root, f"{tag}/MediaId"), asked.at)
        except ApiError as error:
            raise IllegalAnswerError(f"{tag} 回复的 MediaId 不存在、已过期或类型不对。") from error
        if found.mimetype == "image/gif":
            raise IllegalAnswerError("图片回复不支持 GIF。")
        return contents.media(found)

    return read


def read_music(root: Element, asked: Asked, media: MediaStore) -> Content:  # noqa: ARG001
    """A piece of music."""
    node = "Music/"
    return contents.music(*(text_of(root, node + name) for name in ("Title", "Description", "MusicUrl")))


def read_news(root: Element, asked: Asked, media: MediaStore) -> Content:  # noqa: ARG001
    """Article cards: one in answer to a message, up to eight to an event; the surplus is dropped."""
    items = root.findall("Articles/item")
    count = text_of(root, "ArticleCount").strip()
    if not items or count != str(len(items)):
        raise IllegalAnswerError(f"图文回复的 ArticleCount 是 {count!r}，实际有 {len(items)} 篇。")
    return contents.news([article(item) for item in items[: ARTICLES if asked.is_event else 1]])


def article(item: Element) -> dict[str, str]:
    """One article of a news reply."""
    fields = {"title": "Title", "description": "Description", "url": "Url", "picture": "PicUrl"}
    return {name: text_of(item, tag) for name, tag in fields.items()}


READERS: dict[str, Callable[[Element, Asked, MediaStore], Content]] = {
    "text": read_text,
    "image": media_reader("Image"),
    "voice": media_reader("Voice"),
    "video": media_reader("Video"),
    "music": read_music,
    "news": read_news,
}
