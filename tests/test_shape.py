"""The shape of the house: imports point one way, names agree between the rooms."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from aftersales import intake
from aftersales.intake import ADDRESS_QUESTIONS
from aftersales.intake.decisions import DECISIONS
from bot.actions.repair import EXAMPLES

ROOT = Path(__file__).parents[1]
#: Which of our packages each may import besides itself.
MAY_IMPORT = {
    "aftersales": set(),
    "wechat": set(),
    "simulator": set(),
    "console": {"aftersales"},
    "jobs": {"aftersales", "wechat", "bot.client"},
    "webhook": {"aftersales", "wechat", "bot.client", "console"},
    "bot.actions": {"aftersales"},
    "bot.components": set(),
    "bot.client": set(),
    "bot.serve": {"aftersales"},
    "bot.training": {"bot.serve"},
    "bot.report": {"bot.components"},
}
#: Libraries that only some rooms may know.
ONLY_IN = {
    "wechatpy": {"wechat"},
    "flask": {"webhook", "console", "simulator"},
    "rasa_sdk": {"bot.actions"},
    "rasa": {"bot.components", "bot.report"},
    "apscheduler": {"jobs"},
}
OURS = ("aftersales", "wechat", "simulator", "console", "jobs", "webhook", "bot")
#: The intents of the label set; faq_ topics are listed apart. What the bridge sends by itself is marked as such.
INTENTS = {
    "request_service", "describe_fault", "query_progress", "list_services", "urge_order", "reschedule_visit",
    "change_contact", "cancel_order", "rate_service", "complain", "human_handoff", "privacy_request", "inform", "affirm",
    "deny", "skip", "stop", "greet", "goodbye", "thank", "bot_challenge", "out_of_scope",
}
FAQ = {
    "price", "warranty", "prepare", "hours", "coverage", "response_time", "follow", "rating_effect", "dissatisfied",
    "no_response", "invoice", "parts", "maintenance", "privacy", "official",
}
FROM_THE_BRIDGE = {"scan_product", "send_media", "send_location", "follow_account"}
ENTITIES = {
    "appliance", "brand", "model", "symptom", "error_code", "service_type", "phone", "address", "time", "person_name",
    "score", "dimension", "order_number",
}


def sources() -> Iterator[Path]:
    for package in OURS:
        yield from (ROOT / package).rglob("*.py")


def room_of(name: str) -> str:
    """The room of a module: its package, or the part of `bot`."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "bot" else parts[0]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> Iterator[str]:
    """Absolute names of everything a module imports."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            yield stem
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", list(sources()), ids=module_name)
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(module_name(path))
    allowed = MAY_IMPORT.get(room, set()) | {room}
    for name in imported(path):
        if name.split(".")[0] in OURS and name != "bot":
            assert room_of(name) in allowed, f"{module_name(path)} must not import {name}"
        library = name.split(".")[0]
        if library in ONLY_IN:
            assert room in ONLY_IN[library], f"{module_name(path)} must not import {library}"


def domain() -> Iterator[dict[str, object]]:
    for path in sorted((ROOT / "bot" / "domain").glob("*.yml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def listed(key: str) -> list[str]:
    return [str(name) for name in chain.from_iterable(part.get(key) or [] for part in domain())]


def test_every_action_of_the_domain_has_its_class() -> None:
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    assert set(listed("actions")) == set(executor.actions)


def test_every_response_that_is_used_exists() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "actions").glob("*.py"))
    used = set(re.findall(r'"(utter_\w+)"', written)) - {"utter_action"}  # Rasa's name for what was uttered
    for path in (ROOT / "stories").glob("*.yml"):
        used |= set(re.findall(r"action: (utter_\w+)", path.read_text(encoding="utf-8")))
    assert used - set(listed("responses")) == set()


def test_every_question_can_be_asked() -> None:
    questions = {"service_type", "appliance", "fault", "brand_model", "model", "fault_since", "photos", "contact_name", "phone",
                 "visit_time", "confirm", "change_what", *ADDRESS_QUESTIONS}
    can_ask = {name.removeprefix("utter_ask_") for name in listed("responses")}
    can_ask |= {name.removeprefix("action_ask_") for name in listed("actions")}
    assert questions | set(DECISIONS) | {"other_service_type", "other_fault", "other_brand_model"} <= can_ask


def responses() -> Iterator[tuple[str, str]]:
    for part in domain():
        for name, variants in (part.get("responses") or {}).items():  # type: ignore[attr-defined]
            yield from ((name, str(variant["text"])) for variant in variants)


def test_no_response_is_a_wall_of_text() -> None:
    assert [(name, len(text)) for name, text in responses() if len(text) > 170] == []


def test_no_response_speaks_like_a_machine() -> None:
    robot = re.compile(r"系统检测|您的请求|指令|无效|非法|参数|用户|人工智能模型|error|null|None")
    assert [(name, text) for name, text in responses() if robot.search(text)] == []


def test_every_problem_has_its_words() -> None:
    problems = {*intake.PROBLEMS.values(), "phone", "past_time", "impossible_time", "too_far", "no_confirmation", "no_reuse", "yes_or_no"}
    assert {f"utter_example_{name}" for name in EXAMPLES.values()} <= set(listed("responses"))
    assert {f"utter_problem_{name}" for name in problems} <= set(listed("responses"))


def test_the_intents_are_those_of_the_label_set() -> None:
    expected = INTENTS | {f"faq_{topic}" for topic in FAQ} | FROM_THE_BRIDGE | {"nlu_fallback"}
    assert set(listed("intents")) == expected


def examples() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in (entry.get("examples") or "").splitlines():
                yield entry.get("intent", ""), line.removeprefix("- ")


def test_training_data_uses_the_label_set_and_has_enough_of_each() -> None:
    texts = list(examples())
    by_intent = {intent: sum(1 for name, _ in texts if name == intent) for intent, _ in texts}
    assert set(by_intent) == INTENTS | {f"faq_{topic}" for topic in FAQ}
    assert min(by_intent.values()) >= 40, {intent: count for intent, count in by_intent.items() if count < 40}
    marked = set(re.findall(r"\]\((\w+)\)", "\n".join(text for _, text in texts)))
    assert marked == ENTITIES


def test_no_utterance_stands_twice() -> None:
    plain = [re.sub(r"\[([^\]]+)\]\(\w+\)", r"\1", text).strip() for _, text in examples()]
    assert [text for text, times in Counter(plain).items() if times > 1] == []
