"""Entering and changing technicians."""

import pytest

WANG = {"name": "王师傅", "phone": "13500135002", "skills": ["空调", "冰箱", "洗衣机"], "service_areas": ["佛山市"],
        "capacity": 20, "active": True}


def test_a_technician_is_entered_and_listed(caller):
    answer = caller.post("/technicians", json=WANG)
    assert answer.status_code == 201
    assert answer.json == {"id": answer.json["id"], **WANG}
    assert caller.get("/technicians").json == {"items": [answer.json]}


def test_a_name_and_a_phone_are_enough(caller):
    answer = caller.post("/technicians", json={"name": " 王师傅 ", "phone": "0757-22605678"})
    assert answer.json == {"id": answer.json["id"], "name": "王师傅", "phone": "0757-22605678", "skills": [],
                           "service_areas": [], "capacity": 8, "active": True}


def test_what_is_named_twice_counts_once(caller):
    answer = caller.post("/technicians", json=WANG | {"skills": ["空调", "冰箱", "空调"]})
    assert answer.json["skills"] == ["空调", "冰箱"]


def test_a_repeated_entry_has_one_effect(caller):
    for _ in range(2):
        assert caller.post("/technicians", json=WANG, headers={"Idempotency-Key": "k-1"}).status_code == 201
    assert len(caller.get("/technicians").json["items"]) == 1


@pytest.mark.parametrize("change", [
    {"name": "王建国"}, {"phone": "13500135009"}, {"skills": []}, {"service_areas": ["广州市", "佛山市"]},
    {"capacity": 1}, {"active": False}, {},
])
def test_a_change_leaves_the_rest(caller, change):
    entered = caller.post("/technicians", json=WANG).json
    answer = caller.patch(f"/technicians/{entered['id']}", json=change)
    assert answer.json == entered | change
    assert caller.get("/technicians").json["items"] == [entered | change]


BAD = [
    ("name", ""), ("name", "  "), ("name", "王" * 41), ("name", 5), ("name", None), ("name", "王\n\0"),
    ("phone", "12345"), ("phone", "135001350021"), ("phone", "１３５００１３５００２"),
    ("phone", 13500135002), ("phone", None),
    ("skills", ["挂机"]), ("skills", "空调"), ("skills", [None]), ("skills", None),
    ("service_areas", [""]), ("service_areas", ["市" * 41]), ("service_areas", "佛山市"), ("service_areas", None),
    ("capacity", 0), ("capacity", -1), ("capacity", 2**40), ("capacity", "8"), ("capacity", 1.5), ("capacity", True),
    ("capacity", None), ("active", "yes"), ("active", 1), ("active", None), ("id", 7), ("wage", 5),
]


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_bad_entry_is_refused_by_name(caller, field, value):
    answer = caller.post("/technicians", json=WANG | {field: value})
    assert answer.status_code == 422
    assert answer.json["error"]["message"].startswith(field)
    assert caller.get("/technicians").json["items"] == []


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_bad_change_is_refused_by_name_and_changes_nothing(caller, field, value):
    entered = caller.post("/technicians", json=WANG).json
    answer = caller.patch(f"/technicians/{entered['id']}", json={field: value})
    assert answer.status_code == 422
    assert answer.json["error"]["message"].startswith(field)
    assert caller.get("/technicians").json["items"] == [entered]


def test_all_that_is_missing_is_told_at_once(caller):
    answer = caller.post("/technicians", json={})
    assert answer.json["error"]["message"] == "name: is required; phone: is required"


@pytest.mark.parametrize("number", [99, 0, 2**40, 2**70])
def test_an_unknown_technician_is_a_404(caller, number):
    answer = caller.patch(f"/technicians/{number}", json={"active": False})
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "technician_not_found"
