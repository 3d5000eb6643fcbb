"""师傅: who can be sent, and how much they already have to do."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from .models import Status, Technician, WorkOrder

BUSY_WITH = (Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS)
LARGEST_ID = 2**31 - 1  # what the column can hold; a database refuses to compare with more


class TechnicianNotFound(LookupError):  # noqa: N818
    """There is no technician with that number."""


def find_technician(session: Session, technician_id: int, *, for_update: bool = False) -> Technician:
    """The technician with that number, locked where the database can and the caller is going to change it."""
    known = 0 < technician_id <= LARGEST_ID
    found = session.get(Technician, technician_id, with_for_update=for_update) if known else None
    if found is None:
        raise TechnicianNotFound(f"there is no technician {technician_id}")
    return found


def all_technicians(session: Session) -> Sequence[Technician]:
    """Everybody, in the order of entry."""
    return session.exec(select(Technician).order_by(col(Technician.id))).all()


def loads(session: Session) -> dict[int, int]:
    """How many orders each technician has at work, by id; who has none is missing."""
    query = (
        select(WorkOrder.technician_id, func.count())
        .where(col(WorkOrder.status).in_(BUSY_WITH), col(WorkOrder.technician_id).is_not(None))
        .group_by(col(WorkOrder.technician_id))
    )
    return {technician_id: count for technician_id, count in session.exec(query).all() if technician_id is not None}
