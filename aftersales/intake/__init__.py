"""Reading a report: what one message of a customer fills in, what is still to be asked, and what was wrong with it.

Pure: the draft so far and the message go in, changes to the draft and the next question come out. Everything said at
once is taken at once; what is already known is only replaced when the customer corrects it.
"""

from .answers import PROBLEMS, danger, read
from .drafts import (
    ADDRESS_QUESTIONS,
    FIELDS,
    address_of,
    details,
    next_question,
    place,
    report_of,
    visit_of,
    window,
)
from .turns import Draft, Taken, Turn

__all__ = [
    "ADDRESS_QUESTIONS", "FIELDS", "PROBLEMS", "Draft", "Taken", "Turn", "address_of", "danger", "details", "next_question", "place",
    "read", "report_of", "visit_of", "window",
]
