from pathlib import Path

import numpy as np
import pytest

from bot.components.ranking import IntentModel
from bot.components.views import View, look

TEXTS = {"greet": ["你好", "您好", "在吗"], "goodbye": ["再见", "拜拜", "回见"], "faq_price": ["多少钱", "什么价", "贵不贵"]}


def views() -> tuple[list[View], list[str]]:
    pairs = [(look(text, []), intent) for intent, texts in TEXTS.items() for text in texts]
    return [view for view, _ in pairs], [intent for _, intent in pairs]


def test_a_word_never_seen_is_understood_by_its_notion() -> None:
    model = IntentModel.train(*views(), strength=1.0, least=1)
    assert model.intents[int(model.scores(look("几多钱", [])).argmax())] == "faq_price"


def test_what_was_stored_scores_the_same(tmp_path: Path) -> None:
    model = IntentModel.train(*views(), strength=1.0, least=1)
    model.save(tmp_path)
    probes = [look(text, []) for text in ("你好呀", "", "😀", "价钱")]
    loaded = IntentModel.load(tmp_path)
    assert all(np.array_equal(loaded.scores(probe), model.scores(probe)) for probe in probes)


def test_rare_features_can_be_left_out() -> None:
    probe = look("回见", [])
    assert not np.array_equal(IntentModel.train(*views(), 1.0, 9).scores(probe), IntentModel.train(*views(), 1.0, 1).scores(probe))


@pytest.mark.parametrize("text", ["", "囧"])
def test_any_text_has_one_score_per_intent(text: str) -> None:
    assert IntentModel.train(*views(), 1.0, 1).scores(look(text, [])).shape == (3,)
