import pytest

from wechat.menu import BUTTONS, LABELS


def test_the_menu_has_the_published_keys() -> None:
    assert LABELS == {"report_repair": "我要报修", "query_progress": "查询进度", "my_services": "我的服务"}
    assert [(button["type"], button["key"], button["name"]) for button in BUTTONS] == [
        ("click", "report_repair", "我要报修"),
        ("click", "query_progress", "查询进度"),
        ("click", "my_services", "我的服务"),
    ]


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button["key"])
def test_names_fit_the_platform(button: dict[str, str]) -> None:
    assert len(button["name"].encode()) <= 16
