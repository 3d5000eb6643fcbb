"""Logging in and out."""

import math
from datetime import timedelta

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from aftersales.times import utc_now

from .operators import check_password
from .pages import blueprint
from .throttle import LoginThrottle

throttle = LoginThrottle()
LONGEST_NAME = 40
LONGEST_PASSWORD = 200


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """The login page; afterwards the operator is taken to where they wanted to go."""
    if current_user.is_authenticated:
        return redirect(wanted_page())
    if request.method == "GET":
        return _page()
    username = request.form.get("username", "").strip()[:LONGEST_NAME]
    if wait := throttle.admit(username, utc_now()):
        return _told_to_wait(wait)
    operator = check_password(username, request.form.get("password", "")[:LONGEST_PASSWORD])
    if operator is None:
        return _page("用户名或密码不对，请重新输入。", username), 401
    throttle.succeeded(username)
    session.clear()
    session.permanent = True
    login_user(operator)
    return redirect(wanted_page())


@blueprint.route("/logout", methods=["POST"])
def logout() -> ResponseReturnValue:
    """Ends the session."""
    logout_user()
    session.clear()
    return redirect(url_for("console.login"))


def wanted_page() -> str:
    """Where `next` points to, as long as it is one of our own pages; else the list of conversations."""
    wanted = request.args.get("next", "")
    ours = wanted == "/ops" or wanted.startswith(("/ops/", "/ops?"))
    return wanted if ours else url_for("console.conversations")


def _page(problem: str | None = None, username: str = "") -> str:
    return render_template("console/login.html", problem=problem, username=username)


def _told_to_wait(wait: timedelta) -> ResponseReturnValue:
    minutes = math.ceil(wait.total_seconds() / 60)
    problem = f"登录失败次数过多，请 {minutes} 分钟后再试。"
    return _page(problem), 429, {"Retry-After": str(math.ceil(wait.total_seconds()))}
