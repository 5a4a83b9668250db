"""Surge scenarios: `config/scenarios/*.yaml`."""

import re
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from provisioner.model.ids import Instant, WaveName
from provisioner.model.scenarios import Scenario, Wave
from provisioner.settings.checking import Checked, Document
from provisioner.settings.fields import Seconds, like
from provisioner.settings.loading import inspect
from provisioner.settings.problems import Problems
from provisioner.settings.who import Who, catches_all, selection_of

_MOMENT_WORDS = "must be a time with its zone, such as 2026-11-03 06:00 Europe/Paris or 2026-11-03T06:00:00+01:00"


def moment(value: object) -> Instant:
    """A date and time with zone, in seconds since the epoch; raises ValueError."""
    match = re.fullmatch(
        r"\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:?\d\d|[A-Za-z][\w/+-]*)\s*", str(value), re.ASCII
    )
    if not isinstance(value, str) or match is None:
        raise ValueError(_MOMENT_WORDS)
    text, zone = match.groups()
    try:
        if zone == "Z" or zone[0] in "+-":
            return datetime.fromisoformat(text + zone).timestamp()
        local = datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        raise ValueError("names a time zone that is not known on this machine") from None
    except (ValueError, OverflowError):
        raise ValueError(_MOMENT_WORDS) from None
    return _existing(local)


def _existing(local: datetime) -> Instant:
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError("does not exist: the clocks go forward in that hour")
    return local.timestamp()


Moment = Annotated[float, BeforeValidator(moment), WithJsonSchema({"type": "string"})]
WaveLabel = Annotated[str, Field(min_length=1, max_length=60)]


class WaveDocument(Document):
    """Part of a surge. An agent belongs to the first wave that selects it."""

    name: WaveLabel
    """What the wave is called in logs, metrics and reports."""
    who: Who
    """`everyone`, or criteria: groups, departments, sites, logins, attributes."""
    priority: int = like(Wave, "priority", ge=0, le=1_000_000)
    after: Seconds = like(Wave, "after_s")
    size: int | None = like(Wave, "size", ge=1)
    interval: Seconds = like(Wave, "interval_s")

    @model_validator(mode="after")
    def _batches(self) -> Self:
        if self.interval and self.size is None:
            raise ValueError("has an interval but no size: say how many agents a batch has")
        return self


class ScenarioDocument(Document):
    """Who goes home when."""

    name: WaveLabel
    """What the surge is called in logs and reports."""
    starts_at: Moment | None = Field(default=None)
    """A time with its zone, such as `2026-11-03 06:00 Europe/Paris`. Left out: as soon as the daemon runs the scenario."""
    waves: list[WaveDocument] = Field(min_length=1)
    """In order: an agent belongs to the first wave that selects it."""


def load_scenario(path: Path) -> Scenario:
    """Read a scenario; raises SettingsError with every problem as `file:line:column path: message`."""
    checked = inspect_scenario(path)
    problems = Problems(found=checked.source.problems)
    problems.raise_if_any()
    assert checked.document is not None, "without problems there is a document"
    return scenario_of(checked.document)


def inspect_scenario(path: Path) -> Checked[ScenarioDocument]:
    """The same without raising, for who has more to check."""
    checked = inspect(path, ScenarioDocument)
    _check_waves(checked)
    return checked


def scenario_of(document: ScenarioDocument) -> Scenario:
    """The value."""
    return Scenario(name=document.name, waves=tuple(_wave(one) for one in document.waves), starts_at=document.starts_at)


def _check_waves(checked: Checked[ScenarioDocument]) -> None:
    seen: set[str] = set()
    full = ""
    for index, wave in enumerate(checked.document.waves if checked.document else ()):
        if wave.name in seen:
            checked.complain(("waves", index, "name"), f"wave '{wave.name}' is there already: each needs a name of its own")
        seen.add(wave.name)
        if full:
            checked.complain(("waves", index), f"selects nobody: wave '{full}' before it takes everyone")
        elif catches_all(wave.who):
            full = wave.name


def _wave(document: WaveDocument) -> Wave:
    return Wave(
        name=WaveName(document.name),
        who=selection_of(document.who),
        priority=document.priority,
        after_s=document.after,
        size=document.size,
        interval_s=document.interval,
    )
