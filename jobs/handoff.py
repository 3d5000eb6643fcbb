"""转人工: conversations that nobody goes on with are the assistant's again."""

from datetime import datetime

from aftersales import handoff
from aftersales.settings import Settings
from aftersales.store import transaction


def hand_back_quiet(known: Settings, now: datetime) -> int:
    """Gives back what operators have left alone for HANDOFF_QUIET; returns how many conversations."""
    with transaction() as session:
        return handoff.hand_back_quiet(session, now, known.handoff_quiet)
