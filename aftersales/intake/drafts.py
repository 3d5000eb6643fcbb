"""A report on its way: which questions it still needs, how its parts are kept, how it is read back."""

from datetime import datetime
from typing import Any

from aftersales import addresses, times
from aftersales.addresses import Address
from aftersales.repairs import Report
from aftersales.times import Window

from .turns import Draft

#: Fields of a draft, as the form's slots name them.
FIELDS = (
    "service_type", "appliance", "brand", "model", "fault", "error_code", "fault_since", "contact_name", "phone",
    "address", "visit", "passed",
)
#: Services for which there is a fault to describe.
WITH_FAULT = ("维修",)
#: Services for which pictures help.
WITH_PHOTOS = ("维修", "检测", "更换配件")
#: Questions that may be passed over.
OPTIONAL = ("brand_model", "model", "fault_since", "photos")
ADDRESS_PARTS = ("province", "city", "district", "detail", "text")
ADDRESS_QUESTIONS = ("address", "address_region", "address_choice", "address_road", "address_door")
#: Questions to which any words may be the answer.
OPEN_QUESTIONS = ("fault", "fault_since", "brand_model", "model", "contact_name", *ADDRESS_QUESTIONS)


def next_question(draft: Draft) -> str:
    """The name of the next question; `confirm` when everything is there."""
    passed = draft.get("passed") or []
    for question, missing in _missing(draft).items():
        if missing and question not in passed:
            return question
    return "confirm"


def _missing(draft: Draft) -> dict[str, bool]:
    """The questions in the order in which they are asked, and whether each is still open."""
    broken = draft.get("service_type") in WITH_FAULT
    address = _address_question(draft)
    return {
        "service_type": not draft.get("service_type"),
        "appliance": not draft.get("appliance"),
        "fault": broken and not (draft.get("fault") or draft.get("error_code")),
        "brand_model": not draft.get("brand") and not draft.get("model"),
        "model": not draft.get("model"),
        "fault_since": draft.get("service_type") == "维修" and not draft.get("fault_since"),
        "photos": draft.get("service_type") in WITH_PHOTOS,
        "contact_name": not draft.get("contact_name"),
        "phone": not draft.get("phone"),
        address or "address": address is not None,
        "visit_time": not draft.get("visit"),
    }


def _address_question(draft: Draft) -> str | None:
    address = address_of(draft)
    if address is None:
        return "address"
    missing = addresses.missing_parts(address, pinned=bool(draft["address"].get("pinned")))
    if missing == "region" and addresses.ambiguous(address):
        return "address_choice"
    return f"address_{missing}" if missing else None


def address_of(draft: Draft) -> Address | None:
    """The draft's address."""
    kept = draft.get("address")
    return Address(**{name: kept[name] for name in ADDRESS_PARTS}) if kept else None


def visit_of(draft: Draft) -> Window | None:
    """The visit time asked for."""
    kept = draft.get("visit")
    return Window(datetime.fromisoformat(kept["start"]), datetime.fromisoformat(kept["end"])) if kept else None


def place(address: Address, *, pinned: bool = False) -> dict[str, Any]:
    """An address as a slot keeps it; one that was pinned on the map still needs its door."""
    parts: dict[str, Any] = {name: getattr(address, name) for name in ADDRESS_PARTS}
    return parts | {"pinned": True} if pinned else parts


def window(visit: Window) -> dict[str, str]:
    """A visit time as a slot keeps it."""
    return {"start": visit.start.isoformat(), "end": visit.end.isoformat()}


def report_of(draft: Draft) -> Report:
    """The finished draft as a report.

    Raises:
        ValueError: when a question is still open.
    """
    address, visit = address_of(draft), visit_of(draft)
    if next_question(draft) != "confirm" or address is None or visit is None:
        raise ValueError(f"the report is not finished, {next_question(draft)} is still to be asked")
    return Report(
        service_type=draft["service_type"], appliance=draft["appliance"], contact_name=draft["contact_name"],
        phone=draft["phone"], address=address, visit=visit, brand=draft.get("brand"), model=draft.get("model"),
        fault=draft.get("fault") or draft.get("error_code"), error_code=draft.get("error_code"),
        fault_since=draft.get("fault_since"))


def details(draft: Draft, photos: int, now: datetime) -> str:
    """The read-back: one line per item that is known."""
    visit, address = visit_of(draft), address_of(draft)
    lines = {
        "服务类型": draft.get("service_type"),
        "家电": draft.get("appliance"),
        "品牌型号": " ".join(filter(None, (draft.get("brand"), draft.get("model")))),
        "故障": _fault_line(draft),
        "开始时间": draft.get("fault_since"),
        "照片": f"{photos}张" if photos else None,
        "联系人": draft.get("contact_name"),
        "电话": draft.get("phone"),
        "地址": addresses.full_address(address) if address else None,
        "上门时间": times.say_window(visit, now) if visit else None,
    }
    return "\n".join(f"{label}：{value}" for label, value in lines.items() if value)


def _fault_line(draft: Draft) -> str | None:
    fault, code = draft.get("fault"), draft.get("error_code")
    if not code or code.upper() in (fault or "").upper():
        return fault
    return f"{fault}（代码{code}）" if fault else f"显示{code}"
