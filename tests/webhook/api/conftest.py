"""The API with a database of its own: 张三 owns the work orders, 李四 is the stranger, 王师傅 comes to repair."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from PIL import Image
from sqlmodel import SQLModel
from werkzeug.test import TestResponse

from aftersales.addresses import Address
from aftersales.media import LocalMediaStore
from aftersales.models import Technician, WorkOrder
from aftersales.repairs import Report, submit_order
from aftersales.settings import settings
from aftersales.store import engine, transaction
from aftersales.times import Window
from webhook import api

ZHANG_SAN, LI_SI = "oZhangSan000000000000000001", "oLiSi00000000000000000000002"
MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
TOKEN = "a-token-for-tests"
ROOT = "/api/v1"


@dataclass(frozen=True)
class Caller:
    """Another company's system: bears the token and checks every JSON answer against the document."""

    client: FlaskClient
    token: str = TOKEN

    def get(self, path: str, **arguments: Any) -> TestResponse:
        return self.call("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> TestResponse:
        return self.call("POST", path, **arguments)

    def patch(self, path: str, **arguments: Any) -> TestResponse:
        return self.call("PATCH", path, **arguments)

    def event(self, number: str, kind: str, key: str | None = None, **details: object) -> TestResponse:
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(f"/work-orders/{number}/events", json={"type": kind, **details}, headers=headers)

    def photo(self, number: str, content: bytes, kind: str = "after", key: str | None = None) -> TestResponse:
        form = {"kind": kind, "file": (io.BytesIO(content), "photo.bin")}
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(f"/work-orders/{number}/photos", data=form, headers=headers)

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **arguments: Any) -> TestResponse:
        bearing = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        answer = self.client.open(ROOT + path, method=method, headers=bearing, **arguments)
        answer.request.environ["wsgi.input"].close()  # a large upload lies in a file that nobody else closes
        if answer.mimetype == "application/json":
            self._check(method, path, answer)
        return answer

    def _check(self, method: str, path: str, answer: TestResponse) -> None:
        document = self.client.get(f"{ROOT}/openapi.json").json
        call = _entry(document["paths"], ROOT + path.partition("?")[0]).get(method.lower())
        if call is None:
            assert answer.status_code in {404, 405}
            return
        schema = call["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        checker = OAS31Validator(schema | {"components": document["components"]})
        assert [error.message for error in checker.iter_errors(answer.json)] == []


def _entry(paths: dict[str, Any], address: str) -> dict[str, Any]:
    for path, calls in paths.items():
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), address):
            return calls
    return {}


@dataclass(frozen=True)
class Desk:
    """What happened before the other system calls."""

    store: LocalMediaStore

    def order(self, openid: str = ZHANG_SAN, day: int = 0, **known: str) -> WorkOrder:
        """A report of a broken air conditioner, so many days after Monday."""
        now = MONDAY + timedelta(days=day)
        address = Address(province="广东省", city="佛山市", district="顺德区", detail="北滘镇美的大道6号",
                          text="佛山顺德北滘镇美的大道6号")
        visit = Window(now + timedelta(hours=4), now + timedelta(hours=6))
        report = Report("维修", "空调", "张三", "13800138000", address, visit, **known)
        with transaction() as session:
            return submit_order(session, openid, report, now)

    def technician(self, name: str = "王师傅", phone: str = "13500135002") -> int:
        with transaction() as session:
            technician = Technician(
                name=name, phone=phone, skills=["空调"], service_areas=["佛山市"], created_at=MONDAY)
            session.add(technician)
            session.flush()
            return technician.id


def image(form: str = "JPEG") -> bytes:
    """A real picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "steelblue").save(file, form)
    return file.getvalue()


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings and tables of this test alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/test.db")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("MEDIA_MAX_MB", "1")
    settings.cache_clear()
    engine.cache_clear()
    SQLModel.metadata.create_all(engine())
    yield
    engine().dispose()
    engine.cache_clear()
    settings.cache_clear()


@pytest.fixture
def desk(database: None) -> Desk:
    return Desk(LocalMediaStore(settings().media_dir))


@pytest.fixture
def app(desk: Desk) -> Flask:
    """An application with the API and a page of somebody else."""
    app = Flask("desk")
    app.add_url_rule("/elsewhere", view_func=lambda: "open to all", endpoint="elsewhere")
    api.init_app(app, desk.store, TOKEN)
    return app


@pytest.fixture
def caller(app: Flask) -> Caller:
    return Caller(app.test_client())


@pytest.fixture
def jpeg() -> bytes:
    return image()


@pytest.fixture
def png() -> bytes:
    return image("PNG")
