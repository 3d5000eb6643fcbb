"""The actions run without a domain, which Rasa does not send them."""

import asyncio

from bot.actions.executor import Executor


def test_an_action_runs_without_a_domain() -> None:
    executor = Executor()
    executor.register_package("bot.actions")
    tracker = {
        "sender_id": "oZhangSan", "slots": {}, "latest_message": {}, "events": [], "paused": False,
        "followup_action": None, "active_loop": {}, "latest_action_name": None}
    result = asyncio.run(executor.run(
        {"next_action": "action_ask_consent", "sender_id": "oZhangSan", "tracker": tracker}))
    assert result is not None
    assert [each["response"] for each in result.responses] == ["utter_ask_consent_first"]
