import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from redis import ConnectionError as RedisDown

from wechat.errors import PlatformError, Reaction
from wechat.token_stores import MemoryTokens, RedisTokens
from wechat.tokens import FETCHES_A_MINUTE, HOUR, LOCKED_FOR, Token, TokenKeeper, storage


class Clock:
    """Stands still, or goes on by what is slept."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


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
    """What of Redis is used, in memory; keys do not end by themselves."""

    def __init__(self) -> None:
        self.content: dict[str, Any] = {}
        self.ends: dict[str, int | None] = {}
        self.down = False

    def get(self, key: str) -> Any:
        self._check()
        return self.content.get(key)

    def set(
        self, key: str, value: Any, nx: bool = False, px: int | None = None, exat: int | None = None
    ) -> bool | None:
        self._check()
        if nx and key in self.content:
            return None
        self.content[key], self.ends[key] = value, exat or px
        return True

    def incr(self, key: str) -> int:
        self._check()
        self.content[key] = self.content.get(key, 0) + 1
        return int(self.content[key])

    def expire(self, key: str, seconds: int) -> None:
        self._check()
        self.ends[key] = seconds

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


def keeper_of(platform: Callable[[bool], tuple[str, int]], store: Any, clock: Clock) -> TokenKeeper:
    return TokenKeeper(platform, store, "key", clock, clock.sleep)


@pytest.fixture
def keeper(platform: StableToken, clock: Clock) -> TokenKeeper:
    return keeper_of(platform, MemoryTokens(), clock)


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
    clock.now += HOUR
    assert keeper.replace("token2") == "token3"
    assert platform.calls.count(True) == 2


# --- a platform that refuses every token -----------------------------------------------------------------------------


def refused_for_ever(keepers: list[TokenKeeper], times: int) -> set[tuple[Reaction, int]]:
    """Every call is answered with 40001; how the attempts to get another token ended where they failed."""
    failures = set()
    for keeper in keepers * times:
        try:
            keeper.replace(keeper.current())
        except PlatformError as error:
            failures.add((error.reaction, error.retry_after))
    return failures


def test_fetches_are_capped_over_all_processes(platform: StableToken, clock: Clock) -> None:
    clock.now -= clock.now % HOUR
    shared = RedisTokens(FakeRedis())  # type: ignore[arg-type]
    keepers = [keeper_of(platform, shared, clock) for _ in range(3)]
    assert refused_for_ever(keepers, 100) == {(Reaction.RETRY, 60)}
    assert len(platform.calls) == FETCHES_A_MINUTE
    clock.now += 60
    assert refused_for_ever(keepers, 100) == {(Reaction.RETRY, 60)}
    assert len(platform.calls) == 2 * FETCHES_A_MINUTE
    assert platform.calls.count(True) == 1


# --- side by side ----------------------------------------------------------------------------------------------------


def in_threads(work: Callable[[], str], count: int = 8) -> list[str]:
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(work())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    return results


@pytest.mark.parametrize("processes", [1, 4])
def test_threads_and_processes_fetch_and_replace_one_token_together(
    platform: StableToken, clock: Clock, processes: int
) -> None:
    everybody = threading.Barrier(8)

    def fetch(force: bool) -> tuple[str, int]:
        time.sleep(0.02)  # long enough for every thread to arrive
        return platform(force)

    store = MemoryTokens()
    keepers = [TokenKeeper(fetch, store, "key", clock, lambda _: time.sleep(0.001)) for _ in range(processes)]
    turn = itertools.cycle(keepers)

    def current() -> str:
        mine = next(turn)
        everybody.wait(5)
        return mine.current()

    def replace() -> str:
        mine = next(turn)
        everybody.wait(5)
        return mine.replace("token1")

    assert in_threads(current) == ["token1"] * 8
    assert platform.calls == [False]
    platform.number = 2
    assert in_threads(replace) == ["token2"] * 8
    assert platform.calls == [False, False]


def test_who_fetches_and_dies_is_replaced(platform: StableToken, clock: Clock) -> None:
    store = MemoryTokens()
    keeper = keeper_of(platform, store, clock)
    assert store.lock("key", clock(), LOCKED_FOR)
    with pytest.raises(PlatformError, match="does not come to an end"):
        keeper.current()
    assert keeper.current() == "token1"


# --- Redis -----------------------------------------------------------------------------------------------------------


def test_processes_share_a_token_and_its_early_end(platform: StableToken, clock: Clock) -> None:
    redis = FakeRedis()
    webhook, jobs = (keeper_of(platform, RedisTokens(redis), clock) for _ in range(2))  # type: ignore[arg-type]
    assert webhook.current() == jobs.current() == "token1"
    assert platform.calls == [False]
    assert redis.ends["baoxiu:wechat:key"] == int(clock.now + 7200)
    assert "baoxiu:wechat:key:lock" not in redis.content
    clock.now += 6901
    assert jobs.current() == webhook.current() == "token2"
    assert platform.calls == [False, False]


def test_without_redis_each_process_goes_on(
    platform: StableToken, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    redis = FakeRedis()
    keeper = keeper_of(platform, RedisTokens(redis), clock)  # type: ignore[arg-type]
    keeper.current()
    redis.down = True
    assert keeper.current() == "token1"
    clock.now += 7000
    assert keeper.current() == keeper.current() == "token2"
    assert platform.calls == [False, False]
    assert "Redis cannot be written" in caplog.text
    assert "token2" not in caplog.text


def test_the_store_follows_the_configuration() -> None:
    assert isinstance(storage(None), MemoryTokens)
    assert isinstance(storage("redis://127.0.0.1:6379/0"), RedisTokens)


def test_a_token_does_not_show_itself() -> None:
    assert "geheim" not in repr(Token("geheim", 1, 2))
