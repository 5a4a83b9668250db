"""A document against its pydantic model: every problem in people's words, and what is usable in spite of them.

The usable rest lets the checks between sections go on, so that one wrong value does not hide another elsewhere.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from provisioner.reasons.reason import Reason
from provisioner.settings.fields import derived
from provisioner.settings.problems import Path, Problem
from provisioner.settings.wording import message_for
from provisioner.settings.yaml_lines import YamlSource


class Document(BaseModel):
    """What every file's model derives from: unknown keys are refused, and nothing is converted in silence.

    `of`: the value it becomes. What the document does not declare itself it has from the value (`fields.derived`).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    def __init_subclass__(cls, *, of: type | None = None, **config: Any) -> None:
        super().__init_subclass__(**config)
        for key, kind, default in derived(of) if of is not None else ():
            if key not in cls.__annotations__:
                cls.__annotations__[key] = kind
                setattr(cls, key, default)


D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Generic[D]):
    """A document and how its paths translate to the file's. The problems are in the source."""

    source: YamlSource
    document: D | None
    """Without the parts that are wrong; None when nothing usable is left."""
    removed: frozenset[Path] = field(default=frozenset())
    """What was left out of the document, as paths in the file."""

    def complain(self, path: Path, problem: Reason, *, at_key: bool = False) -> None:
        """Add a problem at a path of the document."""
        self.source.problems.append(self.source.problem(in_file(path, self.removed), problem, at_key=at_key))


def check(source: YamlSource, model: type[D]) -> Checked[D]:
    """Validate what was read; problems are added to the source."""
    if source.data is None and source.problems:
        return Checked(source=source, document=None)
    removed: frozenset[Path] = frozenset()
    while True:
        data = _without(source.data if source.data is not None else {}, removed, ())
        try:
            return Checked(source=source, document=model.model_validate(data), removed=removed)
        except ValidationError as error:
            wrong = [_Wrong.of(data, details) for details in error.errors(include_url=False)]
        if not removed:
            # Later rounds see only what follows from leaving parts out.
            source.problems.extend(one.problem(source, model) for one in wrong if one.path not in source.broken)
        left_out = {one.left_out for one in wrong}
        if () in left_out:
            return Checked(source=source, document=None, removed=removed)
        removed |= {in_file(path, removed) for path in left_out}


def in_file(path: Path, removed: frozenset[Path]) -> Path:
    """The path in the file of what has this path once the removed parts are left out."""
    place: Path = ()
    for part in path:
        if isinstance(part, int):
            part = _nth_kept(place, part, removed)
        place = (*place, part)
    return place


def _nth_kept(place: Path, index: int, removed: frozenset[Path]) -> int:
    kept = (i for i in itertools.count() if (*place, i) not in removed)
    return next(itertools.islice(kept, index, None))


def _without(data: object, removed: frozenset[Path], place: Path) -> object:
    if not removed:
        return data
    if isinstance(data, dict):
        return {k: _without(v, removed, (*place, k)) for k, v in data.items() if (*place, k) not in removed}
    if isinstance(data, list):
        return [_without(v, removed, (*place, i)) for i, v in enumerate(data) if (*place, i) not in removed]
    return data


def _step(data: object, part: str | int) -> tuple[bool, object]:
    if isinstance(data, dict) and part in data:
        return True, data[part]
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return True, data[part]
    return False, None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    """One of pydantic's errors, located in the data it was about."""

    path: Path
    kind: str
    details: ErrorDetails
    at_key: bool

    @classmethod
    def of(cls, data: object, details: ErrorDetails) -> "_Wrong":
        path: Path = ()
        for part in details["loc"]:
            known, inner = _step(data, part)
            if known:  # else it is the name of a union's branch, or "[key]"
                path, data = (*path, part), inner
        kind = details["type"]
        return cls(path=path, kind=kind, details=details, at_key=kind == "extra_forbidden" or details["loc"][-1:] == ("[key]",))

    @property
    def left_out(self) -> Path:
        """The smallest part that the document can do without: an unknown key, an item of a list, or the enclosing mapping."""
        whole = self.kind in ("missing", "extra_forbidden") or len(self.path) < 2 or isinstance(self.path[-1], int)
        return self.path if whole else self.path[:-1]

    def problem(self, source: YamlSource, model: type[BaseModel]) -> Problem:
        message = message_for(self.details, model, self.path)
        path = (*self.path, self.details["loc"][-1]) if self.kind == "missing" else self.path
        return source.problem(path, message, at_key=self.at_key)
