"""Between the bot and human agents: sessions begin and end, and the account hears of it by events."""

from collections.abc import Mapping
from typing import Any, Protocol

from simulator import contents
from simulator.customers import ACCOUNT, Customer
from simulator.errors import ApiError
from simulator.log import Record
from simulator.sealing import Push
from simulator.world import World
from simulator.xml import Value


class Sender(Protocol):
    """Whatever carries pushes to the webhook."""

    world: World

    def send(self, push: Push, copies: int | None = None) -> Record:
        """Deliver the push without waiting."""
        ...


def transfer(sender: Sender, openid: str, account: str) -> None:
    """The account handed a customer over: wait for an agent, or begin the session where one takes it at once."""
    world = sender.world
    with world.lock:
        free = world.desk.wait_for(openid, account, world.now()) if world.config.kind.agents else None
    if free:
        open_session(sender, free.account, openid)


def open_session(sender: Sender, account: str, openid: str) -> None:
    """Begin a session; a repeated beginning changes nothing. Raises ApiError 65400 to 65415."""
    with sender.world.lock:
        fresh = sender.world.desk.open(account, openid, sender.world.now())
    if fresh:
        tell(sender, openid, "kf_create_session", KfAccount=account)


def close_session(sender: Sender, account: str, openid: str, how: str = "KF") -> None:
    """End a session. Raises ApiError 65413 or 65414."""
    with sender.world.lock:
        sender.world.desk.close(account, openid)
    tell(sender, openid, "kf_close_session", KfAccount=account, CloseType=how)


def switch_session(sender: Sender, account: str, openid: str) -> None:
    """Pass a session on to another agent. Raises ApiError 65413 (none), 65401, 65402, 65415."""
    world = sender.world
    with world.lock:
        session = world.desk.sessions.get(openid)
        if session is None:
            raise ApiError(65413)
        agent = world.desk.agent(account)
        if not agent.online:
            raise ApiError(65415)
        before, session.account = session.account, account
    tell(sender, openid, "kf_switch_session", FromKfAccount=before, ToKfAccount=account)


def end_idle_sessions(sender: Sender) -> None:
    """End the sessions in which nobody said anything for 30 minutes of the platform's clock."""
    with sender.world.lock:
        idle = sender.world.desk.idle(sender.world.now())
    for session in idle:
        close_session(sender, session.account, session.openid, "TIMEOUT")


def agent_says(world: World, account: str, openid: str, words: str) -> None:
    """An agent writes to the customer of the session. Raises ApiError 65413 or 65414."""
    with world.lock:
        world.desk.say(account, openid, words, world.now())
        world.say(openid, ACCOUNT, "agent", contents.text(words))


def heard_by_agent(sender: Sender, customer: Customer, fields: Mapping[str, Value], words: str) -> Record | None:
    """Give a message to the agent in whose session the customer is; the record of it, None without a session."""
    world = sender.world
    end_idle_sessions(sender)
    with world.lock:
        session = world.desk.hear(customer.openid, words, world.now())
        if session is None:
            return None
        record = world.start_record("push", str(fields.get("MsgType")), customer.openid, words)
        record.outcome, record.note = "agent", f"客服 {session.account} 接待中，消息只给客服，不推送。"
        return record


def tell(sender: Sender, openid: str, name: str, **fields: Any) -> None:
    """Push an event about the sessions."""
    sender.send(Push(openid, sender.world.now(), {"MsgType": "event", "Event": name, **fields}, quiet=True))
