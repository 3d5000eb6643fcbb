"""The channel by which the bridge talks to the assistant: a message goes in, what was understood and said comes out.

Rasa's own REST channel tells only the answers, so that whoever wants the intent too has every message parsed twice. And it
does not know a message again: one that is sent once more, because its answer was lost, would be acted upon twice.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import BotUttered, Event, UserUttered
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.components.server.answers import check_schema_once

Handler = Callable[[UserMessage], Awaitable[Any]]


class BridgeChannel(InputChannel):
    """POST /webhooks/bridge/turn with `sender`, `message`, `metadata`, `id` and `again`; answers `parsed` and `replies`.

    `id` names the message. With `again` true it may have been heard before, and is then answered as it was.
    """

    @classmethod
    def name(cls) -> str:
        return "bridge"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes; `request.app.ctx.agent` is Rasa's, there is no other way to it."""
        check_schema_once()
        routes = Blueprint("bridge", __name__)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            agent, asked = request.app.ctx.agent, request.json
            heard = await _heard_before(agent, asked) if asked.get("again") else None
            return response.json(heard or await self._hear(agent, on_new_message, asked))

        return routes

    async def _hear(self, agent: Agent, on_new_message: Handler, asked: dict[str, Any]) -> dict[str, Any]:
        parsed, said = await agent.parse_message(asked["message"]), CollectingOutputChannel()
        await on_new_message(UserMessage(
            asked["message"], said, asked["sender"], parsed, self.name(), asked.get("id"), asked.get("metadata")))
        return {"parsed": parsed, "replies": said.messages}


async def _heard_before(agent: Agent, asked: dict[str, Any]) -> dict[str, Any] | None:
    """What a message of that id was answered with; None where it is new to the conversation.

    Under the conversation's lock: whoever is at it is waited for.
    """
    async with agent.lock_store.lock(asked["sender"]):
        tracker = await agent.tracker_store.retrieve(asked["sender"])
    return told(list(tracker.events), asked.get("id")) if tracker else None


def told(events: list[Event], message_id: str | None) -> dict[str, Any] | None:
    """The turn of the message with that id among the events of a conversation.

    One to which nothing was said is none: the actions were out of order, and nothing has been done.
    """
    places = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    for place, after in zip(places, [*places[1:], len(events)], strict=True):
        message = events[place]
        said = [event for event in events[place:after] if isinstance(event, BotUttered)]
        if said and isinstance(message, UserUttered) and message.message_id == message_id:
            return {"parsed": message.parse_data, "replies": [_reply(event) for event in said]}
    return None


def _reply(event: BotUttered) -> dict[str, Any]:
    return {"text": event.text, "buttons": (event.data or {}).get("buttons")}
