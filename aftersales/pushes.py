"""What we say first: the texts of progress messages and rating invitations, read from `texts/pushes.yml`."""

from datetime import datetime

from .models import Technician, WorkOrder
from .texts import texts
from .times import Window, say_window


def progress_text(
    order: WorkOrder, technician: Technician | None, visit: Window | None, note: str | None, now: datetime
) -> str | None:
    """What the customer reads when the order has come to its status; None where there is nothing to say."""
    text = texts("pushes").get(f"progress_{order.status.value}")
    if text is None:
        return None
    return text.format(
        what=order.what,
        number=order.number,
        technician=technician_words(technician),
        visit=say_window(visit, now) if visit else "",
        note=f"：{note}" if note else "",
    )


def technician_words(technician: Technician | None) -> str:
    """王建国师傅（电话13500135002）, or plain 师傅."""
    return f"{technician.name}师傅（电话{technician.phone}）" if technician else "师傅"


def rating_text(order: WorkOrder, *, reminder: bool = False) -> str:
    """The invitation to rate a finished service, or its one reminder."""
    name = "rating_reminder" if reminder else "rating_invitation"
    return texts("pushes")[name].format(what=order.what, number=order.number)
