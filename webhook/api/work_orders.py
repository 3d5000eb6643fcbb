"""Work orders: the list and one of them."""

from http import HTTPStatus

from flask import Response
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from aftersales.models import WorkOrder
from aftersales.progress import find_order
from aftersales.store import reading

from . import gather, inputs, paging, schemas
from .calls import blueprint, documented, json_answer


@blueprint.get("/work-orders")
@documented(HTTPStatus.OK, schemas.WorkOrderPage, HTTPStatus.UNPROCESSABLE_ENTITY, query=schemas.WorkOrderQuery)
def work_orders() -> Response:
    """The work orders, newest first."""
    asked = inputs.query(schemas.WorkOrderQuery)
    with reading() as session:
        shown, cursor = paging.page(session.exec(_newest_first(asked)).all(), asked.limit)
        return json_answer(schemas.WorkOrderPage(items=gather.work_orders(session, shown), next_cursor=cursor))


def _newest_first(asked: schemas.WorkOrderQuery) -> SelectOfScalar[WorkOrder]:
    """The orders of the page and one more."""
    before = paging.position(asked.cursor)
    query = select(WorkOrder)
    if asked.openid is not None:
        query = query.where(WorkOrder.openid == asked.openid)
    if asked.status is not None:
        query = query.where(WorkOrder.status == asked.status)
    if before is not None:
        query = query.where(col(WorkOrder.id) < before)
    return query.order_by(col(WorkOrder.id).desc()).limit(asked.limit + 1)


@blueprint.get("/work-orders/<number>")
@documented(HTTPStatus.OK, schemas.WorkOrder, HTTPStatus.NOT_FOUND)
def work_order(number: str) -> Response:
    """One work order."""
    with reading() as session:
        return json_answer(gather.work_order(session, find_order(session, number)))
