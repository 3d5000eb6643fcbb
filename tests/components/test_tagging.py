import pytest

from bot.components.features import Piece, WordList
from bot.components.patterns import Span
from bot.components.sounds import sounds
from bot.components.tagging import Effort, Found, Sample, Tagger, combine, read_tags, tidy, write_tags

EFFORT = Effort(l1=0.05, l2=0.05, iterations=50)
SAMPLES = [
    Sample("冰箱漏水", [Found("appliance", 0, 2), Found("symptom", 2, 4)]),
    Sample("空调漏水", [Found("appliance", 0, 2), Found("symptom", 2, 4)]),
    Sample("空调不响", [Found("appliance", 0, 2), Found("symptom", 2, 4)]),
    Sample("你好", []),
]


def test_a_certain_pattern_replaces_what_was_learned() -> None:
    learned = [Found("address", 0, 11, 0.8)]
    assert combine(learned, [Span("phone", 0, 11, True)]) == [Found("phone", 0, 11, 1.0)]


def test_a_probable_pattern_gives_way_to_another_reading() -> None:
    learned = [Found("address", 0, 11, 0.8)]
    assert combine(learned, [Span("model", 4, 11, False)]) == learned


def test_a_probable_pattern_corrects_the_edges_of_its_own_kind() -> None:
    assert combine([Found("score", 1, 2, 0.6)], [Span("score", 0, 2, False)]) == [Found("score", 0, 2, 0.9)]


def test_tags_and_entities_are_two_forms_of_the_same() -> None:
    pieces = [Piece(0, 1), Piece(1, 2), Piece(2, 3), Piece(3, 4)]
    tags = write_tags(pieces, [Found("brand", 0, 2), Found("brand", 2, 3)])
    assert tags == ["B-brand", "I-brand", "B-brand", "O"]
    assert read_tags(pieces, tags, [0.9, 0.7, 1.0, 1.0]) == [Found("brand", 0, 2, 0.7), Found("brand", 2, 3, 1.0)]


def test_the_intent_first_read_decides_what_the_words_are() -> None:
    samples = [Sample(f"{verb}一下", [Found("service_type", 0, 1)], gist="request_service") for verb in "修装洗拆"]
    samples += [Sample(f"{verb}一下", [], gist="complain") for verb in "修装洗拆"]
    tagger = Tagger.train(samples, EFFORT)
    assert [one.entity for one in tagger.extract("修一下", "request_service")] == ["service_type"]
    assert tagger.extract("修一下", "complain") == []


@pytest.mark.parametrize(("text", "entity", "kept"), [
    ("又漏水了", "symptom", "漏水"), ("一直响，", "symptom", "响"), ("用不了", "symptom", "用不了"), ("受不得了", "symptom", "受不得了"),
    ("从昨天", "time", "昨天"), ("大概三点", "time", "三点"), ("现在", "time", None), ("报修", "service_type", None),
    ("一直有", "address", "一直有"), ("了", "symptom", None),
])
def test_ends_are_cut_as_the_label_set_wants_them(text: str, entity: str, kept: str | None) -> None:
    left = [text[found.start : found.end] for found in tidy(text, [Found(entity, 0, len(text))])]
    assert left == ([kept] if kept else [])


def test_a_known_word_is_recognised_by_its_sound() -> None:
    words = WordList({}, {"油烟机": "appliance"})
    assert words.sounding(sounds("油烟鸡")) == "appliance"
    assert words.sounding(sounds("油烟")) is None


def test_a_word_counts_as_listed_only_when_another_message_has_it() -> None:
    words = WordList.from_mentions([("冰箱", "appliance"), ("空调", "appliance"), ("空调", "appliance")])
    assert words.kinds("空调", {("空调", "appliance"): 1}) == ("appliance",)
    assert words.kinds("冰箱", {("冰箱", "appliance"): 1}) == ()
    assert words.kinds("冰箱") == ("appliance",)
