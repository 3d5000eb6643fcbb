import pytest

from wechat.templates import fitting, template_data


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("thing1", "空调维修", "空调维修"),
        ("thing1", "字" * 20, "字" * 20),
        ("thing1", "字" * 21, "字" * 19 + "…"),
        ("thing2", "第一行\n第二行", "第一行 第二行"),
        ("thing2", " \n", "无"),
        ("character_string3", "BX2611220001" * 3, ("BX2611220001" * 3)[:32]),
        ("phrase4", "已约定上门时间", "已约定上门"),
        ("time5", "2026年11月22日 15:01", "2026年11月22日 15:01"),
        ("keyword1", "字" * 30, "字" * 30),
    ],
)
def test_a_value_is_made_to_fit_its_field(name: str, value: str, expected: str) -> None:
    assert fitting(name, value) == expected


def test_the_data_of_a_message_has_one_object_per_field() -> None:
    assert template_data({"thing1": "空调", "time2": ""}) == {"thing1": {"value": "空调"}, "time2": {"value": "无"}}
