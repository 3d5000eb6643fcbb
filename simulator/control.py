"""The page, what it polls, and the control interface for acting as customers."""

from typing import Any

from flask import Blueprint, Response, current_app, request

from simulator import deeds, quota
from simulator.calls.gate import engine, world
from simulator.customers import Customer
from simulator.errors import RefusedError
from simulator.world import UnknownCustomerError

control = Blueprint("control", __name__, url_prefix="/api")
page = Blueprint("page", __name__)

Answer = dict[str, Any] | tuple[dict[str, Any], int]
MULTIPART = "multipart/form-data"
FOLLOW = {"type": "event", "event": "subscribe"}
MARKS = ("muted", "blacklisted")
POLICY = "default-src 'self'; img-src 'self' http: https: data:; style-src 'self'"


@page.get("/")
def phones() -> Response:
    """The phones."""
    response = current_app.send_static_file("index.html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


@page.get("/favicon.ico")
def icon() -> Response:
    """The page's little picture."""
    return current_app.send_static_file("icon.svg")


def unknown(error: UnknownCustomerError) -> Answer:
    """No such customer."""
    return {"error": f"没有这个客户：{error}"}, 404


@control.errorhandler(deeds.NotFollowingError)
def not_following(error: deeds.NotFollowingError) -> Answer:
    """Only followers can write."""
    return {"error": str(error)}, 409


@control.errorhandler(RefusedError)
def refused(error: Exception) -> Answer:
    """The request cannot be carried out as it stands."""
    return {"error": str(error)}, 400


def uncached(response: Response) -> Response:
    """Every answer of the control interface is of this moment."""
    if request.path.startswith("/api/"):
        response.headers["Cache-Control"] = "no-store"
    return response


@control.get("/updates")
def updates() -> Answer:
    """Everything that changed after `since`, for the page."""
    return world().changes(since())


@control.get("/customers")
def customers() -> Answer:
    """All customers."""
    with world().lock:
        return {"customers": [world().describe(customer) for customer in world().customers.values()]}


@control.post("/customers")
def add_customer() -> Answer:
    """A new customer who follows already; with `"follow": true` the follow event is pushed as well."""
    sent = given()
    name = str(sent.get("name") or "").strip()
    if not name:
        raise RefusedError("请给客户起个名字（name）。")
    customer = world().add_customer(name, str(sent.get("openid") or ""))
    if sent.get("follow") is True:
        deeds.perform(engine(), deeds.Request(world(), customer, FOLLOW))
    return world().describe(customer), 201


@control.get("/customers/<openid>/messages")
def messages(openid: str) -> Answer:
    """The chat after `since`, oldest first, and the number to ask with next time."""
    with world().lock:
        listed = [entry for entry in world().customer(openid).chat if entry.seq > since()]
        return {"messages": [entry.to_json() for entry in listed], "seq": world().seq}


@control.post("/customers/<openid>/send")
def send(openid: str) -> Answer:
    """Act as the customer; JSON, or multipart with the fields and a `file`. Answers before the webhook does."""
    asked = deeds.Request(world(), world().customer(openid), given(), uploaded())
    entry, record = deeds.perform(engine(), asked)
    return {"message": entry.to_json(), "push": record.id}, 202


@control.post("/customers/<openid>/window")
def window(openid: str) -> Answer:
    """Close the customer's windows as if time had passed, or open one as if a `deed` (a message) had been done."""
    sent = given()
    with world().lock:
        customer = world().customer(openid)
        set_window(customer, str(sent.get("deed") or quota.MESSAGE), closed=sent.get("closed", "deed" not in sent))
        return world().describe(customer)


def set_window(customer: Customer, deed: str, *, closed: bool) -> None:
    """End all grants, or open one for a deed. Raises RefusedError for an unknown deed."""
    if closed:
        world().ledger.close(customer.openid)
    elif deed not in quota.RULES or (deed == quota.PAYMENT and not world().config.kind.payments):
        raise RefusedError(f"deed 应为 {'、'.join(quota.RULES)} 之一；payment 只有服务号有。")
    else:
        world().ledger.open(customer.openid, deed, world().now())
    world().next_seq()


@control.post("/customers/<openid>/marks")
def mark(openid: str) -> Answer:
    """Whether the customer takes no messages (`muted`), or is on the account's blacklist (`blacklisted`)."""
    sent = given()
    with world().lock:
        customer = world().customer(openid)
        for name in MARKS:
            setattr(customer, name, sent.get(name, getattr(customer, name)) is True)
        world().next_seq()
        return world().describe(customer)


@control.get("/log")
def log() -> Answer:
    """Pushes and calls that changed after `since`."""
    with world().lock:
        return {"log": [item.to_json() for item in world().log if item.seq > since()], "seq": world().seq}


@control.post("/templates")
def register_template() -> Answer:
    """Give a template id its `title` and the `labels` of its fields."""
    sent = given()
    labels = sent.get("labels") or {}
    if not sent.get("template_id") or not isinstance(labels, dict):
        raise RefusedError("请给出 template_id、title 和 labels（字段名到文字的对应）。")
    with world().lock:
        world().templates.register(str(sent["template_id"]), str(sent.get("title") or "服务通知"), labels)
    return {"template_id": sent["template_id"]}, 201


@control.post("/verify")
def verify() -> Answer:
    """Check the webhook's address as the platform does when it is configured."""
    problem = engine().verify()
    return {"ok": not problem, "problem": problem}


def since() -> int:
    """The number of the last change the caller has seen."""
    return request.args.get("since", 0, type=int)


def uploaded() -> bytes | None:
    """The file of a multipart request, None where there is none."""
    upload = request.files.get("file") if request.mimetype == MULTIPART else None
    return upload.read() if upload else None


def given() -> dict[str, Any]:
    """The fields of the request: a JSON object, or a form. Raises RefusedError."""
    if request.mimetype == MULTIPART:
        return dict(request.form)
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise RefusedError("请求体应为 JSON 对象。")
    return found
