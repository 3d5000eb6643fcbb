"""Calls about human agents: their accounts, their sessions, who waits, what was said."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from flask import request

from simulator import handover
from simulator.agents import MOST_RECORDS, MOST_WAITING, Agent, Line
from simulator.calls.gate import OK, Answer, answers, api, body, call_name, engine, text, world
from simulator.errors import ApiError
from simulator.world import World

DAY = timedelta(hours=24)


@api.before_request
def check_kind() -> None:
    """Test accounts have no agents. Raises ApiError 65400."""
    if "customservice" in call_name().split("/") and not world().config.kind.agents:
        raise ApiError(65400)


@api.route("/customservice/kfaccount/add", methods=["GET", "POST"])
@answers
def add_agent(world: World) -> Answer:
    """A new agent, who must be invited and accept before serving."""
    sent = body()
    with world.lock:
        world.desk.add(text(sent, "kf_account"), str(sent.get("nickname") or ""), bound=False)
    return OK


@api.route("/customservice/kfaccount/update", methods=["GET", "POST"])
@answers
def rename_agent(world: World) -> Answer:
    """Another nickname."""
    sent = body()
    with world.lock:
        world.desk.agent(text(sent, "kf_account")).nickname = text(sent, "nickname")
    return OK


@api.route("/customservice/kfaccount/inviteworker", methods=["GET", "POST"])
@answers
def invite_agent(world: World) -> Answer:
    """Invite a person, who accepts at once here. Raises ApiError 65409 for an agent who has one already."""
    sent = body()
    text(sent, "invite_wx")
    with world.lock:
        agent = world.desk.agent(text(sent, "kf_account"))
        if agent.bound:
            raise ApiError(65409)
        agent.bound = True
    return OK


@api.route("/customservice/kfaccount/del", methods=["GET", "POST"])
@answers
def remove_agent(world: World) -> Answer:
    """Take an agent away: query `kf_account`."""
    with world.lock:
        world.desk.remove(request.args.get("kf_account", ""))
    return OK


@api.get("/cgi-bin/customservice/getkflist")
@answers
def agents(world: World) -> Answer:
    """All agents."""
    with world.lock:
        return {"kf_list": [listed(agent) for agent in world.desk.agents.values()]}


def listed(agent: Agent) -> Answer:
    """An agent in a list."""
    return {"kf_account": agent.account, "kf_nick": agent.nickname, "kf_id": agent.number, "kf_headimgurl": ""}


@api.get("/cgi-bin/customservice/getonlinekflist")
@answers
def online_agents(world: World) -> Answer:
    """The agents who are online, and how many customers each talks with."""
    with world.lock:
        talks = [session.account for session in world.desk.sessions.values()]
        online = [agent for agent in world.desk.agents.values() if agent.online and agent.bound]
        return {"kf_online_list": [present(agent, talks.count(agent.account)) for agent in online]}


def present(agent: Agent, talks: int) -> Answer:
    """An agent who is online."""
    return {"kf_account": agent.account, "status": 1, "kf_id": agent.number, "accepted_case": talks}


@api.route("/customservice/kfsession/create", methods=["GET", "POST"])
@answers
def create_session(world: World) -> Answer:
    """Begin a session; the account hears of it by kf_create_session."""
    account, openid = session_named(world)
    handover.open_session(engine(), account, openid)
    return OK


@api.route("/customservice/kfsession/close", methods=["GET", "POST"])
@answers
def close_session(world: World) -> Answer:
    """End a session; the account hears of it by kf_close_session."""
    account, openid = session_named(world)
    handover.close_session(engine(), account, openid)
    return OK


def session_named(world: World) -> tuple[str, str]:
    """Agent and customer of the request. Raises ApiError 40035, 40003, 65401."""
    sent = body()
    account, openid = text(sent, "kf_account"), text(sent, "openid")
    if openid not in world.customers:
        raise ApiError(40003)
    handover.end_idle_sessions(engine())
    with world.lock:
        world.desk.agent(account)
    return account, openid


@api.get("/customservice/kfsession/getsession")
@answers
def session_of(world: World) -> Answer:
    """The session of a customer; an empty kf_account means that there is none."""
    handover.end_idle_sessions(engine())
    with world.lock:
        session = world.desk.sessions.get(request.args.get("openid", ""))
    if session is None:
        return {"createtime": 0, "kf_account": ""}
    return {"createtime": int(session.opened_at.timestamp()), "kf_account": session.account}


@api.get("/customservice/kfsession/getsessionlist")
@answers
def sessions_of(world: World) -> Answer:
    """The sessions of an agent."""
    account = request.args.get("kf_account", "")
    with world.lock:
        world.desk.agent(account)
        found = [session for session in world.desk.sessions.values() if session.account == account]
    return {"sessionlist": [{"createtime": int(it.opened_at.timestamp()), "openid": it.openid} for it in found]}


@api.get("/customservice/kfsession/getwaitcase")
@answers
def waiting(world: World) -> Answer:
    """Who waits, a hundred at most."""
    with world.lock:
        cases = list(world.desk.waiting.values())
    listed = [{"latest_time": int(case.since.timestamp()), "openid": case.openid} for case in cases[:MOST_WAITING]]
    return {"count": len(cases), "waitcaselist": listed}


@api.route("/customservice/msgrecord/getmsglist", methods=["GET", "POST"])
@answers
def records(world: World) -> Answer:
    """What was said from `starttime` to `endtime`, at most a day, from record `msgid` on. Raises ApiError 40035."""
    sent = body()
    start, end = moment(sent, "starttime"), moment(sent, "endtime")
    first, number = whole(sent, "msgid"), whole(sent, "number")
    if not timedelta() <= end - start <= DAY or first < 1 or not 1 <= number <= MOST_RECORDS:
        raise ApiError(40035)
    with world.lock:
        lines = [line for line in world.desk.lines if start <= line.at <= end]
    page = lines[first - 1 : first - 1 + number]
    return {"recordlist": [record(line) for line in page], "number": len(page), "msgid": first + len(page)}


def record(line: Line) -> Answer:
    """One thing said."""
    told = {"openid": line.openid, "opercode": line.opercode, "text": line.text, "worker": line.worker}
    return {**told, "time": int(line.at.timestamp())}


def moment(sent: Mapping[str, Any], name: str) -> datetime:
    """A time in Unix seconds. Raises ApiError 40035."""
    return datetime.fromtimestamp(whole(sent, name), timezone.utc)


def whole(sent: Mapping[str, Any], name: str) -> int:
    """A whole number that must be there. Raises ApiError 40035."""
    value = sent.get(name)
    if type(value) is not int:
        raise ApiError(40035, name)
    return value
