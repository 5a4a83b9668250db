"""Surge scenarios: `config/scenarios/*.yaml`."""

import re
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from provisioner.model.ids import Instant, WaveName
from provisioner.model.scenarios import PreparationLevel, Scenario, Wave
from provisioner.reasons.forms import MOMENT_SKIPPED, MUST_BE_MOMENT, ZONE_UNKNOWN
from provisioner.reasons.settings import (
    PREPARED_FOR_NO_AGENT,
    PREPARED_IN_NO_TIME,
    PREPARED_TO_NO_LEVEL,
    WAVE_NO_AGENT,
    WAVE_NO_SIZE,
    WAVE_TWICE,
)
from provisioner.settings.checking import CheckedDocument, Document
from provisioner.settings.fields import Seconds, SomeSeconds, like
from provisioner.settings.loading import inspect_file
from provisioner.settings.problems import Problems
from provisioner.settings.who import Who, catches_all, selection_of


def moment(value: object) -> Instant:
    """Parse a date and time with its zone, in seconds since the epoch; raises ValueError."""
    match = re.fullmatch(
        r"\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)\s*", str(value), re.ASCII
    )
    if not isinstance(value, str) or match is None:
        raise ValueError(MUST_BE_MOMENT())
    text, zone = match.groups()
    try:
        if zone == "Z" or zone[0] in "+-":
            return datetime.fromisoformat(text + zone).timestamp()
        local = datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        raise ValueError(ZONE_UNKNOWN(zone=zone)) from None
    except (ValueError, OverflowError):
        raise ValueError(MUST_BE_MOMENT()) from None
    return _existing(local)


def _existing(local: datetime) -> Instant:
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(MOMENT_SKIPPED())
    return local.timestamp()


Moment = Annotated[float, BeforeValidator(moment), WithJsonSchema({"type": "string"})]
PrepareLevel = Annotated[PreparationLevel, Field(strict=False)]
WaveLabel = Annotated[str, Field(min_length=1, max_length=60)]


class WaveDocument(Document):
    """Part of a surge. An agent belongs to the first wave that selects it."""

    name: WaveLabel
    """The name of the wave in logs, metrics and reports."""
    who: Who
    """`everyone`, or criteria: groups, departments, sites, logins, attributes."""
    priority: int = like(Wave, "priority")
    after: Seconds = like(Wave, "after_s")
    size: int | None = like(Wave, "size")
    interval: Seconds = like(Wave, "interval_s")
    prepare: PrepareLevel | None = Field(default=None)
    """How far desktops are prepared before the agent's batch opens: none, stopped (not booted yet) or running. Left out: as
    in the scenario."""
    prepare_before: SomeSeconds | None = Field(default=None)
    """How long before the agent's batch opens the desktop may be prepared. Left out: as in the scenario."""

    @model_validator(mode="after")
    def _batches(self) -> Self:
        if self.interval and self.size is None:
            raise ValueError(WAVE_NO_SIZE())
        return self


class ScenarioDocument(Document):
    """Which agents work from home, and from when."""

    name: WaveLabel
    """The name of the surge in logs and reports."""
    starts_at: Moment | None = Field(default=None)
    """A time with its zone, such as `2026-11-03 06:00 Europe/Paris`. Left out: as soon as the daemon loads the scenario."""
    prepare: PrepareLevel = like(Wave, "prepare")
    prepare_before: SomeSeconds | None = like(Wave, "prepare_before_s")
    waves: list[WaveDocument] = Field(min_length=1)
    """In order: an agent belongs to the first wave that selects it."""


def load_scenario(path: Path) -> Scenario:
    """Read a scenario; raises SettingsError with every problem as `file:line:column path: message`."""
    checked = read_scenario(path)
    problems = Problems(collected=checked.source.problems)
    problems.raise_if_any()
    assert checked.document is not None, "without problems there is a document"
    return scenario_of(checked.document)


def read_scenario(path: Path) -> CheckedDocument[ScenarioDocument]:
    """Read and check a scenario without raising, for further checks."""
    checked = inspect_file(path, ScenarioDocument)
    _check_waves(checked)
    return checked


def scenario_of(document: ScenarioDocument) -> Scenario:
    """Build the scenario."""
    waves = tuple(_wave(wave, document) for wave in document.waves)
    return Scenario(name=document.name, waves=waves, starts_at=document.starts_at)


def _check_waves(checked: CheckedDocument[ScenarioDocument]) -> None:
    names: set[str] = set()
    full = ""
    for index, wave in enumerate(checked.document.waves if checked.document else ()):
        if wave.name in names:
            checked.complain(("waves", index, "name"), WAVE_TWICE(wave=wave.name))
        names.add(wave.name)
        if full:
            checked.complain(("waves", index), WAVE_NO_AGENT(wave=full))
        elif catches_all(wave.who):
            full = wave.name
    if checked.document is not None:
        _check_preparation(checked, checked.document)


def _check_preparation(checked: CheckedDocument[ScenarioDocument], scenario: ScenarioDocument) -> None:
    """Preparation needs a level and a time."""
    for index, wave in enumerate(scenario.waves):
        if wave.prepare_before is not None and _prepare(wave, scenario) is PreparationLevel.NONE:
            checked.complain(("waves", index, "prepare_before"), PREPARED_TO_NO_LEVEL())
        if wave.prepare not in (None, PreparationLevel.NONE) and _opens_at_once(wave, scenario):
            checked.complain(("waves", index, "prepare"), PREPARED_IN_NO_TIME())
    prepared = [wave for wave in scenario.waves if _prepare(wave, scenario) is not PreparationLevel.NONE]
    if scenario.prepare_before is not None and not prepared:
        checked.complain(("prepare_before",), PREPARED_TO_NO_LEVEL())
    if scenario.prepare is not PreparationLevel.NONE and not prepared:
        checked.complain(("prepare",), PREPARED_FOR_NO_AGENT())
    elif scenario.prepare is not PreparationLevel.NONE and all(_opens_at_once(wave, scenario) for wave in prepared):
        checked.complain(("prepare",), PREPARED_IN_NO_TIME())


def _opens_at_once(wave: WaveDocument, scenario: ScenarioDocument) -> bool:
    """Whether all batches of the wave open as soon as the scenario is in force."""
    return scenario.starts_at is None and not wave.after and not wave.interval


def _prepare(wave: WaveDocument, scenario: ScenarioDocument) -> PreparationLevel:
    return scenario.prepare if wave.prepare is None else wave.prepare


def _wave(document: WaveDocument, scenario: ScenarioDocument) -> Wave:
    before = scenario.prepare_before if document.prepare_before is None else document.prepare_before
    return Wave(
        name=WaveName(document.name),
        who=selection_of(document.who),
        priority=document.priority,
        after_s=document.after,
        size=document.size,
        interval_s=document.interval,
        prepare=_prepare(document, scenario),
        prepare_before_s=before,
    )
