"""Calls that reach a customer: customer-service messages, the typing sign, templates, subscription notices."""

from collections.abc import Mapping

from simulator import custom, notices
from simulator.calls.gate import OK, Answer, answers, api, body, engine, text
from simulator.errors import ApiError
from simulator.world import World


@api.route("/cgi-bin/message/custom/send", methods=["GET", "POST"])
@answers
def custom_send(world: World) -> Answer:
    """A customer-service message."""
    custom.send(world, body())
    return OK


@api.route("/cgi-bin/message/custom/business/send", methods=["GET", "POST"])
@answers
def mini_program_send(_world: World) -> Answer:
    """The mini programs' address for such messages, which is a wrong one here."""
    raise ApiError(40101)


@api.route("/cgi-bin/message/custom/typing", methods=["GET", "POST"])
@answers
def custom_typing(world: World) -> Answer:
    """The typing sign."""
    custom.typing(world, body())
    return OK


@api.route("/cgi-bin/message/template/send", methods=["GET", "POST"])
@answers
def template_send(_world: World) -> Answer:
    """A template message; its result is pushed afterwards."""
    return {**OK, "msgid": notices.send_template(engine(), body())}


@api.route("/cgi-bin/message/subscribe/bizsend", methods=["GET", "POST"])
@answers
def subscription_send(_world: World) -> Answer:
    """A subscription notice; its result is pushed afterwards."""
    return {**OK, "msgid": notices.send_subscription(engine(), body())}


@api.get("/cgi-bin/template/get_all_private_template")
@answers
def templates(world: World) -> Answer:
    """The registered templates."""
    with world.lock:
        known = list(world.templates.known.items())
    listed = [
        {"template_id": template_id, "title": template.title, "content": content_of(template.labels)}
        for template_id, template in known
    ]
    return {"template_list": listed}


def content_of(labels: Mapping[str, str]) -> str:
    """A template's text: a line for each field."""
    return "\n".join(f"{label}:{{{{{key}.DATA}}}}" for key, label in labels.items())


@api.route("/cgi-bin/template/del_private_template", methods=["GET", "POST"])
@answers
def remove_template(world: World) -> Answer:
    """Forget a registered template."""
    template_id = text(body(), "template_id")
    with world.lock:
        world.templates.remove(template_id)
    return OK
