"""安静时段: what can wait is not said at night, except to a customer who is evidently awake."""

from datetime import datetime, time, timedelta

from .models import OutboxMessage
from .sayings import saying
from .times import SHANGHAI, QuietHours

#: Who has written so recently is not woken by an answer.
AWAKE = timedelta(minutes=30)
#: Visits until then concern this night: its customer has to know before getting up.
MORNING = time(10)


def waits_until(
    message: OutboxMessage, hours: QuietHours | None, heard_at: datetime | None, now: datetime
) -> datetime | None:
    """Until when a message waits; None when it may go now. `heard_at`: when the customer wrote last."""
    end = hours.until(now) if hours else None
    if end is None or message.urgent or (heard_at is not None and now - heard_at <= AWAKE):
        return None
    night = saying(message).night
    if night == "goes" or (night == "visit" and _concerns_this_night(message, now)):
        return None
    return end


def _concerns_this_night(message: OutboxMessage, now: datetime) -> bool:
    if message.visit_at is None:
        return False
    here = now.astimezone(SHANGHAI)
    day = here.date() if here.time() < MORNING else here.date() + timedelta(days=1)
    return message.visit_at < datetime.combine(day, MORNING, SHANGHAI)
