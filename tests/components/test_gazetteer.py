import pytest

from bot.components.gazetteer import hints


def hinted(text: str) -> list[tuple[str, str]]:
    return [(hint.kind, text[hint.start : hint.end]) for hint in hints(text)]


@pytest.mark.parametrize(("text", "place"), [
    ("我在佛山", "佛山"), ("佛山能上门吗", "佛山"), ("广东的", "广东"), ("住鄞州区", "鄞州区"), ("到西安来", "西安")])
def test_regions(text: str, place: str) -> None:
    assert ("place", place) in hinted(text)


def test_stems_of_districts_are_another_kind_of_hint() -> None:
    assert ("stem", "和平") in hinted("和平那边")


@pytest.mark.parametrize("street", ["美的大道6号", "南裕新村3栋", "b座", "3栋2单元", "1201室"])
def test_streets_and_doors(street: str) -> None:
    assert ("street", street) in hinted(f"{street},")


@pytest.mark.parametrize("word", [
    "明天", "周六", "月底", "三天", "9点", "下个月", "国庆", "去年", "明儿个", "仨礼拜", "腊月廿八", "高考后", "晌午头"])
def test_times(word: str) -> None:
    assert ("time", word) in hinted(f"就,{word},吧")


@pytest.mark.parametrize("name", ["张伟", "欧阳菲", "李女士", "王小明", "尤大姐", "淳于秀兰"])
def test_names(name: str) -> None:
    assert ("person", name) in hinted(f"{name},13800138000")


def test_plain_talk_hints_at_nothing() -> None:
    assert hinted("空调漏水") == []
