"""Reading a report: what one message of a customer fills in, what is still to be asked, and what was wrong with it.

Pure: the draft so far and the message go in, changes to the draft and the next question come out. Everything said at
once is taken at once; what is already known is only replaced when the customer corrects it.
"""

from .answers import PROBLEMS, read
from .assent import begins_with_yes
from .dangers import danger
from .decisions import DECISIONS, goes_on
from .drafts import (
    ADDRESS_QUESTIONS,
    CONTACT,
    FACTS,
    FIELDS,
    OPTIONAL,
    OTHER,
    address_of,
    appliance_name,
    checklist_of,
    contacts_for,
    details,
    given_up,
    in_short,
    keepable,
    knows_code,
    next_question,
    place,
    reports_of,
    twin_of,
    visit_of,
    waiting_for,
    window,
)
from .items import ITEM_FIELDS, rest_of, view
from .moods import is_back, is_waiting
from .turns import Draft, Taken, Turn
from .words import ANGER, CORRECTION, DOOR_WORDS, NEGATED, QUESTION, REMARK, says_yes

__all__ = [
    "ADDRESS_QUESTIONS", "ANGER", "CONTACT", "CORRECTION", "DECISIONS", "DOOR_WORDS", "FACTS", "FIELDS", "ITEM_FIELDS",
    "NEGATED", "OPTIONAL", "OTHER", "PROBLEMS", "QUESTION", "REMARK", "Draft", "Taken", "Turn", "address_of", "appliance_name",
    "begins_with_yes", "checklist_of", "contacts_for", "danger", "details", "given_up", "goes_on", "in_short", "is_back", "is_waiting",
    "keepable", "knows_code", "next_question", "place", "read", "reports_of", "rest_of", "says_yes", "twin_of", "view",
    "visit_of", "waiting_for", "window",
]
