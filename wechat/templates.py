"""Values of template messages, made to fit what their fields accept: one that does not costs the whole message."""

from collections.abc import Mapping

# The field's name without its number → most characters that are accepted.
LENGTHS = {"thing": 20, "character_string": 32, "phrase": 5, "name": 10, "phone_number": 17, "car_number": 8}
_NOTHING = "无"
_ELLIPSIS = "…"


def template_data(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The `data` of a template message: one line per value, none empty, none longer than its field."""
    return {name: {"value": fitting(name, value)} for name, value in values.items()}


def fitting(name: str, value: str) -> str:
    """The value as the field `name` (`thing1`, `time2`, …) accepts it; a text that is too long ends in an ellipsis."""
    line = " ".join(value.split()) or _NOTHING
    field = name.rstrip("0123456789")
    limit = LENGTHS.get(field, len(line))
    if len(line) <= limit:
        return line
    return line[: limit - 1] + _ELLIPSIS if field == "thing" else line[:limit]
