import pytest

from bot.components.lexicon import cut, notions
from bot.components.text import fold


def test_a_text_is_cut_into_the_longest_listed_words() -> None:
    assert cut("多少钱哪")[0].text == "多少钱"


def test_nothing_is_lost_between_the_words() -> None:
    text = "囧囧多少钱xyz转人工"
    assert "".join(word.text for word in cut(text)) == text
    assert [word.start for word in cut(text)][:2] == [0, 1]


def test_unlisted_text_touches_no_notion() -> None:
    assert notions("囧囧") == []
    assert cut("囧")[0].notions == ()


@pytest.mark.parametrize(("text", "notion"), [
    ("几多钱", "how_much"), ("唔知道", "skip"), ("转人工", "human"), ("滴水", "water_fault"), ("开张发票", "invoice"),
])
def test_words_of_dialects_lead_to_the_same_notions(text: str, notion: str) -> None:
    assert notion in notions(text)


def test_words_inside_of_longer_words_count() -> None:
    assert {"hours", "hello"} <= set(notions(fold("上班時間早")))
