"""Characters as the finders read them: half width and simplified, one for one, so that places in a text stay the same.

The pairs of traditional and simplified characters are those of OpenCC (Apache 2.0).
"""
from functools import cache

import opencc

_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
#: Simplified where it stands in a name: 乾县. What 乾 is otherwise (烘乾机), the catalogue spells out.
_KEPT = frozenset("乾")
_HALF_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}


def fold(text: str) -> str:
    """The text in half width and simplified characters, as long as it was."""
    return simplified(text).translate(_HALF_WIDTH)


def simplified(text: str) -> str:
    """The text in simplified characters, as long as it was."""
    return text.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    """Read once, character by character: words would be turned by their context and could change their length."""
    han = [chr(code) for code in range(_FIRST_HAN, _LAST_HAN + 1) if chr(code) not in _KEPT]
    pairs = zip(han, opencc.OpenCC("t2s").convert("\n".join(han)).split("\n"), strict=True)
    return {ord(traditional): plain for traditional, plain in pairs if traditional != plain}
