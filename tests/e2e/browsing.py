"""A real Chromium, and in it what a customer does on a phone of the simulator and an operator in the console."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright
from simulated import OPERATOR, PASSWORD

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
)
#: Room for two phones side by side.
SCREEN = ViewportSize(width=1280, height=900)
#: Milliseconds for what needs the whole system: the assistant's answer, a push.
PATIENCE = 30_000
MOST_QUESTIONS = 20
NUMBER = re.compile(r"BX\d{10}")
SINCE_THE_LAST_WORDS = (
    "xpath=.//*[@data-testid='bubble-in'][not(following-sibling::*[@data-testid='bubble-out'])]")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Phone:
    """The phone of a customer on the simulator's page, which must be open there."""

    def __init__(self, page: Page, name: str) -> None:
        self.screen = page.locator(f'[data-testid="phone"][data-name="{name}"]')
        self.said = self.screen.get_by_test_id("bubble-out")
        self.words_said = self.said.locator(".bubble")
        self.news = self.screen.locator(SINCE_THE_LAST_WORDS)

    @classmethod
    def of_new_customer(cls, page: Page, name: str) -> "Phone":
        """The phone of somebody who has followed the account just now."""
        page.get_by_test_id("customer-name").fill(name)
        page.get_by_test_id("add-customer").click()
        phone = cls(page, name)
        expect(phone.screen).to_be_visible()
        return phone

    def say(self, words: str) -> None:
        """Types and sends."""
        field = self.screen.get_by_test_id("input")
        if not field.is_visible():
            self.screen.get_by_test_id("menu-toggle").click()
        field.fill(words)
        with self._one_more_bubble():
            self.screen.get_by_test_id("send").click()

    def tap_menu(self, key: str) -> None:
        """Taps a button of the account's menu."""
        item = self.screen.get_by_test_id(f"menu-{key}")
        if not item.is_visible():
            self.screen.get_by_test_id("menu-toggle").click()
        item.click()

    def tap(self, choice: str) -> None:
        """Taps a choice in what came since the last words."""
        shown = self.news.get_by_test_id("choice").filter(has_text=re.compile(f"^{re.escape(choice)}$"))
        expect(shown.last).to_be_visible(timeout=PATIENCE)
        with self._one_more_bubble():
            shown.last.click()

    def send_sample_photo(self) -> None:
        """A drawn photo from the panel behind the +."""
        with self._one_more_bubble():
            self._open_panel().get_by_test_id("sample-photo").click()

    def send_photo(self, name: str, content: bytes) -> None:
        """A photo from the phone's album."""
        chooser = self._open_panel().get_by_test_id("photo-file")
        with self._one_more_bubble():
            chooser.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})

    def send_place(self, label: str) -> None:
        """One of the places that the location sheet offers."""
        self._open_panel().get_by_test_id("location").click()
        with self._one_more_bubble():
            self.screen.get_by_test_id("place").filter(has_text=label).click()

    def scan(self, scene: str) -> None:
        """Scans a QR code."""
        self._open_panel().get_by_test_id("scan").click()
        self.screen.get_by_test_id("scene").filter(has_text=re.compile(f"^{re.escape(scene)}$")).click()

    def answer(self, answers: Mapping[str, Callable[[], None]], until: str) -> Locator:
        """Does for each question what the table says, the first that fits, until words come; returns their bubble.

        Consent is given, and the check list has not helped, unless the table says otherwise.
        """
        answers = {"您同意吗": lambda: self.tap("同意"), "解决了吗": lambda: self.tap("没解决")} | dict(answers)
        for _ in range(MOST_QUESTIONS):
            heard = self.hears(re.compile("|".join(map(re.escape, [until, *answers]))))
            words = heard.inner_text()
            if until in words:
                return heard
            answers[next(question for question in answers if question in words)]()
        raise AssertionError(f"{until} was not said after {MOST_QUESTIONS} answers")

    def hears(self, words: str | re.Pattern[str]) -> Locator:
        """The bubble with these words since the customer's last ones, waited for."""
        bubble = self.news.filter(has_text=words).last
        expect(bubble).to_be_visible(timeout=PATIENCE)
        return bubble

    def hears_number(self) -> str:
        """The number of the work order just submitted."""
        found = NUMBER.search(self.hears("报修成功").inner_text())
        assert found, "the words of success name no work order"
        return found[0]

    def _open_panel(self) -> Locator:
        panel = self.screen.get_by_test_id("plus-panel")
        if not self.screen.get_by_test_id("input").is_visible():
            self.screen.get_by_test_id("menu-toggle").click()
        self.screen.get_by_test_id("plus").click()
        expect(panel).to_be_visible()
        return panel

    @contextmanager
    def _one_more_bubble(self) -> Iterator[None]:
        before = self.said.count()
        yield
        expect(self.said).to_have_count(before + 1, timeout=PATIENCE)


class Desk:
    """The console of an operator."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.rows = page.get_by_test_id("conversation-row")

    def log_in(self, password: str = PASSWORD) -> None:
        """Fills in the login page, which must be open."""
        self.page.get_by_test_id("login-username").fill(OPERATOR)
        self.page.get_by_test_id("login-password").fill(password)
        self.page.get_by_test_id("login-submit").click()

    def open(self, path: str = "") -> None:
        """Opens a page of the console, logging in where it asks for it."""
        self.page.goto(f"{self.address}/ops{path}")
        if self.page.get_by_test_id("login-submit").is_visible():
            self.log_in()

    def search(self, words: str) -> None:
        """Searches the conversations."""
        self.page.get_by_test_id("search").fill(words)
        self.page.get_by_role("button", name="搜索").click()

    def open_conversation_of(self, name: str) -> None:
        """From the list to one conversation."""
        self.rows.filter(has_text=name).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
