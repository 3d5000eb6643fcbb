"""One token per Chinese character; codes, numbers and words in ASCII stay whole."""

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.components.patterns import find_spans
from bot.components.text import fold

_PIECE = re.compile(r"[a-z0-9]+(?:['/.:+-][a-z0-9]+)*|\S")


def split(text: str) -> list[Token]:
    """The tokens of a message, blanks left out. Phone and order numbers are never glued to what stands beside them."""
    folded = fold(text)
    tokens: list[Token] = []
    position = 0
    for span in (span for span in find_spans(folded) if span.certain):
        tokens += _pieces(text, folded, position, span.start)
        tokens.append(Token(text[span.start : span.end], span.start))
        position = span.end
    return tokens + _pieces(text, folded, position, len(text))


def _pieces(text: str, folded: str, start: int, end: int) -> list[Token]:
    matches = _PIECE.finditer(folded, start, end)
    return [Token(text[match.start() : match.end()], match.start()) for match in matches]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class CharacterTokenizer(Tokenizer):
    """Cuts Chinese into characters: typos and fragments break a word segmentation, but never this one."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings every Rasa tokenizer knows; none of them changes how a message is cut."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Chinese."""
        return ["zh"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Cuts the given attribute of the message."""
        return split(message.get(attribute))
