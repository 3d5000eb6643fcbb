import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from redis import ConnectionError as RedisDown
from wechatpy.session.memorystorage import MemoryStorage
from wechatpy.session.redisstorage import RedisStorage

from wechat.errors import PlatformError, Reaction
from wechat.tokens import FORCE_INTERVAL, SharedStorage, Token, TokenKeeper, storage


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class StableToken:
    """The platform's stable_token: the same token until it is forced, expired or within its last five minutes."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls: list[bool] = []
        self.number = 0
        self.ends = 0.0
        self.failure: PlatformError | None = None

    def __call__(self, force: bool) -> tuple[str, int]:
        self.calls.append(force)
        if self.failure:
            raise self.failure
        if force or self.ends - self.clock.now < 300:
            self.number, self.ends = self.number + 1, self.clock.now + 7200
        return f"token{self.number}", int(self.ends - self.clock.now)


class FakeRedis:
    def __init__(self) -> None:
        self.content: dict[str, Any] = {}
        self.lifetimes: dict[str, int | None] = {}
        self.down = False

    def get(self, key: str) -> Any:
        self._check()
        return self.content.get(key)

    def set(self, key: str, value: Any, ex: int | None = None) -> None:
        self._check()
        self.content[key], self.lifetimes[key] = value, ex

    def delete(self, key: str) -> None:
        self._check()
        self.content.pop(key, None)

    def _check(self) -> None:
        if self.down:
            raise RedisDown("refused")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(clock: Clock) -> StableToken:
    return StableToken(clock)


@pytest.fixture
def keeper(platform: StableToken, clock: Clock) -> TokenKeeper:
    return TokenKeeper(platform, MemoryStorage(), "key", clock)


def test_a_token_is_fetched_once(keeper: TokenKeeper, platform: StableToken) -> None:
    assert [keeper.current() for _ in range(3)] == ["token1"] * 3
    assert platform.calls == [False]


def test_a_token_is_renewed_five_minutes_before_its_end(
    keeper: TokenKeeper, platform: StableToken, clock: Clock
) -> None:
    keeper.current()
    clock.now += 6899
    assert keeper.current() == "token1"
    clock.now += 2
    assert keeper.current() == "token2"
    assert platform.calls == [False, False]


def test_a_token_with_little_left_is_used_for_half_of_it(clock: Clock) -> None:
    assert Token.granted("t", 345, clock.now).renew_at == clock.now + 172.5


def test_a_failing_early_renewal_does_no_harm(
    keeper: TokenKeeper, platform: StableToken, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    keeper.current()
    clock.now += 7000
    platform.failure = PlatformError("busy", Reaction.RETRY)
    assert keeper.current() == "token1"
    assert "used on: busy" in caplog.text
    assert "token1" not in caplog.text
    clock.now += 201
    with pytest.raises(PlatformError, match="busy"):
        keeper.current()


def test_wrong_credentials_are_not_papered_over(keeper: TokenKeeper, platform: StableToken, clock: Clock) -> None:
    keeper.current()
    clock.now += 7000
    platform.failure = PlatformError("wrong secret", Reaction.ALARM)
    with pytest.raises(PlatformError, match="wrong secret"):
        keeper.current()


def test_a_refused_token_that_somebody_replaced_costs_no_call(keeper: TokenKeeper, platform: StableToken) -> None:
    assert keeper.current() == "token1"
    assert keeper.replace("token0") == "token1"
    assert platform.calls == [False]


def test_a_refused_token_is_replaced_by_what_the_platform_has_now(keeper: TokenKeeper, platform: StableToken) -> None:
    keeper.current()
    platform.number = 7
    assert keeper.replace("token1") == "token7"
    assert platform.calls == [False, False]


def test_a_token_that_the_platform_insists_on_is_renewed_by_force_once_an_hour(
    keeper: TokenKeeper, platform: StableToken, clock: Clock
) -> None:
    assert keeper.replace(keeper.current()) == "token2"
    assert platform.calls == [False, False, True]
    assert keeper.replace("token2") == "token2"
    assert platform.calls.count(True) == 1
    clock.now += FORCE_INTERVAL
    assert keeper.replace("token2") == "token3"
    assert platform.calls.count(True) == 2


def in_threads(work: Callable[[], str], count: int = 8) -> list[str]:
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(work())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    return results


def test_threads_fetch_and_replace_one_token_together(platform: StableToken, clock: Clock) -> None:
    everybody = threading.Barrier(8)

    def fetch(force: bool) -> tuple[str, int]:
        time.sleep(0.02)  # long enough for every thread to arrive
        return platform(force)

    keeper = TokenKeeper(fetch, MemoryStorage(), "key", clock)

    def current() -> str:
        everybody.wait(5)
        return keeper.current()

    def replace() -> str:
        everybody.wait(5)
        return keeper.replace("token1")

    assert in_threads(current) == ["token1"] * 8
    assert platform.calls == [False]
    platform.number = 2
    assert in_threads(replace) == ["token2"] * 8
    assert platform.calls == [False, False]


# --- the shared store ------------------------------------------------------------------------------------------


def test_processes_share_a_token_and_its_early_end(platform: StableToken, clock: Clock) -> None:
    redis = FakeRedis()
    webhook, jobs = (TokenKeeper(platform, SharedStorage(redis), "key", clock) for _ in range(2))
    assert webhook.current() == jobs.current() == "token1"
    assert platform.calls == [False]
    assert redis.lifetimes == {"baoxiu:wechat:key": 7200}
    clock.now += 6901
    assert jobs.current() == webhook.current() == "token2"
    assert platform.calls == [False, False]


def test_without_redis_each_process_goes_on(
    platform: StableToken, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    redis = FakeRedis()
    keeper = TokenKeeper(platform, SharedStorage(redis), "key", clock)
    keeper.current()
    redis.down = True
    assert keeper.current() == "token1"
    clock.now += 7000
    assert keeper.current() == keeper.current() == "token2"
    assert platform.calls == [False, False]
    assert "Redis cannot be written" in caplog.text
    assert "token2" not in caplog.text


def test_the_store_follows_the_configuration() -> None:
    assert isinstance(storage(None), MemoryStorage)
    assert isinstance(storage("redis://127.0.0.1:6379/0"), RedisStorage)


def test_a_token_does_not_show_itself() -> None:
    assert "geheim" not in repr(Token("geheim", 1, 2))
