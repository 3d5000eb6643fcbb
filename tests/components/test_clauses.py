import pytest

from bot.components.clauses import asking, inside
from bot.components.tagging import Found


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("上门费多少，能开发票吗", ["上门费多少", "能开发票吗"]),
        ("空调不制冷，顺便问一下保修多久", ["保修多久"]),
        ("格力的。对了你们几点下班？", ["你们几点下班？"]),
        ("師傅到哪了？要不要錢", ["師傅到哪了？", "要不要錢"]),
        ("多少钱", []),
        ("空调不制冷，遥控器没反应", []),
        ("嗯，咋", []),
    ],
)
def test_the_questions_among_several_clauses_are_found(text: str, questions: list[str]) -> None:
    assert [text[start:end] for start, end in asking(text)] == questions


def test_entities_are_counted_from_the_beginning_of_their_clause() -> None:
    entities = [Found("brand", 0, 2), Found("appliance", 5, 7), Found("symptom", 4, 9)]
    assert inside(entities, 4, 8) == [Found("appliance", 1, 3)]
