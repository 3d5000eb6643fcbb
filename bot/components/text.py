"""Folding of typed text. One character in, one character out: positions in the folded text hold in the original."""

_FULL_WIDTH: dict[int, int] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UPPER_CASE: dict[int, int] = {code: code + 0x20 for code in range(ord("A"), ord("Z") + 1)}
_FULL_WIDTH_UPPER: dict[int, int] = {code: code - 0xFEE0 + 0x20 for code in range(0xFF21, 0xFF3B)}
_DASHES_AND_BLANKS: dict[int, int] = {
    **{ord(dash): ord("-") for dash in "‐‑‒–—―−"},
    **{ord(blank): ord(" ") for blank in "\u3000\u00a0\t\r\n"},
}
_FOLDING: dict[int, int] = {**_FULL_WIDTH, **_UPPER_CASE, **_FULL_WIDTH_UPPER, **_DASHES_AND_BLANKS}


def fold(text: str) -> str:
    """The text in half-width, lower-case ASCII; Chinese characters and the length stay as they are."""
    return text.translate(_FOLDING)
