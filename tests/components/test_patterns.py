import itertools

import pytest

from bot.components.patterns import find_spans
from bot.components.text import fold


def found(text: str) -> list[tuple[str, str]]:
    return [(span.entity, text[span.start : span.end]) for span in find_spans(fold(text))]


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800138000", "13800138000"),
        ("电话138 0013 8000谢谢", "138 0013 8000"),
        ("打138-0013-8000", "138-0013-8000"),
        ("+86 13800138000", "+86 13800138000"),
        ("１３８００１３８０００", "１３８００１３８０００"),
        ("座机0757-26338888", "0757-26338888"),
        ("02887654321转", "02887654321"),
        ("幺三八零零一三八零零零", "幺三八零零一三八零零零"),
    ],
)
def test_phone_numbers(text: str, phone: str) -> None:
    assert found(text) == [("phone", phone)]


@pytest.mark.parametrize("text", ["138001380001", "1380013800", "12345678901", "订单20261122"])
def test_other_numbers_are_no_phone(text: str) -> None:
    assert "phone" not in dict(found(text))


@pytest.mark.parametrize("number", ["BX2611220001", "bx2611220001", "MD202611220001"])
def test_order_numbers(number: str) -> None:
    assert found(f"单号{number}到哪了") == [("order_number", number)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("显示E1", "E1"),
        ("屏幕上一直显示 f0", "f0"),
        ("报了个P4", "P4"),
        ("故障代码是 03", "03"),
        ("E5什么意思", "E5"),
        ("显示CL", "CL"),
        ("报Ｅ１怎么办", "Ｅ１"),
        ("E1", "E1"),
    ],
)
def test_error_codes(text: str, code: str) -> None:
    assert found(text) == [("error_code", code)]


@pytest.mark.parametrize("text", ["C3栋1201", "E1单元502", "显示26度", "D2口出来", "C1 HD10P6LU1", "E1-1203"])
def test_places_and_quantities_are_no_error_code(text: str) -> None:
    assert "error_code" not in dict(found(text))


@pytest.mark.parametrize(
    "model", ["KFR-35GW/N8XHA1", "TH100-H36WT", "L1PB26", "mg100v11d", "BCD-535WKPZM(E)", "75A5D Pro"]
)
def test_models(model: str) -> None:
    assert found(f"型号{model}，坏了") == [("model", model)]


@pytest.mark.parametrize("text", ["1000w", "2-3kg", "12345", "WiFi连不上", "www.abc12.com"])
def test_quantities_and_words_are_no_model(text: str) -> None:
    assert "model" not in dict(found(text))


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("五星", ["五星"]),
        ("给5分", ["5分"]),
        ("态度5分，速度3分", ["5分", "3分"]),
        ("五星⭐⭐⭐⭐⭐", ["五星", "⭐⭐⭐⭐⭐"]),
        ("打满分", ["满分"]),
        ("4.5分吧", ["4.5分"]),
        ("三颗星", ["三颗星"]),
        ("三星半", ["三星半"]),
        ("十分，没得挑", ["十分"]),
        ("四分，少一分怕你骄傲", ["四分"]),
    ],
)
def test_scores(text: str, scores: list[str]) -> None:
    assert found(text) == [("score", score) for score in scores]


@pytest.mark.parametrize(
    "text", ["等5分钟", "十分感谢", "三点20分", "9:20分", "三星冰箱", "三分之一", "五星级酒店", "百分百", "星期五"]
)
def test_other_uses_of_the_words_are_no_score(text: str) -> None:
    assert found(text) == []


def test_spans_never_overlap() -> None:
    spans = find_spans(fold("报修单BX2611220001，KFR-35GW/N8XHA1显示E1，13800138000，给5分"))
    assert [span.entity for span in spans] == ["order_number", "model", "error_code", "phone", "score"]
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
