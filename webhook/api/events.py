"""Progress on a work order as another system reports it."""

from datetime import datetime
from http import HTTPStatus

from flask import Response
from sqlmodel import Session

from aftersales.models import Actor, Status
from aftersales.progress import Step, advance, find_order, record
from aftersales.store import transaction
from aftersales.technicians import find_technician
from aftersales.times import utc_now

from . import gather, idempotency, inputs, schemas
from .calls import blueprint, documented


@blueprint.post("/work-orders/<number>/events")
@documented(
    HTTPStatus.OK, schemas.WorkOrder,
    HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY,
    json=schemas.EventReport, headers=schemas.IdempotencyHeaders)
def post_event(number: str) -> Response:
    """Reports progress; the customer is told. A step that the order's status does not allow is a 409."""
    report = inputs.body(schemas.EventReport)
    with transaction() as session:

        def act() -> schemas.WorkOrder:
            return _report(session, number, report, utc_now())

        return idempotency.once(session, inputs.json_body(), HTTPStatus.OK, act)


def _report(session: Session, number: str, report: schemas.EventReport, now: datetime) -> schemas.WorkOrder:
    order = find_order(session, number, for_update=True)
    if report.technician_id is not None:
        find_technician(session, report.technician_id)
    if report.type is schemas.EventType.NOTE:
        record(session, order, report.type.value, Actor.INTEGRATION, now, report.note)
    else:
        advance(session, order, _step(report), now)
    return gather.work_order(session, order)


def _step(report: schemas.EventReport) -> Step:
    return Step(
        Status(report.type), Actor.INTEGRATION, note=report.note, technician_id=report.technician_id,
        window=report.window)
