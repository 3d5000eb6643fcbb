from bot.components.concepts import concepts
from bot.components.tagging import Found
from bot.components.views import look


def test_values_do_not_matter() -> None:
    assert look("电话13800138000，3栋", []).characters == look("电话 ＋86 13900001111，12栋", []).characters


def test_shapes_matter() -> None:
    assert look("显示E1", []).characters != look("显示13800138000", []).characters


def test_the_outline_hides_every_entity() -> None:
    one = look("帮我约师傅装空调", [Found("appliance", 6, 8)])
    other = look("帮我约师傅装洗衣机", [Found("appliance", 6, 9)])
    assert one.outline == other.outline
    assert one.characters != other.characters


def test_entities_are_counted_by_kind() -> None:
    view = look("空调洗衣机", [Found("appliance", 0, 2), Found("appliance", 2, 5)])
    assert view.notions.split().count("<appliance>") == 2
    assert "<1-kinds>" in view.notions


def test_beginning_and_end_are_marked() -> None:
    assert look(" 你 好 ", []).characters[1:-1] == "你好"


def test_words_hint_at_notions() -> None:
    assert {"money", "invoice"} <= set(concepts("多少钱,能开发票吗"))
    assert concepts("xyz") == []
