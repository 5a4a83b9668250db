"""What a scenario's file may hold.

There are two ways to say when people get desktops, and a file uses one of them. Each wave opens at a time of its own: `after`,
`size`, `interval`, `priority`, `starts_at`, `prepare_before`. Or the scenario is planned: batches have deadlines (`ready_by`,
`batches`), and the order of the waves is their importance.
"""

import enum
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from provisioner.model.scenario.ceilings import Ceiling, Counted
from provisioner.model.scenario.gates import CONDITIONS
from provisioner.model.scenario.scenarios import UP_BEFORE_S, End, PlannedTime, PreparationLevel, Wave
from provisioner.reasons.settings import GATE_EMPTY, MUST_BE_EVERY, MUST_BE_HOURS, MUST_BE_NODES, WAVE_NO_SIZE
from provisioner.settings.checking import Document
from provisioner.settings.fields import Seconds, SomeSeconds, Text, like, seconds
from provisioner.settings.problems import Path
from provisioner.settings.rotation import RotationKeys, SharedSlots
from provisioner.settings.scenario_people import ExceptKeys, WhoOfWave
from provisioner.settings.scenario_times import PLANNED_SCHEMA, Moment, Planned, WrittenTime, written_time
from provisioner.settings.wording import did_you_mean

HALF_DAY = "half-day"
END_SCHEMA = {"anyOf": [{"const": "by hand"}, PLANNED_SCHEMA]}
PrepareLevel = Annotated[PreparationLevel, Field(strict=False)]
WaveLabel = Annotated[str, Field(min_length=1, max_length=60)]
PLANNED_KEYS = ("ready_by", "batches", "gate")
"""Keys of a wave that make the scenario a planned one."""
TIMED_KEYS = ("after", "size", "interval", "priority", "prepare_before")
"""Keys of a wave that have no meaning in a planned scenario."""


def _every(value: object) -> float | str:
    """`half-day`, or a duration above zero; raises ValueError."""
    if value == HALF_DAY:
        return HALF_DAY
    try:
        length_s = seconds(value)
    except ValueError:
        length_s = 0.0
    if length_s <= 0:
        raise ValueError(MUST_BE_EVERY())
    return length_s


Every = Annotated[
    float | Literal["half-day"],
    BeforeValidator(_every),
    WithJsonSchema({"anyOf": [{"const": HALF_DAY}, {"type": "string", "examples": ["2h"]}, {"type": "number"}]}),
]


class BatchesKeys(Document):
    """A wave in parts, one after the other."""

    size: int = Field(ge=1)
    """Agents in a batch."""
    every: Every
    """`half-day`: each later batch is due as the next half-day of the calendar begins. Or a duration such as `2h`."""


class _Asking(Document):
    """A key for each condition of `model/conditions`."""

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__(**config)
        for condition in CONDITIONS:
            kind = Annotated[float, BeforeValidator(condition.parse), WithJsonSchema(dict(condition.schema))]
            cls.__annotations__[condition.key] = kind | None
            setattr(cls, condition.key, Field(default=None, description=condition.help))


class GateKeys(_Asking):
    """What each batch of the wave waits for, besides its time. It looks at the batch before, which may be an earlier wave's."""

    @property
    def values(self) -> dict[str, float | None]:
        """The values, by the conditions' keys."""
        return {condition.key: getattr(self, condition.key) for condition in CONDITIONS}

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(value is None for value in self.values.values()):
            raise ValueError(GATE_EMPTY(keys=", ".join(self.values)))
        return self


class PrepareKeys(Document):
    """How far desktops are made before the work for their batch begins, and from when."""

    level: PrepareLevel
    """none, stopped (cloned and configured: only the boot is missing) or running."""
    begin: Planned = Field(default=WrittenTime(planned=PlannedTime()), alias="from")
    """When it begins, such as `start`, `start + 2h` or `day 1 18:00`. Left out: at the start."""


BY_HAND = "by hand"


def _when(value: object) -> WrittenTime | None:
    """`by hand`, which is None, or a time; raises ValueError."""
    return None if value == BY_HAND else written_time(value)


class CeilingKeys(Document):
    """So many people at most get a desktop, because of something outside the cluster."""

    limit: int = like(Ceiling, "limit")
    """People who have a desktop already count."""
    counts: Annotated[Counted, Field(strict=False)] = like(Ceiling, "counts")
    in_use: Annotated[Text, Field(max_length=1000)] | None = like(Ceiling, "in_use", default=None)


_NODES = re.compile(r"(\d{1,3}) nodes?", re.ASCII)


def _nodes(value: object) -> int:
    """Parse `1 node`, `2 nodes`; raises ValueError."""
    match = _NODES.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(MUST_BE_NODES())
    return int(match[1])


Nodes = Annotated[
    int, BeforeValidator(_nodes), WithJsonSchema({"type": "string", "pattern": r"^\d{1,3} nodes?$", "examples": ["1 node"]})
]


class OutsideHoursWord(enum.StrEnum):
    """What becomes of desktops that nobody works on outside the hours."""

    RUN = "leave running"
    STOP = "stop when logged off"


def _outside_hours(value: object) -> OutsideHoursWord:
    """Parse it; raises ValueError with the phrase that was probably meant."""
    phrases = [each.value for each in OutsideHoursWord]
    if value in phrases:
        return OutsideHoursWord(value)
    raise ValueError(did_you_mean(MUST_BE_HOURS(), str(value), phrases))


class DuringKeys(Document):
    """What holds as long as the scenario is in force."""

    survive: Nodes = Field(default=0)
    """`1 node`: new desktops leave room to restart those of the fullest node of their cluster. Left out: no room is kept."""
    deletes: Literal["none"] | None = Field(default=None)
    """`none`: no desktop is deleted while the surge is not over, of whomever. Left out: as `safety.max_deletes` says."""

    outside_hours: Annotated[OutsideHoursWord, Field(strict=False), BeforeValidator(_outside_hours)] = Field(
        default=OutsideHoursWord.RUN
    )
    """`stop when logged off`: outside the calendar's hours, from the last half-day's end to the first one's beginning on the
    next working day, desktops without a session are shut down. Left out: they are left running."""
    ready_before: SomeSeconds = Field(default=UP_BEFORE_S)
    """How long before the hours begin desktops that were shut down are up again. They are started earlier than that, by as long
    as boots take."""

    ceilings: dict[Text, CeilingKeys] = Field(default={})
    """Each by a name of your own, such as vpn or windows-licences. The lowest binds. Who is more important gets a desktop; the
    others get none, and the reason names the ceiling."""


class KeptKeys(Document):
    """What becomes of desktops that go back. Each is shut down once nobody is logged on."""

    keep: SomeSeconds = like(End, "keep_s")


class LessKeys(Document):
    """Another desktop than people are entitled to."""

    profile: Text
    """A profile of bascule.yaml that takes less room."""


class FewerKeys(Document):
    """Fewer half-days than people of the rotation are to have."""

    slots: SharedSlots
    """`4 of 10`: whoever has had none before is planned with these, if more do not suffice for all."""


REFUSE = "refuse"


def _shortage_form(value: object) -> str:
    """A step with a key that begins as `slots` does is meant for the rotation."""
    if isinstance(value, FewerKeys) or (isinstance(value, dict) and any(str(key).startswith("slot") for key in value)):
        return "fewer"
    return "less" if isinstance(value, dict | LessKeys) else "refuse"


ShortageStep = Annotated[
    Annotated[LessKeys, Tag("less")] | Annotated[FewerKeys, Tag("fewer")] | Annotated[Literal["refuse"], Tag("refuse")],
    Discriminator(_shortage_form),
]


class EndKeys(Document):
    """How the surge ends: the desktops that it made go back, the last wave's first."""

    when: Annotated[WrittenTime | None, BeforeValidator(_when), WithJsonSchema(END_SCHEMA)] = Field(default=None)
    """`by hand`: by `bascule surge finish`. Or a time, as for `ready_by`, such as `2026-12-18 18:00`."""
    batches: BatchesKeys | None = Field(default=None)
    """How many desktops go back at a time. Left out: all."""
    desktops: KeptKeys = Field(default=KeptKeys())
    """How long they are kept; then they go the way of the desktops of leavers."""


def _form(value: object) -> str:
    return "plan" if isinstance(value, dict | PrepareKeys) else "level"


Prepare = Annotated[
    Annotated[PrepareLevel, Tag("level")] | Annotated[PrepareKeys, Tag("plan")],
    Discriminator(_form),
]


class WaveKeys(Document):
    """Part of a surge. An agent belongs to the first wave that selects it."""

    name: WaveLabel
    """The name of the wave in logs, metrics and reports."""
    who: WhoOfWave
    """`everyone`, or criteria: groups, departments, sites, logins, logins_from, units, attributes."""
    except_: ExceptKeys | None = Field(default=None, alias="except")
    """Who is left out, by the same criteria: one that matches is enough."""
    percent: float | None = like(Wave, "percent")
    ready_by: Planned | None = Field(default=None)
    """When the first batch is due: `start + 1h`, `day 1 08:00`, `day 1 pm`, or a date and time. Left out: as soon as the waves
    before it allow."""
    batches: BatchesKeys | None = Field(default=None)
    """Left out: all agents of the wave at once."""
    gate: GateKeys | None = Field(default=None)
    """What each batch waits for, besides its time. Left out: nothing."""
    priority: int = like(Wave, "priority")
    after: Seconds = like(Wave, "after_s")
    size: int | None = like(Wave, "size")
    interval: Seconds = like(Wave, "interval_s")
    prepare: Prepare | None = Field(default=None)
    """How far desktops are prepared before the agent's batch opens: none, stopped (not booted yet) or running; in a planned
    scenario with the time when that begins. Left out: as in the scenario."""
    prepare_before: SomeSeconds | None = Field(default=None)
    """How long before the agent's batch opens the desktop may be prepared. Left out: as in the scenario."""

    @model_validator(mode="after")
    def _batches(self) -> Self:
        if self.interval and self.size is None:
            raise ValueError(WAVE_NO_SIZE())
        return self


class ScenarioKeys(Document):
    """Which agents work from home, and from when."""

    name: WaveLabel
    """The name of the surge in logs and reports."""
    calendar: Text | None = Field(default=None)
    """The name of a calendar (`departement` is `calendars/departement.yaml`, in this folder or beside it), or its path."""
    starts_at: Moment | None = Field(default=None)
    """A time with its zone, such as `2026-11-03 06:00 Europe/Paris`. Left out: as soon as the daemon loads the scenario."""
    prepare: Prepare = like(Wave, "prepare")
    prepare_before: SomeSeconds | None = like(Wave, "prepare_before_s")
    start: Literal["by hand"] | None = Field(default=None)
    """`by hand`: it begins when `bascule surge start` says so; each scenario with `ready_by`, `batches`, `gate` or `calendar`
    does. Otherwise, left out: as soon as the daemon loads it, or at `starts_at`."""
    during: DuringKeys = Field(default=DuringKeys())
    """What holds as long as the scenario is in force. Left out: nothing."""
    shortage: list[ShortageStep] = Field(default=[], min_length=1)
    """What people get where their own does not fit, in this order: of a wave, `{profile: light}`; of a rotation whose half-days
    do not suffice, `{slots: 4 of 10}`; then `refuse`. It concerns people who have not been given any. Left out: they wait."""
    end: EndKeys = Field(default=EndKeys())
    """How the surge ends. Left out: by hand, all desktops at once."""
    waves: list[WaveKeys] = Field(default=[])
    """In order: an agent belongs to the first wave that selects it. At least one, unless there is a rotation."""
    rotation: RotationKeys | None = Field(default=None)
    """Who shares the desktops of a pool by half-days; people of a wave have a desktop of their own. Left out: nobody."""

    def criteria(self) -> Iterator[tuple[Path, object]]:
        """All by which it selects people, and where."""
        for index, wave in enumerate(self.waves):
            yield ("waves", index, "who"), wave.who
            yield ("waves", index, "except"), wave.except_
        if self.rotation is not None:
            yield from ((("rotation", *at), who) for at, who in self.rotation.criteria())

    def planned_keys(self) -> Iterator[Path]:
        """The keys that make it a planned scenario."""
        if self.calendar is not None:
            yield ("calendar",)
        if self.rotation is not None:
            yield ("rotation",)
        if isinstance(self.prepare, PrepareKeys):
            yield ("prepare",)
        for index, wave in enumerate(self.waves):
            yield from (("waves", index, key) for key in PLANNED_KEYS if key in wave.model_fields_set)
            if isinstance(wave.prepare, PrepareKeys):
                yield ("waves", index, "prepare")

    def timed_keys(self) -> Iterator[Path]:
        """The keys that only a scenario has that is not planned."""
        yield from ((key,) for key in ("starts_at", "prepare_before") if key in self.model_fields_set)
        for index, wave in enumerate(self.waves):
            yield from (("waves", index, key) for key in TIMED_KEYS if key in wave.model_fields_set)
