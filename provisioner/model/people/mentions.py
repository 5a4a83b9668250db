"""Where texts name one person: for certain, or perhaps, because the words are somebody else's too. Standard library only.

Names are found in any case, with or without accents, with any apostrophe and hyphen. A name is taken for this person's only
as a whole: `zoe` in `zoe.durand`, and `Paul Martin` in `Jean-Paul Martin`, may be somebody else. What is another known person's
name as it stands there is theirs, and left as it is.
"""

import enum
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from provisioner.model.names import folded


class Sure(enum.Enum):
    """Whom a mention is of."""

    OWN = "own"
    """The person, and nobody else who is known."""
    SHARED = "shared"
    """Another known person has the same name."""
    PART = "part"
    """A word of the person's name, or the name as a part of a longer word."""


UNCLEAR = frozenset({Sure.SHARED, Sure.PART})


@dataclass(frozen=True, slots=True)
class Mention:
    """From `start` to before `end` in a text."""

    start: int
    end: int
    sure: Sure


@dataclass(slots=True)
class _Owners:
    """Whose a form is, by its spelling."""

    own: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    part: bool = False

    def of(self, spelling: str) -> Sure | None:
        """None: somebody else's."""
        if self.own and self.others:
            own, others = spelling in self.own, spelling in self.others
            return Sure.SHARED if own == others else Sure.OWN if own else None
        if self.own:
            return Sure.OWN
        return Sure.PART if self.part and not self.others else None


class Mentions:
    """Finds and replaces one person's names. Nothing in it changes."""

    def __init__(self, instead: str, own: Iterable[str], *, others: Iterable[str] = (), parts: Iterable[str] = ()) -> None:
        """`own`: the person's names; `others`: those of everybody else who is known; `parts`: words that may name them."""
        self.instead = instead
        self._forms: dict[str, _Owners] = {}
        self._starts: dict[str, set[int]] = {}
        own, parts = tuple(own), tuple(parts)
        for name in own:
            self._enter(name).own.add(folded(name))
        for name in parts:
            self._enter(name).part = True
        for name in others:
            self._enter(name).others.add(folded(name))
        self._lengths = {word: sorted(lengths, reverse=True) for word, lengths in self._starts.items()}
        """Letters of the forms that begin with a word; the longest first."""
        words = {word[0] for name in (*own, *parts) if (word := _WORD.search(bare(name)))}
        self._any = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words)) or "(?!)")

    def __call__(self, text: str) -> str:
        """The text without what names the person for certain."""
        return self.replaced(text, {Sure.OWN})

    def is_own(self, name: str) -> bool:
        """Whether this is one of the person's names, and nobody else's."""
        owners = self._forms.get(bare(name))
        return owners is not None and owners.of(folded(name)) is Sure.OWN

    def may_be_in(self, text: str) -> bool:
        """Whether the text has a word with which one of the names begins."""
        return self._any.search(bare(text)) is not None

    def found(self, text: str) -> Iterator[Mention]:
        """All, from the first to the last; none overlaps another."""
        if text.isascii() and not self._any.search(text.lower()):
            return
        low, places = _bare_with_places(text)
        if not self._any.search(low):
            return
        done = 0
        for word in _WORD.finditer(low):
            start = word.start()
            if start < done or (form := self._form_at(low, start, word[0])) is None:
                continue
            done = start + len(form)
            first, last = places[start], places[done]
            sure = self._forms[form].of(folded(text[first:last]))
            if sure is not None:
                yield Mention(first, last, Sure.PART if sure is Sure.OWN and _is_in_token(low, start, done) else sure)

    def replaced(self, text: str, which: Collection[Sure]) -> str:
        """The text with these mentions replaced, and every other letter as it was."""
        parts, done = list[str](), 0
        for mention in self.found(text):
            if mention.sure in which:
                parts += (text[done : mention.start], self.instead)
                done = mention.end
        return "".join((*parts, text[done:])) if parts else text

    def _enter(self, name: str) -> _Owners:
        form = bare(name)
        word = _WORD.search(form)
        if word is None:
            return _Owners()
        form = form[word.start() :]
        if form not in self._forms:
            self._forms[form] = _Owners()
            self._starts.setdefault(word[0], set()).add(len(form))
        return self._forms[form]

    def _form_at(self, low: str, start: int, word: str) -> str | None:
        """The longest one."""
        for length in self._lengths.get(word, ()):
            form, end = low[start : start + length], start + length
            if form in self._forms and not (_is_word(form[-1]) and _is_word(low[end : end + 1])):
                return form
        return None


def bare(text: str) -> str:
    """Without case and accents, apostrophes and hyphens alike."""
    return text.lower() if text.isascii() else _bare_with_places(text)[0]


def _bare_with_places(text: str) -> tuple[str, list[int]]:
    """And of each letter where it comes from in the text; after the last one, the text's end."""
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    letters, places = list[str](), list[int]()
    for at, letter in enumerate(text):
        for each in _bare_letter(letter):
            letters.append(each)
            places.append(at)
    return "".join(letters), [*places, len(text)]


@lru_cache(maxsize=4096)
def _bare_letter(letter: str) -> str:
    whole = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter.translate(_ALIKE)).casefold())
    return "".join(each for each in whole if not unicodedata.combining(each) and unicodedata.category(each) != "Cf")


_ALIKE = {
    ord(letter): plain
    for plain, letters in {
        "'": "\u2019\u02bc\u2018",
        "-": "\u2010\u2011\u2012\u2013",
        "ae": "æÆ",
        "d": "đĐðÐ",
        "h": "ħĦ",
        "i": "ı",
        "l": "łŁ",
        "o": "øØ",
        "oe": "œŒ",
        "t": "ŧŦ",
        "th": "þÞ",
    }.items()
    for letter in letters
}
"""Also letters that Unicode does not take for others with an accent, and that are written so where they cannot be typed."""
_WORD = re.compile(r"\w+")
_JOINS = "-.@+"
"""Between two letters they make one word of both: a login, an address, a double name."""


def _is_word(letter: str) -> bool:
    return letter == "_" or letter.isalnum()


def _is_in_token(low: str, start: int, end: int) -> bool:
    """Whether letters go on before or after it."""
    before = start >= 2 and low[start - 1] in _JOINS and _is_word(low[start - 2])
    return before or (low[end : end + 1] in (*_JOINS,) and _is_word(low[end + 1 : end + 2]))


__all__ = ["UNCLEAR", "Mention", "Mentions", "Sure", "bare"]
