from pathlib import Path

import pytest

from bot.components.known import read_known


def write(folder: Path) -> None:
    (folder / "appliances.yml").write_text("冰箱: 电冰箱 冰\n其他: 浴霸\n", encoding="utf-8")
    (folder / "brands.yml").write_text(
        "海尔: {spellings: Haier}\n老板: {spellings: ROBAM, plain: false}\n添可:\n", encoding="utf-8")


def test_names_and_spellings_are_known_folded(tmp_path: Path) -> None:
    write(tmp_path)
    assert read_known(tmp_path) == {
        "冰箱": "appliance", "电冰箱": "appliance", "浴霸": "appliance", "海尔": "brand", "haier": "brand", "添可": "brand"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"appliances\.yml"):
        read_known(tmp_path)
