"""What differs between two configurations, and which of it a reload applies, or waits for a restart. Never a secret.

Keys are those of the files: `budget.retry_cap`, `clusters.melun.endpoints`, `profiles.standard.vcpus`. Values are compared
after they were read, so another way to write the same value is not a difference.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path

from provisioner.model.machines.ownership import NoteKey
from provisioner.settings.secret import Secret
from provisioner.settings.sections import SECTIONS
from provisioner.settings.values import Reload, Settings

HIDDEN = "(secret)"
"""In place of a secret, before and after."""
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def reload_settings(old: Settings, new: Settings) -> Settings:
    """The old settings with the live fields of the new settings.

    Fields that need a restart (the installation, VMID ranges) all keep their old value: a mixture would be wrong.
    """
    sections = old.sections
    for section in SECTIONS.found():
        if section.reload is Reload.LIVE:
            sections = sections.having(section.part, new.sections[section.part])
    return replace(old, sections=sections, **{name: getattr(new, name) for name in _names(Reload.LIVE)})


def needs_restart(old: Settings, new: Settings) -> list[str]:
    """The changed fields that need a restart, in the order of Settings; then sections of capabilities."""
    parts = (section.part for section in SECTIONS.found() if section.reload is Reload.RESTART)
    return [
        *(name for name in _names(Reload.RESTART) if getattr(old, name) != getattr(new, name)),
        *(part.name for part in parts if old.sections[part] != new.sections[part]),
    ]


def _names(which: Reload) -> list[str]:
    return [field.name for field in fields(Settings) if field.metadata["reload"] is which]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDifference:
    """One key with two values."""

    key: str
    before: str | None
    """None: it was not set, and has no default."""
    after: str | None
    """None: it is not set any more."""
    reload: Reload
    """Whether a reload takes it up."""


def differences(before: Settings, after: Settings) -> tuple[KeyDifference, ...]:
    """Every key that differs, sorted."""
    return tuple(sorted(_differences(before, after), key=lambda difference: difference.key))


def _differences(before: Settings, after: Settings) -> Iterator[KeyDifference]:
    for name, reload, old, new in _pairs(before, after):
        if old == new:
            continue
        olds, news = (dict(_leaves(_name(name), value)) for value in (old, new))
        for key in olds.keys() | news.keys():
            if olds.get(key) != news.get(key):
                shown = [None if key not in found else _shown(found[key]) for found in (olds, news)]
                yield KeyDifference(key=key, before=shown[0], after=shown[1], reload=reload)


def _pairs(before: Settings, after: Settings) -> Iterator[tuple[str, Reload, object, object]]:
    for field in fields(Settings):
        if field.metadata["reload"] is not Reload.EACH:
            yield field.name, field.metadata["reload"], getattr(before, field.name), getattr(after, field.name)
    for section in SECTIONS.found():
        yield section.part.name, section.reload, before.sections[section.part], after.sections[section.part]


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """The single values below a value, each with its key."""
    if value is None:
        return
    if path == "naming.vmids" and isinstance(value, Mapping):  # in files a key of each cluster
        yield from ((f"clusters.{cluster}.vmids", pair) for cluster, pair in value.items())
    elif isinstance(value, NoteKey):
        yield path, Secret(value.secret.hex())
    elif is_dataclass(value) and not isinstance(value, Secret | type):
        for field in fields(value):
            if field.compare:
                yield from _leaves(f"{path}.{_name(field.name)}", _with_unit(field.name, getattr(value, field.name)))
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _leaves(f"{path}.{key}", member)
    elif isinstance(value, tuple) and any(is_dataclass(member) for member in value):
        for index, member in enumerate(value):
            yield from _leaves(f"{path}[{index}]", member)
    else:
        yield path, value


def _name(field: str) -> str:
    """The key of a field: durations have their unit in files, not in the key."""
    return "scenario" if field == "scenario_file" else field.removesuffix("_s")


class _Seconds(float):
    """A duration."""


class _Moment(float):
    """A time since the epoch."""


def _with_unit(name: str, value: object) -> object:
    if isinstance(value, float) and name.endswith("_s"):
        return _Seconds(value)
    return _Moment(value) if isinstance(value, float) and name.endswith("_at") else value


def _shown(value: object) -> str:
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, _Seconds):
        return _duration(value)
    if isinstance(value, _Moment):
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset | tuple | list):
        members = map(_shown, value)
        return f"[{', '.join(sorted(members) if isinstance(value, frozenset) else members)}]"
    return str(value) if isinstance(value, Path | int | float | str) else repr(value)


def _duration(seconds: float) -> str:
    """As the files take it."""
    if seconds == inf:
        return "never"
    for length, unit in _UNITS:
        if seconds and seconds % length == 0:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:g}s"
