"""What becomes of messages that the platform did not take: the reactions of its error table, carried out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlmodel import Session

from aftersales import alarms, customers, ledger, outbox, stops
from aftersales.models import OutboxMessage
from aftersales.outbox import CUSTOMER_SERVICE, UNSURE, Attempt
from aftersales.planner import Parcel
from aftersales.sayings import saying
from wechat.errors import Effect, PlatformError, Reaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Try:
    """A message that was not taken, and why; `chance` makes the pause before the next try uneven."""

    parcel: Parcel
    error: Exception
    chance: Random

    @property
    def platform(self) -> PlatformError | None:
        return self.error if isinstance(self.error, PlatformError) else None

    @property
    def errcode(self) -> int | None:
        return self.platform.errcode if self.platform else None

    @property
    def maybe_delivered(self) -> bool:
        """Whether the customer may have it all the same; of an error that nobody foresaw we do not know."""
        return self.platform.maybe_delivered if self.platform else not isinstance(self.error, ValueError)


def settle(session: Session, failed: Try) -> None:
    """Gives back what the platform has not said it used, carries out the error's effects, and decides about each message.

    Whether a try without an answer was counted nobody but the platform knows. If it was, it will say that the budget is
    spent, which costs a call; taking it for counted would use up a budget while the platform is out of order.
    """
    parcel, error = failed.parcel, failed.platform
    ledger.give_back(session, parcel.grant_id)
    if error is not None and error.then.effect in EFFECTS:
        EFFECTS[error.then.effect](session, parcel, error)
    if error is not None and error.then.alarm:
        _alarm(session, parcel, error)
    outcome, decide = _decision(failed)
    rid = error.rid if error else None
    outbox.tried(session, parcel.messages, Attempt(parcel.at, parcel.channel, outcome, failed.errcode, rid))
    for message in parcel.messages:
        if failed.maybe_delivered and saying(message).once:
            outbox.mark_failed(session, message.id or 0, failed.errcode, f"{failed.error} {UNSURE}")
        else:
            decide(session, message, failed)


# --- about the message -----------------------------------------------------------------------------------------------

Decide = Callable[[Session, OutboxMessage, Try], None]


def _again(session: Session, message: OutboxMessage, failed: Try) -> None:
    at_least = failed.platform.retry_after if failed.platform else 0
    outbox.mark_retry(
        session, message.id or 0, failed.parcel.at, failed.errcode, str(failed.error), failed.chance, at_least=at_least)


def _back(session: Session, message: OutboxMessage, failed: Try) -> None:
    outbox.put_back(session, message.id or 0, failed.errcode, str(failed.error))


def _held(session: Session, message: OutboxMessage, failed: Try) -> None:
    outbox.hold(session, message.id or 0, failed.errcode, str(failed.error))


def _failed(session: Session, message: OutboxMessage, failed: Try) -> None:
    outbox.mark_failed(session, message.id or 0, failed.errcode, str(failed.error))


#: By reaction: the word for it in the attempts, and what is done with the message.
DECISIONS: dict[Reaction, tuple[str, Decide]] = {
    Reaction.RETRY: ("retry", _again),
    Reaction.REFRESH_TOKEN: ("retry", _again),
    Reaction.ALARM: ("retry", _again),
    Reaction.IGNORE: ("retry", _again),
    Reaction.SWITCH_CHANNEL: ("switched", _back),
    Reaction.HOLD: ("held", _held),
    Reaction.GIVE_UP: ("failed", _failed),
    Reaction.FIX: ("failed", _failed),
}
#: After these the channel is closed to the message, so it is planned anew at once and finds another way.
REPLANNED = (Effect.STOP, Effect.STOP_TODAY)


def _decision(failed: Try) -> tuple[str, Decide]:
    error = failed.platform
    if error is None:
        return ("failed", _failed) if isinstance(failed.error, ValueError) else DECISIONS[Reaction.RETRY]
    if error.then.effect in REPLANNED:
        return "stopped", _back
    if error.reaction is Reaction.SWITCH_CHANNEL and failed.parcel.channel != CUSTOMER_SERVICE:
        return DECISIONS[Reaction.HOLD]
    return DECISIONS[error.reaction]


# --- about the customer and the account ------------------------------------------------------------------------------


def _stop(session: Session, parcel: Parcel, error: PlatformError, until: datetime | None = None) -> None:
    stops.stop(session, parcel.api, error.errcode, parcel.at, until)


def _stop_today(session: Session, parcel: Parcel, error: PlatformError) -> None:
    _stop(session, parcel, error, stops.next_midnight(parcel.at))


def _closed(session: Session, parcel: Parcel, _error: PlatformError) -> None:
    ledger.closed(session, parcel.openid, parcel.at)


def _spent(session: Session, parcel: Parcel, _error: PlatformError) -> None:
    ledger.spent(session, parcel.openid, parcel.at)


def _unfollowed(session: Session, parcel: Parcel, _error: PlatformError) -> None:
    customers.unfollowed(session, parcel.openid, parcel.at)


EFFECTS: dict[Effect | None, Callable[[Session, Parcel, PlatformError], None]] = {
    Effect.STOP: _stop,
    Effect.STOP_TODAY: _stop_today,
    Effect.CLOSED: _closed,
    Effect.SPENT: _spent,
    Effect.UNFOLLOWED: _unfollowed,
}


def _alarm(session: Session, parcel: Parcel, error: PlatformError) -> None:
    log.error("ALARM %s (%s): %s %s", parcel.api, error.errcode, error, error.then.todo)
    alarms.sound(session, alarms.Cause(parcel.api, error.errcode, error.shown, error.then.todo, str(error)), parcel.at)
