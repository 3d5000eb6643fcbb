"""Takes the pictures of README.md: `python tests/e2e/screenshots.py` plays a report and photographs both its sides."""

import sys
import tempfile
from pathlib import Path

from browsing import Desk, Phone, chromium
from playwright.sync_api import Browser, Page, ViewportSize, expect
from running_system import ROOT, System
from simulated import simulator_url, start_with_simulator

sys.path.insert(0, str(ROOT))
from simulator import samples

IMAGES = ROOT / "docs" / "images"
CUSTOMER = "张伟"
LARGEST = 400 * 1024
SHARPNESS = 1.5
PHONES = ViewportSize(width=1092, height=1066)
DESK = ViewportSize(width=1240, height=1000)
#: Beside the phone, as high as the page, a still copy that shows where the chat begins.
SHOW_THE_BEGINNING_TOO = """phone => {
  phone.style.maxHeight = "none";
  const still = phone.cloneNode(true);
  phone.before(still);
  const chat = still.querySelector(".chat");
  chat.scrollTop = chat.querySelector(".row-out").offsetTop - chat.offsetTop - 12;
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        system = start_with_simulator(Path(folder))
        try:
            take(system)
        finally:
            system.stop()


def take(system: System) -> None:
    """Both pictures, from the running system."""
    with chromium() as browser:
        phones = open_page(browser, PHONES)
        phones.goto(simulator_url(system))
        report(Phone.of_new_customer(phones, CUSTOMER))
        photograph_phone(phones)
        photograph_conversation(Desk(open_page(browser, DESK), system.url))


def open_page(browser: Browser, size: ViewportSize) -> Page:
    return browser.new_page(
        viewport=size, device_scale_factor=SHARPNESS, locale="zh-CN", timezone_id="Asia/Shanghai")


def report(phone: Phone) -> None:
    """From the first word to the technician's name."""
    phone.hears("欢迎关注")
    phone.say("美的空调KFR-35GW不制冷，显示E1，上周开始的")
    phone.answer({
        "还要补充": lambda: phone.say("就这一张"),
        "方便发几张照片": lambda: phone.send_photo("E1.jpg", samples.photo("E1")),
        "怎么称呼": lambda: phone.say("张伟，13800138000，佛山顺德北滘镇美的大道6号3栋1201"),
        "什么时间上门": lambda: phone.tap("明天下午"),
    }, until="请核对报修信息")
    phone.tap("确认提交")
    phone.hears_number()
    phone.hears("【已派单】")


def photograph_phone(page: Page) -> None:
    page.get_by_test_id("phone").evaluate(SHOW_THE_BEGINNING_TOO)
    save(page.get_by_test_id("phones").screenshot(), "report-in-simulator.png")


def photograph_conversation(desk: Desk) -> None:
    desk.open()
    desk.open_conversation_of(CUSTOMER)
    expect(desk.page.get_by_test_id("order-card")).to_contain_text("派单")
    first_words = desk.page.get_by_test_id("message-in").filter(has_text="不制冷").first
    first_words.evaluate("words => words.scrollIntoView({block: 'start'})")
    expect(desk.page.get_by_role("img", name="客户发来的照片").first).to_be_in_viewport()
    save(desk.page.screenshot(), "conversation-in-console.png")


def save(picture: bytes, name: str) -> None:
    """Raises ValueError when the picture is too large to be kept beside the source."""
    if len(picture) > LARGEST:
        raise ValueError(f"{name} has {len(picture)} bytes; make it smaller than {LARGEST}")
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / name).write_bytes(picture)


if __name__ == "__main__":
    main()
