"""What can be read afterwards: what each customer has received, and what the platform noted."""

from typing import Any

from simulator.customers import CUSTOMER, Entry
from simulator.world import World


def received(world: World, openid: str) -> list[dict[str, Any]]:
    """What a customer has received, oldest first. Raises UnknownCustomerError.

    Each: {"seq", "at", "channel", "type", "text", "raw", "client_msg_id", "answers"}; `channel` is passive, custom,
    template, subscription, agent, or tip (a line of the platform, such as its fault line); `raw` is a text as it was
    sent; `answers` names the push that a passive reply answers.
    """
    with world.lock:
        return [line(entry) for entry in world.customer(openid).chat if entry.sender != CUSTOMER]


def line(entry: Entry) -> dict[str, Any]:
    """One thing received."""
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "channel": entry.via,
        "type": entry.content.type,
        "text": entry.content.text,
        "raw": entry.content.fields.get("raw", entry.content.text),
        "client_msg_id": entry.client_msg_id,
        "answers": entry.answers,
    }


def report(world: World) -> dict[str, Any]:
    """Everything: {"customers": {openid: {"name", "following", "received"}}} and the book."""
    with world.lock:
        people = {
            customer.openid: {
                "name": customer.name,
                "following": customer.following,
                "received": received(world, customer.openid),
            }
            for customer in world.customers.values()
        }
    return {"now": world.now().isoformat(), "customers": people, **world.book.to_json()}
