"""The access token in the database: one for all processes, fetched by one of them, and not too often."""

import threading
import time

import pytest

from aftersales.shared_tokens import DatabaseTokens
from wechat.errors import PlatformError
from wechat.tokens import FETCHES_A_MINUTE, TokenKeeper

NOW = 1_800_000_000.0


def keeper(calls: list[bool], fetch_takes: float = 0.0) -> TokenKeeper:
    """Another process, as far as the token is concerned."""
    def fetch(force: bool) -> tuple[str, int]:
        time.sleep(fetch_takes)
        calls.append(force)
        return f"token{len(calls)}", 7200

    return TokenKeeper(fetch, DatabaseTokens(), "account", lambda: NOW, lambda _: time.sleep(0.005))


def test_processes_share_one_token(database: str) -> None:
    calls: list[bool] = []
    webhook, jobs = keeper(calls), keeper(calls)
    assert webhook.current() == jobs.current() == "token1"
    assert jobs.replace("token1") == "token2"
    assert webhook.current() == webhook.replace("token1") == "token2"
    assert len(calls) == 2


def test_processes_that_start_together_fetch_once(database: str) -> None:
    calls: list[bool] = []
    got: list[str] = []
    together = threading.Barrier(6)

    def start() -> None:
        mine = keeper(calls, fetch_takes=0.05)
        together.wait(10)
        got.append(mine.current())

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (got, calls) == (["token1"] * 6, [False])


def test_a_platform_that_refuses_every_token_is_not_asked_for_ever(database: str) -> None:
    calls: list[bool] = []
    processes = [keeper(calls) for _ in range(3)]
    refused = 0
    for process in processes * 10:
        try:
            process.replace(process.current())
        except PlatformError:
            refused += 1
    assert (len(calls), refused) == (FETCHES_A_MINUTE, 3 * 10 - FETCHES_A_MINUTE + 1)


def test_times_are_counted_by_the_span(database: str) -> None:
    store = DatabaseTokens()
    assert [store.count("x", 60, 2, NOW) for _ in range(3)] == [True, True, False]
    assert store.count("y", 60, 2, NOW)
    assert store.count("x", 60, 2, NOW + 60)


def test_a_lock_ends_by_itself(database: str) -> None:
    store = DatabaseTokens()
    assert store.lock("x", NOW, 15)
    assert not DatabaseTokens().lock("x", NOW + 14, 15)
    assert DatabaseTokens().lock("x", NOW + 15, 15)
    store.unlock("x")
    assert store.lock("x", NOW + 15, 15)


@pytest.mark.parametrize("name", ["account", "another"])
def test_nothing_is_known_of_a_token_that_was_never_saved(database: str, name: str) -> None:
    assert DatabaseTokens().load(name) is None
