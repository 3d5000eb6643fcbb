"""评价: invitations a while after the service, and one reminder; none where it is rated or the customer has declined."""

from datetime import datetime

from aftersales import ratings
from aftersales.settings import Settings
from aftersales.store import transaction


def invite(known: Settings, now: datetime) -> int:
    """Leaves the invitations that are due; returns how many."""
    with transaction() as session:
        return ratings.invite_due(session, now, known.rating_invite_delay)


def remind(known: Settings, now: datetime) -> int:
    """Leaves the reminders that are due; returns how many."""
    with transaction() as session:
        return ratings.remind_due(session, now, known.rating_invite_delay + known.rating_remind_delay)
