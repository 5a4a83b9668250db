"""Follows a value through the product: which functions take it, hold it or give it back, in which files.

A value is followed by its marks, such as an agent's id and login. A function has it if one of its arguments, its result, or a
variable at its end is a mark, or a frozen value with a mark in it, two deep, or a short tuple of such. A mapping of everybody
does not count: who hands it on does nothing with the person. With one person at the site, a loop's last person is it.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import provisioner

_PRODUCT = Path(provisioner.__file__).parent
_DEEP = 2
_SHORT = 3
"""A longer tuple is a list of many."""

DECIDING = ("capabilities", "pacing", "planning", "reconciler", "sessions", "wrong")
"""The packages that decide. The others hold values, name reasons, carry out, keep or show."""


class Way:
    """Of a value through the product."""

    def __init__(self, *marks: str) -> None:
        self._marks = frozenset(marks)
        self.moves: list[str] = []
        """The files in the order in which they have it; a file stands again when it has it again after another."""

    @property
    def files(self) -> list[str]:
        """Each once, in the order of its first time."""
        return list(dict.fromkeys(self.moves))

    @property
    def deciding(self) -> list[str]:
        """Those of packages that decide."""
        return [file for file in self.files if file.startswith(DECIDING)]

    def deciding_before(self, file: str) -> list[str]:
        """The deciding files before the first time in this one."""
        return [each for each in self.deciding if self.moves.index(each) < self.moves.index(file)]

    def follow(self, act: Callable[[], object]) -> "Way":
        """While it acts."""
        before = sys.getprofile()
        sys.setprofile(self._note)
        try:
            act()
        finally:
            sys.setprofile(before)
        return self

    def _note(self, frame: FrameType, event: str, result: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event not in ("call", "return") or not path.is_relative_to(_PRODUCT):
            return
        file = str(path.relative_to(_PRODUCT))
        if self.moves[-1:] != [file] and any(self._has(value) for value in (*frame.f_locals.values(), result)):
            self.moves.append(file)

    def _has(self, value: object, deep: int = _DEEP) -> bool:
        if isinstance(value, str):
            return value in self._marks
        if not deep:
            return False
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return len(value) <= _SHORT and any(self._has(each, deep - 1) for each in value)
        fields = getattr(type(value), "__dataclass_fields__", {})
        return isinstance(fields, dict) and any(self._has(getattr(value, name, None), deep - 1) for name in fields)


__all__ = ["DECIDING", "Way"]
