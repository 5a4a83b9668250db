"""Replaces people's names in texts: whole words, in any case, the longest name first. Standard library only."""

import re
import unicodedata
from collections.abc import Iterator


class NameTable:
    """Names and their replacements. One thread enters names, any thread may replace them in texts."""

    def __init__(self) -> None:
        self._instead: dict[str, str] = {}
        self._by_word: dict[str, tuple[str, ...]] = {}

    def enter(self, instead: str, *names: str) -> None:
        """Replace each of these names by `instead` from now on; a name keeps its first replacement."""
        for name in map(folded, names):
            word = _WORD.search(name)
            if word is None or name in self._instead:
                continue
            tail = name[word.start() :]
            self._instead[name] = instead
            self._instead.setdefault(tail, instead)
            # Last, because other threads begin their search here.
            self._by_word[word[0]] = tuple(sorted((*self._by_word.get(word[0], ()), tail), key=len, reverse=True))

    def enter_anew(self, instead: str, *names: str) -> None:
        """The same, also instead of an earlier replacement."""
        for name in map(folded, names):
            word = _WORD.search(name)
            if word is not None and name in self._instead:
                self._instead[name] = self._instead[name[word.start() :]] = instead
        self.enter(instead, *names)

    def find(self, name: str) -> str | None:
        """The replacement of exactly this name; None: it has none."""
        return self._instead.get(folded(name))

    def replace(self, text: str) -> str:
        """The text with every name replaced."""
        return "".join(self._parts(unicodedata.normalize("NFC", text)))

    def _parts(self, text: str) -> Iterator[str]:
        done, low = 0, folded(text)
        if len(low) != len(text):  # a few letters fold into two
            text = low
        for word in _WORD.finditer(low):
            if word.start() < done:
                continue
            name = next((name for name in self._by_word.get(word[0], ()) if _is_at(name, low, word.start())), None)
            if name is not None:
                yield text[done : word.start()]
                yield self._instead[name]
                done = word.start() + len(name)
        yield text[done:]


def folded(text: str) -> str:
    """The text in Unicode form NFC and without case."""
    return unicodedata.normalize("NFC", text).casefold()


_WORD = re.compile(r"\w+")


def _is_at(name: str, text: str, at: int) -> bool:
    """Whether the name is at this position, without a letter or digit right after it."""
    end = at + len(name)
    return text.startswith(name, at) and not (name[-1].isalnum() and text[end : end + 1].isalnum())


__all__ = ["NameTable", "folded"]
