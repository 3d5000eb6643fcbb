"""The story the tests of the console tell, and the operator who reads it."""

import html
import io
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import Session
from werkzeug.test import TestResponse

from aftersales import handoff, media, progress, ratings
from aftersales.appointments import confirm_visit, request_visit
from aftersales.conversations import Understanding, log_in, log_out
from aftersales.customers import heard_from
from aftersales.models import Actor, Media, MediaKind, OutboxMessage, OutboxState, Status, Technician, WorkOrder
from aftersales.settings import settings
from aftersales.store import transaction
from aftersales.times import Window

ZHANG_SAN, LI_SI = "oZhangSan000000000000000001", "oLiSi00000000000000000000002"
MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "a good long password"
ORDER_NUMBER = "BX2611160001"
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\x00" * 64
ATTACK = "<script>alert(1)</script> \"><img src=x onerror=alert(2)>"


def minutes(count: int) -> datetime:
    """So many minutes after the story began."""
    return MONDAY + timedelta(minutes=count)


def jpeg(width: int = 640, height: int = 480, colour: str = "steelblue") -> bytes:
    """A real photo, of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    return file.getvalue()


@dataclass
class Browser:
    """What an operator does: opens pages, fills in forms with the page's own token."""

    client: FlaskClient

    def open(self, address: str) -> str:
        """The page, which must be there."""
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    def send(self, page: str, address: str, **fields: str) -> TestResponse:
        """Posts a form that stands on `page`."""
        return self.client.post(address, data={"csrf_token": token(self.open(page)), **fields})

    def login(self, username: str = "admin", password: str = PASSWORD, wanted: str = "") -> TestResponse:
        """Fills in the login page."""
        page = f"/ops/login?next={wanted}" if wanted else "/ops/login"
        return self.send(page, page, username=username, password=password)


def token(page: str) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form with a token"
    return html.unescape(found[1])


@dataclass(frozen=True)
class Story:
    """What was written into the database."""

    number: str
    photo: int
    voice: int


def tell_story() -> Story:
    """Writes the story into the database of the settings."""
    with transaction() as session:
        photo, voice = _report(session)
        _repair(session)
        _greeting_and_attack(session)
    return Story(ORDER_NUMBER, photo, voice)


def _report(session: Session) -> tuple[int, int]:
    store = media.LocalMediaStore(settings().media_dir)
    heard_from(session, ZHANG_SAN, minutes(0))
    log_in(session, ZHANG_SAN, "text", "美的空调不制冷，显示E1", minutes(0), Understanding("describe_fault", 0.97, [
        {"entity": "brand", "value": "美的", "confidence_entity": 0.99},
        {"entity": "symptom", "value": "不制冷", "confidence_entity": 0.62},
        {"entity": "error_code", "value": "E1"}]))
    log_out(session, ZHANG_SAN, "passive", "要现在报修吗？\n[[马上报修]] [[先自己看看|自查步骤]]", minutes(1))
    photo = media.keep(session, store, ZHANG_SAN, jpeg(), minutes(2))
    log_in(session, ZHANG_SAN, "image", "[照片]", minutes(2), media_id=photo.id)
    voice = media.keep(session, store, ZHANG_SAN, MP3, minutes(3))
    log_in(session, ZHANG_SAN, "voice", "明天下午三点来", minutes(3), Understanding("inform", 0.41), media_id=voice.id)
    assert photo.id
    assert voice.id
    return photo.id, voice.id


def _repair(session: Session) -> None:
    wang = Technician(name="王建国", phone="13500135002", skills=["空调"], service_areas=["佛山市"])
    session.add(wang)
    order = WorkOrder(
        number=ORDER_NUMBER, openid=ZHANG_SAN, service_type="维修", appliance="空调", brand="美的", model="KFR-35GW",
        fault_description="不制冷", error_code="E1", fault_since="上周开始", contact_name="张三", phone="13800138000",
        province="广东省", city="佛山市", district="顺德区", address_detail="北滘镇美的大道6号",
        address_text="佛山顺德北滘镇美的大道6号", diagnosis="制冷剂泄漏", created_at=minutes(4), updated_at=minutes(4))
    session.add(order)
    session.flush()
    tomorrow = Window(minutes(60 * 29 + 30), minutes(60 * 31 + 30))
    request_visit(session, order, tomorrow, minutes(4))
    confirm_visit(session, order, tomorrow, minutes(9))
    order.technician_id, order.status, order.completed_at = wang.id, Status.COMPLETED, minutes(1900)
    progress.record(session, order, "submitted", Actor.CUSTOMER, minutes(4))
    progress.record(session, order, "urged", Actor.CUSTOMER, minutes(8), "客户催单：还没人联系")
    progress.record(session, order, "completed", Actor.TECHNICIAN, minutes(1900), "更换管路")
    ratings.record_rating(
        session, order, 4, minutes(1950), dimensions={"attitude": 5, "speed": 3}, comment="师傅很专业")
    session.add(Media(
        sha256="0" * 64, openid=ZHANG_SAN, order_id=order.id, kind=MediaKind.AFTER, content_type="image/jpeg", size=1))
    session.add(OutboxMessage(
        openid=ZHANG_SAN, order_id=order.id, topic="rating", text="请打个分：[[5星]]", state=OutboxState.HELD,
        error="48小时窗口已关闭", errcode=45015, due_at=minutes(2000)))


def _greeting_and_attack(session: Session) -> None:
    heard_from(session, LI_SI, minutes(2000))
    log_in(session, LI_SI, "text", "你好", minutes(2000), Understanding("greet", 0.99))
    log_in(session, LI_SI, "text", ATTACK, minutes(2001), Understanding("human_handoff", 0.88, [
        {"entity": "person_name", "value": ATTACK}]))
    handoff.ask(session, LI_SI, minutes(2001))
