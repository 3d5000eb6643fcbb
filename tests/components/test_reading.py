from pathlib import Path

from bot.components.reading import Reader, Settings, extract_unseen, with_gists
from bot.components.tagging import Effort, Found, Sample

SETTINGS = Settings(Effort(l1=0.05, l2=0.05, iterations=50), {}, strength=1.0, least=1, parts=3)
LEAK = [Found("appliance", 0, 2), Found("symptom", 2, 4)]
SAMPLES = [
    *(Sample(f"{appliance}漏水", LEAK, "describe_fault") for appliance in ("冰箱", "空调", "烤箱", "电视", "烟机")),
    *(Sample(text, [], "greet") for text in ("你好", "您好", "在吗", "你好呀", "早上好")),
]


def test_every_sample_gets_a_gist_from_a_model_that_has_not_seen_it() -> None:
    told = with_gists(SAMPLES, SETTINGS)
    assert [sample.gist for sample in told] == ["describe_fault"] * 5 + ["greet"] * 5
    odd = Sample("冰柜漏水", LEAK, "complain")
    assert with_gists([*SAMPLES, odd], SETTINGS)[-1].gist == "describe_fault"


def test_one_intent_alone_gives_no_gist() -> None:
    assert {sample.gist for sample in with_gists(SAMPLES[:5], SETTINGS)} == {""}


def test_what_is_found_in_unseen_texts_comes_from_the_other_parts() -> None:
    odd = Sample("飞毯漏水", [Found("brand", 0, 2), Found("symptom", 2, 4)], "describe_fault")
    found = extract_unseen([*SAMPLES, odd], SETTINGS)
    assert len(found) == len(SAMPLES) + 1
    assert "brand" in [one.entity for one in Reader.train([*SAMPLES, odd], SETTINGS).extract(odd.text)]
    assert "brand" not in [one.entity for one in found[-1]]


def test_a_loaded_reader_finds_the_same(tmp_path: Path) -> None:
    reader = Reader.train(SAMPLES, SETTINGS)
    reader.save(tmp_path)
    loaded = Reader.load(tmp_path)
    assert [(one.entity, one.start) for one in loaded.extract("洗衣机漏水")][-1] == ("symptom", 3)
    for text in ("洗衣机漏水", "你好", "", "显示E1"):
        assert loaded.extract(text) == reader.extract(text)


def test_an_untrained_reader_finds_what_the_patterns_find() -> None:
    assert [one.entity for one in Reader().extract("电话13800138000")] == ["phone"]
