from collections import Counter

import pytest

from wechat.errors import BY_CODE, TABLE, Effect, PlatformError, Reaction, row_for

REACTIONS = {
    Reaction.RETRY: [-1, 45011],
    Reaction.REFRESH_TOKEN: [40001, 40014, 42001],
    Reaction.SWITCH_CHANNEL: [45015, 45047, 40200, 48001, 48008],
    Reaction.HOLD: [43101, 40037, 47003],
    Reaction.GIVE_UP: [40003, 46004, 40007, 43004, 50005, 43019, 45168, 48002, 70000],
    Reaction.ALARM: [
        *[40002, 40013, 40125, 41004, 40243, 40164, 61004, 45009, 48006, 45087, 45094, 50002, 48004, 48017],
        *[61450, 61459, 65400, 65415],
    ],
    Reaction.IGNORE: [45072, 45080, 45081],
    Reaction.FIX: [
        *[41001, 40004, 40005, 40006, 40009, 40012, 40137, 40118, 40121, 41006, 40008, 45162, 40035, 40101, 40033],
        *[47002, 40213, 40214, 45086, 43002, 43003, 44002, 44004, 45001, 45002, 45007, 45008, 45064, 45098],
        *[45099, 47001, 40018, 65317],
    ],
}
EFFECTS = {
    Effect.STOP: [40001, 42001, 40013, 40164, 40200, 48001, 40243, 50002],
    Effect.STOP_TODAY: [45009],
    Effect.CLOSED: [45015],
    Effect.SPENT: [45047],
    Effect.UNFOLLOWED: [43004, 50005],
    Effect.PLAIN: [40213, 40214, 45086],
    Effect.SHORTER: [45002],
}


@pytest.mark.parametrize("reaction", Reaction)
def test_every_code_has_its_reaction(reaction: Reaction) -> None:
    assert {code: row_for(code).reaction for code in REACTIONS[reaction]} == dict.fromkeys(
        REACTIONS[reaction], reaction
    )


@pytest.mark.parametrize("effect", Effect)
def test_every_code_has_its_effect(effect: Effect) -> None:
    assert {code: row_for(code).effect for code in EFFECTS[effect]} == dict.fromkeys(EFFECTS[effect], effect)


def test_who_is_alarmed_is_told_what_to_do() -> None:
    assert [row for row in TABLE if row.alarm and not row.todo] == []
    assert [row for row in TABLE if row.reaction is Reaction.ALARM and not row.alarm] == []


def test_no_code_stands_twice() -> None:
    counts = Counter(code for row in TABLE for code in row.codes)
    assert [code for code, count in counts.items() if count > 1] == []


def test_every_row_has_words_for_both_readers() -> None:
    assert [row for row in TABLE if not (row.codes and row.meaning.isascii() and row.shown)] == []
    assert [row.shown for row in TABLE if row.shown.isascii()] == []


def test_an_unknown_code_is_for_the_operator() -> None:
    assert 99999 not in BY_CODE
    error = PlatformError.from_code(99999, "something new")
    assert (error.reaction, error.errcode, error.shown) == (Reaction.ALARM, 99999, "微信返回未知错误")
    assert (error.then.alarm, error.then.effect, bool(error.then.todo)) == (True, None, True)


def test_the_sentence_keeps_the_rid() -> None:
    error = PlatformError.from_code(45015, "response out of time limit rid: 5f-6b")
    expected = "The customer has not written for 48 hours (errcode 45015: response out of time limit rid: 5f-6b)."
    assert str(error) == expected
    assert error.rid is None  # too short for one


def test_the_rid_is_kept_by_itself() -> None:
    error = PlatformError.from_code(45015, "response out of time limit rid: 66f8a2b1-0c3d4e5f-1a2b3c4d")
    assert error.rid == "66f8a2b1-0c3d4e5f-1a2b3c4d"


def test_a_minute_must_pass_after_too_many_calls() -> None:
    assert PlatformError.from_code(45011, "").retry_after == 60
