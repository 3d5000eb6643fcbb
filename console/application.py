"""How the pages join an application."""

from datetime import timedelta

from flask import Flask
from flask_login import LoginManager

from . import conversations, errors, handoff, login, media, operators, orders, words  # noqa: F401 - the views join the blueprint
from .pages import blueprint, csrf

#: An operator stays logged in this long after the last page.
SESSION_LIFETIME = timedelta(hours=12)
CONFIG = {
    "SESSION_COOKIE_NAME": "baoxiu_ops",  # cookies are shared by all ports of a host: not plain `session`
    "SESSION_COOKIE_PATH": "/ops",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
    "WTF_CSRF_CHECK_DEFAULT": False,  # /wechat and the integration API are posted to by machines
    "WTF_CSRF_TIME_LIMIT": None,  # a page may stay open for a whole shift
}


def init_app(app: Flask) -> None:
    """Adds the pages under /ops, with their login and their protection of forms.

    Raises:
        RuntimeError: when the application has no secret key to sign the sessions with.
    """
    if not app.secret_key:
        raise RuntimeError("the console signs its sessions: set app.secret_key before console.init_app(app)")
    app.config.update(CONFIG)
    csrf.init_app(app)
    manager = LoginManager(app)
    manager.user_loader(operators.logged_in)
    app.register_blueprint(blueprint)
