"""What was found of an image: the files of its root that somebody asked for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageQuestion:
    """Which files of a root are of interest. Paths have no leading `/`, and no link is followed."""

    names: frozenset[str]
    """Patterns; `*` stands for a part of one name, never for a `/`."""
    texts: frozenset[str] = frozenset()
    """Paths of files whose content is wanted, too."""

    @property
    def patterns(self) -> frozenset[str]:
        """All of them."""
        return self.names | self.texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRoot:
    """The files of a root that match a question."""

    files: Mapping[str, str] = field(default_factory=dict)
    """Regular files, with their text if that was asked for; else empty."""
    others: frozenset[str] = frozenset()
    """Links, folders and the rest."""

    def text(self, path: str) -> str:
        """Without blanks around it; empty: there is no such file."""
        return self.files.get(path, "").strip()

    def matching(self, patterns: Iterable[str]) -> Iterator[str]:
        """Files, links and folders, sorted."""
        wanted = list(patterns)
        yield from sorted(path for path in {*self.files, *self.others} if any(matches(path, pattern) for pattern in wanted))

    def regular(self, patterns: Iterable[str]) -> list[str]:
        """Regular files, sorted."""
        return [path for path in self.matching(patterns) if path in self.files]


def matches(path: str, pattern: str) -> bool:
    """Whether each name of the path matches that of the pattern."""
    names, parts = path.split("/"), pattern.split("/")
    return len(names) == len(parts) and all(map(fnmatchcase, names, parts))


__all__ = ["ImageQuestion", "ImageRoot", "matches"]
