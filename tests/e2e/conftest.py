"""One running system with the simulator and one browser for all tests of the pages."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest
from browsing import SCREEN, Desk, chromium
from playwright.sync_api import Browser, BrowserContext, Page
from running_system import System
from simulated import simulator_url, start_with_simulator


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = start_with_simulator(tmp_path_factory.mktemp("system"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that remembers nothing; a script error on any of its pages fails the test."""
    context = browser.new_context(viewport=SCREEN, locale="zh-CN", timezone_id="Asia/Shanghai")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def simulator(context: BrowserContext, system: System) -> Page:
    """The simulator's page."""
    page = context.new_page()
    page.goto(simulator_url(system))
    return page


@pytest.fixture
def desk(context: BrowserContext, system: System) -> Desk:
    """The console, nobody logged in."""
    return Desk(context.new_page(), system.url)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds to a failure what the processes said and what the pages showed."""
    report = yield
    if report.failed and report.when == "call":
        report.sections += list(_circumstances(getattr(item, "funcargs", {})))
    return report


def _circumstances(fixtures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "system" in fixtures:
        yield "logs", fixtures["system"].logs()
    if "context" in fixtures:
        for page in fixtures["context"].pages:
            yield f"page {page.url}", page.locator("body").inner_text()
