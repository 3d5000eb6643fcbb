"""Folding of typed text. One character in, one character out: positions in the folded text hold in the original."""

import opencc

_HAN = "".join(map(chr, range(0x3400, 0xA000)))
_FULL_WIDTH: dict[int, int] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UPPER_CASE: dict[int, int] = {code: code + 0x20 for code in range(ord("A"), ord("Z") + 1)}
_FULL_WIDTH_UPPER: dict[int, int] = {code: code - 0xFEE0 + 0x20 for code in range(0xFF21, 0xFF3B)}
_DASHES_AND_BLANKS: dict[int, int] = {
    **{ord(dash): ord("-") for dash in "‐‑‒–—―−"},
    **{ord(blank): ord(" ") for blank in "\u3000\u00a0\t\r\n"},
}


def _simplified() -> dict[int, int]:
    """Every traditional character with its simplified form; each is converted alone, so lengths stay."""
    plain = opencc.OpenCC("t2s").convert("\n".join(_HAN)).split("\n")
    return {ord(old): ord(new) for old, new in zip(_HAN, plain, strict=True) if old != new}


# OpenCC takes these for simplified already or leaves them to the region.
_VARIANTS: dict[int, int] = {ord(old): ord(new) for old, new in zip("麽聼於濶夀囯", "么听于阔寿国", strict=True)}
_FOLDING = {**_simplified(), **_VARIANTS, **_FULL_WIDTH, **_UPPER_CASE, **_FULL_WIDTH_UPPER, **_DASHES_AND_BLANKS}


def fold(text: str) -> str:
    """The text in half-width, lower-case ASCII and simplified characters; its length stays as it is."""
    return text.translate(_FOLDING)
