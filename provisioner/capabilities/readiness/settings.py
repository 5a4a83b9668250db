"""The section `readiness` of bascule.yaml: when the daemon asks by itself how ready the site is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from provisioner.extensions import Part
from provisioner.model.bounds import Bounds
from provisioner.settings.calendar import ClockTime, Zone
from provisioner.settings.checking import Document
from provisioner.settings.fields import Text, as_value, like
from provisioner.settings.reading import Section
from provisioner.settings.scenario import read_scenario
from provisioner.settings.sections import AddedSection
from provisioner.settings.values import Reload
from provisioner.settings.yaml_lines import YamlSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessSettings:
    """When the daemon asks by itself how ready the site is for a surge (`bascule surge readiness`), each night."""

    at: int
    """The time of day, such as `'03:00'`: when nobody works."""
    zone: str | None = None
    """The time zone of `at`; left out: this machine's."""
    scenario: Path | None = None
    """The scenario's file; left out: the scenario in force."""
    trial: bool = True
    """Whether a real desktop is made and deleted, of each profile."""
    within_s: Annotated[float, Bounds(ge=60, le=43_200)] = 7200.0
    """After that the run is ended, and counts as 0: a rehearsal takes minutes, a trial desktop as long as a boot."""


class ReadinessKeys(Document, of=ReadinessSettings):
    """When the daemon asks by itself how ready the site is for a surge, each night."""

    at: ClockTime = like(ReadinessSettings, "at")
    zone: Zone | None = like(ReadinessSettings, "zone")
    scenario: Text | None = like(ReadinessSettings, "scenario")


def _value(section: Section, document: ReadinessKeys, _environment: Mapping[str, str]) -> ReadinessSettings:
    return as_value(ReadinessSettings, document, scenario=section.file(document.scenario, "scenario"))


def _files(section: Section, document: ReadinessKeys) -> Iterable[YamlSource]:
    if document.scenario is None or section.file(document.scenario, "scenario") is None:
        return ()
    return read_scenario(section.checked.source.beside(document.scenario)).sources


READINESS = Part[ReadinessSettings | None]("readiness", None)
"""None: nobody asks how ready the site is, but by hand."""
SECTION = AddedSection(
    part=READINESS,
    document=ReadinessKeys,
    about="When the daemon asks by itself how ready the site is for a surge (`bascule surge readiness`).",
    value=_value,
    files=_files,
    reload=Reload.LIVE,
    after="prometheus",
)
