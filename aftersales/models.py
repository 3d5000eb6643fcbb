"""The tables. Words are those of the design: 工单 WorkOrder, 进度 WorkOrderEvent, 评价 Rating, 待发消息 OutboxMessage."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from .store import UtcDateTime, Word
from .times import utc_now


def _moment(*, index: bool = False, nullable: bool = False) -> Any:
    if nullable:
        return Field(default=None, sa_type=UtcDateTime, index=index, nullable=True)
    return Field(default_factory=utc_now, sa_type=UtcDateTime, index=index, nullable=False)


def _word(kind: type[StrEnum], *, default: StrEnum | None = None, index: bool = False) -> Any:
    if default is None:
        return Field(sa_type=Word(kind), index=index, nullable=False)
    return Field(default=default, sa_type=Word(kind), index=index, nullable=False)


#: The kind of an appliance that is none of the others.
OTHER_APPLIANCE = "其他"


class Status(StrEnum):
    """Where a work order stands; the order of the members is the order of the work."""

    SUBMITTED = "submitted"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Actor(StrEnum):
    """Who caused an event."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    OPERATOR = "operator"
    INTEGRATION = "integration"
    SYSTEM = "system"


class AppointmentKind(StrEnum):
    """Whose word a visit time is: what the customer asked for, or what was fixed."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"


class MediaKind(StrEnum):
    """When a photo or video was taken: by the customer, or by the technician before, during and after the work."""

    CUSTOMER = "customer"
    BEFORE = "before"
    PROCESS = "process"
    AFTER = "after"


class OutboxState(StrEnum):
    """The life of a message we send unasked.

    `held` waits until the customer writes; `overtaken` is left out, because a later one says more.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    OVERTAKEN = "overtaken"


class InboundState(StrEnum):
    """The life of a message of a customer; `recorded` and `answering` survive a process that dies."""

    RECORDED = "recorded"
    ANSWERING = "answering"
    ANSWERED = "answered"
    FAILED = "failed"


class Handoff(StrEnum):
    """Who has a conversation: the assistant, the assistant until a person comes, an operator, or WeChat's own service."""

    BOT = "bot"
    WAITING = "waiting"
    PERSON = "person"
    WECHAT = "wechat"


class Customer(SQLModel, table=True):
    """A follower of the account, known by the openid.

    `forget_requested_at` is when they wished their data deleted; None once nothing of it is left to do.

    `handoff` is who has the conversation, see `aftersales.handoff`: since when and by whom (the operator, or the account
    of WeChat's customer service). `handoff_requested_at` is the latest wish for a person that nobody has taken up,
    `handoff_said_at` when customer or operator last wrote while a person has it, `seen_message_id` up to which message
    operators have read.
    """

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(unique=True, max_length=64)
    followed: bool = True
    last_message_at: datetime | None = _moment(nullable=True, index=True)
    handoff: Handoff = _word(Handoff, default=Handoff.BOT, index=True)
    handoff_requested_at: datetime | None = _moment(nullable=True)
    handoff_since: datetime | None = _moment(nullable=True)
    handoff_said_at: datetime | None = _moment(nullable=True)
    handoff_by: str | None = Field(default=None, max_length=100)
    seen_message_id: int | None = None
    consented_at: datetime | None = _moment(nullable=True)
    forget_requested_at: datetime | None = _moment(nullable=True, index=True)
    created_at: datetime = _moment()


class HandoffEvent(SQLModel, table=True):
    """One change of who has a conversation; `step` is one of `aftersales.handoff.Step`, `by` as in `Customer`."""

    __tablename__ = "handoff_event"

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(index=True, max_length=64)
    step: str = Field(max_length=20)
    by: str | None = Field(default=None, max_length=100)
    at: datetime = _moment()


class Technician(SQLModel, table=True):
    """Somebody who repairs; `skills` are kinds of appliance, `service_areas` names of cities or districts."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=40)
    phone: str = Field(max_length=20)
    skills: list[str] = Field(default_factory=list, sa_type=JSON)
    service_areas: list[str] = Field(default_factory=list, sa_type=JSON)
    capacity: int = 8
    active: bool = True
    created_at: datetime = _moment()


class WorkOrder(SQLModel, table=True):
    """A repair, installation, cleaning … that a customer asked for.

    `appliance_words` is what the customer calls an appliance that is none of the plain kinds; `household` whose home it
    stands in where the customer said so (妈妈家); `urgent` marks a danger, such as leaking gas.
    """

    __tablename__ = "work_order"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=20)
    openid: str = Field(index=True, max_length=64)
    status: Status = _word(Status, default=Status.SUBMITTED, index=True)
    service_type: str = Field(max_length=20)
    appliance: str = Field(max_length=20)
    appliance_words: str | None = Field(default=None, max_length=20)
    urgent: bool = False
    household: str | None = Field(default=None, max_length=20)
    brand: str | None = Field(default=None, max_length=40)
    model: str | None = Field(default=None, max_length=60)
    fault_description: str | None = Field(default=None, sa_type=Text)
    error_code: str | None = Field(default=None, max_length=20)
    fault_since: str | None = Field(default=None, max_length=100)
    contact_name: str = Field(max_length=40)
    phone: str = Field(max_length=20)
    province: str | None = Field(default=None, max_length=40)
    city: str | None = Field(default=None, max_length=40)
    district: str | None = Field(default=None, max_length=40)
    address_detail: str = Field(default="", max_length=300)
    address_text: str = Field(default="", max_length=400)
    technician_id: int | None = Field(default=None, foreign_key="technician.id", index=True)
    diagnosis: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = _moment(index=True)
    updated_at: datetime = _moment()
    completed_at: datetime | None = _moment(nullable=True)

    @property
    def what(self) -> str:
        """What is done, in short: 空调维修."""
        return self.appliance_name + self.service_type

    @property
    def appliance_name(self) -> str:
        """The appliance as the customer knows it."""
        return (self.appliance_words or "家电") if self.appliance == OTHER_APPLIANCE else self.appliance


class WorkOrderEvent(SQLModel, table=True):
    """One step in the life of a work order: every change of status, and what was said about it."""

    __tablename__ = "work_order_event"

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="work_order.id", index=True)
    type: str = Field(max_length=20)
    at: datetime = _moment()
    actor: Actor = _word(Actor)
    note: str | None = Field(default=None, sa_type=Text)


class SelfHelp(SQLModel, table=True):
    """自助排查: a check list that was offered, and whether it solved the fault without a visit (None: not said)."""

    __tablename__ = "self_help"

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(index=True, max_length=64)
    appliance: str = Field(max_length=20)
    fault: str = Field(max_length=60)
    solved: bool | None = None
    at: datetime = _moment(index=True)


class Appointment(SQLModel, table=True):
    """预约上门时间; the newest of a kind counts."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="work_order.id", index=True)
    kind: AppointmentKind = _word(AppointmentKind)
    window_start: datetime = _moment()
    window_end: datetime = _moment()
    created_at: datetime = _moment()


class Rating(SQLModel, table=True):
    """评价: one to five stars, overall and for four dimensions; one per work order."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="work_order.id", unique=True)
    overall: int
    attitude: int | None = None
    skill: int | None = None
    speed: int | None = None
    process: int | None = None
    comment: str | None = Field(default=None, sa_type=Text)
    at: datetime = _moment()


class Media(SQLModel, table=True):
    """A photo, video or voice recording; the file lies in the media store under its content hash."""

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(index=True, max_length=64)
    openid: str = Field(index=True, max_length=64)
    order_id: int | None = Field(default=None, foreign_key="work_order.id", index=True)
    kind: MediaKind = _word(MediaKind, default=MediaKind.CUSTOMER)
    content_type: str = Field(max_length=60)
    size: int
    created_at: datetime = _moment()


class InboundMessage(SQLModel, table=True):
    """A message as WeChat delivered it; the unique key makes a redelivery harmless, also after a restart.

    Until `waiting_until` a delivery may still carry the answer back; None once that is settled: it was carried, there
    was nothing to say, or it has gone out by itself (`late`). `rest` is what of a long answer follows `reply`.
    """

    __tablename__ = "inbound_message"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=200)
    openid: str = Field(index=True, max_length=64)
    kind: str = Field(max_length=20)
    payload: str = Field(sa_type=Text)
    state: InboundState = _word(InboundState, default=InboundState.RECORDED, index=True)
    reply: str | None = Field(default=None, sa_type=Text)
    rest: list[str] = Field(default_factory=list, sa_type=JSON)
    late: bool = False
    deliveries: int = 1
    waiting_until: datetime | None = _moment(nullable=True, index=True)
    attempts: int = 0
    claimed_until: datetime | None = _moment(nullable=True)
    received_at: datetime = _moment(index=True)


class SignedPush(SQLModel, table=True):
    """A signature under which a plain push has been accepted lately, and the message it came with."""

    __tablename__ = "signed_push"

    signature: str = Field(primary_key=True, max_length=40)
    key: str = Field(max_length=200)
    at: datetime = _moment(index=True)


class Message(SQLModel, table=True):
    """One line of the conversation log, as the customer saw or wrote it.

    `inbound_id` is the record of the customer's message, `outbox_id` that of what was sent unasked.
    """

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(index=True, max_length=64)
    direction: str = Field(max_length=3)
    channel: str = Field(max_length=20)
    kind: str = Field(max_length=20)
    text: str = Field(default="", sa_type=Text)
    media_id: int | None = Field(default=None, foreign_key="media.id")
    inbound_id: int | None = Field(default=None, foreign_key="inbound_message.id", unique=True)
    outbox_id: int | None = Field(default=None, foreign_key="outbox_message.id")
    intent: str | None = Field(default=None, max_length=40)
    confidence: float | None = None
    entities: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    at: datetime = _moment(index=True)


class OutboxMessage(SQLModel, table=True):
    """待发消息: what we say first, written in the transaction that gave reason for it and sent by the jobs.

    `kind` is the saying's entry in `knowledge/sayings.yml`, `short` what a template message shows of it. At night
    `urgent` ones go out, and those whose visit (`visit_at`) comes before the morning is over. `not_before` is when it
    may be tried (again). `reply_id` is the inbound message whose passive reply carries it, `merged_into` the message in
    which it stood, `grant_id` what it was sent from, `author` the operator who wrote it, `msgid` the platform's number of a template message.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_due", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(index=True, max_length=64)
    order_id: int | None = Field(default=None, foreign_key="work_order.id")
    topic: str = Field(max_length=20)
    kind: str = Field(default="", max_length=20)
    text: str = Field(sa_type=Text)
    author: str | None = Field(default=None, max_length=40)
    short: str | None = Field(default=None, max_length=60)
    urgent: bool = False
    visit_at: datetime | None = _moment(nullable=True)
    unique_key: str | None = Field(default=None, unique=True, max_length=100)
    state: OutboxState = _word(OutboxState, default=OutboxState.PENDING)
    channel: str | None = Field(default=None, max_length=20)
    attempts: int = 0
    errcode: int | None = None
    error: str | None = Field(default=None, sa_type=Text)
    due_at: datetime = _moment()
    not_before: datetime | None = _moment(nullable=True)
    claimed_until: datetime | None = _moment(nullable=True)
    sent_at: datetime | None = _moment(nullable=True)
    reply_id: int | None = Field(default=None, index=True)
    merged_into: int | None = None
    grant_id: int | None = None
    msgid: str | None = Field(default=None, index=True, max_length=40)
    created_at: datetime = _moment()


class OutboxAttempt(SQLModel, table=True):
    """One try to send a message: by which channel, what the platform answered (`rid` is its number of the call)."""

    __tablename__ = "outbox_attempt"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="outbox_message.id", index=True)
    at: datetime = _moment()
    channel: str = Field(max_length=20)
    outcome: str = Field(max_length=20)
    errcode: int | None = None
    rid: str | None = Field(default=None, max_length=60)


class SendGrant(SQLModel, table=True):
    """What one deed of a customer allows: so many customer-service messages until a moment. The newest of an action counts."""

    __tablename__ = "send_grant"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(index=True, max_length=64)
    action: str = Field(max_length=20)
    granted: int
    remaining: int
    opened_at: datetime = _moment()
    expires_at: datetime = _moment()


class TemplateReceipt(SQLModel, table=True):
    """What became of a template message, told before we had written down its number."""

    __tablename__ = "template_receipt"

    msgid: str = Field(primary_key=True, max_length=40)
    status: str = Field(max_length=60)
    at: datetime = _moment()


class PlatformStop(SQLModel, table=True):
    """An API of the platform that is not called, until a moment or until a lone try (from `probe_at`) goes well."""

    __tablename__ = "platform_stop"

    api: str = Field(primary_key=True, max_length=60)
    errcode: int | None = None
    failures: int = 0
    since: datetime = _moment()
    until: datetime | None = _moment(nullable=True)
    probe_at: datetime = _moment()


class PlatformAlarm(SQLModel, table=True):
    """Something at the platform that an operator must put right; `resolved_at` is when it worked again."""

    __tablename__ = "platform_alarm"

    id: int | None = Field(default=None, primary_key=True)
    api: str = Field(max_length=60)
    errcode: int | None = None
    shown: str = Field(max_length=100)
    todo: str = Field(max_length=300)
    detail: str = Field(sa_type=Text)
    times: int = 1
    first_at: datetime = _moment()
    last_at: datetime = _moment()
    resolved_at: datetime | None = _moment(nullable=True)


class SharedToken(SQLModel, table=True):
    """The platform's access token for all processes, where there is no Redis; the times are Unix seconds.

    `locked_until`: until then one process is fetching another.
    """

    __tablename__ = "shared_token"

    name: str = Field(primary_key=True, max_length=100)
    value: str | None = Field(default=None, sa_type=Text)
    renew_at: float = 0
    expires_at: float = 0
    locked_until: float = 0


class CallCount(SQLModel, table=True):
    """How often something was done in the present span of time, counted over all processes."""

    __tablename__ = "call_count"

    name: str = Field(primary_key=True, max_length=120)
    span: int
    times: int


class DailySequence(SQLModel, table=True):
    """The last running number given to a work order on a day (Asia/Shanghai)."""

    __tablename__ = "daily_sequence"

    day: str = Field(primary_key=True, max_length=6)
    last: int


class IdempotencyKey(SQLModel, table=True):
    """The answer already given to a call of the integration API, by the key its caller chose."""

    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True, max_length=200)
    request_hash: str = Field(max_length=64)
    status_code: int
    answer: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = _moment()


class Operator(SQLModel, table=True):
    """Somebody who may log in to the console."""

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True, max_length=40)
    password_hash: str = Field(max_length=200)
    created_at: datetime = _moment()


class Heartbeat(SQLModel, table=True):
    """When a process was last alive."""

    name: str = Field(primary_key=True, max_length=40)
    at: datetime = _moment()
