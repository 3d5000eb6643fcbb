"""A simulator between a scripted webhook and a standing clock."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from simulator_fakes import FakeClock, Maker, QuietServer, Simulator, Webhook, handler_for

from simulator import Config, create_app


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook()
    server = QuietServer(("127.0.0.1", 0), handler_for(made))
    made.url = f"http://127.0.0.1:{server.server_port}/wechat"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def make(webhook: Webhook) -> Maker:
    """Build a simulator with other settings than usual."""

    def build(**settings: Any) -> Simulator:
        clock = FakeClock()
        usual = {"webhook_url": webhook.url, "answer_limit": 2.0, "retry_pause": 0.0}
        return Simulator(create_app(Config(**(usual | settings)), clock), clock)

    return build


@pytest.fixture
def sim(make: Maker) -> Simulator:
    return make()


@pytest.fixture
def zhang(sim: Simulator) -> str:
    return sim.add("张三")
