"""Characters that must not travel: through XML, into a log, or to another customer's screen."""

import re

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?")
_CDATA_END = "]]>"
_CDATA_END_SPLIT = "]]]]><![CDATA[>"


def printable(text: str) -> str:
    """The text without control characters and lone surrogates; tabs stay, every line ends with a bare newline."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def cdata_content(text: str) -> str:
    """The text as it may stand between `<![CDATA[` and `]]>`, whatever it contains."""
    return printable(text).replace(_CDATA_END, _CDATA_END_SPLIT)
