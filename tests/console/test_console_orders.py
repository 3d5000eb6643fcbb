"""The table of work orders, and the pages for what went wrong."""

import re

import pytest
from console_desk import ATTACK, LI_SI, ORDER_NUMBER, ZHANG_SAN, Browser, Story, minutes

from aftersales.appointments import request_visit
from aftersales.models import Status, WorkOrder
from aftersales.progress import find_order
from aftersales.store import transaction
from aftersales.times import Window


@pytest.fixture
def two_orders(story: Story) -> None:
    """张三's order is completed, 李四's fridge is new."""
    with transaction() as session:
        session.add(WorkOrder(
            number="BX2611170001", openid=LI_SI, service_type="清洗", appliance="冰箱", contact_name="李四",
            phone="13900139000", address_text="深圳市南山区科技园1号", fault_description=ATTACK,
            created_at=minutes(2010), updated_at=minutes(2010)))


def numbers(page: str) -> list[str]:
    return re.findall(r'<a class="number"[^>]*>(BX\d+)</a>', page)


def test_the_newest_order_comes_first(operator: Browser, two_orders: None) -> None:
    page = operator.open("/ops/orders")
    assert numbers(page) == ["BX2611170001", ORDER_NUMBER]
    assert f'href="/ops/conversations/{ZHANG_SAN}#order-{ORDER_NUMBER}"' in page
    assert "11月17日 星期二 15:00–17:00" in page
    assert "王建国" in page
    assert "<script>alert" not in page


def test_a_danger_and_an_unusual_appliance_are_seen(operator: Browser, two_orders: None) -> None:
    assert "紧急" not in operator.open("/ops/orders")
    with transaction() as session:
        order = find_order(session, "BX2611170001")
        order.urgent, order.appliance, order.appliance_words = True, "其他", "消毒柜"
    page = operator.open("/ops/orders")
    assert '<span class="badge alert">紧急</span>' in page
    assert "消毒柜清洗" in page


def visits(page: str) -> list[str]:
    found = re.findall(r'<td class="visit">(.*?)</td>', page)
    return [" ".join(re.sub(r"<[^>]*>", " ", visit).split()) for visit in found]


def test_the_agreed_visit_is_shown_else_the_one_the_customer_asked_for(operator: Browser, two_orders: None) -> None:
    assert visits(operator.open("/ops/orders")) == ["未约定", "11月17日 星期二 15:00–17:00"]
    with transaction() as session:
        for number in ("BX2611170001", ORDER_NUMBER):
            request_visit(session, find_order(session, number), Window(minutes(4350), minutes(4470)), minutes(2020))
    assert visits(operator.open("/ops/orders")) == [
        "11月19日 星期四 10:00–12:00 客户期望", "11月17日 星期二 15:00–17:00"]


@pytest.mark.parametrize(("query", "found"), [
    ("status=completed", [ORDER_NUMBER]),
    ("status=submitted", ["BX2611170001"]),
    ("status=cancelled", []),
    ("status=", ["BX2611170001", ORDER_NUMBER]),
    ("q=张三", [ORDER_NUMBER]),
    ("q=139001", ["BX2611170001"]),
    ("q=bx26111700", ["BX2611170001"]),
    ("q=王建国", [ORDER_NUMBER]),
    ("q=南山", ["BX2611170001"]),
    ("q=%25", []),
    ("q=张三&status=submitted", []),
])
def test_orders_are_found_by_status_and_words(
    operator: Browser, two_orders: None, query: str, found: list[str]
) -> None:
    assert numbers(operator.open(f"/ops/orders?{query}")) == found


def test_every_status_can_be_asked_for(operator: Browser, two_orders: None) -> None:
    page = operator.open("/ops/orders?status=completed")
    assert set(re.findall(r'<option value="(\w+)"', page)) == set(Status)
    assert '<option value="completed" selected>服务完成</option>' in page


def test_the_pages_keep_the_filter(operator: Browser, story: Story) -> None:
    with transaction() as session:
        session.add_all(WorkOrder(
            number=f"BX261118{number:04}", openid=LI_SI, service_type="安装", appliance="空调", contact_name="李四",
            phone="13900139000") for number in range(31))
    page = operator.open("/ops/orders?status=submitted&q=李四")
    assert len(numbers(page)) == 30
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older
    assert numbers(operator.open(older[1].replace("&amp;", "&"))) == ["BX2611180000"]


@pytest.mark.parametrize("address", ["/ops/orders?page=0", "/ops/orders?page=-3", "/ops/orders?page=x"])
def test_a_senseless_page_is_the_first(operator: Browser, two_orders: None, address: str) -> None:
    assert len(numbers(operator.open(address))) == 2


def test_an_unknown_status_is_refused_in_chinese(operator: Browser) -> None:
    answer = operator.client.get("/ops/orders?status=lost")
    assert answer.status_code == 400
    assert "请求有误" in answer.text


@pytest.mark.parametrize("address", ["/ops/nowhere", "/ops/conversations", "/ops/media/photo"])
def test_a_wrong_address_is_answered_in_chinese(operator: Browser, address: str) -> None:
    answer = operator.client.get(address)
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_every_page_has_strict_headers(operator: Browser, stranger: Browser, story: Story) -> None:
    answers = [operator.client.get(address) for address in (
        "/ops", "/ops/orders", f"/ops/conversations/{ZHANG_SAN}", f"/ops/media/{story.photo}", "/ops/nowhere",
        "/ops/static/console.css")] + [stranger.client.get("/ops/login"), stranger.client.get("/ops")]
    for answer in answers:
        answer.close()
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_pages_load_nothing_from_elsewhere_and_carry_no_inline_code(operator: Browser, story: Story) -> None:
    for address in ("/ops", "/ops/orders", f"/ops/conversations/{ZHANG_SAN}"):
        page = operator.open(address)
        tags = "".join(re.findall(r"<[^>]*>", page))
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        assert not re.search(r"<style|\sstyle=|\son\w+=", tags)
        assert re.findall(r"<script[^>]*>", page) == ['<script src="/ops/static/console.js" defer>']
