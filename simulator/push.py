"""The push engine: carries customers' messages and events to the webhook and its answers to the phone."""

import random
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Condition, Thread

from simulator import contents, handover, xml
from simulator.book import ILLEGAL, UNANSWERED, Alarm
from simulator.config import Config
from simulator.contents import Content
from simulator.customers import ACCOUNT, PLATFORM
from simulator.errors import RefusedError
from simulator.judging import Asked, IllegalAnswerError, Judge, Transfer
from simulator.log import Record, Try
from simulator.post import Answer, NoAnswerError, request
from simulator.sealing import Parcel, Push, seal, signed_query
from simulator.world import World

__all__ = ["FAULT", "ORDERS", "Push", "PushEngine"]

FAULT = "该公众号提供的服务出现故障，请稍后再试"
GAP = 0.05
"""Seconds between two held-back pushes, so that they arrive in the order they are released in."""
ORDERS: Mapping[str, Callable[[list["Delivery"]], None]] = {
    "kept": lambda _held: None,
    "reversed": lambda held: held.reverse(),
    "shuffled": random.shuffle,
}
Transport = Callable[[str, str, Mapping[str, str], bytes, float], Answer]


class UnansweredError(Exception):
    """No try was answered; the text says what became of the last."""


@dataclass
class Copies:
    """The copies of one push: the first answer that shows something is shown, a fault only when all failed."""

    left: int
    answered: bool = False
    shown: bool = False


@dataclass
class Delivery:
    """One copy of a push under way. The settings are those of the moment it was sent."""

    push: Push
    parcel: Parcel
    record: Record
    config: Config
    copies: Copies
    boot: str


@dataclass
class PushEngine:
    """Delivers every push in a thread of its own, so one customer's messages may be under way together."""

    world: World
    transport: Transport = request
    _under_way: int = 0
    _held: list[Delivery] | None = None
    _quiet: Condition = field(default_factory=Condition)

    def send(self, push: Push, copies: int | None = None) -> Record:
        """Deliver the push without waiting, in as many copies at the same moment as told, else as the settings say."""
        config, world = self.world.config, self.world
        count = copies or config.copies
        parcel, shared = seal(push, config, world.now()), Copies(count)
        body = xml.document(push.plain_fields(config.account))
        records = [world.start_record("push", push.name, push.openid, body) for _ in range(count)]
        for record in records:
            self._start(Delivery(push, parcel, record, config, shared, world.boot))
        return records[0]

    def hold(self) -> None:
        """Keep every push back until `release`."""
        with self._quiet:
            self._held = self._held or []

    @property
    def held(self) -> int | None:
        """How many pushes are kept back; None while none are to be."""
        return None if self._held is None else len(self._held)

    def release(self, order: str = "kept") -> int:
        """Deliver what was kept back in one of ORDERS and keep nothing back any longer; how many there were.

        Raises RefusedError for an unknown order.
        """
        if order not in ORDERS:
            raise RefusedError(f"不认识的顺序 {order!r}，可用：{'、'.join(ORDERS)}。")
        with self._quiet:
            held, self._held = self._held or [], None
        ORDERS[order](held)
        for number, delivery in enumerate(held):
            time.sleep(GAP if number else 0)
            self._start(delivery)
        return len(held)

    def begin_anew(self) -> None:
        """Reset the world; what is kept back is dropped, and what comes back from under way is not shown."""
        with self._quiet:
            self._held = None
        self.world.reset()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is under way; False when that takes longer."""
        with self._quiet:
            return self._quiet.wait_for(lambda: not self._under_way, seconds)

    def verify(self) -> str:
        """Check the webhook's address as the platform does when it is entered; an empty text means it is good."""
        echo = str(secrets.randbelow(10**19))
        config = self.world.config
        parcel = Parcel(signed_query(config, self.world.now()) | {"echostr": echo}, b"")
        made, answer = self._one_try("GET", parcel, config)
        if answer is None:
            return made.problem
        if answer.status != 200 or answer.body != echo.encode():
            return f"服务器没有原样返回 echostr（HTTP {answer.status}）。"
        return ""

    def _start(self, delivery: Delivery) -> None:
        with self._quiet:
            if self._held is not None:
                self._held.append(delivery)
                return
            self._under_way += 1
        Thread(target=self._run, args=(delivery,), daemon=True, name=f"push-{delivery.record.id}").start()

    def _run(self, delivery: Delivery) -> None:
        try:
            self._deliver(delivery)
        finally:
            with self._quiet:
                self._under_way -= 1
                self._quiet.notify_all()

    def _deliver(self, delivery: Delivery) -> None:
        try:
            found = self._judged(delivery)
        except UnansweredError as error:
            self._fail(delivery, UNANSWERED, str(error))
        except IllegalAnswerError as error:
            self._fail(delivery, ILLEGAL, str(error))
        else:
            self._show(delivery, found)

    def _judged(self, delivery: Delivery) -> Content | Transfer | None:
        """The first good answer of up to three tries; one that came too late is lost, as on the platform.

        Raises UnansweredError, or IllegalAnswerError at the first illegal answer unless it is asked for again.
        """
        config, push = delivery.config, delivery.push
        judge = self._judge(delivery)
        failure: Exception = UnansweredError(f"{config.tries} 次推送都没有得到回答。")
        for left in reversed(range(config.tries)):
            made, answer = self._one_try("POST", delivery.parcel, config)
            self._note(delivery.record, made)
            if answer is None:
                failure = UnansweredError(f"{config.tries} 次推送都没有得到回答：{made.problem}")
                self._pause(config, made, left)
                continue
            try:
                return judge.judge(answer, Asked(push.openid, push.is_event, push.at))
            except IllegalAnswerError as error:
                failure = error
            if not config.redeliver_illegal:
                break
            self._pause(config, made, left)
        raise failure

    def _judge(self, delivery: Delivery) -> Judge:
        return Judge(delivery.config, self.world.media, delivery.parcel.key or delivery.config.aes_key)

    def _note(self, record: Record, made: Try) -> None:
        with self.world.changing(record):
            record.tries.append(made)
            record.latency_ms += made.latency_ms

    def _pause(self, config: Config, made: Try, left: int) -> None:
        if left and made.latency_ms < config.limit * 1000:
            time.sleep(config.retry_pause * config.time_scale)

    def _one_try(self, method: str, parcel: Parcel, config: Config) -> tuple[Try, Answer | None]:
        started, problem, answer = time.monotonic(), "", None
        try:
            answer = self.transport(method, config.webhook_url, parcel.query, parcel.body, config.limit)
        except NoAnswerError as error:
            problem = str(error)
        made = Try(round((time.monotonic() - started) * 1000), problem=problem)
        if answer is not None:
            made.status, made.body = answer.status, answer.body.decode(errors="replace")
        return made, answer

    def _show(self, delivery: Delivery, found: Content | Transfer | None) -> None:
        world, push, record = self.world, delivery.push, delivery.record
        with world.lock:
            if world.boot != delivery.boot:
                return  # the world began anew while this was under way
            delivery.copies.left -= 1
            delivery.copies.answered = True
            first = isinstance(found, Content) and not push.quiet and not delivery.copies.shown
            with world.changing(record):
                record.response = self._readable(delivery)
                record.outcome = "shown" if first else "transferred" if isinstance(found, Transfer) else "silent"
                record.note = note_on(found, push, shown=first)
            if first and isinstance(found, Content):
                delivery.copies.shown = True
                world.say(push.openid, ACCOUNT, "passive", found, answers=push.summary(record.id))
        if isinstance(found, Transfer):
            handover.transfer(self, push.openid, found.account)

    def _fail(self, delivery: Delivery, kind: str, reason: str) -> None:
        world, push, record = self.world, delivery.push, delivery.record
        with world.lock:
            if world.boot != delivery.boot:
                return
            delivery.copies.left -= 1
            with world.changing(record):
                record.response = record.tries[-1].body
                record.outcome, record.note = "fault", reason
            world.book.alarm(Alarm(world.now(), kind, record.id, push.openid, reason))
            if not (push.quiet or delivery.copies.left or delivery.copies.answered):
                world.say(push.openid, PLATFORM, "tip", contents.tip(FAULT), answers=push.summary(record.id))

    def _readable(self, delivery: Delivery) -> str:
        """The answer as it was meant, decrypted for the developer's view."""
        body = delivery.record.tries[-1].body
        if "<Encrypt>" not in body:
            return body
        return xml.written(self._judge(delivery).readable(body.encode()))


def note_on(found: Content | Transfer | None, push: Push, *, shown: bool) -> str:
    """What a developer should know about an answer that was legal."""
    if isinstance(found, Transfer):
        return f"转给客服：{found.account or '等待接入'}。"
    if found is None or shown:
        return ""
    return "有回复，但平台不会把它发给客户。" if push.quiet else "同一条消息的另一份已经有回复，这份不显示。"
