"""The model is trained again exactly when something it depends on has changed."""

import re
from pathlib import Path

import pytest

from bot import training
from bot.training import INPUTS, MODEL, STAMP, fingerprint, is_stale

FILES = {
    "config.yml": "language: zh",
    "requirements-rasa.txt": "rasa==3.6.21",
    "nlu/repair.yml": "nlu: []",
    "stories/repair.yml": "rules: []",
    "bot/domain/repair.yml": "intents: []",
    "bot/components/intents.py": "ANSWER = 42",
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with all inputs and a model trained from them."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        write(tmp_path / name, text)
    write(MODEL, "model")
    STAMP.write_text(fingerprint() + "\n", encoding="utf-8")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_files_of_these_tests_cover_every_input() -> None:
    assert {name for name in INPUTS if any(path == name or path.startswith(f"{name}/") for path in FILES)} == set(INPUTS)


def test_a_model_of_the_present_inputs_is_not_stale(house: Path) -> None:
    assert not is_stale()


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_any_input_makes_it_stale(house: Path, name: str) -> None:
    write(house / name, FILES[name] + "\n# changed")
    assert is_stale()
    write(house / name, FILES[name])
    assert not is_stale()


@pytest.mark.parametrize("name", ["nlu/rating.yml", "bot/components/deep/features.py"])
def test_a_file_that_comes_or_goes_makes_it_stale(house: Path, name: str) -> None:
    write(house / name, "")
    assert is_stale()
    (house / name).unlink()
    assert not is_stale()


def test_a_file_that_is_renamed_makes_it_stale(house: Path) -> None:
    (house / "nlu/repair.yml").rename(house / "nlu/other.yml")
    assert is_stale()


@pytest.mark.parametrize("name", [
    "bot/actions/repair.py", "aftersales/intake.py", "nlu/notes.txt", "bot/components/__pycache__/intents.pyc"])
def test_what_the_model_does_not_depend_on_leaves_it(house: Path, name: str) -> None:
    write(house / name, "changed")
    assert not is_stale()


def test_without_model_or_stamp_it_is_stale(house: Path) -> None:
    STAMP.unlink()
    assert is_stale()
    STAMP.write_text(fingerprint(), encoding="utf-8")
    assert not is_stale()
    MODEL.unlink()
    assert is_stale()


def test_the_fingerprint_does_not_depend_on_where_the_house_stands(house: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name, text in FILES.items():
        write(elsewhere / name, text)
    assert fingerprint(elsewhere) == fingerprint(house)


def trainer(path: Path, *, fails: bool = False) -> Path:
    """A stand-in for Rasa that writes the model it is told to, or fails."""
    write(path, f"#!/bin/sh\necho \"$@\"\necho trained > {MODEL}\nexit {int(fails)}\n")
    path.chmod(0o755)
    return path


def test_training_stamps_the_model_with_its_inputs(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "RASA", trainer(house / "rasa"))
    write(house / "config.yml", "language: zh\nnew: true")
    assert is_stale()
    training.train()
    assert not is_stale()
    assert MODEL.read_text(encoding="utf-8") == "trained\n"
    assert "--domain bot/domain" in training.LOG.read_text(encoding="utf-8")


def test_a_training_that_fails_names_the_log_and_leaves_no_stamp(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "RASA", trainer(house / "rasa", fails=True))
    write(house / "config.yml", "language: zh\nnew: true")
    with pytest.raises(SystemExit, match=re.escape(str(training.LOG))):
        training.train()
    assert is_stale()


@pytest.mark.parametrize(("arguments", "trained"), [([], False), (["--force"], True)])
def test_an_up_to_date_model_is_only_trained_by_force(
    house: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], trained: bool
) -> None:
    monkeypatch.setattr(training, "RASA", trainer(house / "rasa"))
    monkeypatch.setattr("sys.argv", ["training", *arguments])
    training.main()
    assert (MODEL.read_text(encoding="utf-8") == "trained\n") is trained
