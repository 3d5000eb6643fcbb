from bot.components.tagging import Found
from bot.components.views import PARTS, look


def characters(text: str) -> list[str]:
    return look(text, [])["plain 1 characters"]


def test_values_do_not_matter() -> None:
    assert characters("电话13800138000，3栋") == characters("电话 ＋86 13900001111，12栋")


def test_shapes_matter() -> None:
    assert characters("显示E1") != characters("显示13800138000")


def test_the_outline_hides_every_entity() -> None:
    one = look("帮我约师傅装空调", [Found("appliance", 6, 8)])
    other = look("帮我约师傅装洗衣机", [Found("appliance", 6, 9)])
    assert one["outline 2 characters"] == other["outline 2 characters"]
    assert one["plain 2 characters"] != other["plain 2 characters"]


def test_kinds_of_entities_are_told_and_whether_there_are_several() -> None:
    view = look("空调洗衣机", [Found("appliance", 0, 2), Found("appliance", 2, 5)])
    assert view["kinds"] == ["appliance", "several appliance", "1 kinds", "length 1"]
    assert look("好", [])["kinds"] == ["0 kinds", "length 0"]


def test_beginning_and_end_are_marked() -> None:
    assert characters(" 你 好 ")[1:-1] == ["你", "好"]
    assert len(look("好", [])["plain 2 characters"]) == 2


def test_words_stand_for_their_notions() -> None:
    assert look("几多钱", [])["plain 1 words"] == look("多少钱", [])["plain 1 words"]
    assert {"money", "invoice"} <= set(look("多少钱,能开发票吗", [])["notions"])


def test_two_notions_make_a_pair_whatever_stands_between() -> None:
    assert set(look("多少钱一张发票", [])["pairs"]) >= set(look("多少钱发票", [])["pairs"])


def test_every_part_is_weighed() -> None:
    assert look("空调坏了", []).keys() == PARTS.keys()
