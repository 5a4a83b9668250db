"""A section of bascule.yaml that a capability adds."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import Field

from provisioner.extensions import Part, Point
from provisioner.settings.checking import Document
from provisioner.settings.profile import ProfileKeys
from provisioner.settings.reading import Section
from provisioner.settings.values import Reload
from provisioner.settings.yaml_lines import YamlSource

D = TypeVar("D", bound=Document)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What a section is checked against."""

    address_rest_s: float
    profiles: tuple[tuple[Section, ProfileKeys], ...]
    written: Collection[str]
    """Keys of bascule.yaml that are there, right or wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedSection(Generic[D, V]):
    """The keys, and the value that they become."""

    part: Part[V | None]
    """Its name is the section's key."""
    document: type[D]
    about: str
    """The section in a sentence, for the schema."""
    value: Callable[[Section, D, Mapping[str, str]], V]
    """Makes the value; reports problems on the way."""
    check: Callable[[Section, D | None, Others], None] = lambda _section, _document, _others: None
    """Reports what does not fit other sections, also where this one is absent."""
    files: Callable[[Section, D], Iterable[YamlSource]] = lambda _section, _document: ()
    """Reads the files that it names, for the problems in them."""
    reload: Reload = Reload.RESTART
    after: str
    """The core's key before it, in the schema."""

    def field(self) -> tuple[str, Any, Any]:
        """The field of the document."""
        return self.part.name, self.document | None, Field(default=None, description=self.about)

    def read(self, root: Section, document: Document, environment: Mapping[str, str]) -> V | None:
        """What is configured; None: nothing is."""
        given = getattr(document, self.part.name)
        return None if given is None else self.value(root.part(self.part.name), given, environment)

    def sources(self, root: Section, document: Document) -> Iterable[YamlSource]:
        """The files that it names."""
        given = getattr(document, self.part.name)
        return () if given is None else self.files(root.part(self.part.name), given)

    def check_in(self, root: Section, document: Document, others: Others) -> None:
        """Report what does not fit."""
        self.check(root.part(self.part.name), getattr(document, self.part.name), others)


SECTIONS = Point("settings", "SECTION", AddedSection)


__all__ = ["SECTIONS", "AddedSection", "Others"]
