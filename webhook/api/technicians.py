"""Technicians: who there is, a new one, a change."""

from http import HTTPStatus

from flask import Response
from sqlmodel import Session

from aftersales import technicians
from aftersales.models import Technician
from aftersales.store import reading, transaction

from . import idempotency, inputs, schemas
from .calls import blueprint, documented, json_answer


@blueprint.get("/technicians")
@documented(HTTPStatus.OK, schemas.TechnicianList)
def list_technicians() -> Response:
    """All technicians, in the order of entry."""
    with reading() as session:
        items = [schemas.Technician.model_validate(each) for each in technicians.all_technicians(session)]
    return json_answer(schemas.TechnicianList(items=items))


@blueprint.post("/technicians")
@documented(
    HTTPStatus.CREATED, schemas.Technician,
    HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY,
    json=schemas.NewTechnician, headers=schemas.IdempotencyHeaders)
def post_technician() -> Response:
    """Enters a technician."""
    given = inputs.body(schemas.NewTechnician)
    with transaction() as session:
        return idempotency.once(session, inputs.json_body(), HTTPStatus.CREATED, lambda: _enter(session, given))


def _enter(session: Session, given: schemas.NewTechnician) -> schemas.Technician:
    technician = Technician(**given.model_dump())
    session.add(technician)
    session.flush()
    return schemas.Technician.model_validate(technician)


@blueprint.patch("/technicians/<int:technician_id>")
@documented(
    HTTPStatus.OK, schemas.Technician,
    HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, json=schemas.TechnicianChange)
def patch_technician(technician_id: int) -> Response:
    """Changes what is given and leaves the rest."""
    change = inputs.body(schemas.TechnicianChange).model_dump(exclude_unset=True)
    with transaction() as session:
        technician = technicians.find_technician(session, technician_id, for_update=True)
        technician.sqlmodel_update(change)
        session.add(technician)
    return json_answer(schemas.Technician.model_validate(technician))
