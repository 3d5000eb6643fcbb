"""The shapes of what goes in and out. Fields of answers and their meaning are the contract with other systems."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from aftersales.models import Actor, MediaKind, Status
from aftersales.times import VISIT_LENGTH, Window

from .fields import (
    Capacity,
    File,
    Moment,
    Name,
    Note,
    Openid,
    Phone,
    Places,
    ShanghaiTime,
    Skills,
    TechnicianId,
    Words,
)


class Answer(BaseModel):
    """Something we answer; read straight from the tables."""

    model_config = ConfigDict(from_attributes=True)


class Question(BaseModel):
    """Something a caller sends; a field we do not know is refused, it may be a slip."""

    model_config = ConfigDict(extra="forbid")


# --- errors ----------------------------------------------------------------------------------------------------------


class Error(Answer):
    """A word for programs and a sentence for people."""

    code: str
    message: str


class ErrorAnswer(Answer):
    """The shape of every error."""

    error: Error


# --- work orders -----------------------------------------------------------------------------------------------------


class Address(Answer):
    """Where to go; `text` is what the customer wrote, the rest what was understood."""

    province: str | None
    city: str | None
    district: str | None
    detail: str | None
    text: str | None


class Visit(Answer):
    """A span in which the technician may arrive."""

    start: ShanghaiTime
    end: ShanghaiTime


class AssignedTechnician(Answer):
    """Who has the order."""

    id: int
    name: str
    phone: str


class Photo(Answer):
    """A photo or video; the address asks for the same token."""

    kind: MediaKind
    url: str


class Rating(Answer):
    """One to five stars, overall and by dimension."""

    overall: int
    attitude: int | None
    skill: int | None
    speed: int | None
    process: int | None
    comment: str | None
    at: ShanghaiTime


class Event(Answer):
    """A step in the life of an order: a status it came to, or urged, rescheduled, changed, handoff, rated, …"""

    type: str
    at: ShanghaiTime
    actor: Actor
    note: str | None


class WorkOrder(Answer):
    """A work order; what is not known, or was deleted at the customer's wish, is null.

    `appliance_words` is what the customer calls an appliance of no plain kind, `household` whose home it stands in,
    `urgent` marks a danger.
    """

    number: str
    openid: str
    status: Status
    service_type: str
    appliance: str
    appliance_words: str | None
    household: str | None
    urgent: bool
    brand: str | None
    model: str | None
    fault_description: str | None
    error_code: str | None
    fault_since: str | None
    contact_name: str | None
    phone: str | None
    address: Address
    requested_visit: Visit | None
    confirmed_visit: Visit | None
    technician: AssignedTechnician | None
    photos: list[Photo]
    diagnosis: str | None
    rating: Rating | None
    events: list[Event]
    created_at: ShanghaiTime


class WorkOrderPage(Answer):
    """Work orders, newest first; `next_cursor` is null on the last page."""

    items: list[WorkOrder]
    next_cursor: str | None


Limit = Annotated[int, Field(ge=1, le=100, description="How many to a page.")]
Cursor = Annotated[Words, Field(description="next_cursor of the page before.")]


class WorkOrderQuery(Question):
    """Which orders; without a filter all of them."""

    openid: Openid | None = None
    status: Status | None = None
    limit: Limit = 20
    cursor: Cursor | None = None


class EventType(StrEnum):
    """What can be reported of an order."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NOTE = "note"


class EventReport(Question):
    """Progress on an order. `visit_end` left out means two hours after `visit_start`."""

    type: EventType
    visit_start: Moment | None = None
    visit_end: Moment | None = None
    technician_id: TechnicianId | None = None
    note: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty_note_is_none(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and isinstance(sent.get("note"), str) and not sent["note"].strip():
            return sent | {"note": None}
        return sent

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        """What one field asks of the others; the first that fails is told."""
        is_note = self.type is EventType.NOTE
        moves = [name for name in ("visit_start", "visit_end", "technician_id") if getattr(self, name) is not None]
        rules = (
            (is_note and self.note is None, "note: is required for an event of type note"),
            (is_note and bool(moves), f"{', '.join(moves)}: cannot be changed by an event of type note"),
            (self.type is EventType.SCHEDULED and self.visit_start is None,
             "visit_start: is required for an event of type scheduled"),
            (self.visit_end is not None and self.visit_start is None, "visit_start: is required where visit_end is"),
            (self._ends_too_early(), "visit_end: must be later than visit_start"),
        )
        for broken, sentence in rules:
            if broken:
                raise ValueError(sentence)
        return self

    def _ends_too_early(self) -> bool:
        return self.visit_start is not None and self.visit_end is not None and self.visit_end <= self.visit_start

    @property
    def window(self) -> Window | None:
        """The visit, if there is one."""
        if self.visit_start is None:
            return None
        return Window(self.visit_start, self.visit_end or self.visit_start + VISIT_LENGTH)


class PhotoFields(Question):
    """The plain field beside a photo."""

    kind: Literal[MediaKind.BEFORE, MediaKind.AFTER, MediaKind.PROCESS]


class PhotoForm(PhotoFields):
    """A photo or video taken before, during or after the work; its type is told from its content."""

    file: File


class IdempotencyHeaders(BaseModel):
    """A name of the caller's own for this call: sent again with the same content it gets the first answer again."""

    key: str | None = Field(default=None, alias="Idempotency-Key", max_length=200)


# --- technicians -----------------------------------------------------------------------------------------------------


class Technician(Answer):
    """Somebody who repairs: `skills` are kinds of appliance, `capacity` the orders at work at the same time."""

    id: int
    name: str
    phone: str
    skills: list[str]
    service_areas: list[str]
    capacity: int
    active: bool


class TechnicianList(Answer):
    """Everybody, in the order of entry."""

    items: list[Technician]


class NewTechnician(Question):
    """A technician to enter. `service_areas` are names of provinces, cities or districts, or 全国."""

    name: Name
    phone: Phone
    skills: Skills = []
    service_areas: Places = []
    capacity: Capacity = 8
    active: StrictBool = True


def _unset() -> Any:
    """Stands in a field that was left out and is never read; null is not the same, it is refused."""
    return None


class TechnicianChange(Question):
    """What is to be different; a field left out stays as it is."""

    name: Name = Field(default_factory=_unset)
    phone: Phone = Field(default_factory=_unset)
    skills: Skills = Field(default_factory=_unset)
    service_areas: Places = Field(default_factory=_unset)
    capacity: Capacity = Field(default_factory=_unset)
    active: StrictBool = Field(default_factory=_unset)


# --- conversations ---------------------------------------------------------------------------------------------------


class Message(Answer):
    """A line of the conversation log; `media_url` is the photo, video or recording of the message."""

    id: int
    at: ShanghaiTime
    direction: Literal["in", "out"]
    channel: str
    kind: str
    text: str
    intent: str | None
    confidence: float | None
    entities: list[dict[str, Any]]
    media_url: str | None


class MessagePage(Answer):
    """Messages, newest first; `next_cursor` is null on the last page."""

    items: list[Message]
    next_cursor: str | None


class MessageQuery(Question):
    """Which part of the conversation."""

    limit: Limit = 20
    cursor: Cursor | None = None


# --- budgets ---------------------------------------------------------------------------------------------------------


class Grant(Answer):
    """What one deed of the customer allowed, and what is left of it; it counts while it is `live`."""

    action: str
    granted: int
    remaining: int
    opened_at: ShanghaiTime
    expires_at: ShanghaiTime
    live: bool


class PassiveChance(Answer):
    """A message of the customer that could be answered at no cost: it still can, it was, or it was missed."""

    received_at: ShanghaiTime
    kind: str
    state: Literal["open", "used", "missed", "silent"]


class UnsentMessage(Answer):
    """What is still to be said; `held` waits until the customer writes."""

    id: int
    topic: str
    kind: str
    state: Literal["pending", "sending", "held"]
    attempts: int
    errcode: int | None
    due_at: ShanghaiTime
    not_before: ShanghaiTime | None


class SendAttempt(Answer):
    """A try to say something; `rid` is the platform's number of the call."""

    message_id: int
    at: ShanghaiTime
    channel: str
    outcome: str
    errcode: int | None
    rid: str | None


class StoppedApi(Answer):
    """An API of the platform that is not called for now, until a moment or until a lone try goes well."""

    api: str
    errcode: int | None
    since: ShanghaiTime
    until: ShanghaiTime | None
    next_try_at: ShanghaiTime


class Ledger(Answer):
    """The customer's budget of messages: `remaining` may be sent now, `reserved` of them are kept for the rating."""

    openid: str
    following: bool | None
    last_message_at: ShanghaiTime | None
    remaining: int
    reserved: int
    grants: list[Grant]
    passive_chances: list[PassiveChance]
    unsent: list[UnsentMessage]
    attempts: list[SendAttempt]
    stopped_apis: list[StoppedApi]
