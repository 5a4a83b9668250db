"""Finds what a person means: by part of a name, in any case, with or without accents."""

import enum
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'"})
"""Letters that Unicode does not take apart."""
_NEAR = 3
"""Names to propose if nothing matches."""
_ALIKE = 0.7
"""How alike a name must be, from 0 to 1: a wrong letter or two in six."""


class SubjectKind(enum.StrEnum):
    """What can be asked about."""

    AGENT = "agent"
    """An agent, with the desktop."""
    DESKTOP = "desktop"
    """A desktop that is nobody's, or not the one that its agent uses."""
    NODE = "node"
    WAVE = "wave"
    POOL = "pool"
    """Desktops that are lent."""
    ENTRY = "entry"
    """A directory entry that is not an agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something that can be asked about."""

    kind: SubjectKind
    key: str
    """The agent's id, the desktop's name, `cluster/node`, the wave's name, the entry's DN."""
    name: str
    """It is found by this name: the login, or the key."""
    label: str = ""
    """A second name, for people."""
    names: tuple[str, ...] = ()
    """Every other name by which it is found, or by a part of it."""
    ids: tuple[str, ...] = ()
    """It is found by these too, but by no part of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What may be meant."""

    subjects: tuple[Subject, ...]
    """By kind and name; empty: nothing matches."""
    near: tuple[str, ...] = ()
    """Names like it, if nothing matches."""


def find(of: str, subjects: Iterable[Subject]) -> Found:
    """Subjects that have exactly this name; if there is none, those that have every word of it as a part of a name."""
    sought, known = letters(of), tuple(subjects)
    if not sought:
        return Found(subjects=())
    exact = [subject for subject in known if sought in map(letters, (subject.name, *subject.names, *subject.ids))]
    found = exact or [subject for subject in known if _has_all(subject, sought)]
    if found:
        return Found(subjects=tuple(sorted(found, key=lambda subject: (subject.kind, subject.name))))
    return Found(subjects=(), near=_near(sought, known))


def letters(text: str) -> str:
    """The text without case, accents and blanks at its ends: `Zoé` and `ZOE` are the same."""
    if text.isascii():  # nearly every login, of thousands
        return text.strip().lower()
    apart = unicodedata.normalize("NFKD", text.strip().casefold().translate(_LIGATURES))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def _has_all(subject: Subject, sought: str) -> bool:
    text = letters("\n".join((subject.name, *subject.names)))
    return all(part in text or part.replace("-", " ") in text.replace("-", " ") for part in sought.replace(",", " ").split())


def _near(sought: str, subjects: Iterable[Subject]) -> tuple[str, ...]:
    """What is called like it, the most similar first. Of a name of several words each word counts."""
    known: dict[str, str] = {}
    for subject in subjects:
        for name in (subject.name, *subject.names):
            for part in (name, *name.split()):
                known.setdefault(letters(part), subject.name if " " in name else name)
    near = get_close_matches(sought, known, n=_NEAR, cutoff=_ALIKE)
    return tuple(dict.fromkeys(known[name] for name in near))
