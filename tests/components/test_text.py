from bot.components.text import fold


def test_full_width_and_case_are_folded() -> None:
    assert fold("ＫＦＲ－３５ＧＷ／n8，显示Ｅ１") == "kfr-35gw/n8,显示e1"


def test_dashes_and_blanks_are_one_kind() -> None:
    assert fold("0757–2633—8888\u3000转1") == "0757-2633-8888 转1"


def test_every_character_keeps_its_place() -> None:
    text = "İ⭐️ß①ﬁ　Ａ😀"
    assert len(fold(text)) == len(text)


def test_traditional_characters_are_simplified() -> None:
    assert fold("師傅態度惡劣，請處理電話號碼") == "师傅态度恶劣,请处理电话号码"
    assert fold("兩點係乾淨嘅") == "两点系干净嘅"
