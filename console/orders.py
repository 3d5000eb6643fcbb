"""工单: the table of all work orders."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from aftersales.models import Status
from aftersales.store import reading

from .pages import blueprint
from .paging import asked_page
from .queries import order_rows


@blueprint.route("/orders")
def orders() -> ResponseReturnValue:
    """Work orders, newest first, by status and by words."""
    search, page, status = request.args.get("q", "").strip(), asked_page(), _status()
    with reading() as session:
        found = order_rows(session, status, search, page.limit, page.offset)
    return render_template(
        "console/orders.html", search=search, page=page, status=status, found=found, rows=page.shown(found))


def _status() -> Status | None:
    wanted = request.args.get("status", "")
    if not wanted:
        return None
    return Status(wanted) if wanted in set(Status) else abort(400)
