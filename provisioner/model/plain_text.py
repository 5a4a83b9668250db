"""Text of others made fit to be shown: one line, and nothing in it that a terminal or a viewer obeys."""

import unicodedata

_LINE_ENDS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
"""Where `str.splitlines`, a terminal or a browser begins a new line."""
_SHOWN_AS = {"\n": "␤", "\t": " "}


def one_line(text: str) -> str:
    """The same, with a sign for each character that moves a cursor, turns text round, ends a line or cannot be seen."""
    if text.isprintable():
        return text
    return "".join(_SHOWN_AS.get(char, "�") if is_obeyed(char) else char for char in text)


def is_obeyed(char: str) -> bool:
    """Whether it is no sign of its own: a control (C0, C1), a format such as bidi's, half a pair, unassigned, a line's end."""
    return char in _LINE_ENDS or unicodedata.category(char)[0] == "C"
