"""Laws that are checked of the same drawn situations: to draw one takes longer than to check all laws of it."""

from collections.abc import Callable

Law = Callable[..., None]


class Laws:
    """As many as are declared with `@laws.add`; each asserts, and is named in the traceback when it fails."""

    def __init__(self) -> None:
        self._all: list[Law] = []

    def add(self, law: Law) -> Law:
        """One more."""
        self._all.append(law)
        return law

    def check(self, *of: object) -> None:
        """All of them hold of this."""
        for law in self._all:
            law(*of)
