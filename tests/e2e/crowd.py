"""Many customers at once: each reports a fault and goes on talking, whatever happens to the processes behind the account."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from simulator.local import LocalPlatform, Person

#: How long one customer waits for one answer, in seconds: a whole restart of the assistant, and its turn in the queue.
PATIENCE = 150.0
#: What each customer says after the report; every one of these is a wish of its own.
TALK = (
    "查询进度", "你们几点下班", "可以开发票吗", "催一下", "保修多久", "我的服务", "上门收费吗",
)
#: What says that a message did not get through: our own words, and the platform's.
NOT_THROUGH = ("开了个小差", "服务出现故障")
CONSENT, SUMMARY, DONE = "同意", "确认", "报修成功"


@dataclass
class Visitor:
    """One customer: what was said, and how many photos were sent."""

    number: int
    person: Person
    said: list[str] = field(default_factory=list)
    photos: int = 0

    @property
    def opening(self) -> str:
        """A fault with everything that is needed."""
        return (f"家里美的空调不制冷，型号不知道，昨天开始的，没有照片，我叫张三，1380013{8000 + self.number}，"
                f"佛山市顺德区北滘镇美的大道6号{self.number + 1}栋301，明天下午上门")

    def talk(self) -> None:
        """The report, as often as it takes, then the rest."""
        for words in (self.opening, CONSENT, SUMMARY):
            self._until_understood(words)
        for words in TALK:
            self.say(words)
        self.send_photo()

    def _until_understood(self, words: str) -> None:
        """Says it again when told that it did not get through, as a customer would, at most three times."""
        for _ in range(3):
            answer = self.say(words)
            if not any(sorry in answer for sorry in NOT_THROUGH):
                break

    @property
    def reported(self) -> bool:
        """Whether the customer has read that the report came through, whenever that was."""
        return any(DONE in text for text in self.heard())

    def heard(self) -> list[str]:
        """What the account has said, as it was sent, without the platform's own lines."""
        return [str(line["raw"]) for line in self.person.received() if line["channel"] != "tip"]

    def given_up(self) -> set[str]:
        """The ids of the messages that the platform gave up, telling the customer so."""
        return {str(line["answers"]["msg_id"]) for line in self.person.received() if line["channel"] == "tip"}

    def say(self, words: str) -> str:
        """Says it and waits until something comes back: the newest text then."""
        self.said.append(words)
        return self._answer_to(words, lambda: self.person.says(words))

    def send_photo(self) -> str:
        """Sends a picture that nobody else sends; the answer."""
        self.photos += 1
        return self._answer_to("照片", lambda: self.person.sends_photo(f"第{self.number}位客户的第{self.photos}张照片"))

    def _answer_to(self, words: str, deed: Callable[[], object]) -> str:
        before = len(self.person.received())
        deed()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            heard = self.person.texts()
            if len(heard) > before:
                return heard[-1]
            time.sleep(0.05)
        raise AssertionError(f"{self.person.name} got no answer to {words!r} in {PATIENCE:g} s; heard {heard}")


def crowd(platform: LocalPlatform, size: int) -> list[Visitor]:
    """Customers who follow the account already."""
    return [Visitor(number, platform.person(f"客户{number}", f"oCrowd{number:04d}")) for number in range(size)]


def talk_all(visitors: Sequence[Visitor]) -> None:
    """Everybody talks at the same time, until all have said everything.

    Raises:
        AssertionError: when somebody was left without an answer.
    """
    with ThreadPoolExecutor(len(visitors)) as pool:
        for done in [pool.submit(visitor.talk) for visitor in visitors]:
            done.result()
