"""WeChat, the assistant and the platform's files as the tests of the bridge see them."""

import hashlib
import io
import itertools
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import xmltodict
from PIL import Image
from sqlmodel import SQLModel, col, func, select

from aftersales.models import InboundMessage as Row
from aftersales.models import Media, Message, OutboxMessage
from aftersales.settings import Settings
from aftersales.store import reading
from bot.client import Answer as BotAnswer
from bot.client import BotUnavailable, OpenTask, Reply, Understood
from webhook.app import Running
from wechat.crypto import MessageCipher
from wechat.errors import PlatformError
from wechat.media import Downloaded

ZHANG_SAN, LI_SI = "oZhangSan000000000000000001", "oLiSi00000000000000000000002"
ACCOUNT = "gh_baoxiu"
PATIENCE = 10.0


def until(true: Callable[[], object]) -> None:
    """Waits for what other threads do; fails when it does not come."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


class FakeBot:
    """Answers at once, or when the test opens the customer's gate; `said` and `commands` show what it was told, `asked` as what."""

    def __init__(self) -> None:
        self.answer: Callable[[str], list[Reply]] = lambda words: [Reply(f"您说：{words}")]
        self.understood = Understood("inform", 0.9)
        self.down = False
        self.task: OpenTask | None = None
        self.said: list[tuple[str, str]] = []
        self.commands: list[tuple[str, str, dict[str, Any]]] = []
        self.asked: list[tuple[str, bool]] = []
        self._gates: dict[str, threading.Event] = {}

    def hold(self, openid: str) -> threading.Event:
        """The customer is answered only when the event is set."""
        return self._gates.setdefault(openid, threading.Event())

    def say(self, openid: str, text: str, message_id: str, *, again: bool = False) -> BotAnswer:
        self._must_be_up()
        self.said.append((openid, text))
        self.asked.append((message_id, again))
        self._wait(openid)
        return BotAnswer(self.understood, self.answer(text))

    def command(
        self, openid: str, intent: str, metadata: dict[str, Any], message_id: str, *, again: bool = False
    ) -> BotAnswer:
        self._must_be_up()
        self.commands.append((openid, intent, dict(metadata)))
        self.asked.append((message_id, again))
        self._wait(openid)
        return BotAnswer(Understood(intent, 1.0), self.answer(intent))

    def open_task(self, openid: str) -> OpenTask | None:
        self._must_be_up()
        return self.task

    def ready(self) -> bool:
        return not self.down

    def _must_be_up(self) -> None:
        if self.down:
            raise BotUnavailable("Rasa is out of order")

    def _wait(self, openid: str) -> None:
        gate = self._gates.get(openid)
        assert gate is None or gate.wait(PATIENCE), "the gate was never opened"


class FakeFiles:
    """The platform as far as the bridge needs it: files by media id, pictures by address, or the error there is."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | PlatformError] = {}
        self.pictures: dict[str, bytes | PlatformError] = {}
        self.asked: list[str] = []
        self.agents: set[str] | PlatformError = set()
        self.agent: str | PlatformError = "kf@gh"
        self.gate = threading.Event()
        self.gate.set()

    def online_agents(self) -> set[str]:
        """Who of WeChat's customer service is there."""
        return _or_raised(self.agents)

    def agent_of(self, openid: str) -> str:
        """Who of them talks to the customer."""
        return _or_raised(self.agent)

    def download(self, media_id: str) -> Downloaded:
        self.asked.append(media_id)
        assert self.gate.wait(PATIENCE), "the gate was never opened"
        return _given(self.files.get(media_id, PlatformError.from_code(40007, "invalid media_id")))

    def fetch_picture(self, url: str) -> Downloaded:
        self.asked.append(url)
        return _given(self.pictures[url])


def _or_raised(answer: Any) -> Any:
    if isinstance(answer, PlatformError):
        raise answer
    return answer


def _given(file: bytes | PlatformError) -> Downloaded:
    if isinstance(file, PlatformError):
        raise file
    return Downloaded(file, "")


@dataclass(frozen=True)
class Answer:
    """The HTTP answer to a push; `fields` is its XML, empty for a plain `success`."""

    status: int
    body: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What the customer reads at once, '' for nothing."""
        return self.fields.get("Content", "")

    @property
    def silent(self) -> bool:
        return (self.status, self.body) == (200, "success")


@dataclass(frozen=True)
class Account:
    """The official account: signs and pushes what customers do to the bridge, and reads the answers."""

    running: Running
    settings: Settings
    _numbers: Any = field(default_factory=lambda: itertools.count(1_700_000_000))
    _people: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))

    def text(self, words: str, openid: str = ZHANG_SAN) -> Answer:
        return self.push(self.text_xml(words, openid))

    def text_xml(self, words: str, openid: str = ZHANG_SAN) -> bytes:
        return self.xml("text", f"<Content><![CDATA[{words}]]></Content>", openid)

    def event(self, name: str, key: str = "", more: str = "", openid: str = ZHANG_SAN) -> Answer:
        elements = f"<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[{key}]]></EventKey>{more}"
        return self.push(self.xml("event", elements, openid))

    def xml(self, kind: str, elements: str = "", openid: str = ZHANG_SAN) -> bytes:
        """A new message or event with the given elements."""
        number = next(self._numbers)
        ident = "" if kind == "event" else f"<MsgId>{number}</MsgId>"
        return (
            f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
            f"<CreateTime>{number}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{elements}{ident}</xml>").encode()

    def push(self, xml: bytes) -> Answer:
        """Delivers it; delivering the same again is a redelivery."""
        return self.post(xml, self.signed(xml))

    def signed(self, xml: bytes = b"") -> dict[str, str]:
        """The query of a push that is made now; the nonce is the message's own."""
        stamp = {"timestamp": str(int(time.time())), "nonce": str(zlib.crc32(xml))}
        return stamp | {"signature": self.sign(*stamp.values())}

    def push_encrypted(self, xml: bytes) -> Answer:
        """Delivers it in safe mode and decrypts the answer."""
        cipher = MessageCipher(self.settings.wechat_appid, self.settings.wechat_aes_key or "")
        sealed = cipher.seal(xml.decode())
        query = self.signed(xml)
        signed = query | {
            "encrypt_type": "aes", "msg_signature": self.sign(query["timestamp"], query["nonce"], sealed)}
        body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        answer = self.post(body.encode(), signed)
        fields = answer.fields
        assert fields["MsgSignature"] == self.sign(fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        opened = cipher.unseal(fields["Encrypt"]).decode()
        return Answer(answer.status, opened, xmltodict.parse(opened)["xml"])

    def post(self, body: bytes, query: dict[str, str]) -> Answer:
        given = self.running.app.test_client().post(
            "/wechat", data=body, query_string=query, content_type="text/xml")
        fields = xmltodict.parse(given.text)["xml"] if given.text.startswith("<xml>") else {}
        return Answer(given.status_code, given.text, fields)

    def meanwhile(self, xml: bytes) -> "Future[Answer]":
        """Delivers it while the test goes on."""
        return self._people.submit(self.push, xml)

    def close(self) -> None:
        self._people.shutdown(wait=True)

    def sign(self, *parts: str) -> str:
        """As the platform signs: with the token, the parts in any order."""
        return hashlib.sha1("".join(sorted([self.settings.wechat_token, *parts])).encode()).hexdigest()


def everything(model: type[SQLModel]) -> list[Any]:
    """All rows of a table, oldest first."""
    with reading() as session:
        return list(session.exec(select(model).order_by(col(model.id))).all())


def recorded() -> list[Row]:
    return everything(Row)


def conversation() -> list[tuple[str, str, str]]:
    """The log: (in or out, kind or channel, text)."""
    return [(line.direction, line.kind if line.direction == "in" else line.channel, line.text)
            for line in everything(Message)]


def outbox() -> list[tuple[str, str]]:
    """What waits to be sent: (openid, text)."""
    return [(message.openid, message.text) for message in everything(OutboxMessage)]


def kept_files() -> list[Media]:
    return everything(Media)


def rows_by_table() -> dict[str, int]:
    """Tables that are not empty."""
    with reading() as session:
        tables = SQLModel.metadata.tables.values()
        counted = {table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
    return {name: count for name, count in counted.items() if count}


def jpeg(color: str = "steelblue") -> bytes:
    """A real picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(file, "JPEG")
    return file.getvalue()
