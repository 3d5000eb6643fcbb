"""我的信息: what the desk shows of a customer whose data were deleted."""

from console_desk import LI_SI, ZHANG_SAN, Browser, Story, minutes

from aftersales import media, privacy
from aftersales.models import Status, WorkOrder
from aftersales.settings import settings
from aftersales.store import transaction

NAMED = ("张三", "13800138000", "美的大道", "师傅很专业", "还没人联系", "更换管路", "不制冷")


def forget() -> None:
    with transaction() as session:
        privacy.forget(session, media.LocalMediaStore(settings().media_dir), ZHANG_SAN, minutes(3000))


def test_the_order_stays_and_says_why_it_is_empty(operator: Browser, story: Story) -> None:
    forget()
    page = operator.open(f"/ops/conversations/{ZHANG_SAN}")
    assert [word for word in NAMED if word in page] == []
    for shown in (story.number, "空调维修", "已按客户要求删除个人信息", "<dt>联系人</dt><dd>—", "还没有消息。", "4 星", "失败"):
        assert shown in page


def test_the_tables_cope_with_it(operator: Browser, story: Story) -> None:
    forget()
    orders = operator.open("/ops/orders")
    assert story.number in orders
    assert '<td class="contact">—' in orders
    assert ZHANG_SAN not in operator.open("/ops")  # nothing was said, so there is no conversation
    assert LI_SI in operator.open("/ops")
    assert operator.open("/ops/orders?q=13800138000").count("order-row") == 0


def test_a_name_that_is_left_is_shown(operator: Browser, story: Story) -> None:
    with transaction() as session:
        session.add(WorkOrder(number="BX2611160002", openid=ZHANG_SAN, service_type="清洗", appliance="空调",
                              contact_name="张三", phone="13800138000", status=Status.DISPATCHED))
        session.flush()
        session.add(WorkOrder(number="BX2611160003", openid=ZHANG_SAN, service_type="清洗", appliance="空调",
                              contact_name="", phone="", status=Status.CLOSED))
    assert "<h1 id=\"talk-heading\">张三</h1>" in operator.open(f"/ops/conversations/{ZHANG_SAN}")
