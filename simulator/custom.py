"""Customer-service messages: whom they reach, what they cost, and the typing sign."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from simulator import bodies
from simulator.customers import ACCOUNT, Customer
from simulator.errors import ApiError
from simulator.world import World

TYPING_LASTS = timedelta(seconds=15)
TYPING_AFTER_DEED = timedelta(seconds=30)

Body = Mapping[str, Any]


def send(world: World, body: Body) -> None:
    """Show a message on the customer's phone. Raises ApiError for a bad body, a closed window, a spent quota."""
    with world.lock:
        customer = addressee(world, body)
        content = bodies.read(world, body)
        if not customer.following:
            raise ApiError(45015)
        check_reachable(customer)
        world.ledger.take(customer.openid, world.now())
        world.say(customer.openid, ACCOUNT, "custom", content, str(body.get("client_msg_id") or ""))


def typing(world: World, body: Body) -> None:
    """Show or end the typing sign; it lasts 15 s and needs a deed of the customer in the last 30 s."""
    with world.lock:
        if not world.config.kind.typing:
            raise ApiError(40200)
        customer, now = addressee(world, body), world.now()
        command = body.get("command")
        if command not in {"Typing", "CancelTyping"}:
            raise ApiError(45072)
        world.ledger.check(customer.openid, now)
        if command == "CancelTyping":
            customer.typing_until = None
            return
        if customer.spoke_at is None or now - customer.spoke_at > TYPING_AFTER_DEED:
            raise ApiError(45080)
        if customer.is_typing(now):
            raise ApiError(45081)
        customer.typing_until = now + TYPING_LASTS


def addressee(world: World, body: Body) -> Customer:
    """The customer of `touser`. Raises ApiError 40003."""
    openid = body.get("touser")
    customer = world.customers.get(openid) if isinstance(openid, str) else None
    if customer is None:
        raise ApiError(40003)
    return customer


def check_reachable(customer: Customer) -> None:
    """Raise ApiError 43019 or 48002 for a customer whom the account's messages cannot reach."""
    if customer.blacklisted:
        raise ApiError(43019)
    if customer.muted:
        raise ApiError(48002)
