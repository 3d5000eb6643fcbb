import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.components.tokenizer import CharacterTokenizer, split


def cut(text: str) -> list[str]:
    return [token.text for token in split(text)]


def test_chinese_is_cut_into_characters() -> None:
    assert cut("空调不制冷，急") == ["空", "调", "不", "制", "冷", "，", "急"]


@pytest.mark.parametrize(
    "value", ["KFR-35GW/N8XHA1", "13800138000", "E1", "BX2611220001", "0757-26338888", "15:30", "ＫＦＲ－３５"]
)
def test_codes_and_numbers_stay_whole(value: str) -> None:
    assert cut(f"我的{value}呢") == ["我", "的", value, "呢"]


def test_a_phone_number_is_not_glued_to_its_neighbour() -> None:
    assert cut("1201/13800138000/E1") == ["1201", "/", "13800138000", "/", "E1"]


def test_positions_lead_back_to_the_text() -> None:
    text = " 张伟 138 0013 8000\n北滘镇 Ａ座3栋⭐⭐"
    assert all(text[token.start : token.end] == token.text for token in split(text))


@pytest.mark.parametrize("text", ["", "   ", "\u3000"])
def test_blank_messages_have_no_tokens(text: str) -> None:
    assert cut(text) == []


def test_rasa_gets_the_tokens_of_a_message() -> None:
    message = Message({"text": "显示E1"})
    CharacterTokenizer(CharacterTokenizer.get_default_config()).process([message])
    assert [token.text for token in message.get("text_tokens")] == ["显", "示", "E1"]
