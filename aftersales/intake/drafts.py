"""A report on its way: which questions it still needs, how its parts are kept, how it is read back."""

from datetime import datetime
from typing import Any

from aftersales import addresses, diagnosis, times
from aftersales.addresses import Address
from aftersales.repairs import Report
from aftersales.times import Window

from .items import ITEM_FIELDS, put_back, view
from .turns import Draft

#: Fields of a draft, as the form's slots name them.
FIELDS = (
    *ITEM_FIELDS, "others", "contact_name", "phone", "address", "household", "visit", "urgent", "remark", "passed",
)
#: What is known before the first word: consent given, earlier contacts, open orders, check lists given lately, and a
#: report that was broken off.
FACTS = ("consent", "contacts", "open_orders", "checked", "kept")
#: Services for which there is a fault to describe.
WITH_FAULT = ("维修",)
#: Services for which pictures help.
WITH_PHOTOS = ("维修", "检测", "更换配件")
#: Dangers that wait for no time to be agreed; a machine that was unplugged does.
AT_ONCE = ("gas", "water")
#: Questions that may be passed over.
OPTIONAL = ("brand_model", "model", "fault_since", "photos", "other_brand_model")
CONTACT = ("contact_name", "phone", "address")
ADDRESS_PARTS = ("province", "city", "district", "detail", "text")
ADDRESS_QUESTIONS = ("address", "address_region", "address_choice", "address_road", "address_door")
#: Questions to which any words may be the answer.
OPEN_QUESTIONS = ("fault", "fault_since", "brand_model", "model", "contact_name", *ADDRESS_QUESTIONS)
#: Questions about an appliance that came second carry this before their name.
OTHER = "other_"


def next_question(draft: Draft) -> str:
    """The name of the next question; `confirm` when everything is there."""
    passed = draft.get("passed") or []
    for question, missing in _missing(draft).items():
        if missing and question not in passed:
            return question
    return "confirm"


def _missing(draft: Draft) -> dict[str, bool]:
    """The questions in the order in which they are asked, and whether each is still open.

    Consent comes before anything personal is asked for, and at once where it was said unasked. A danger leaves only
    what it takes to find the place.
    """
    consent = not draft.get("consent") and not draft.get("urgent")
    personal = any(draft.get(name) for name in CONTACT)
    known = _about_appliance(draft)
    return {
        "resume": bool(draft.get("kept")),
        **({"consent": consent} if personal else {}),
        **({name: known[name] for name in ("appliance", "fault", "same_order")} if draft.get("urgent") else known),
        **_about_others(draft),
        "consent": consent,
        **_about_contact(draft),
        "visit_time": not draft.get("visit") and draft.get("urgent") not in AT_ONCE,
    }


def _about_appliance(draft: Draft) -> dict[str, bool]:
    broken = draft.get("service_type") in WITH_FAULT
    check = {"self_check": checklist_of(draft) is not None}
    coded = bool(draft.get("error_code")) and not draft.get("brand")  # what a code means depends on the brand
    return {
        "service_type": not draft.get("service_type"),
        "appliance": not draft.get("appliance"),
        "fault": broken and not (draft.get("fault") or draft.get("error_code")),
        "same_order": twin_of(draft) is not None,
        **({} if coded else check),
        "brand_model": not draft.get("brand") and not draft.get("model"),
        "model": not draft.get("model"),
        **check,
        "fault_since": draft.get("service_type") == "维修" and not draft.get("fault_since"),
        "photos": draft.get("service_type") in WITH_PHOTOS,
    }


def _about_others(draft: Draft) -> dict[str, bool]:
    return {
        f"{OTHER}{question}": waiting_for(draft, question) is not None
        for question in ("service_type", "fault", "brand_model") if draft.get("others")
    }


def waiting_for(draft: Draft, question: str) -> int | None:
    """The place among the other appliances of the first about which the question is open; None where there is none."""
    for index, item in enumerate(draft.get("others") or []):
        if _about_appliance(item).get(question) and question not in (item.get("passed") or []):
            return index
    return None


def given_up(draft: Draft, question: str) -> dict[str, Any]:
    """The changes by which a question that may be passed over is asked no more."""
    index = waiting_for(draft, question.removeprefix(OTHER)) if question.startswith(OTHER) else None
    passed = (draft if index is None else draft["others"][index]).get("passed") or []
    changes = {"passed": [*passed, question.removeprefix(OTHER)]}
    return changes if index is None else put_back(draft, index, changes)


def _about_contact(draft: Draft) -> dict[str, bool]:
    address = _address_question(draft)
    missing = {
        "contact_name": not draft.get("contact_name"),
        "phone": not draft.get("phone"),
        address or "address": address is not None,
    }
    return {"reuse": contacts_for(draft) != [] and not any(draft.get(name) for name in CONTACT), **missing}


def contacts_for(draft: Draft) -> list[dict[str, Any]]:
    """Where the customer has been served before, as far as it can be this time: those of the household named."""
    household = draft.get("household")
    contacts = draft.get("contacts") or []
    return [contact for contact in contacts if not household or contact.get("household") == household]


def twin_of(draft: Draft) -> dict[str, Any] | None:
    """The open order that may already be about this appliance and this wish."""
    if draft.get("appliance") in (None, "其他"):
        return None
    for order in draft.get("open_orders") or []:
        elsewhere = draft.get("household") and order.get("household") != draft.get("household")
        if order["appliance"] == draft["appliance"] and order["service_type"] == draft.get("service_type") and not elsewhere:
            return dict(order)
    return None


def checklist_of(draft: Draft) -> diagnosis.Checklist | None:
    """What the customer can check before anybody comes; None where nothing can or should be."""
    if draft.get("service_type") != "维修" or any(draft.get(name) for name in ("urgent", "others", "visit")):
        return None  # whoever names a time wants somebody to come
    finding = _finding(draft)
    found = diagnosis.checklist(finding) if finding else None
    given = found and [draft.get("appliance"), found.title] in (draft.get("checked") or [])
    return None if given else found


def _finding(draft: Draft) -> diagnosis.Fault | diagnosis.CodeMeaning | None:
    """What the knowledge base has about the fault; a code says more than words."""
    appliance, code, fault = appliance_name(draft), draft.get("error_code"), draft.get("fault")
    meaning = diagnosis.find_code(appliance, draft.get("brand"), code) if code else None
    return meaning or (diagnosis.find_fault(appliance, fault) if fault else None)


def knows_code(draft: Draft) -> bool:
    """Whether the knowledge base has the meaning of the draft's error code."""
    return diagnosis.find_code(appliance_name(draft), draft.get("brand"), str(draft.get("error_code"))) is not None


def _expected(draft: Draft) -> str | None:
    """What the technician may expect and should bring."""
    finding = _finding(draft) if draft.get("service_type") == "维修" else None
    return diagnosis.advice_for_technician(finding).text if finding else None


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


def keepable(draft: Draft) -> dict[str, Any] | None:
    """What of a draft is kept when the customer breaks off; None where there is nothing worth keeping."""
    if not draft.get("appliance"):
        return None
    return {name: draft[name] for name in FIELDS if draft.get(name)}


def in_short(draft: Draft) -> str:
    """The appliance and its fault, or what is wanted: 空调，不制冷."""
    what = draft.get("fault") or draft.get("error_code") or draft.get("service_type")
    return "，".join(filter(None, (appliance_name(draft), what)))


def reports_of(draft: Draft, now: datetime) -> list[Report]:
    """The finished draft as reports, one for each appliance.

    Raises:
        ValueError: when a question is still open.
    """
    if next_question(draft) != "confirm":
        raise ValueError(f"the report is not finished, {next_question(draft)} is still to be asked")
    others = range(len(draft.get("others") or []))
    return [_report(each, now) for each in (draft, *(view(draft, index) for index in others))]


def _report(draft: Draft, now: datetime) -> Report:
    address, visit = address_of(draft), wanted_visit(draft, now)
    if address is None or visit is None:
        raise ValueError("a report needs an address and a visit time")
    return Report(
        service_type=draft["service_type"], appliance=draft["appliance"], contact_name=draft["contact_name"],
        phone=draft["phone"], address=address, visit=visit, brand=draft.get("brand"), model=draft.get("model"),
        fault=draft.get("fault") or draft.get("error_code"), error_code=draft.get("error_code"),
        fault_since=draft.get("fault_since"), appliance_words=draft.get("appliance_words"),
        household=draft.get("household"), urgent=bool(draft.get("urgent")), diagnosis=_expected(draft),
        remark=draft.get("remark"), another="same_order" in (draft.get("passed") or []))


def wanted_visit(draft: Draft, now: datetime) -> Window | None:
    """The visit time asked for; as soon as possible where there is danger."""
    visit = visit_of(draft)
    return times.find_visit_window("尽快", now) if visit is None and draft.get("urgent") else visit


def details(draft: Draft, photos: int, now: datetime) -> str:
    """The read-back: one line per item that is known; of several appliances each has a line of its own."""
    visit, address = wanted_visit(draft, now), address_of(draft)
    lines = _several_lines(draft) if draft.get("others") else _appliance_lines(draft)
    lines |= {
        "照片": f"{photos}张" if photos else None,
        "联系人": draft.get("contact_name"),
        "电话": draft.get("phone"),
        "地址": addresses.full_address(address) if address else None,
        "上门时间": times.say_window(visit, now) if visit else None,
        "备注": draft.get("remark"),
    }
    return "\n".join(f"{label}：{value}" for label, value in lines.items() if value)


def _appliance_lines(draft: Draft) -> dict[str, str | None]:
    return {
        "服务类型": draft.get("service_type"),
        "家电": appliance_name(draft),
        "品牌型号": _brand_and_model(draft),
        "故障": _fault_line(draft),
        "开始时间": draft.get("fault_since"),
    }


def _several_lines(draft: Draft) -> dict[str, str | None]:
    items = [draft, *(view(draft, index) for index in range(len(draft.get("others") or [])))]
    return {f"{number}. {appliance_name(item)}": _in_one_line(item) for number, item in enumerate(items, 1)}


def _in_one_line(item: Draft) -> str:
    return "，".join(filter(None, (item.get("service_type"), _brand_and_model(item), _fault_line(item))))


def _brand_and_model(draft: Draft) -> str:
    return " ".join(filter(None, (draft.get("brand"), draft.get("model"))))


def appliance_name(draft: Draft) -> str | None:
    """The appliance as the customer calls it where it is none of the plain kinds."""
    return draft.get("appliance_words") or draft.get("appliance")


def _fault_line(draft: Draft) -> str | None:
    fault, code = draft.get("fault"), draft.get("error_code")
    if not code or code.upper() in (fault or "").upper():
        return fault
    return f"{fault}（代码{code}）" if fault else f"显示{code}"
