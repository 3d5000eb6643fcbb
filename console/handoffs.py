"""转人工: an operator has taken care."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from aftersales.models import Customer


def followed_up(session: Session, customer: Customer, seen: datetime) -> None:
    """Takes the request for a person off; one made after the moment the operator saw stays."""
    session.execute(
        update(Customer)
        .where(col(Customer.id) == customer.id, col(Customer.handoff_requested_at) <= seen)
        .values(handoff_requested_at=None)
        .execution_options(synchronize_session=False))
