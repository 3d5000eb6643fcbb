"""The control interface for how the platform behaves: settings, clock, faults, pushes held back, agents, the records."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request

from simulator import handover, records
from simulator.calls.gate import engine, world
from simulator.config import ConfigError
from simulator.errors import MESSAGES, ApiError, RefusedError
from simulator.faults import Fault

switches = Blueprint("switches", __name__, url_prefix="/api")

Answer = dict[str, Any] | tuple[dict[str, Any], int]
SPANS = ("days", "hours", "minutes", "seconds")
REVOKE_CODES = (40001, 42001)


def given() -> dict[str, Any]:
    """The request's JSON object. Raises RefusedError."""
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise RefusedError("请求体应为 JSON 对象。")
    return found


@switches.get("/state")
def state() -> Answer:
    """Settings, clock, faults, agents and totals."""
    return world().state()


@switches.get("/settings")
def settings() -> Answer:
    """The settings that can be changed."""
    return world().config.shown()


@switches.post("/settings")
def change_settings() -> Answer:
    """Change some settings; they hold for all pushes and calls from now on."""
    return world().configure(given()).shown()


@switches.post("/keys/rotate")
def rotate_key() -> Answer:
    """Take the EncodingAESKey `aes_key` at once and keep the old one as the previous."""
    return world().rotate_key(str(given().get("aes_key") or "")).shown()


@switches.post("/tokens/revoke")
def revoke_tokens() -> Answer:
    """End every access token: calls with them meet `errcode` 40001 (the usual) or 42001."""
    code = given().get("errcode", REVOKE_CODES[0])
    if code not in REVOKE_CODES:
        raise RefusedError("errcode 应为 40001 或 42001。")
    world().tokens.revoke(code, world().now())
    return {"errcode": code}


@switches.get("/clock")
def clock() -> Answer:
    """The platform's time, and how many seconds it is ahead."""
    return {"now": world().now().isoformat(), "offset": world().clock.offset.total_seconds()}


@switches.post("/clock")
def move_clock() -> Answer:
    """Move the clock by `days`, `hours`, `minutes`, `seconds`, or to `set` (ISO 8601), or back with `reset`."""
    sent = given()
    if sent.get("reset") is True:
        world().clock.reset()
    elif sent.get("set"):
        world().clock.set(moment(str(sent["set"])))
    else:
        world().clock.move(span(sent))
    handover.end_idle_sessions(engine())
    world().next_seq()
    return clock()


def moment(text: str) -> datetime:
    """An aware moment. Raises RefusedError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise RefusedError(f"{text!r} 不是 ISO 8601 时间。") from error
    if found.tzinfo is None:
        raise RefusedError("时间要带时区，例如 2026-11-22T10:00:00+08:00。")
    return found


def span(sent: Mapping[str, Any]) -> timedelta:
    """The sum of the given spans. Raises RefusedError."""
    parts = {name: sent[name] for name in SPANS if name in sent}
    if not parts or not all(isinstance(value, int | float) for value in parts.values()):
        raise RefusedError("请给出 days、hours、minutes、seconds（数字），或 set，或 reset。")
    return timedelta(**parts)


@switches.get("/errcodes")
def errcodes() -> Answer:
    """Every errcode with its wording."""
    return {"errcodes": [{"errcode": code, "errmsg": words} for code, words in MESSAGES.items()]}


@switches.get("/faults")
def pending_faults() -> Answer:
    """The faults still ordered."""
    return {"faults": [asdict(fault) for fault in world().faults.pending()]}


@switches.post("/faults")
def order_fault() -> Answer:
    """Order a fault; the fields are those of `Fault`."""
    fault = Fault.from_json(given())
    ordered = asdict(fault)
    world().faults.add(fault)
    world().next_seq()
    return ordered, 201


@switches.delete("/faults")
def clear_faults() -> Answer:
    """Call all faults off; calls that hang go on."""
    world().faults.clear()
    world().next_seq()
    return {"faults": []}


@switches.delete("/faults/<int:number>")
def remove_fault(number: int) -> Answer:
    """Call one off by its id."""
    if not world().faults.remove(number):
        return {"error": f"没有 {number} 号故障。"}, 404
    world().next_seq()
    return pending_faults()


@switches.post("/pushes/hold")
def hold_pushes() -> Answer:
    """Keep every push back until they are released."""
    engine().hold()
    return {"held": engine().held}


@switches.post("/pushes/release")
def release_pushes() -> Answer:
    """Deliver what was kept back; `order` is kept, reversed or shuffled."""
    return {"released": engine().release(str(given().get("order") or "kept"))}


@switches.post("/pushes/wait")
def wait_for_pushes() -> Answer:
    """Wait until no push is under way, `seconds` at most."""
    seconds = given().get("seconds", 20)
    if not isinstance(seconds, int | float):
        raise RefusedError("seconds 应为数字。")
    return {"quiet": engine().wait(seconds)}


@switches.get("/report")
def report() -> Answer:
    """What every customer has received, and the book: counts, token fetches, refusals, alarms."""
    return records.report(world())


@switches.get("/customers/<openid>/received")
def received(openid: str) -> Answer:
    """What one customer has received."""
    return {"received": records.received(world(), openid)}


@switches.get("/book")
def book() -> Answer:
    """Counts per API, token fetches, refused calls with their errcode, alarms."""
    return world().book.to_json()


@switches.post("/reset")
def reset() -> Answer:
    """Begin anew with the first settings; only access tokens and media stay good."""
    engine().begin_anew()
    return world().state()


@switches.get("/agents")
def agents() -> dict[str, Any]:
    """Agents, sessions and who waits."""
    with world().lock:
        return world().desk.to_json()


@switches.post("/agents")
def add_agent() -> Answer:
    """A new agent who is bound and online: `account`, `nickname`; with `auto` takes whoever is handed over at once."""
    sent = given()
    with world().lock:
        world().desk.add(str(sent.get("account") or ""), str(sent.get("nickname") or ""), auto=sent.get("auto") is True)
        world().next_seq()
    return agents(), 201


@switches.post("/agents/<account>")
def change_agent(account: str) -> Answer:
    """Come and go: `online`; `auto`."""
    sent = given()
    with world().lock:
        agent = world().desk.agent(account)
        agent.online, agent.auto = sent.get("online", agent.online) is True, sent.get("auto", agent.auto) is True
        world().next_seq()
    return agents()


@switches.post("/agents/<account>/<deed>")
def agent_does(account: str, deed: str) -> Answer:
    """`accept`, `close`, `take` over from another agent, or `say` `text`: with the customer `openid`."""
    sent = given()
    openid = world().customer(str(sent.get("openid") or "")).openid
    if deed == "say":
        handover.agent_says(world(), account, openid, str(sent.get("text") or ""))
    elif deed in DEEDS:
        DEEDS[deed](engine(), account, openid)
    else:
        raise RefusedError(f"不认识的动作 {deed!r}，可用：say、{'、'.join(DEEDS)}。")
    return agents()


DEEDS = {"accept": handover.open_session, "close": handover.close_session, "take": handover.switch_session}


def explained(error: RefusedError | ApiError | ConfigError) -> Answer:
    """The request cannot be carried out as it stands."""
    return {"error": str(error)}, 400


for kind in (RefusedError, ApiError, ConfigError):
    switches.register_error_handler(kind, explained)
