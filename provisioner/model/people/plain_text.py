"""Makes foreign text safe to show: one line, without characters that control a terminal or a viewer."""

import unicodedata

_LINE_ENDS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
"""Characters where `str.splitlines`, a terminal or a browser begins a new line."""
_PARENTHESES = str.maketrans("()", "  ")
_SHOWN_AS = {"\n": "␤", "\t": " "}


def one_line(text: str) -> str:
    """The text with a sign in place of each control character: cursor moves, text direction, line ends, invisible ones."""
    if text.isprintable():
        return text
    return "".join(_SHOWN_AS.get(char, "�") if is_obeyed(char) else char for char in text)


def is_obeyed(char: str) -> bool:
    """Whether a character controls the display: C0, C1, format (bidi), surrogate, unassigned, or a line end."""
    return char in _LINE_ENDS or unicodedata.category(char)[0] == "C"


def author(account: str, words: str = "") -> str:
    """Who an order is by: `claire as root (the night shift)`. The operator's own words cannot pass for an account."""
    said = " ".join(words.translate(_PARENTHESES).split())
    return f"{account} ({said})" if said else account
