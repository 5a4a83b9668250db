"""Documents as JSON. One of a publication is made once for each language, with people and without, whoever asks for it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from provisioner.views.published import Published
from provisioner.views.without_people import without_people


def encoded(document: object) -> bytes:
    """The JSON of a document of `views`."""
    kind: Any = type(document)
    return _adapter(kind).dump_json(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document that was made."""

    body: bytes
    tag: str
    """Its entity tag (RFC 9110, 8.8.3): the same for the same content, also after a restart."""

    @classmethod
    def of(cls, document: object) -> "Made":
        """Make it."""
        body = encoded(document)
        return cls(body=body, tag=f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"')


class Shelf:
    """The documents of the last publication. Used by one thread."""

    def __init__(self) -> None:
        self._of: Published | None = None
        self._made: dict[tuple[str, str, bool], Made] = {}

    def take(
        self, published: Published, name: str, language: str, make: Callable[[Published], object], *, people: bool = True
    ) -> Made:
        """The document of this name: as it was made before, or now. `people`: whether its reasons may name people."""
        if self._of is not published:
            self._of, self._made = published, {}
        key = (name, language, people)
        if key not in self._made:
            document = make(published)
            self._made[key] = Made.of(document if people else without_people(document))
        return self._made[key]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
