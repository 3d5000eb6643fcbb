"""Every kind of fault the checker of the training data knows, found in a file that has it."""

from pathlib import Path

import pytest

from bot.report import checker, checks
from bot.report.checker import Accepted, load_accepted, load_known, sift
from bot.report.checks import Fault, Known, check
from bot.report.corpus import read

KNOWN = Known(
    frozenset({"describe_fault", "inform", "affirm", "deny", "greet", "faq_price", "rate_service"}),
    frozenset({"appliance", "brand", "symptom", "phone", "time", "address", "person_name", "score", "dimension",
               "order_number", "service_type"}),
    {"空调": "appliance", "冰箱": "appliance", "海尔": "brand", "lg": "brand"},
)


def faults(tmp_path: Path, *examples: tuple[str, str]) -> list[Fault]:
    """What is found, shortages left out."""
    lines = ['version: "3.1"', "nlu:"]
    for intent, example in examples:
        lines += [f"  - intent: {intent}", "    examples: |", f"      - {example}"]
    path = tmp_path / "repair.yml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [fault for fault in check(read([path]), KNOWN) if fault.kind != "count"]


def kinds(tmp_path: Path, *examples: tuple[str, str]) -> list[str]:
    return [fault.kind for fault in faults(tmp_path, *examples)]


def test_good_examples_have_no_fault(tmp_path: Path) -> None:
    assert kinds(
        tmp_path,
        ("describe_fault", "[海尔](brand)[空调](appliance)[不制冷](symptom)了"),
        ("describe_fault", "[洗衣机](appliance)[用不了](symptom)，[LG](brand)的"),
        ("inform", "[13800138000](phone)，[明天早上](time)"),
        ("greet", "早上好"),
    ) == []


def test_a_fault_names_file_and_line(tmp_path: Path) -> None:
    found = faults(tmp_path, ("affirm", "对"), ("affirm", "好"), ("nonsense", "什么"))
    assert [fault.place for fault in found] == [f"{tmp_path / 'repair.yml'}:11"]
    assert found[0].message == "unknown intent nonsense"


@pytest.mark.parametrize(("example", "kind"), [
    ("[空调](machine)坏了", "label"),
    ("[空调(appliance)坏了", "bracket"),
    ("[海尔[空调](appliance)](brand)坏了", "bracket"),
    ("[](symptom)坏了", "bracket"),
    ("[空调 ](appliance)坏了", "edge"),
    ("[空调](appliance)[漏水，](symptom)", "edge"),
    ("[空调](appliance)[又漏水](symptom)", "span"),
    ("[空调](appliance)[一直响](symptom)", "span"),
    ("[空调](appliance)[就是不冷](symptom)", "span"),
    ("[空调](appliance)[老是跳闸](symptom)", "span"),
    ("[空调](appliance)[不冷了](symptom)", "span"),
    ("[从昨天](time)开始", "span"),
    ("[现在](time)能来吗", "span"),
    ("[几点](time)来", "span"),
    ("我要[报修](service_type)", "span"),
    ("[王师傅](person_name)来过", "span"),
    ("[早上](time)好", "span"),
    ("[五星⭐⭐](score)", "span"),
    ("电话13800138000", "unmarked"),
    ("单号BX2611220001", "unmarked"),
    ("[13800138000](address)", "unmarked"),
    ("空调不冷", "unmarked"),
    ("海尔的", "unmarked"),
    ("LG的", "unmarked"),
])
def test_each_kind_of_fault_in_one_example(tmp_path: Path, example: str, kind: str) -> None:
    assert kind in kinds(tmp_path, ("describe_fault", example))


@pytest.mark.parametrize("example", ["ALGO是什么", "[空调外机的声音太大](symptom)", "[早上](time)好像在家", "[四分](score)"])
def test_what_only_looks_like_a_fault(tmp_path: Path, example: str) -> None:
    assert kinds(tmp_path, ("inform", example)) == []


def test_the_same_words_as_different_entities(tmp_path: Path) -> None:
    found = faults(tmp_path, ("inform", "[太阳能](appliance)"), ("inform", "是[太阳能](appliance)"),
                   ("describe_fault", "[太阳能](symptom)坏了"))
    assert [(fault.kind, fault.place.rsplit(":", 1)[1]) for fault in found] == [("kind", "11")]


def test_the_same_sentence_twice(tmp_path: Path) -> None:
    assert kinds(tmp_path, ("affirm", "好的"), ("affirm", "好的")) == ["duplicate"]
    assert kinds(tmp_path, ("affirm", "好的"), ("affirm", "好的！")) == ["near"]
    assert kinds(tmp_path, ("affirm", "好的"), ("deny", "好的。")) == ["conflict"]
    assert kinds(tmp_path, ("affirm", "👍"), ("deny", "👎")) == []


@pytest.mark.parametrize("other", ["信息不对吗", "信息都不对", "信息对吗", "信息都对"])
def test_one_character_apart_and_another_intent(tmp_path: Path, other: str) -> None:
    found = faults(tmp_path, ("affirm", "信息都对吗"), ("deny", other))
    apart = other != "信息都不对"
    assert [(fault.kind, fault.warning) for fault in found] == [("neighbour", True)] * apart
    assert kinds(tmp_path, ("affirm", "信息都对吗"), ("affirm", other)) == []


def test_shortages_are_told_by_intent(tmp_path: Path) -> None:
    path = tmp_path / "faq.yml"
    path.write_text("nlu:\n- intent: faq_price\n  examples: |\n    - 贵吗\n", encoding="utf-8")
    short = {fault.message for fault in check(read([path]), KNOWN) if fault.kind == "count" and not fault.warning}
    assert {"faq_price has 1 sentences and needs 60", "out_of_scope has 0 sentences and needs 400",
            "describe_fault has 0 sentences and needs 150", "the training data has 1 sentences and needs 6000"} <= short


def test_an_exception_covers_its_fault_and_no_other(tmp_path: Path) -> None:
    found = faults(tmp_path, ("affirm", "好的"), ("deny", "好的。"), ("deny", "[又漏水](symptom)"))
    accepted = [Accepted("conflict", frozenset({"好的", "好的。"}), "the open question decides")]
    assert [fault.kind for fault in sift(found, accepted)] == ["span"]


def test_an_idle_exception_is_a_warning() -> None:
    left = sift([], [Accepted("near", frozenset({"好"}), "none")])
    assert [(fault.kind, fault.warning) for fault in left] == [("exception", True)]


def test_an_exception_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "accepted.yml"
    path.write_text("accepted:\n- {kind: near, words: [好]}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="exception 1 needs kind, words and reason"):
        load_accepted(path)


@pytest.mark.parametrize(("content", "message"), [
    ("nlu: [", "repair.yml:2: this is no YAML"),
    ("nlu:\n- intent: affirm\n  examples: 好\n", "repair.yml:3: write the examples of affirm as a block"),
    ("nlu:\n- intent: affirm\n  examples: |\n    好的\n", "repair.yml:4: an example begins with"),
])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    path = tmp_path / "repair.yml"
    path.write_text(content, encoding="utf-8")
    assert checker.main([str(path)]) == 1
    assert message in capsys.readouterr().out


def test_the_command_fails_on_a_fault_and_passes_on_warnings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checker, "load_accepted", list)
    monkeypatch.setattr(checks, "CORPUS_CHECKS", (checks.duplicates,))
    path = tmp_path / "answers.yml"
    path.write_text("nlu:\n- intent: affirm\n  examples: |\n    - 好的\n    - 好的！\n", encoding="utf-8")
    assert checker.main([str(path), "--warnings"]) == 0
    assert f"{path}:5: near: 「好的！」" in capsys.readouterr().out
    path.write_text("nlu:\n- intent: affirm\n  examples: |\n    - 好的\n    - 好的\n", encoding="utf-8")
    assert checker.main([str(path)]) == 1
    assert f"{path}:5: duplicate: 「好的」 stands at {path}:4 too" in capsys.readouterr().out


def test_the_domain_and_the_knowledge_say_what_is_known() -> None:
    known = load_known()
    assert {"describe_fault", "faq_price", "out_of_scope"} <= known.intents
    assert {"symptom", "order_number"} <= known.entities
    assert (known.words["洗衣机"], known.words["海尔"]) == ("appliance", "brand")
    assert "老板" not in known.words
