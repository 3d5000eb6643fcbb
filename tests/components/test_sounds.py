from bot.components.sounds import sound, sounds


def test_homophones_sound_alike() -> None:
    assert sounds("油烟鸡") == sounds("油烟机") == ("you", "yan", "ji")


def test_what_is_no_chinese_character_sounds_like_itself() -> None:
    assert [sound(character) for character in "a1，😀"] == ["a", "1", "，", "😀"]
