"""People's names found in texts and replaced: whole words, in any case, the longest name first. Standard library only."""

import re
import unicodedata
from collections.abc import Iterator


class NameTable:
    """What stands for whom. Texts may be changed from any thread while one enters names."""

    def __init__(self) -> None:
        self._instead: dict[str, str] = {}
        self._by_word: dict[str, tuple[str, ...]] = {}

    def enter(self, instead: str, *names: str) -> None:
        """From now on `instead` stands for each of these names; a name keeps what was entered first."""
        for name in (folded(one) for one in names):
            word = _WORD.search(name)
            if word is None or name in self._instead:
                continue
            tail = name[word.start() :]
            self._instead[name] = instead
            self._instead.setdefault(tail, instead)
            # Last, for other threads look it up from here.
            self._by_word[word[0]] = tuple(sorted((*self._by_word.get(word[0], ()), tail), key=len, reverse=True))

    def find(self, name: str) -> str | None:
        """What stands for exactly this name."""
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
            found = next((one for one in self._by_word.get(word[0], ()) if _stands(one, low, word.start())), None)
            if found is not None:
                yield text[done : word.start()]
                yield self._instead[found]
                done = word.start() + len(found)
        yield text[done:]


def folded(text: str) -> str:
    """In one form and case."""
    return unicodedata.normalize("NFC", text).casefold()


_WORD = re.compile(r"\w+")


def _stands(name: str, text: str, at: int) -> bool:
    """Whether the name is there, and no letter or digit goes on behind it."""
    end = at + len(name)
    return text.startswith(name, at) and not (name[-1].isalnum() and text[end : end + 1].isalnum())


__all__ = ["NameTable", "folded"]
