"""Calls about the account itself: tokens, the day's count, addresses of the platform, explanations of a request id."""

from collections.abc import Mapping
from typing import Any

from flask import request

from simulator.calls.gate import OK, Answer, answers, api, body, count_call, engine, text
from simulator.errors import ApiError
from simulator.tokens import Token
from simulator.world import World


@api.get("/cgi-bin/token")
@answers
def plain_token(world: World) -> Answer:
    """A token of the plain line."""
    check_account(world, request.args)
    count_call("token")
    return token_answer(world, world.tokens.plain(world.now()))


@api.route("/cgi-bin/stable_token", methods=["GET", "POST"])
@answers
def stable_token(world: World) -> Answer:
    """The token of the stable line."""
    sent = body()
    check_account(world, sent)
    count_call("stable_token")
    return token_answer(world, world.tokens.stable(world.now(), force=sent.get("force_refresh") is True))


def check_account(world: World, given: Mapping[str, Any]) -> None:
    """Grant type, appid and secret. Raises ApiError 40002, 40013, 41004 or 40125."""
    if given.get("grant_type") != "client_credential":
        raise ApiError(40002)
    check_secret(world, given, "secret")


def check_secret(world: World, given: Mapping[str, Any], field: str) -> None:
    """Appid and secret. Raises ApiError 40013, 41004 or 40125."""
    if given.get("appid") != world.config.appid:
        raise ApiError(40013)
    if not given.get(field):
        raise ApiError(41004)
    if given[field] != world.config.secret:
        raise ApiError(40125)


def token_answer(world: World, token: Token) -> Answer:
    """A token as the caller reads it."""
    return {"access_token": token.value, "expires_in": token.seconds_left(world.now())}


@api.route("/cgi-bin/clear_quota", methods=["GET", "POST"])
@answers
def clear_quota(world: World) -> Answer:
    """Begin the day's count anew, ten times a month."""
    if body().get("appid") != world.config.appid:
        raise ApiError(40013)
    world.limits.clear(world.now())
    return OK


@api.route("/cgi-bin/clear_quota/v2", methods=["GET", "POST"])
@answers
def clear_quota_by_secret(world: World) -> Answer:
    """The same without a token."""
    check_secret(world, body(), "appsecret")
    world.limits.clear(world.now())
    return OK


@api.route("/cgi-bin/openapi/quota/get", methods=["GET", "POST"])
@answers
def quota(world: World) -> Answer:
    """The day's count of one API: daily_limit, used and remain; without a limit, remain stays as large as it was."""
    call = text(body(), "cgi_path").removeprefix("/").removeprefix("cgi-bin/")
    limit, used = world.config.daily_limit(call), world.limits.used(call, world.now())
    daily = 10_000_000 if limit is None else limit
    return {**OK, "quota": {"daily_limit": daily, "used": used, "remain": max(0, daily - used)}}


@api.route("/cgi-bin/openapi/rid/get", methods=["GET", "POST"])
@answers
def explain(world: World) -> Answer:
    """The call behind a request id."""
    made = world.book.of_rid(text(body(), "rid"))
    if made is None:
        raise ApiError(40035, "rid")
    told = {"invoke_time": int(made.at.timestamp()), "request_url": made.call, "request_body": made.request}
    return {**OK, "request": {**told, "response_body": made.errmsg, "client_ip": "127.0.0.1"}}


@api.get("/cgi-bin/getcallbackip")
@api.get("/cgi-bin/get_api_domain_ip")
@answers
def addresses(_world: World) -> Answer:
    """Where pushes come from, and where the API is: this machine."""
    return {"ip_list": ["127.0.0.1"]}


@api.route("/cgi-bin/callback/check", methods=["GET", "POST"])
@answers
def check_callback(_world: World) -> Answer:
    """Whether the webhook can be reached, tried at once."""
    text(body(), "action")
    problem = engine().verify()
    ping = {"ip": "127.0.0.1", "from_operator": "DEFAULT", "package_loss": "100%" if problem else "0%", "time": "1ms"}
    return {"dns": [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}], "ping": [ping]}
