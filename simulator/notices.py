"""Template messages and subscription notices: sent outside any window, their result is pushed afterwards."""

from collections.abc import Mapping
from typing import Any

from simulator import custom
from simulator.contents import Content
from simulator.customers import ACCOUNT, Customer
from simulator.errors import ApiError
from simulator.handover import Sender
from simulator.sealing import Push
from simulator.world import World
from simulator.xml import Value

Body = Mapping[str, Any]
SUCCESS, USER_BLOCK = "success", "failed:user block"


def send_template(sender: Sender, body: Body) -> int:
    """Show the card and report the result; a repeated client_msg_id is not shown again. Returns the message id.

    Raises ApiError 48001 by the account's kind, 40003, 40037, 47003, 43004 (does not follow), 43019.
    """
    world = sender.world
    with world.lock:
        if not world.config.kind.templates:
            raise ApiError(48001)
        customer, content = custom.addressee(world, body), rendered(world, body)
        check_follower(customer)
        client_id = str(body.get("client_msg_id") or "")
        known = world.sent_templates.get(client_id)
        return known or deliver(sender, customer, content, client_id)


def deliver(sender: Sender, customer: Customer, content: Content, client_id: str) -> int:
    """Show the card where the result is good, remember the caller's id, report the result. Returns the message id."""
    world = sender.world
    message_id = world.next_message_id()
    status = USER_BLOCK if customer.muted else world.config.template_result
    if status == SUCCESS:
        world.say(customer.openid, ACCOUNT, "template", content, client_id)
    if client_id:
        world.sent_templates[client_id] = message_id
    fields: dict[str, Value] = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": message_id, "Status": status}
    sender.send(event(world, customer, fields))
    return message_id


def send_subscription(sender: Sender, body: Body) -> int:
    """Show a subscription notice for one of the customer's agreements. Returns the message id.

    Raises ApiError 48001 by the account's kind, 40003, 40037, 47003, 43101 (no agreement).
    """
    world = sender.world
    with world.lock:
        if not world.config.kind.subscriptions:
            raise ApiError(48001)
        customer, content = custom.addressee(world, body), rendered(world, body)
        world.subscriptions.take(customer.openid, str(body["template_id"]))
        message_id = world.next_message_id()
        world.say(customer.openid, ACCOUNT, "subscription", content)
    item: dict[str, Value] = {"TemplateId": str(body["template_id"]), "MsgID": message_id, "ErrorCode": 0}
    listed = {"List": {**item, "ErrorStatus": SUCCESS}}
    sender.send(event(world, customer, {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": listed}))
    return message_id


def rendered(world: World, body: Body) -> Content:
    """The card by the rules of the account's kind."""
    config = world.config
    return world.templates.render(body, strict=config.kind.strict_templates, only_known=config.check_template_ids)


def check_follower(customer: Customer) -> None:
    """Raise ApiError 43004 or 43019 for a customer who cannot get templates."""
    if not customer.following:
        raise ApiError(43004)
    if customer.blacklisted:
        raise ApiError(43019)


def event(world: World, customer: Customer, fields: Mapping[str, Value]) -> Push:
    """A result to be pushed."""
    return Push(customer.openid, world.now(), {"MsgType": "event", **fields}, quiet=True)
