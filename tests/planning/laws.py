"""Laws checked on the same drawn situations: drawing a situation takes longer than checking all laws on it."""

from collections.abc import Callable

Law = Callable[..., None]


class Laws:
    """The laws declared with `@laws.add`. Each asserts, and is named in the traceback when it fails."""

    def __init__(self) -> None:
        self._all: list[Law] = []

    def add(self, law: Law) -> Law:
        """Add a law."""
        self._all.append(law)
        return law

    def check(self, *of: object) -> None:
        """Check all laws on these values."""
        for law in self._all:
            law(*of)
