"""Read bascule.yaml and the files it names, and check each file on its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.reasons.files import EMPTY_KEY, KEY_MISSING
from provisioner.settings.calendar import CalendarKeys
from provisioner.settings.checking import CheckedDocument, inspect_file
from provisioner.settings.documents import REQUIRED, BasculeKeys
from provisioner.settings.problems import Problem
from provisioner.settings.profile import ProfileKeys
from provisioner.settings.reading import Section
from provisioner.settings.scenario import ScenarioFile, named_calendar, read_scenario
from provisioner.settings.sections import SECTIONS
from provisioner.settings.who import SelectionKeys
from provisioner.settings.yaml_lines import YamlSource

ALL_AT_ONCE = "everyone"
"""Stands for a scenario: every entitled agent at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFiles:
    """Everything that was read, usable or not; the problems are in the sources."""

    root: Section
    document: BasculeKeys
    profiles: dict[str, tuple[Section, ProfileKeys]]
    """The usable profiles, each with the section that holds it."""
    scenario: ScenarioFile | None
    others: tuple[YamlSource, ...] = ()
    """Those that sections of capabilities name."""
    calendars: Mapping[str, CheckedDocument[CalendarKeys]] = field(default_factory=dict)
    """Of the pools that follow their people, by the pool's name."""

    def problems(self) -> Iterator[Problem]:
        """The problems of all files; some may come twice."""
        for source in self.sources():
            yield from source.problems

    def sources(self) -> Iterator[YamlSource]:
        """Every file that was read as YAML; the source of an inline profile is that of bascule.yaml."""
        yield self.root.checked.source
        yield from (section.checked.source for section, _ in self.profiles.values())
        if self.scenario is not None:
            yield from self.scenario.sources
        yield from self.others
        yield from (checked.source for checked in self.calendars.values())

    def selections(self) -> Iterator[tuple[Section, SelectionKeys]]:
        """The criteria of every entitlement, wave and rotation that has some."""
        for index, entitlement in enumerate(self.document.entitlements):
            if isinstance(entitlement.who, SelectionKeys):
                yield self.root.part("entitlements", index, "who"), entitlement.who
        if self.scenario is not None and self.scenario.document is not None:
            section = Section(checked=self.scenario.checked)
            for place, who in self.scenario.document.criteria():
                if isinstance(who, SelectionKeys):
                    yield section.part(*place), who


def read_files(path: Path) -> tuple[ConfigFiles | None, list[Problem]]:
    """Read everything, and list the problems of files without a usable part; other problems are in the sources."""
    checked = inspect_file(path, BasculeKeys)
    if checked.document is None:
        return None, checked.source.problems
    root = Section(checked=checked)
    _check_required(root)
    unusable: list[Problem] = []
    profiles = _profiles(root, checked.document, unusable)
    scenario = None
    if names_file(checked.document) and root.file(checked.document.scenario, "scenario"):
        scenario = read_scenario(checked.source.beside(checked.document.scenario or ""))
    files = ConfigFiles(
        root=root,
        document=checked.document,
        profiles=profiles,
        scenario=scenario,
        others=tuple(source for section in SECTIONS.found() for source in section.sources(root, checked.document)),
        calendars=_calendars(root, checked.document),
    )
    return files, unusable


def _calendars(root: Section, document: BasculeKeys) -> dict[str, CheckedDocument[CalendarKeys]]:
    found: dict[str, CheckedDocument[CalendarKeys]] = {}
    for name, pool in document.pools.items():
        if pool.autoscale is not None:
            checked = named_calendar(root.part("pools", name, "autoscale"), pool.autoscale.calendar)
            found |= {} if checked is None else {name: checked}
    return found


def names_file(document: BasculeKeys) -> bool:
    """Whether `scenario` is a file."""
    return document.scenario not in (None, ALL_AT_ONCE)


def _check_required(root: Section) -> None:
    data = root.checked.source.data
    keys = data if isinstance(data, dict) else {}
    for name in REQUIRED:
        if name not in keys:
            root.complain(KEY_MISSING(), name)
        elif keys[name] is None and (name,) not in root.checked.removed | root.checked.source.broken:
            root.complain(EMPTY_KEY(), name)


def _profiles(root: Section, document: BasculeKeys, unusable: list[Problem]) -> dict[str, tuple[Section, ProfileKeys]]:
    profiles: dict[str, tuple[Section, ProfileKeys]] = {}
    for name, entry in document.profiles.items():
        if isinstance(entry, ProfileKeys):
            profiles[name] = (root.part("profiles", name), entry)
        elif root.file(entry, "profiles", name) is not None:
            checked = inspect_file(root.checked.source.beside(entry), ProfileKeys)
            if checked.document is not None:
                profiles[name] = (Section(checked=checked), checked.document)
            else:
                unusable += checked.source.problems
    return profiles
