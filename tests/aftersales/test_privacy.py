"""我的信息: shown masked, deleted in full for the one who wishes it, and nobody else's."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, select

from aftersales import (
    conversations,
    customers,
    inbox,
    media,
    outbox,
    personal_data,
    planner,
    privacy,
    ratings,
    repairs,
    selfhelp,
)
from aftersales.inbox import Delivery
from aftersales.media import LocalMediaStore
from aftersales.models import (
    Actor,
    Customer,
    IdempotencyKey,
    InboundMessage,
    InboundState,
    Media,
    MediaKind,
    Message,
    OutboxMessage,
    OutboxState,
    Rating,
    SelfHelp,
    Status,
    Technician,
    WorkOrder,
    WorkOrderEvent,
)
from aftersales.progress import Step, advance, record
from aftersales.repairs import Report, submit_order
from aftersales.settings import settings
from aftersales.store import reading, transaction

ZHANG_SAN, LI_SI = "oZhangSan", "oLiSi"
MINUTE = timedelta(minutes=1)
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
#: Words by which a person could be found; none of them may be left anywhere.
TRACES = ("张三", "13800138000", "美的大道", "妈妈家", "老爷车", "不制冷", "钥匙在门垫下", "顺德")
WAY = (Status.ACCEPTED, Status.IN_PROGRESS, Status.COMPLETED, Status.CLOSED)


@pytest.fixture
def store(database: str) -> LocalMediaStore:
    return LocalMediaStore(settings().media_dir)


def rows(model: type[SQLModel], *conditions: Any) -> list[Any]:
    """Rows of a table, oldest first."""
    keys = model.__table__.primary_key.columns  # type: ignore[attr-defined]
    with reading() as session:
        return list(session.exec(select(model).where(*conditions).order_by(*keys)).all())


def only(model: type[SQLModel], *conditions: Any) -> Any:
    found = rows(model, *conditions)
    assert len(found) == 1
    return found[0]


def everything(openid: str) -> str:
    """All that the tables say of a customer, in one text."""
    with reading() as session:
        ids = session.exec(select(WorkOrder.id).where(WorkOrder.openid == openid)).all()
    found: list[Any] = []
    for model in (Customer, WorkOrder, Message, InboundMessage, OutboxMessage, Media, SelfHelp):
        found += rows(model, model.openid == openid)
    for model in (WorkOrderEvent, Rating):
        found += rows(model, col(model.order_id).in_(ids))
    found += [key for key in rows(IdempotencyKey) if key.answer.get("openid") == openid]
    return "\n".join(str(row.model_dump()) for row in found)


def open_order(openid: str, report: Report, now: datetime, status: Status = Status.SUBMITTED) -> str:
    """An order, by 王师傅's hands at that status; its number."""
    with transaction() as session:
        wang = session.exec(select(Technician)).first()
        order = submit_order(session, openid, report, now)
        order.household, order.appliance_words, order.diagnosis = "妈妈家", "老爷车", "钥匙在门垫下"
        record(session, order, "urged", Actor.CUSTOMER, now, "快点，13800138000")
        _take_to(session, order, status, wang, now)
        return order.number


def _take_to(session: Session, order: WorkOrder, status: Status, wang: Technician | None, now: datetime) -> None:
    if status is Status.CANCELLED:
        advance(session, order, Step(status, Actor.CUSTOMER), now)
        return
    for step in WAY[: WAY.index(status) + 1] if status in WAY else ():
        advance(session, order, Step(step, Actor.OPERATOR, technician_id=wang.id if wang else None), now)


def live_through(openid: str, report: Report, store: LocalMediaStore, now: datetime, picture: bytes = PICTURE) -> str:
    """A service from the first word to the rating, with a trace in every table; the order's number."""
    with transaction() as session:
        customers.heard_from(session, openid, now)
        customers.consents(session, openid, now)
        row, _ = inbox.record(session, Delivery(f"key-{openid}", openid, "text", json.dumps({"text": "张三"})), now)
        inbox.answer(session, row.id or 0, "您好张三", now)
        kept = media.keep(session, store, openid, picture, now)
        conversations.log_in(session, openid, "image", "空调不制冷，13800138000", now, media_id=kept.id)
        conversations.log_out(session, openid, "passive", "张三您好", now)
        selfhelp.offer(session, openid, "空调", "不制冷", now)
    number = open_order(openid, report, now, Status.COMPLETED)
    with transaction() as session:
        order = session.exec(select(WorkOrder).where(WorkOrder.number == number)).one()
        media.keep(session, store, openid, picture + b"after", now, kind=MediaKind.AFTER, order=order)
        ratings.record_rating(session, order, 4, now, comment="张三很满意")
        outbox.say(session, openid, "rating", "张三，请评价", now, order_id=order.id, unique_key=f"rating-invitation:{number}")
        session.add(IdempotencyKey(
            key=f"call-{openid}", request_hash="0", status_code=200, created_at=now,
            answer={"number": number, "openid": openid, "contact_name": "张三"}))
    return number


def forget(store: LocalMediaStore, now: datetime, openid: str = ZHANG_SAN) -> list[str]:
    with transaction() as session:
        return [order.number for order in privacy.forget(session, store, openid, now)]


def finish(store: LocalMediaStore, now: datetime) -> int:
    with transaction() as session:
        return privacy.forget_finished(session, store, now)


def order_of(number: str) -> WorkOrder:
    found: WorkOrder = only(WorkOrder, WorkOrder.number == number)
    return found


def notes(number: str) -> list[str]:
    return [event.note for event in rows(WorkOrderEvent, WorkOrderEvent.order_id == order_of(number).id) if event.note]


def mark_of(openid: str = ZHANG_SAN) -> datetime | None:
    customer: Customer = only(Customer, Customer.openid == openid)
    return customer.forget_requested_at


def files(store: LocalMediaStore) -> int:
    return sum(path.is_file() for path in store.folder.rglob("*"))


# --- showing ---------------------------------------------------------------------------------------------------------


def shown(openid: str = ZHANG_SAN) -> str:
    with reading() as session:
        return personal_data.told(personal_data.kept_of(session, openid))


def test_what_is_kept_is_shown_masked(store: LocalMediaStore, report: Report, wang: Technician, now: datetime) -> None:
    live_through(ZHANG_SAN, report, store, now)
    assert shown() == (
        "姓名：张*\n电话：138****8000\n地址：广东省佛山市顺德区北滘镇美的大道***\n工单1个，照片和视频2个，聊天记录2条\n"
        "11月23日 10:00您同意我们保存")


def test_of_nobody_nothing_is_shown(database: str) -> None:
    assert shown() == "没有保存您的姓名、电话和地址。\n工单0个，照片和视频0个，聊天记录0条"


def test_recordings_are_no_pictures(store: LocalMediaStore, now: datetime) -> None:
    with transaction() as session:
        media.keep(session, store, ZHANG_SAN, b"#!AMR\n" + b"\x00" * 32, now)
    assert "照片和视频0个" in shown()


def test_many_orders_make_no_wall_of_text(database: str, report: Report, now: datetime) -> None:
    with transaction() as session:
        for number in range(30):
            long = report.address.__class__("广东省", "佛山市", "顺德区", "很长的路名" * 20 + f"{number}号", f"地址{number}")
            varied = report.__class__(
                "维修", "空调", f"{chr(0x5F20 + number)}三", f"1380013{number:04d}", long, report.visit, fault="不制冷")
            submit_order(session, ZHANG_SAN, varied, now)
    assert len(shown().encode()) < 1200
    assert "等30个" in shown()


@pytest.mark.parametrize(("name", "masked"), [("张三", "张*"), ("欧阳娜娜", "欧*"), ("李", "李*"), ("", "")])
def test_of_a_name_the_first_character_is_shown(name: str, masked: str) -> None:
    assert personal_data.mask_name(name) == masked


# --- deleting --------------------------------------------------------------------------------------------------------


def test_nothing_personal_is_left(store: LocalMediaStore, report: Report, wang: Technician, now: datetime) -> None:
    live_through(ZHANG_SAN, report, store, now)
    assert [trace for trace in TRACES if trace not in everything(ZHANG_SAN)] == []
    assert forget(store, now + MINUTE) == []
    assert [trace for trace in TRACES if trace in everything(ZHANG_SAN)] == []
    assert files(store) == 0
    for model in (Message, Media, SelfHelp, IdempotencyKey):
        assert rows(model) == []


def test_what_counts_stays(store: LocalMediaStore, report: Report, wang: Technician, now: datetime) -> None:
    number = live_through(ZHANG_SAN, report, store, now)
    forget(store, now + MINUTE)
    order = order_of(number)
    assert (order.status, order.appliance, order.service_type, order.brand, order.city) == (
        Status.COMPLETED, "空调", "维修", "美的", "佛山市")
    assert (order.created_at, order.completed_at, order.technician_id) == (now, now, wang.id)
    assert only(Rating).overall == 4
    assert [event.type for event in rows(WorkOrderEvent)] == [
        "submitted", "urged", "accepted", "in_progress", "completed", "rated", "note"]
    assert notes(number) == ["已按客户要求删除个人信息"]


def test_the_data_of_another_customer_stay_untouched(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime
) -> None:
    live_through(ZHANG_SAN, report, store, now)
    live_through(LI_SI, report, store, now)
    before = everything(LI_SI)
    forget(store, now + MINUTE)
    assert everything(LI_SI) == before
    assert files(store) == 2  # the two have sent the same content
    assert all(store.get(row.sha256) for row in rows(Media, Media.openid == LI_SI))


def test_a_file_goes_with_its_last_owner(store: LocalMediaStore, report: Report, wang: Technician, now: datetime) -> None:
    for openid in (ZHANG_SAN, LI_SI):
        live_through(openid, report, store, now)
    forget(store, now + MINUTE, ZHANG_SAN)
    forget(store, now + MINUTE, LI_SI)
    assert files(store) == 0


def test_deleting_twice_is_harmless(store: LocalMediaStore, report: Report, wang: Technician, now: datetime) -> None:
    number = live_through(ZHANG_SAN, report, store, now)
    forget(store, now + MINUTE)
    with transaction() as session:
        order = session.exec(select(WorkOrder)).one()
        record(session, order, "note", Actor.OPERATOR, now, "张三来过电话")
    forget(store, now + 2 * MINUTE)
    assert notes(number) == ["已按客户要求删除个人信息"]
    assert mark_of() == now + 2 * MINUTE


def test_of_somebody_unknown_there_is_nothing_to_delete(store: LocalMediaStore, now: datetime) -> None:
    assert forget(store, now) == []
    assert rows(WorkOrder) == []


def test_the_deleted_are_asked_for_consent_again_and_offered_no_old_contacts(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime
) -> None:
    live_through(ZHANG_SAN, report, store, now)
    forget(store, now + MINUTE)
    with transaction() as session:
        assert not customers.has_consented(session, ZHANG_SAN)
        assert repairs.past_contacts(session, ZHANG_SAN) == []
        customers.consents(session, ZHANG_SAN, now + 2 * MINUTE)
        assert customers.has_consented(session, ZHANG_SAN)


def test_what_was_to_be_said_is_not_said_any_more_nor_said_again(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime
) -> None:
    number = live_through(ZHANG_SAN, report, store, now)
    forget(store, now + MINUTE)
    assert {message.state for message in rows(OutboxMessage)} == {OutboxState.FAILED}
    with transaction() as session:
        assert planner.claim(session, now + 2 * MINUTE, planner.Terms(len, None, template=True)) == []
        assert outbox.say(
            session, ZHANG_SAN, "rating", "请评价", now, unique_key=f"rating-invitation:{number}") is None


def test_a_message_that_is_being_answered_keeps_its_words_until_it_is_answered(
    store: LocalMediaStore, now: datetime
) -> None:
    with transaction() as session:
        row, _ = inbox.record(session, Delivery("k", ZHANG_SAN, "text", "确认删除"), now)
        inbox.claim(session, row.id or 0, now)
    forget(store, now)
    assert only(InboundMessage).payload == "确认删除"
    with transaction() as session:
        inbox.answer(session, row.id or 0, "已经删除", now)
        privacy.settle(session, store, ZHANG_SAN, now, now + 2 * MINUTE)
    found = only(InboundMessage)
    assert (found.payload, found.reply, found.state) == ("", None, InboundState.ANSWERED)


# --- open orders -----------------------------------------------------------------------------------------------------


def test_an_open_order_keeps_what_the_technician_needs(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime
) -> None:
    finished = live_through(ZHANG_SAN, report, store, now)
    number = open_order(ZHANG_SAN, report, now)
    with transaction() as session:
        order = session.exec(select(WorkOrder).where(WorkOrder.number == number)).one()
        media.keep(session, store, ZHANG_SAN, PICTURE, now, order=order)
        outbox.say(session, ZHANG_SAN, "progress", "已派单", now, order_id=order.id)
    assert forget(store, now + MINUTE) == [number]
    kept = order_of(number)
    assert (kept.contact_name, kept.phone, kept.address_detail) == ("张三", "13800138000", "北滘镇美的大道6号")
    assert order_of(finished).phone == ""
    assert rows(Message) == []
    assert only(Media).order_id == kept.id
    assert store.get(only(Media).sha256) == PICTURE
    waiting = only(OutboxMessage, OutboxMessage.state == OutboxState.PENDING)
    assert (waiting.text, waiting.order_id) == ("已派单", kept.id)
    assert notes(number)[-1] == "客户要求删除个人信息，本单结束后自动删除"
    assert shown().endswith("您已要求删除，进行中的工单结束后，这些会自动删掉。")


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_the_rest_goes_when_the_order_is_over(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime, status: Status
) -> None:
    number = open_order(ZHANG_SAN, report, now)
    forget(store, now)
    assert finish(store, now + 60 * MINUTE) == 0
    with transaction() as session:
        order = session.exec(select(WorkOrder)).one()
        _take_to(session, order, status, wang, now + 60 * MINUTE)
        conversations.log_in(session, ZHANG_SAN, "text", "师傅来过了，13800138000", now + 60 * MINUTE)
    assert finish(store, now + 80 * MINUTE) == 0  # its last words may still be under way
    assert finish(store, now + 90 * MINUTE) == 1
    assert [trace for trace in TRACES if trace in everything(ZHANG_SAN)] == []
    assert notes(number) == ["已按客户要求删除个人信息"]
    assert finish(store, now + 100 * MINUTE) == 0


def test_nothing_is_deleted_while_the_customer_is_talking(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime
) -> None:
    number = open_order(ZHANG_SAN, report, now)
    forget(store, now)
    with transaction() as session:
        _take_to(session, session.exec(select(WorkOrder)).one(), Status.CANCELLED, wang, now)
        customers.heard_from(session, ZHANG_SAN, now + 60 * MINUTE)
    assert finish(store, now + 80 * MINUTE) == 0
    assert order_of(number).phone
    assert finish(store, now + 90 * MINUTE) == 1


def test_of_two_open_orders_each_goes_in_its_time(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime
) -> None:
    first, second = open_order(ZHANG_SAN, report, now), open_order(ZHANG_SAN, report, now)
    assert forget(store, now) == [second, first]
    with transaction() as session:
        order = session.exec(select(WorkOrder).where(WorkOrder.number == first)).one()
        _take_to(session, order, Status.CANCELLED, wang, now)
    assert finish(store, now + 60 * MINUTE) == 1
    assert (order_of(first).phone, order_of(second).phone) == ("", "13800138000")
    assert notes(second).count("客户要求删除个人信息，本单结束后自动删除") == 1
    with transaction() as session:
        order = session.exec(select(WorkOrder).where(WorkOrder.number == second)).one()
        _take_to(session, order, Status.CANCELLED, wang, now + 60 * MINUTE)
    assert finish(store, now + 120 * MINUTE) == 1
    assert order_of(second).phone == ""


def test_who_agrees_anew_keeps_what_is_new(
    store: LocalMediaStore, report: Report, wang: Technician, now: datetime
) -> None:
    old = open_order(ZHANG_SAN, report, now)
    with transaction() as session:
        order = session.exec(select(WorkOrder)).one()
        picture = media.keep(session, store, ZHANG_SAN, PICTURE, now, order=order)
    forget(store, now)
    with transaction() as session:
        customers.consents(session, ZHANG_SAN, now + MINUTE)
        conversations.log_in(session, ZHANG_SAN, "image", "新的", now + MINUTE, media_id=picture.id)
    new = open_order(ZHANG_SAN, report, now + MINUTE)
    with transaction() as session:
        for order in session.exec(select(WorkOrder)).all():
            _take_to(session, order, Status.CANCELLED, wang, now + MINUTE)
    assert finish(store, now + 60 * MINUTE) == 1
    assert (order_of(old).phone, order_of(new).phone) == ("", "13800138000")
    assert (only(Message).text, only(Message).media_id) == ("新的", None)
    with reading() as session:
        assert customers.has_consented(session, ZHANG_SAN)


# --- what comes after the turn ---------------------------------------------------------------------------------------


def marked(now: datetime) -> list[str]:
    with reading() as session:
        return [openid for openid, _ in privacy.marked(session, now)]


def settle(store: LocalMediaStore, mark: datetime, now: datetime) -> bool:
    with transaction() as session:
        return privacy.settle(session, store, ZHANG_SAN, mark, now)


def test_the_turn_itself_is_waited_for(store: LocalMediaStore, now: datetime) -> None:
    forget(store, now)
    assert marked(now + timedelta(seconds=4)) == []
    assert marked(now + timedelta(seconds=5)) == [ZHANG_SAN]


def test_another_turn_is_waited_for_but_not_for_ever(store: LocalMediaStore, now: datetime) -> None:
    forget(store, now)
    with transaction() as session:
        inbox.record(session, Delivery("k", ZHANG_SAN, "text", "{}"), now + MINUTE)
    assert marked(now + MINUTE) == []
    assert marked(now + 4 * MINUTE) == [ZHANG_SAN]


def test_the_recording_of_the_wish_goes_too_but_nothing_newer(store: LocalMediaStore, now: datetime) -> None:
    forget(store, now)
    with transaction() as session:
        recording = media.keep(session, store, ZHANG_SAN, b"#!AMR\n" + b"\x00" * 32, now + timedelta(seconds=2))
        inbox.record(session, Delivery("k", ZHANG_SAN, "image", "{}"), now + timedelta(seconds=20))
        newer = media.keep(session, store, ZHANG_SAN, PICTURE, now + timedelta(seconds=21))
        conversations.log_out(session, ZHANG_SAN, "passive", "已经删除", now + timedelta(seconds=1))
    assert not settle(store, now, now + timedelta(seconds=30))
    assert settle(store, now, now + MINUTE)
    assert only(Media).id == newer.id
    with pytest.raises(FileNotFoundError):
        store.get(recording.sha256)
    assert only(Message).text == "已经删除"
    assert mark_of() is None


def test_an_older_wish_does_not_settle_a_newer_one(store: LocalMediaStore, now: datetime) -> None:
    forget(store, now)
    forget(store, now + MINUTE)
    assert not settle(store, now, now + 5 * MINUTE)
    assert mark_of() == now + MINUTE


def test_an_open_order_keeps_the_mark(store: LocalMediaStore, report: Report, wang: Technician, now: datetime) -> None:
    open_order(ZHANG_SAN, report, now)
    forget(store, now)
    assert not settle(store, now, now + 5 * MINUTE)
    assert mark_of() == now


# --- nothing is forgotten to be forgotten ----------------------------------------------------------------------------

#: What of an order stays. A new column belongs here or into EMPTIED.
STAYING = {
    "id", "number", "openid", "status", "service_type", "appliance", "urgent", "brand", "model", "error_code", "province",
    "city", "technician_id", "created_at", "updated_at", "completed_at"}
#: The tables that know a customer, each of which the deletion takes care of.
KNOWING = {"handoff_event", "customer", "work_order", "self_help", "media", "inbound_message", "message", "outbox_message",
           "send_grant"}  # how many messages may be sent stays: it says nothing about anybody


def test_of_every_column_of_an_order_it_is_decided_whether_it_stays() -> None:
    assert set(WorkOrder.model_fields) == STAYING | set(privacy.EMPTIED)


def test_every_table_that_knows_a_customer_is_taken_care_of() -> None:
    tables = SQLModel.metadata.tables.values()
    assert {table.name for table in tables if "openid" in table.columns} == KNOWING
