"""The figures, the kept measurements and the page of the report, without Rasa."""

import math
from pathlib import Path

import pytest

from bot.report import __main__ as report
from bot.report.figures import (
    Outcome,
    Run,
    by_entity,
    by_intent,
    confidences,
    confusions,
    entity_scores,
    quantile,
    share,
    summary,
)
from bot.report.page import Measurement, page
from bot.report.picture import confusion_picture
from bot.report.stored import Store, fingerprint

LEAK = frozenset({("appliance", 0, 2), ("symptom", 2, 4)})


def outcome(expected: str, understood: str, confidence: float = 0.95, **fields: object) -> Outcome:
    known = {"text": "空调漏水", "accepted": confidence > 0.35, "expected_entities": frozenset(), "entities": frozenset(),
             "milliseconds": 2.0}
    return Outcome(expected_intent=expected, intent=understood, confidence=confidence, **(known | fields))  # type: ignore[arg-type]


OUTCOMES = [
    outcome("describe_fault", "describe_fault", expected_entities=LEAK, entities=LEAK),
    outcome("describe_fault", "inform", 0.5, text="冰箱响", expected_entities=frozenset({("symptom", 2, 3)}),
            entities=frozenset({("symptom", 1, 3)}), milliseconds=9.0),
    outcome("faq_price", "faq_price", 0.2, text="贵吗"),
    outcome("out_of_scope", "inform", 0.3, text="<b>下雨"),
]
RUN = Run(OUTCOMES, training_seconds=60.0, model_bytes=5_000_000)


def test_the_summary_counts_what_is_right_accepted_and_refused() -> None:
    figures = summary([RUN, Run([], 20.0, 3_000_000)])
    assert (figures.sentences, figures.intents, figures.topics, figures.accepted) == (4, 0.5, 1.0, 0.5)
    assert figures.accepted_right == 0.5
    assert figures.in_scope_refused == pytest.approx(1 / 3)
    assert (figures.training_seconds, figures.model_megabytes) == (40.0, 4.0)
    assert (figures.p50, figures.p99) == (2.0, 9.0)
    assert figures.intents_mean == pytest.approx((0.5 + 1 + 0) / 3)


def test_entities_are_right_only_with_kind_beginning_and_end() -> None:
    scores = entity_scores(OUTCOMES)
    assert (scores.count, scores.precision, scores.recall) == (3, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert by_entity(OUTCOMES)["symptom"].f1 == pytest.approx(0.5)
    assert by_entity(OUTCOMES)["appliance"].f1 == 1.0


def test_the_same_span_in_two_sentences_counts_twice() -> None:
    assert entity_scores([OUTCOMES[0], OUTCOMES[0]]).count == 4


def test_intents_and_confusions() -> None:
    assert by_intent(OUTCOMES)["describe_fault"].recall == 0.5
    assert by_intent(OUTCOMES)["out_of_scope"].precision == 0.0
    assert confusions([*OUTCOMES, OUTCOMES[1]]) == [("describe_fault", "inform", 2), ("out_of_scope", "inform", 1)]


def test_every_sentence_lies_in_one_band_of_confidence() -> None:
    rows = confidences([*OUTCOMES, outcome("greet", "greet", 1.0)])
    assert sum(count for _, _, count, _ in rows) == 5
    assert rows[-1][2:] == (2, 1.0)


def test_nothing_to_share_is_not_zero() -> None:
    assert math.isnan(share([]))
    assert math.isnan(quantile([], 0.5))


def test_a_run_survives_being_kept() -> None:
    assert Run.from_data(RUN.as_data()) == RUN


def test_kept_measurements_hold_as_long_as_their_inputs(tmp_path: Path) -> None:
    data, measured = tmp_path / "nlu", []
    data.mkdir()
    (data / "faq.yml").write_text("one", encoding="utf-8")

    def measure() -> list[Run]:
        measured.append(True)
        return [RUN]

    store = Store(tmp_path / "kept")
    assert store.runs("crossed", [data], measure) == store.runs("crossed", [data], measure) == [RUN]
    assert len(measured) == 1
    Store(tmp_path / "kept", fresh=True).runs("crossed", [data], measure)
    (data / "faq.yml").write_text("two", encoding="utf-8")
    store.runs("crossed", [data], measure)
    assert len(measured) == 3


def test_a_fingerprint_knows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("x", encoding="utf-8")
    first = fingerprint([tmp_path])
    (tmp_path / "a.yml").rename(tmp_path / "b.yml")
    assert fingerprint([tmp_path]) != first


def test_the_page_has_the_figures_and_hides_held_out_failures() -> None:
    shown = page([Measurement("交叉验证", [RUN], failures=True)])
    hidden = page([Measurement("留出集", [RUN], failures=False)])
    assert "意图准确率" in shown
    assert "冰箱响" in shown
    assert "&lt;b&gt;下雨" in shown
    assert "冰箱响" not in hidden
    assert "--show-failures" in hidden
    assert "http" not in shown.replace("http://www.w3.org/2000/svg", "")


def test_the_picture_has_a_square_for_every_pair() -> None:
    picture = confusion_picture(OUTCOMES)
    assert "describe_fault → inform：1" in picture
    assert picture.count("<g>") == 4
    assert picture.count('text-anchor="end">describe_fault') == 1


def test_totals_are_a_table_with_a_column_per_measurement() -> None:
    lines = report.totals([Measurement("交叉验证", [RUN], True), Measurement("留出集", [RUN], False)]).splitlines()
    assert lines[:2] == ["1. 交叉验证", "2. 留出集"]
    assert next(line for line in lines if line.startswith("intent accuracy")).split()[-2:] == ["0.500", "0.500"]


def test_without_a_held_out_set_the_reason_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "HELD_OUT", tmp_path / "heldout.yml")
    monkeypatch.setattr(report, "FOLDER", tmp_path / "report")
    monkeypatch.setattr(report.Store, "runs", lambda *_: [RUN])
    monkeypatch.setattr(report, "_crossed", lambda *_, **__: Measurement("交叉验证", [RUN], True))
    report.main([])
    printed = capsys.readouterr().out
    assert "heldout.yml is missing" in printed
    assert "comparison" not in printed
    assert (tmp_path / "report" / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(("options", "names"), [
    ([], ["留出集", "留出集，Rasa 默认中文流水线"]), (["--no-comparison"], ["留出集"]), (["--quick"], ["留出集"])])
def test_the_comparison_can_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str],
    names: list[str],
) -> None:
    held_out = tmp_path / "heldout.yml"
    held_out.write_text("nlu: []\n", encoding="utf-8")
    monkeypatch.setattr(report, "HELD_OUT", held_out)
    monkeypatch.setattr(report, "FOLDER", tmp_path / "report")
    monkeypatch.setattr(report.Store, "runs", lambda *_: [RUN])
    monkeypatch.setattr(report, "_crossed", lambda *_, **__: Measurement("交叉验证", [RUN], True))
    report.main(options)
    heads = [line.split(". ", 1)[1] for line in capsys.readouterr().out.splitlines() if line[:2] in ("1.", "2.", "3.")]
    assert heads == ["交叉验证", *names]
