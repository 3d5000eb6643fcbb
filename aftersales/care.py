"""日常保养: what customers can do for their appliances themselves."""

import functools

from .catalogue import find_appliance
from .catalogue.wording import load


@functools.cache
def _advice() -> dict[str, str]:
    return dict(load("care.yml"))


def care_for(text: str) -> tuple[str, str] | None:
    """The appliance that a question names and how to look after it; None where it names none we have advice for."""
    kind = find_appliance(text)
    return (kind, _advice()[kind]) if kind in _advice() else None
