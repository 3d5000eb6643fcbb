"""The push engine: carries customers' messages and events to the webhook and its answers to the phone."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread

import requests

from simulator import contents, xml
from simulator.crypto import Cipher, sign
from simulator.customers import ACCOUNT, PLATFORM
from simulator.judging import Answer, Asked, IllegalAnswerError, Judge
from simulator.log import Record, Try
from simulator.world import World

FAULT = "该公众号提供的服务出现故障，请稍后再试"
HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}


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
        return str(self.fields.get("Event") or self.fields["MsgType"])

    @property
    def asked(self) -> Asked:
        """What the judge wants to know."""
        return Asked(self.openid, "Event" in self.fields, self.at)

    def plain_fields(self, account: str) -> dict[str, xml.Value]:
        """All fields in the platform's order."""
        head: dict[str, xml.Value] = {"ToUserName": account, "FromUserName": self.openid}
        return {**head, "CreateTime": int(self.at.timestamp()), **self.fields}


@dataclass(frozen=True)
class Parcel:
    """A push made ready: every try carries the same query and the same body."""

    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Sealer:
    """Signs and, where the account's mode asks for it, encrypts."""

    world: World

    def seal(self, push: Push) -> Parcel:
        """The parcel of a push."""
        config = self.world.config
        fields = push.plain_fields(config.account)
        query = self.signed_query() | {"openid": push.openid}
        if config.mode == "plain" or not config.aes_key:
            return Parcel(query, xml.document(fields).encode())
        encrypted = Cipher(config.aes_key, config.appid).encrypt(xml.document(fields).encode())
        shown = fields if config.mode == "compat" else {"ToUserName": config.account}
        signature = sign(config.token, query["timestamp"], query["nonce"], encrypted)
        query |= {"encrypt_type": "aes", "msg_signature": signature}
        return Parcel(query, xml.document({**shown, "Encrypt": encrypted}).encode())

    def signed_query(self) -> dict[str, str]:
        """signature, timestamp and nonce."""
        timestamp = str(int(self.world.now().timestamp()))
        nonce = str(secrets.randbelow(9 * 10**8) + 10**8)
        return {
            "signature": sign(self.world.config.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
        }


@dataclass
class PushEngine:
    """Delivers every push in a thread of its own, so one customer's messages may be under way together."""

    world: World
    _threads: list[Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sealer = Sealer(self.world)
        self._judge = Judge(self.world.config, self.world.media)

    def send(self, push: Push, copies: int = 1) -> Record:
        """Deliver the push without waiting; further copies go at the same moment and are answered unseen."""
        parcel = self._sealer.seal(push)
        record = self._record(push)
        self._start(push, parcel, record)
        for _ in range(copies - 1):
            shadow = Push(push.openid, push.at, push.fields, quiet=True)
            self._start(shadow, parcel, self._record(shadow))
        return record

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is under way; False when that takes longer."""
        until = time.monotonic() + seconds
        while thread := next((item for item in list(self._threads) if item.is_alive()), None):
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                return False
        return True

    def verify(self) -> str:
        """Check the webhook's address as the platform does when it is entered; an empty text means it is good."""
        echo = str(secrets.randbelow(10**19))
        query = self._sealer.signed_query() | {"echostr": echo}
        made, answer = self._one_try("GET", Parcel(query, b""))
        if answer is None:
            return made.problem
        if answer.status != 200 or answer.body != echo.encode():
            return f"服务器没有原样返回 echostr（HTTP {answer.status}）。"
        return ""

    def _record(self, push: Push) -> Record:
        body = xml.document(push.plain_fields(self.world.config.account))
        return self.world.start_record("push", push.name, push.openid, body)

    def _start(self, push: Push, parcel: Parcel, record: Record) -> None:
        thread = Thread(target=self._deliver, args=(push, parcel, record), daemon=True, name=f"push-{record.id}")
        self._threads = [item for item in self._threads if item.is_alive()] + [thread]
        thread.start()

    def _deliver(self, push: Push, parcel: Parcel, record: Record) -> None:
        try:
            answer = self._answered(parcel, record)
            content = self._judge.judge(answer, push.asked)
        except IllegalAnswerError as error:
            self._fail(push, record, str(error))
        else:
            self._show(push, record, content)

    def _answered(self, parcel: Parcel, record: Record) -> Answer:
        """The first answer of up to three tries; an answer that came too late is lost, as on the platform."""
        config = self.world.config
        for left in reversed(range(config.tries)):
            made, answer = self._one_try("POST", parcel)
            with self.world.changing(record):
                record.tries.append(made)
                record.latency_ms += made.latency_ms
            if answer is not None:
                return answer
            if left and made.latency_ms < config.answer_limit * 1000:
                time.sleep(config.retry_pause)
        raise IllegalAnswerError(f"{config.tries} 次推送都没有得到回答：{made.problem}")

    def _one_try(self, method: str, parcel: Parcel) -> tuple[Try, Answer | None]:
        limit = self.world.config.answer_limit
        started = time.monotonic()
        try:
            answer, problem = self._request(method, parcel), ""
        except requests.Timeout:
            answer, problem = None, f"{limit:g} 秒内没有回答。"
        except requests.RequestException as error:
            answer, problem = None, f"连接失败（{type(error).__name__}）。"
        took = time.monotonic() - started
        if answer is not None and took > limit:
            answer, problem = None, f"回答用了 {took:.1f} 秒，超过 {limit:g} 秒。"
        made = Try(round(took * 1000), problem=problem)
        if answer is not None:
            made.status, made.body = answer.status, answer.body.decode(errors="replace")
        return made, answer

    def _request(self, method: str, parcel: Parcel) -> Answer:
        config = self.world.config
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the environment does not lead to this machine
            response = session.request(
                method,
                config.webhook_url,
                params=dict(parcel.query),
                data=parcel.body,
                headers=HEADERS,
                timeout=config.answer_limit,
                allow_redirects=False,
            )
        return Answer(response.status_code, response.content)

    def _show(self, push: Push, record: Record, content: contents.Content | None) -> None:
        with self.world.changing(record):
            record.response = self._readable(record)
            record.outcome = "shown" if content and not push.quiet else "silent"
            if content and push.quiet:
                record.note = "有回复，但平台不会把它发给客户。"
        if content and not push.quiet:
            self.world.say(push.openid, ACCOUNT, "passive", content)

    def _fail(self, push: Push, record: Record, reason: str) -> None:
        with self.world.changing(record):
            record.response = record.tries[-1].body if record.tries else ""
            record.outcome, record.note = "fault", reason
        if not push.quiet:
            self.world.say(push.openid, PLATFORM, "tip", contents.tip(FAULT))

    def _readable(self, record: Record) -> str:
        """The answer as it was meant, decrypted for the developer's view."""
        body = record.tries[-1].body
        if not (self.world.config.aes_key and "<Encrypt>" in body):
            return body
        return xml.written(self._judge.readable(body.encode()))
