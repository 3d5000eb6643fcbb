"""The benchmarks: `make bench`. Everything is measured in one run and compared within it, so that machines can differ.

Starts the real system without a platform, plays customers against /wechat and prints how long the answers take, and
what a turn costs compared with an HTTP round trip that does nothing. At the end messages come at a steady rate, whether
the ones before are answered or not, as they do from a crowd; every one has to be answered inside WeChat's time.
"""

import hashlib
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from running_system import System, free_port

TOKEN = "benchtoken"
WORDS = ("你好", "空调不制冷", "美的", "昨天开始", "没有照片", "你们上门收费吗", "张伟", "13800138000", "查询进度", "算了不报了")
ROUNDS = 20
AT_ONCE = 8
#: The crowd: messages a second, for so many seconds, from so many customers; seconds in which each is to be answered.
RATE, LASTING, CROWD, LIMIT = 20, 60, 120, 4.5

_ids = count(int(time.time()) << 20)
_local = threading.local()


def http() -> requests.Session:
    """One connection per thread."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    session: requests.Session = _local.session
    return session


def say(system: System, openid: str, text: str) -> None:
    """Delivers a text as WeChat does and expects a passive reply."""
    now, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
    signature = hashlib.sha1("".join(sorted([TOKEN, now, nonce])).encode()).hexdigest()
    body = (
        f"<xml><ToUserName>gh_bench</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{now}</CreateTime>"
        f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><MsgId>{next(_ids)}</MsgId></xml>")
    query = {"signature": signature, "timestamp": now, "nonce": nonce}
    answer = http().post(f"{system.url}/wechat", params=query, data=body.encode(), timeout=10)
    if not answer.text.startswith("<xml>"):
        raise RuntimeError(f"{text} was not answered passively: {answer.status_code} {answer.text[:100]}")


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def conversation(system: System, openid: str) -> list[float]:
    return [timed(lambda text=text: say(system, openid, text)) for text in WORDS]  # type: ignore[misc]


def line(name: str, seconds: list[float], baseline: float) -> str:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    p50, p95, p99 = (cuts[number - 1] for number in (50, 95, 99))
    return f"{name:38} {p50 * 1000:8.1f} {p95 * 1000:8.1f} {p99 * 1000:8.1f} ms   {p50 / baseline:6.1f} × the empty round trip"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        system = System.prepare(Path(folder), {
            "WECHAT_TOKEN": TOKEN, "WECHAT_AES_KEY": "", "WECHAT_API_BASE_URL": f"http://127.0.0.1:{free_port()}"})
        system.start("webhook", "jobs", "actions", "rasa")
        try:
            system.wait_until_ready()
            measure(system)
        finally:
            system.stop()


def measure(system: System) -> None:
    """Prints the table."""
    conversation(system, "oWarmUp")
    empty = [timed(lambda: http().get(f"{system.url}/healthz", timeout=5)) for _ in range(200)]
    parse = [timed(lambda text=text: http().post(  # type: ignore[misc]
        f"{system.environment['RASA_URL']}/model/parse", json={"text": text}, timeout=5)) for text in WORDS * ROUNDS]
    alone = [seconds for number in range(ROUNDS) for seconds in conversation(system, f"oAlone{number}")]
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        together = list(pool.map(lambda number: conversation(system, f"oTogether{number}"), range(ROUNDS)))
    rate = ROUNDS * len(WORDS) / (time.perf_counter() - started)
    baseline = statistics.median(empty)
    print(f"{'':38} {'p50':>8} {'p95':>8} {'p99':>8}")
    print(line("empty round trip", empty, baseline))
    print(line("understanding one message", parse, baseline))
    print(line("a turn, one customer at a time", alone, baseline))
    print(line(f"a turn, {AT_ONCE} customers at a time", [each for chat in together for each in chat], baseline))
    print(f"{rate:.1f} messages a second with {AT_ONCE} customers at a time; one at a time {1 / statistics.mean(alone):.1f}")
    steady(system, baseline)


def steady(system: System, baseline: float) -> None:
    """Prints how a crowd is answered; a message counts from the moment it was due, also where we were late to send it."""
    started = time.perf_counter() + 1

    faults: Counter[str] = Counter()

    def message(number: int) -> float | None:
        due = started + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            say(system, f"oCrowd{number % CROWD}", WORDS[number // CROWD % len(WORDS)])
        except (RuntimeError, requests.RequestException) as error:
            faults[str(error)] += 1
            return None
        return time.perf_counter() - due

    with ThreadPoolExecutor(CROWD) as pool:
        waits = list(pool.map(message, range(RATE * LASTING)))
    answered = [wait for wait in waits if wait is not None]
    late = len(waits) - sum(wait <= LIMIT for wait in answered)
    print(line(f"a turn, {RATE} messages a second for {LASTING} s", answered, baseline))
    for fault, times in faults.most_common(5):
        print(f"{times} × {fault}")
    print(f"{len(waits)} messages, {late} not answered passively inside {LIMIT} s; the slowest took {max(answered):.2f} s")


if __name__ == "__main__":
    main()
