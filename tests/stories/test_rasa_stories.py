"""Rasa's own checks: the training data is sound, and the trained model goes on as the test stories say."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.serve import MODEL, QUIET, RASA

ROOT = Path(__file__).parents[2]
STORIES = Path(__file__).parent
#: Intents without training data: the bridge sends them, or the fallback classifier.
SENT_BY_OURSELVES = {"scan_product", "send_media", "send_location", "follow_account", "nlu_fallback"}
NO_EXAMPLES = re.compile(r"The intent '(\w+)' is listed in the domain file, but is not found in the NLU training data\.")
NO_RULE = re.compile(r"The utterance '(\w+)' is not used in any story or rule\.")
#: Stories that have to fail, else the check checks nothing: a wrong action, a wrong reading of the words.
WRONG = """
version: "3.1"
stories:
  - story: wrong action
    steps:
      - user: |
          查询进度
        intent: query_progress
      - action: action_hand_over
  - story: wrong intent
    steps:
      - user: |
          查询进度
        intent: human_handoff
      - action: action_hand_over
  - story: wrong entity
    steps:
      - user: |
          [空调不制冷](appliance)
        intent: describe_fault
      - action: action_begin_repair
      - action: repair_form
      - active_loop: repair_form
  - story: wrong end of a form
    steps:
      - user: |
          我要报修
        intent: request_service
      - action: action_begin_repair
      - action: repair_form
      - active_loop: repair_form
      - user: |
          查询进度
        intent: query_progress
      - action: action_tell_progress
      - action: action_submit_repair
"""


def run(*arguments: str) -> "subprocess.Popen[str]":
    """Starts Rasa's command line in its own environment."""
    return subprocess.Popen(
        [str(ROOT / RASA), *arguments], cwd=ROOT, env=os.environ | QUIET | {"PYTHONPATH": "."}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def output(running: "subprocess.Popen[str]") -> str:
    """What it said, once it has ended well."""
    text, _ = running.communicate(timeout=600)
    assert running.returncode == 0, text[-4000:]
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test stories, and among them those that have to fail."""
    folder = tmp_path_factory.mktemp("stories")
    for path in STORIES.glob("test_*.yml"):
        shutil.copy(path, folder)
    (folder / "test_wrong_stories.yml").write_text(WRONG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def checks(folder: Path) -> Iterator[dict[str, "subprocess.Popen[str]"]]:
    """Both checks at once, as most of their time is Rasa's own start."""
    assert (ROOT / MODEL).exists(), "there is no model to test; run make train"
    started = {
        "validate": run("data", "validate", "--domain", "bot/domain", "--data", "nlu", "stories", "--config", "config.yml"),
        "stories": run("test", "core", "--model", str(MODEL), "--stories", str(folder), "--e2e", "--no-plot",
                       "--out", str(folder / "results")),
    }
    yield started
    for running in started.values():
        running.kill()
        running.communicate()


@pytest.fixture(scope="module")
def validation(checks: dict[str, "subprocess.Popen[str]"]) -> str:
    return output(checks["validate"])


@pytest.fixture(scope="module")
def results(checks: dict[str, "subprocess.Popen[str]"], folder: Path) -> Path:
    output(checks["stories"])
    return folder / "results"


def told(folder: Path) -> list[str]:
    """The names of all stories there."""
    found = [yaml.safe_load(path.read_text(encoding="utf-8"))["stories"] for path in folder.glob("test_*.yml")]
    return [story["story"] for stories in found for story in stories]


def failed(results: Path) -> dict[str, str]:
    """The stories that failed by name, each as Rasa tells it."""
    blocks = re.split(r"^- story: ", (results / "failed_test_stories.yml").read_text(encoding="utf-8"), flags=re.M)[1:]
    return {re.sub(r"\s*\(.*", "", block.splitlines()[0]): block for block in blocks}


def test_the_data_has_no_conflict_and_no_gap(validation: str) -> None:
    assert "No story structure conflicts found" in validation
    warnings = re.findall(r"UserWarning: (.*)", validation)
    rest = [text for text in warnings if not NO_EXAMPLES.match(text) and not NO_RULE.match(text)]
    assert rest == []
    assert " ERROR " not in validation


def test_every_intent_has_examples_unless_we_send_it_ourselves(validation: str) -> None:
    assert set(NO_EXAMPLES.findall(validation)) <= SENT_BY_OURSELVES


def used_by_code() -> re.Pattern[str]:
    """The responses that code names, also those whose names it puts together; a form asks with utter_ask_."""
    code = "\n".join(path.read_text(encoding="utf-8") for room in ("bot", "webhook") for path in (ROOT / room).rglob("*.py"))
    named = re.findall(r'"(utter_(?:\w|\{[^"}]*\})+)"', code)
    return re.compile("|".join(["utter_ask_\\w+", *(re.sub(r"\{[^}]*\}", r"\\w+", name) for name in named)]))


def test_every_response_is_used_by_a_rule_or_an_action(validation: str) -> None:
    used = used_by_code()
    assert [name for name in NO_RULE.findall(validation) if not used.fullmatch(name)] == []


def test_the_model_goes_on_as_the_stories_say(results: Path) -> None:
    wrong = {story["story"] for story in yaml.safe_load(WRONG)["stories"]}
    unexpected = {name: block for name, block in failed(results).items() if name not in wrong}
    assert not unexpected, "\n".join(unexpected.values())


def test_stories_that_are_wrong_fail(results: Path) -> None:
    assert {story["story"] for story in yaml.safe_load(WRONG)["stories"]} <= failed(results).keys()


def test_every_story_was_played(results: Path, folder: Path) -> None:
    report = json.loads((results / "story_report.json").read_text(encoding="utf-8"))["conversation_accuracy"]
    names = told(folder)
    assert len(names) == len(set(names))
    assert report["total"] == len(names)
    assert report["correct"] == len(names) - len(failed(results))


def test_the_stories_cover_every_rule_of_an_intent() -> None:
    """Whatever a rule answers is played at least once."""
    ruled = {step["intent"] for path in (ROOT / "stories").glob("*.yml")
             for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"] for step in rule["steps"] if "intent" in step}
    played = {step["intent"] for path in STORIES.glob("test_*.yml")
              for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"] for step in story["steps"]
              if "intent" in step}
    assert ruled - played == set()
