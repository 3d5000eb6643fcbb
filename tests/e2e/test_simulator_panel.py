"""The simulator's panel in a browser: what is switched there holds for the platform."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from simulator import Config, LocalPlatform
from simulator.post import Answer


@pytest.fixture
def platform() -> Iterator[LocalPlatform]:
    """A platform whose account says nothing to anything."""
    with LocalPlatform(Config(port=0, customers=("张三",))) as running:
        running.engine.transport = silent
        yield running


def silent(_method: str, _url: str, _query: Mapping[str, str], _body: bytes, _limit: float) -> Answer:
    return Answer(200, b"success")


@pytest.fixture
def page(context: BrowserContext, platform: LocalPlatform) -> Page:
    opened = context.new_page()
    opened.goto(platform.base_url)
    opened.get_by_test_id("inspector-toggle").click()
    opened.get_by_test_id("tab-platform").click()
    return opened


@pytest.fixture
def panel(page: Page) -> Locator:
    return page.get_by_test_id("platform")


def done(panel: Locator, words: str) -> None:
    expect(panel.get_by_test_id("platform-told")).to_contain_text(words)


def test_the_account_and_its_encryption_are_switched(platform: LocalPlatform, panel: Locator) -> None:
    panel.get_by_test_id("set-profile").select_option(label="测试号")
    done(panel, "已生效")
    panel.get_by_test_id("set-mode").select_option(label="安全")
    done(panel, "更换密钥")
    expect(panel.get_by_test_id("set-mode")).to_have_value("plain")
    panel.get_by_test_id("rotate-key").click()
    done(panel, "新密钥")
    panel.get_by_test_id("set-mode").select_option(label="安全")
    done(panel, "已生效")

    config = platform.world.config
    assert (config.profile, config.mode, len(config.aes_key or "")) == ("test", "secure", 43)


def test_the_clock_is_moved_and_put_back(platform: LocalPlatform, panel: Locator) -> None:
    panel.get_by_role("button", name="+48 小时").click()
    expect(panel.get_by_test_id("platform-clock")).to_contain_text("比现在快 48 小时")
    assert platform.world.clock.offset.total_seconds() == 48 * 3600
    panel.get_by_role("button", name="回到现在").click()
    expect(panel.get_by_test_id("platform-clock")).not_to_contain_text("比现在")


def test_faults_are_ordered_and_called_off(platform: LocalPlatform, panel: Locator) -> None:
    panel.get_by_test_id("fault-ending").select_option("45047")
    panel.get_by_test_id("fault-times").fill("0")
    panel.get_by_test_id("order-fault").click()
    expect(panel.get_by_test_id("fault-list")).to_contain_text("客服消息，45047，一直")
    [fault] = platform.world.faults.pending()
    assert (fault.call, fault.errcode, fault.forever) == ("message/custom/send", 45047, True)

    panel.get_by_test_id("fault-ending").select_option(label="只是变慢")
    panel.get_by_test_id("order-fault").click()
    done(panel, "请写明会怎样")
    panel.get_by_test_id("fault-off").click()
    expect(panel.get_by_test_id("fault-list")).to_be_empty()


def test_pushes_are_doubled_and_held_back(platform: LocalPlatform, page: Page, panel: Locator) -> None:
    panel.get_by_test_id("set-copies").check()
    done(panel, "已生效")
    panel.get_by_test_id("hold").click()
    done(panel, "先存着")
    phone = page.get_by_test_id("phone")
    phone.get_by_test_id("menu-report_repair").click()
    panel.get_by_test_id("release-reversed").click()
    done(panel, "放行了 2 条")
    assert platform.settle(5)
    assert [record.outcome for record in platform.world.log] == ["silent", "silent"]


def test_an_agent_takes_answers_and_ends(platform: LocalPlatform, page: Page, panel: Locator) -> None:
    panel.get_by_test_id("add-agent").click()
    done(panel, "已添加")
    [openid] = platform.world.customers
    platform.world.desk.wait_for(openid, "", platform.world.now())
    panel.get_by_role("button", name="接入").click()
    expect(panel.get_by_test_id("desk-list")).to_contain_text("张三由 wang@baoxiu 接待")
    panel.get_by_role("button", name="回复").click()
    expect(page.get_by_test_id("bubble-in")).to_contain_text("人工客服")
    panel.get_by_role("button", name="结束").click()
    expect(panel.get_by_role("button", name="结束")).to_have_count(0)


def test_rare_messages_and_marks_are_on_the_phone(platform: LocalPlatform, page: Page) -> None:
    phone = page.get_by_test_id("phone")
    phone.get_by_test_id("profile").click()
    phone.get_by_test_id("muted").click()
    phone.get_by_test_id("profile").click()
    expect(phone.get_by_test_id("muted")).to_have_text("恢复接收公众号消息")
    phone.get_by_test_id("odd").click()
    phone.get_by_test_id("odd-sheet").get_by_role("button", name="短视频").click()
    expect(phone.get_by_test_id("bubble-out")).to_have_count(1)

    assert platform.settle(5)
    assert platform.world.log[-1].name == "shortvideo"


def test_everything_is_put_back(platform: LocalPlatform, panel: Locator) -> None:
    panel.get_by_test_id("set-profile").select_option(label="订阅号（已认证）")
    done(panel, "已生效")
    panel.get_by_test_id("reset").click()
    done(panel, "已重置")
    expect(panel.get_by_test_id("set-profile")).to_have_value("service")
    assert platform.world.config.profile == "service"
