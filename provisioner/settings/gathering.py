"""bascule.yaml and the files it names, read and checked each on its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.reasons.files import KEY_MISSING
from provisioner.reasons.forms import EMPTY_KEY
from provisioner.settings.checking import Checked
from provisioner.settings.documents import REQUIRED, BasculeDocument
from provisioner.settings.loading import inspect
from provisioner.settings.problems import Problem
from provisioner.settings.profile import ProfileDocument
from provisioner.settings.reading import Section
from provisioner.settings.scenario import ScenarioDocument, inspect_scenario
from provisioner.settings.who import SelectionDocument
from provisioner.settings.yaml_lines import YamlSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything that was read, usable or not; what is wrong is in the sources."""

    root: Section
    document: BasculeDocument
    profiles: dict[str, tuple[Section, ProfileDocument]]
    """The usable ones, each with the place where it is written."""
    scenario: Checked[ScenarioDocument] | None

    def problems(self) -> Iterator[Problem]:
        """Those of all files; some may come twice."""
        for source in self.sources():
            yield from source.problems

    def sources(self) -> Iterator[YamlSource]:
        """Every file that was read as YAML; an inline profile's is the root's."""
        yield self.root.checked.source
        yield from (section.checked.source for section, _ in self.profiles.values())
        if self.scenario is not None:
            yield self.scenario.source

    def selections(self) -> Iterator[tuple[Section, SelectionDocument]]:
        """Every selection by criteria, of entitlements and waves."""
        for index, one in enumerate(self.document.entitlements):
            if isinstance(one.who, SelectionDocument):
                yield self.root.part("entitlements", index, "who"), one.who
        if self.scenario is not None and self.scenario.document is not None:
            for index, wave in enumerate(self.scenario.document.waves):
                if isinstance(wave.who, SelectionDocument):
                    yield Section(checked=self.scenario).part("waves", index, "who"), wave.who


def gather(path: Path) -> tuple[Gathered | None, list[Problem]]:
    """Read everything. The problems are those of files of which nothing is usable; the others' are in what was gathered."""
    checked = inspect(path, BasculeDocument)
    if checked.document is None:
        return None, checked.source.problems
    root = Section(checked=checked)
    _check_required(root)
    lost: list[Problem] = []
    profiles = _profiles(root, checked.document, lost)
    scenario = None
    if checked.document.scenario is not None and root.file(checked.document.scenario, "scenario"):
        scenario = inspect_scenario(checked.source.beside(checked.document.scenario))
    return Gathered(root=root, document=checked.document, profiles=profiles, scenario=scenario), lost


def _check_required(root: Section) -> None:
    data = root.checked.source.data
    given = data if isinstance(data, dict) else {}
    for name in REQUIRED:
        if name not in given:
            root.complain(KEY_MISSING(), name)
        elif given[name] is None and (name,) not in root.checked.removed | root.checked.source.broken:
            root.complain(EMPTY_KEY(), name)


def _profiles(root: Section, document: BasculeDocument, lost: list[Problem]) -> dict[str, tuple[Section, ProfileDocument]]:
    found: dict[str, tuple[Section, ProfileDocument]] = {}
    for name, entry in document.profiles.items():
        if isinstance(entry, ProfileDocument):
            found[name] = (root.part("profiles", name), entry)
        elif root.file(entry, "profiles", name) is not None:
            checked = inspect(root.checked.source.beside(entry), ProfileDocument)
            if checked.document is not None:
                found[name] = (Section(checked=checked), checked.document)
            else:
                lost += checked.source.problems
    return found
