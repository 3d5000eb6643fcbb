"""A platform that can be read, and orders at every stage of their life."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel, col, select

from aftersales import customers, outbox
from aftersales.addresses import Address
from aftersales.models import Actor, OutboxMessage, Status, Technician, WorkOrder
from aftersales.progress import Step, advance
from aftersales.repairs import Report, submit_order
from aftersales.store import reading, transaction
from aftersales.times import SHANGHAI, Window
from wechat.errors import PlatformError
from wechat.templates import template_data

ZHANG_SAN, LI_SI = "oZhangSan000000000000000001", "oLiSi00000000000000000000002"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


class FakePlatform:
    """Takes messages, or fails as it is told: `texts_fail` and `templates_fail` by openid.

    An error is raised for every message; of a list of errors each is raised once.
    """

    def __init__(self) -> None:
        self.tried: list[tuple[str, str]] = []
        self.sent: list[tuple[str, str]] = []
        self.templates: list[tuple[str, str, dict[str, Any], str]] = []
        self.texts_fail: dict[str, Exception | list[Exception]] = {}
        self.templates_fail: dict[str, Exception | list[Exception]] = {}

    def send_text(self, openid: str, text: str) -> None:
        self.tried.append((openid, text))
        _fail(self.texts_fail, openid)
        self.sent.append((openid, text))

    def send_template(
        self, openid: str, template_id: str, data: dict[str, str], url: str = "", client_msg_id: str = ""
    ) -> str:
        _fail(self.templates_fail, openid)
        self.templates.append((openid, template_id, template_data(data), client_msg_id))
        return "200163836"


def _fail(failures: dict[str, Exception | list[Exception]], openid: str) -> None:
    failure = failures.get(openid)
    if isinstance(failure, list):
        failure = failure.pop(0) if failure else None
    if failure is not None:
        raise failure


def refusal(errcode: int, errmsg: str = "refused") -> PlatformError:
    return PlatformError.from_code(errcode, errmsg)


def heard(openid: str = ZHANG_SAN, at: datetime = NOW, deed: str = "message") -> None:
    """The customer writes, which allows messages."""
    with transaction() as session:
        customers.heard_from(session, openid, at, deed)


def say(text: str, openid: str = ZHANG_SAN, due: datetime = NOW, kind: str = "progress", topic: str = "progress") -> int:
    """Leaves a message to be sent to somebody who has just written; its id."""
    heard(openid)
    with transaction() as session:
        return outbox.say(session, openid, topic, text, due, extra=outbox.Extra(kind)).id


def everything(model: type[SQLModel]) -> list[Any]:
    """All rows of a table, oldest first."""
    with reading() as session:
        return list(session.exec(select(model).order_by(col(model.id))).all())


def left() -> list[OutboxMessage]:
    return everything(OutboxMessage)


def technician() -> Technician:
    """王师傅, who repairs air conditioners in 佛山市."""
    with transaction() as session:
        wang = Technician(name="王建国", phone="13500135001", skills=["空调"], service_areas=["佛山市"])
        session.add(wang)
    return wang


def order(openid: str = ZHANG_SAN, *, city: str = "佛山市") -> WorkOrder:
    """张三's air conditioner does not cool."""
    address = Address("广东省", city, None, "美的大道6号", f"{city}美的大道6号")
    visit = Window(NOW + timedelta(hours=4), NOW + timedelta(hours=6))
    report = Report("维修", "空调", "张三", "13800138000", address, visit, fault="不制冷")
    with transaction() as session:
        return submit_order(session, openid, report, NOW)


def completed(at: datetime = NOW) -> WorkOrder:
    """An order whose service was finished at that moment; everything said on the way has been sent."""
    wang = technician()
    steps = (Step(Status.ACCEPTED, Actor.OPERATOR, technician_id=wang.id), Step(Status.IN_PROGRESS, Actor.OPERATOR),
             Step(Status.COMPLETED, Actor.OPERATOR))
    found = order()
    with transaction() as session:
        found = session.get_one(WorkOrder, found.id)
        for step in steps:
            advance(session, found, step, at)
        for message in session.exec(select(OutboxMessage)).all():
            outbox.mark_sent(session, message.id, "customer_service", at)
    return found


def told() -> list[str]:
    """What waits to be sent."""
    return [message.text for message in left() if message.state.value == "pending"]
