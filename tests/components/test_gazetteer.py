import pytest

from bot.components.gazetteer import hints


def hinted(text: str) -> list[tuple[str, str]]:
    return [(hint.entity, text[hint.start : hint.end]) for hint in hints(text)]


@pytest.mark.parametrize("text", ["我在佛山", "佛山能上门吗", "广东的"])
def test_regions(text: str) -> None:
    assert [entity for entity, _ in hinted(text)] == ["address"]


@pytest.mark.parametrize("word", ["明天", "周六", "月底", "三天", "9点", "下个月", "国庆", "去年"])
def test_times(word: str) -> None:
    assert ("time", word) in hinted(f"就{word}吧")


@pytest.mark.parametrize("name", ["张伟", "欧阳菲", "李女士", "王小明"])
def test_names(name: str) -> None:
    assert ("person_name", name) in hinted(f"{name},13800138000")


def test_plain_talk_hints_at_nothing() -> None:
    assert hinted("空调漏水") == []
