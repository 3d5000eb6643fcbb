"""The kinds of field that calls take and answers hold, each with its check and its entry in the document."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema

from aftersales.catalogue import APPLIANCES
from aftersales.times import SHANGHAI

#: Years in which a visit can be; anything else is a slip.
YEARS = range(2000, 2200)
_PHONE = re.compile(r"(\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,5})?|400-?\d{3}-?\d{4}", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _printable(value: str) -> str:
    if _UNPRINTABLE.search(value):
        raise ValueError("must not contain control characters")
    return value


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("must be a time as ISO 8601 text")  # noqa: TRY004 - pydantic takes a ValueError
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError("must be a time as ISO 8601, such as 2026-11-23T14:00:00+08:00") from error
    if moment.tzinfo is None:
        raise ValueError("needs an offset, such as +08:00")
    if moment.year not in YEARS:
        raise ValueError(f"must lie between the years {YEARS.start} and {YEARS.stop - 1}")
    return moment.astimezone(SHANGHAI)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("must be a number, or a number written as text")  # noqa: TRY004 - likewise
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,18}", value):
        raise ValueError(f"must be the number of a technician, not {value[:40]!r}")
    return int(value)


def _phone(value: str) -> str:
    if not _PHONE.fullmatch(value):
        raise ValueError("must be a Chinese mobile, landline (with area code) or 400 number")
    return value


def _appliance(value: str) -> str:
    if value not in APPLIANCES:
        raise ValueError(f"{value[:40]!r} is no kind of appliance; known are: {' '.join(APPLIANCES)}")
    return value


def _once_each(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _written(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


_DATE_TIME: dict[str, Any] = {"type": "string", "format": "date-time", "examples": ["2026-11-23T14:00:00+08:00"]}

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Openid = Annotated[Words, Field(max_length=64)]
Note = Annotated[Words, Field(max_length=2000)]
Name = Annotated[Words, Field(max_length=40)]
Place = Annotated[Words, Field(max_length=40)]
Phone = Annotated[Words, Field(max_length=20), AfterValidator(_phone)]
Skill = Annotated[Words, AfterValidator(_appliance), WithJsonSchema({"type": "string", "enum": list(APPLIANCES)})]
Skills = Annotated[list[Skill], AfterValidator(_once_each)]
Places = Annotated[list[Place], Field(max_length=200), AfterValidator(_once_each)]
Capacity = Annotated[int, Field(strict=True, ge=1, le=1000)]
TechnicianId = Annotated[
    int, BeforeValidator(_number),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]{1,18}$"}]})]
#: A file of a form, for the document only; forms are read in `photos`.
File = Annotated[bytes, WithJsonSchema({"type": "string", "format": "binary"})]
#: A moment as callers send it, with any offset; inside it is Asia/Shanghai.
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema(_DATE_TIME)]
#: A moment as it is answered, always at +08:00.
ShanghaiTime = Annotated[
    datetime, PlainSerializer(_written, return_type=str), WithJsonSchema(_DATE_TIME)]
