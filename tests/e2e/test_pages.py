"""The phones and the console in a real browser, against the running system."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from browsing import PATIENCE, Desk, Phone
from playwright.sync_api import BrowserContext, Page, expect
from running_system import System
from simulated import order_of, report_event, simulator_url

pytestmark = pytest.mark.e2e

PLACE = "广东省佛山市顺德区北滘镇美的大道6号"
READ_BACK = "请核对报修信息"
STEPS = {
    "accepted": "【已接单】",
    "scheduled": "【上门时间已定】",
    "in_progress": "【维修中】",
    "completed": "【服务完成】",
}


def visit_tomorrow() -> dict[str, str]:
    tomorrow = datetime.now(ZoneInfo("Asia/Shanghai")).replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {"visit_start": tomorrow.isoformat(), "visit_end": (tomorrow + timedelta(hours=2)).isoformat()}


def report_at_once(phone: Phone, name: str, number: str) -> str:
    """Everything in one message; returns the work order's number."""
    phone.say(f"美的空调KFR-35GW不制冷，昨天开始的，我叫{name}，{number}，{PLACE}3栋201，明天下午来修")
    phone.answer({"方便发几张照片": lambda: phone.tap("没有照片")}, until=READ_BACK)
    phone.tap("确认提交")
    return phone.hears_number()


def test_a_report_by_typing_and_tapping_is_dispatched_and_followed(simulator: Page, system: System) -> None:
    phone = Phone.of_new_customer(simulator, "张三")
    phone.tap_menu("report_repair")
    read_back = phone.answer({
        "哪种服务": lambda: phone.tap("维修"),
        "哪种家电": lambda: phone.tap("空调"),
        "故障现象": lambda: phone.say("不制冷，显示E1"),
        "品牌和型号": lambda: phone.say("美的 KFR-35GW"),
        "什么时候开始": lambda: phone.say("上周开始"),
        "还要补充": lambda: phone.say("没有了"),
        "方便发几张照片": phone.send_sample_photo,
        "怎么称呼": lambda: phone.say("张三"),
        "联系电话": lambda: phone.say("13800138000"),
        "还差门牌号": lambda: phone.say("3栋1201"),
        "上门地址": lambda: phone.send_place(PLACE),
        "什么时间上门": lambda: phone.tap("明天下午"),
    }, until=READ_BACK)
    for words in ("维修", "空调", "美的 KFR-35GW", "不制冷", "E1", "上周", "照片：1张", "张三", "13800138000", f"{PLACE}3栋1201"):
        expect(read_back).to_contain_text(words)
    phone.tap("确认提交")
    number = phone.hears_number()
    phone.hears("【已派单】")  # pushed, with nothing done on the page
    phone.tap_menu("query_progress")
    expect(phone.hears(f"工单{number}｜空调维修")).to_contain_text("当前进度：已派单")
    order = order_of(system, number)
    assert (order["status"], len(order["photos"]), order["address"]["city"]) == ("dispatched", 1, "佛山市")


def test_the_technicians_steps_and_the_rating_reach_the_phone(simulator: Page, system: System) -> None:
    phone = Phone.of_new_customer(simulator, "王五")
    number = report_at_once(phone, "王五", "13900139000")
    phone.hears("【已派单】")
    for kind, push in STEPS.items():
        report_event(system, number, kind, **(visit_tomorrow() if kind == "scheduled" else {}))
        expect(phone.hears(push)).to_contain_text(number)
    phone.hears("请打个分")
    phone.tap("5星")
    phone.answer({
        "态度": lambda: phone.tap("5分"),
        "专业": lambda: phone.tap("4分"),
        "速度": lambda: phone.tap("5分"),
        "流程": lambda: phone.tap("跳过"),
        "还有什么想说的": lambda: phone.say("师傅很专业"),
    }, until="谢谢")
    rating = order_of(system, number)["rating"]
    assert {name: rating[name] for name in ("overall", "attitude", "skill", "speed", "process", "comment")} == {
        "overall": 5, "attitude": 5, "skill": 4, "speed": 5, "process": None, "comment": "师傅很专业"}


def test_the_console_opens_after_the_right_password_only(desk: Desk) -> None:
    desk.page.goto(f"{desk.address}/ops/orders")
    expect(desk.page).to_have_url(re.compile(r"/ops/login\?next="))
    desk.log_in("wrong")
    expect(desk.page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    desk.log_in()
    expect(desk.page).to_have_url(f"{desk.address}/ops/orders")
    desk.page.get_by_test_id("logout").click()
    desk.page.goto(f"{desk.address}/ops")
    expect(desk.page).to_have_url(re.compile("/ops/login"))


def test_the_console_shows_a_conversation_with_what_was_understood(simulator: Page, desk: Desk) -> None:
    phone = Phone.of_new_customer(simulator, "赵六")
    phone.say("海尔洗衣机不脱水，赵六，13700137006")
    phone.hears("同意")
    phone.send_sample_photo()
    phone.hears("同意")
    desk.open()
    page = desk.page
    desk.search("不脱水")
    expect(desk.rows).to_have_count(1)
    desk.rows.click()
    words = page.get_by_test_id("message-in").filter(has_text="不脱水")
    expect(words.get_by_test_id("intent")).to_have_text(re.compile(r"^\D+ \d+%$"))
    expect(words.get_by_test_id("entity").filter(has_text="品牌 海尔")).to_be_visible()
    expect(words.get_by_test_id("entity").filter(has_text="13700137006")).to_be_visible()
    photo = page.get_by_test_id("message-in").get_by_role("img", name="客户发来的照片")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 240  # the small copy
    expect(page.get_by_test_id("message-out").last).to_contain_text("同意")
    phone.say("还漏水")  # comes without reloading
    expect(page.get_by_test_id("message-in").filter(has_text="还漏水")).to_be_visible(timeout=PATIENCE)


def test_the_console_finds_a_customer_and_shows_the_order(simulator: Page, desk: Desk, system: System) -> None:
    phone = Phone.of_new_customer(simulator, "孙七")
    number = report_at_once(phone, "孙七", "13600136007")
    phone.hears("【已派单】")
    desk.open()
    for words in ("孙七", "13600136007", number):
        desk.search(words)
        expect(desk.rows).to_have_count(1)
        expect(desk.rows).to_contain_text("孙七")
    desk.open_conversation_of("孙七")
    card = desk.page.get_by_test_id("order-card")
    for words in (number, "空调维修", "美的 KFR-35GW", "不制冷", "13600136007", f"{PLACE}3栋201", "已派单"):
        expect(card).to_contain_text(words)
    expect(card.get_by_test_id("event")).to_contain_text(["提交报修", "派单"])
    report_event(system, number, "accepted")
    expect(card.get_by_test_id("event")).to_contain_text(["提交报修", "派单", "接单"], timeout=PATIENCE)


def test_what_a_customer_writes_is_never_run(simulator: Page, desk: Desk) -> None:
    attack = "<script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'>周八"
    phone = Phone.of_new_customer(simulator, "周八")
    phone.say(attack)
    expect(phone.said.last).to_contain_text(attack)
    phone.hears("报修")
    desk.open()
    desk.search("window.harmed")
    desk.rows.click()
    expect(desk.page.get_by_test_id("message-in").last).to_contain_text(attack)
    for page in (simulator, desk.page):
        assert page.evaluate("window.harmed") is None


def test_a_person_takes_over_and_the_report_goes_on_afterwards(simulator: Page, desk: Desk) -> None:
    phone = Phone.of_new_customer(simulator, "褚十三")
    phone.say("西门子洗碗机漏水，想修一下")
    question = phone.hears("？").inner_text().splitlines()[-1]
    phone.say("转人工")
    phone.hears("已为您转人工")
    desk.open()
    page = desk.page
    desk.search("西门子洗碗机")
    expect(desk.rows).to_contain_text("转人工")
    desk.rows.click()
    page.get_by_test_id("take").click()
    phone.hears("客服来了")
    page.get_by_test_id("say-text").fill("您好，请问洗碗机用了几年？")
    page.get_by_test_id("say-text").press("Control+Enter")
    phone.hears("用了几年")
    expect(page.get_by_test_id("delivery").last).to_have_text("已发送", timeout=PATIENCE)
    phone.say("两年")
    expect(page.get_by_test_id("message-in").last).to_contain_text("两年", timeout=PATIENCE)
    page.get_by_test_id("say-text").fill("好的，这就为您")
    phone.say("回到机器人")
    expect(phone.hears("接着刚才的报修登记")).to_contain_text(question)
    expect(page.get_by_test_id("desk-state")).to_contain_text("机器人正在接待", timeout=PATIENCE)
    expect(page.get_by_test_id("say-text")).to_have_value("好的，这就为您")  # what is being typed stays


def test_two_customers_side_by_side_keep_their_chats_apart(simulator: Page) -> None:
    wu, zheng = (Phone.of_new_customer(simulator, name) for name in ("吴九", "郑十"))
    for phone in (wu, zheng):
        expect(phone.screen).to_be_visible()
        phone.hears("欢迎关注")
    wu.say("油烟机不吸烟")
    zheng.say("冰箱不制冷")
    wu.hears("油烟机不吸烟")
    zheng.hears("冰箱不制冷")
    expect(wu.words_said).to_have_text(["油烟机不吸烟"])
    expect(zheng.words_said).to_have_text(["冰箱不制冷"])


def test_a_scanned_product_code_fills_in_the_report(simulator: Page) -> None:
    phone = Phone.of_new_customer(simulator, "李四")
    phone.hears("欢迎关注")
    phone.scan("product:洗衣机:海尔:EG100MATE2S")
    read_back = phone.answer({
        "哪种服务": lambda: phone.tap("维修"),
        "故障现象": lambda: phone.say(
            "不脱水，今天早上开始，李四，13500135004，佛山市顺德区北滘镇美的大道6号4栋202，明天上午"),
        "方便发几张照片": lambda: phone.tap("没有照片"),
    }, until=READ_BACK)
    expect(read_back).to_contain_text("家电：洗衣机")
    expect(read_back).to_contain_text("海尔 EG100MATE2S")


def test_a_phone_that_was_put_away_shows_what_came_meanwhile(context: BrowserContext, system: System) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 700, "height": 800})  # room for one phone only
    page.goto(simulator_url(system))
    first = Phone.of_new_customer(page, "冯十一")
    first.hears("欢迎关注")
    second = Phone.of_new_customer(page, "陈十二")
    second.hears("欢迎关注")
    expect(first.screen).to_be_hidden()
    page.locator('[data-testid="customer"][data-name="冯十一"]').click()
    first.hears("欢迎关注")
    expect(second.screen).to_be_hidden()
