"""What we say first: the texts of progress messages and rating invitations, read from `texts/pushes.yml`."""

from datetime import datetime

from .models import Technician, WorkOrder
from .texts import texts
from .times import Window, say_moment, say_window


def progress_texts(
    order: WorkOrder, technician: Technician | None, visit: Window | None, note: str | None, now: datetime
) -> tuple[str, str] | None:
    """What the customer reads when the order has come to its status, in full and as a template message shows it.

    None where there is nothing to say.
    """
    known, status = texts("pushes"), order.status.value
    if f"progress_{status}" not in known:
        return None
    words = {
        "what": order.what,
        "number": order.number,
        "technician": technician_words(technician),
        "name": f"{technician.name}师傅" if technician else "师傅",
        "visit": say_window(visit, now) if visit else "",
        "visit_start": say_moment(visit.start) if visit else "",
        "note": f"：{note}" if note else "",
    }
    return known[f"progress_{status}"].format(**words), known[f"template_{status}"].format(**words)


def technician_words(technician: Technician | None) -> str:
    """王建国师傅（电话13500135002）, or plain 师傅."""
    return f"{technician.name}师傅（电话{technician.phone}）" if technician else "师傅"


def rating_text(order: WorkOrder, *, reminder: bool = False) -> str:
    """The invitation to rate a finished service, or its one reminder."""
    name = "rating_reminder" if reminder else "rating_invitation"
    return texts("pushes")[name].format(what=order.what, number=order.number)
