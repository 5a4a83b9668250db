"""Surge scenarios: `config/scenarios/*.yaml`, and the calendar that each names, to values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import End, PlannedTime, PreparationLevel, Scenario, Shortage, Wave
from provisioner.reasons.reason import reason_of
from provisioner.reasons.settings import CALENDAR_UNKNOWN
from provisioner.settings.calendar import CalendarKeys, calendar_of, read_calendar
from provisioner.settings.checking import CheckedDocument, inspect_file
from provisioner.settings.problems import Path, Problems
from provisioner.settings.reading import Section
from provisioner.settings.rotation import rotation_of
from provisioner.settings.scenario_checks import check_waves
from provisioner.settings.scenario_documents import (
    HALF_DAY,
    REFUSE,
    BatchesKeys,
    EndKeys,
    FewerKeys,
    LessKeys,
    OutsideHoursWord,
    PrepareKeys,
    ScenarioKeys,
    WaveKeys,
)
from provisioner.settings.scenario_people import excepted, selected
from provisioner.settings.scenario_times import WrittenTime, planned_time
from provisioner.settings.wording import did_you_mean
from provisioner.settings.yaml_lines import YamlSource

_FOLDER = "calendars"


@dataclass(slots=True, kw_only=True)
class ScenarioFile:
    """A scenario's file, and the files that it names, as they were read."""

    checked: CheckedDocument[ScenarioKeys]
    scenario: Scenario | None = None
    """As far as it is usable; None: nothing is."""
    others: list[YamlSource] = field(default_factory=list)
    """The calendar's."""

    @property
    def document(self) -> ScenarioKeys | None:
        """What the file holds."""
        return self.checked.document

    @property
    def sources(self) -> list[YamlSource]:
        """Every file that was read as YAML."""
        return [self.checked.source, *self.others]


def load_scenario(path: FilePath) -> Scenario:
    """Read a scenario; raises SettingsError with every problem as `file:line:column path: message`."""
    file = read_scenario(path)
    Problems(collected=[problem for source in file.sources for problem in source.problems]).raise_if_any()
    assert file.scenario is not None, "without problems there is a scenario"
    return file.scenario


def read_scenario(path: FilePath) -> ScenarioFile:
    """Read and check a scenario, and the files that it names, without raising."""
    file = ScenarioFile(checked=inspect_file(path, ScenarioKeys))
    if file.document is not None:
        check_waves(file.checked, file.document)
        file.scenario = _Builder(file, file.document).scenario()
    return file


class _Builder:
    """Builds the scenario, and reports what does not fit on the way."""

    def __init__(self, file: ScenarioFile, document: ScenarioKeys) -> None:
        self._section, self._document = Section(checked=file.checked), document
        self._planned = next(document.planned_keys(), None) is not None
        self._calendar: Calendar | None = None
        if document.calendar is not None and (checked := named_calendar(self._section, document.calendar)) is not None:
            file.others.append(checked.source)
            self._calendar = calendar_of(checked.document) if checked.document is not None else None
        self._is_known = document.calendar is None or self._calendar is not None

    def scenario(self) -> Scenario:
        """The scenario, without what is not usable."""
        during = self._document.during
        return Scenario(
            name=self._document.name,
            waves=tuple(self._wave(index, wave) for index, wave in enumerate(self._document.waves)),
            starts_at=self._document.starts_at,
            calendar=self._calendar,
            planned=self._planned,
            by_hand=self._planned or self._document.start is not None,
            ceilings=tuple(
                Ceiling(name=name, limit=each.limit, counts=each.counts, in_use=each.in_use or "")
                for name, each in self._document.during.ceilings.items()
            ),
            survive_nodes=self._document.during.survive,
            deletes=self._document.during.deletes is None,
            up_before_s=during.ready_before if during.outside_hours is OutsideHoursWord.STOP else None,
            shortage=self._shortage(),
            end=self._end(self._document.end),
            rotation=rotation_of(
                self._section.part("rotation"), self._document.rotation, has_calendar=self._document.calendar is not None
            ),
        )

    def _shortage(self) -> Shortage:
        steps = self._document.shortage
        profiles = tuple(ProfileName(step.profile) for step in steps if isinstance(step, LessKeys))
        shares = tuple(step.slots for step in steps if isinstance(step, FewerKeys))
        return Shortage(profiles=profiles, shares=shares, refuses=REFUSE in steps)

    def _end(self, document: EndKeys) -> End:
        when = None if document.when is None else self._planned_time(document.when, ("end", "when"))
        batches = self._batches(document.batches, ("end", "batches"))
        return End(when=when, keep_s=document.desktops.keep, **batches)

    def _wave(self, index: int, document: WaveKeys) -> Wave:
        part = self._section.part("waves", index)
        return Wave(
            name=WaveName(document.name),
            who=selected(part.part("who"), document.who),
            excepted=excepted(part.part("except"), document.except_),
            percent=document.percent,
            **(self._deadlines(index, document) if self._planned else self._times(document)),
        )

    def _times(self, wave: WaveKeys) -> dict[str, Any]:
        scenario = self._document
        before = scenario.prepare_before if wave.prepare_before is None else wave.prepare_before
        return {
            "priority": wave.priority,
            "after_s": wave.after,
            "size": wave.size,
            "interval_s": wave.interval,
            "prepare": _level(wave, scenario),
            "prepare_before_s": before,
        }

    def _deadlines(self, index: int, wave: WaveKeys) -> dict[str, Any]:
        """Its place among the waves is its importance."""
        place: Path = ("waves", index)
        given = self._document.prepare if wave.prepare is None else wave.prepare
        prepare_at: Path = ("prepare", "from") if wave.prepare is None else (*place, "prepare", "from")
        times: dict[str, Any] = {"priority": index, "prepare": _level(wave, self._document)}
        if wave.gate is not None:
            times["gate"] = Gate.of(**wave.gate.values)
        if wave.ready_by is not None:
            times["ready_by"] = self._planned_time(wave.ready_by, (*place, "ready_by"))
        if isinstance(given, PrepareKeys):
            times["prepare_from"] = self._planned_time(given.begin, prepare_at)
        return times | self._batches(wave.batches, (*place, "batches"))

    def _batches(self, batches: BatchesKeys | None, place: Path) -> dict[str, Any]:
        if batches is None:
            return {}
        half_day = batches.every == HALF_DAY
        if half_day:
            self._planned_time(_ANY_DAY, (*place, "every"))
        return {"size": batches.size, "every_half_day": half_day, "interval_s": 0.0 if half_day else batches.every}

    def _planned_time(self, written: WrittenTime, place: Path) -> PlannedTime:
        try:
            return planned_time(written, self._calendar)
        except ValueError as error:
            if self._is_known:  # otherwise the calendar is the problem
                self._section.complain(reason_of(error), *place)
            return written.planned


_ANY_DAY = WrittenTime(planned=PlannedTime(day=1))


def _level(wave: WaveKeys, scenario: ScenarioKeys) -> PreparationLevel:
    given = scenario.prepare if wave.prepare is None else wave.prepare
    return given.level if isinstance(given, PrepareKeys) else given


def named_calendar(section: Section, name: str) -> CheckedDocument[CalendarKeys] | None:
    """The calendar of this name, or at this path; None: there is none, which is reported."""
    places = list(_places(section.checked.source.folder, name))
    file = next((place for place in places if _is_file(place)), None)
    if file is None:
        unknown = CALENDAR_UNKNOWN(name=name, file=str(places[0]))
        known = sorted({path.stem for place in places for path in place.parent.glob("*.yaml")})
        section.complain(did_you_mean(unknown, name, known), "calendar")
        return None
    section.checked.source.named_files.append(file)
    return read_calendar(file)


def _is_file(place: FilePath) -> bool:
    try:
        return place.is_file()
    except OSError:  # no file can have so long a name
        return False


def _places(folder: FilePath, name: str) -> Iterator[FilePath]:
    if name.endswith(".yaml"):
        yield folder / name
        return
    yield folder / _FOLDER / f"{name}.yaml"
    yield folder.parent / _FOLDER / f"{name}.yaml"
