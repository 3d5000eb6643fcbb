"""The blueprint all pages belong to: a login for every page, a token for every form, strict headers."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

blueprint = Blueprint("console", __name__, url_prefix="/ops", template_folder="templates", static_folder="static")
csrf = CSRFProtect()

#: What can be seen without a login.
OPEN_TO_ALL = frozenset({"console.login", "console.static"})
HEADERS = {
    "Content-Security-Policy":
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # the token check over HTTPS needs the referrer of our own pages
}


@blueprint.before_request
def ask_for_login() -> ResponseReturnValue | None:
    """Sends everybody who is not logged in to the login page, and from there back to what they wanted to see."""
    if request.endpoint in OPEN_TO_ALL or current_user.is_authenticated:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("console.login", next=wanted))


@blueprint.before_request
def ask_for_token() -> None:
    """Refuses what is posted without the page's own token; the rest of the application has no forms."""
    csrf.protect()


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """Keeps pages with customers' data out of frames, caches and other sites' logs."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
