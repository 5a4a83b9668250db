"""Validate a document against its pydantic model, or load a file as one: every problem, and the part that is usable all the
same.

The checks between sections run on the usable part, so that a wrong value does not hide problems elsewhere.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from provisioner.extensions import with_added
from provisioner.reasons.reason import Reason
from provisioner.settings.fields import derived_fields
from provisioner.settings.problems import Path, Problem, Problems
from provisioner.settings.wording import message_for
from provisioner.settings.yaml_lines import YamlSource, read_source


class Document(BaseModel):
    """The base of every file's model: unknown keys are refused, and no value is converted silently.

    `of`: the value that it becomes. Fields that the document does not declare come from the value (`fields.derived_fields`).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    def __init_subclass__(
        cls, *, of: type | None = None, more: Iterable[tuple[str, str, Any, Any]] = (), **config: Any
    ) -> None:
        """`more`: fields that are added: the key before each, its own, its type, its default."""
        super().__init_subclass__(**config)
        added = tuple(more)
        cls.__annotations__ = with_added(cls.__annotations__, ((after, key, kind) for after, key, kind, _ in added))
        for _, key, _, default in added:
            setattr(cls, key, default)
        for key, kind, default in derived_fields(of) if of is not None else ():
            if key not in cls.__annotations__:
                cls.__annotations__[key] = kind
                setattr(cls, key, default)


D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDocument(Generic[D]):
    """A validated document, and how its paths map to paths in the file. The problems are in the source."""

    source: YamlSource
    document: D | None
    """Without its wrong parts; None when nothing usable is left."""
    removed: frozenset[Path] = field(default=frozenset())
    """Paths in the file of the parts that were left out of the document."""

    def complain(self, path: Path, problem: Reason, *, at_key: bool = False) -> None:
        """Add a problem at a path of the document."""
        self.source.problems.append(self.source.problem(in_file(path, self.removed), problem, at_key=at_key))


def check(source: YamlSource, model: type[D]) -> CheckedDocument[D]:
    """Validate the data of a file; problems are added to the source.

    Each round leaves the wrong parts out and validates again, until the rest is right or nothing is left.
    """
    if source.data is None and source.problems:
        return CheckedDocument(source=source, document=None)
    removed: frozenset[Path] = frozenset()
    while True:
        data = _without(source.data if source.data is not None else {}, removed, ())
        try:
            return CheckedDocument(source=source, document=model.model_validate(data), removed=removed)
        except ValidationError as failure:
            errors = [_LocatedError.of(data, details) for details in failure.errors(include_url=False)]
        if not removed:
            # Errors of later rounds only follow from the parts left out.
            source.problems.extend(error.problem(source, model) for error in errors if error.path not in source.broken)
        left_out = {error.left_out for error in errors}
        if () in left_out:
            return CheckedDocument(source=source, document=None, removed=removed)
        removed |= {in_file(path, removed) for path in left_out}


def in_file(path: Path, removed: frozenset[Path]) -> Path:
    """The path in the file for a path in the document, where removed items no longer count."""
    place: Path = ()
    for part in path:
        if isinstance(part, int):
            part = _index_in_file(place, part, removed)
        place = (*place, part)
    return place


def _index_in_file(place: Path, index: int, removed: frozenset[Path]) -> int:
    indices = (i for i in itertools.count() if (*place, i) not in removed)
    return next(itertools.islice(indices, index, None))


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
class _LocatedError:
    """An error of pydantic, with its path in the data."""

    path: Path
    kind: str
    details: ErrorDetails
    at_key: bool

    @classmethod
    def of(cls, data: object, details: ErrorDetails) -> "_LocatedError":
        path: Path = ()
        for part in details["loc"]:
            known, inner = _step(data, part)
            if known:  # otherwise the part names a branch of a union, or is "[key]"
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


def load(path: FilePath, model: type[D]) -> D:
    """Read and validate a file; raises SettingsError with a line `file:line:column path: message` for each problem."""
    problems = Problems()
    checked = inspect_file(path, model)
    problems.add(checked.source.problems)
    problems.raise_if_any()
    assert checked.document is not None, "without problems there is a document"
    return checked.document


def inspect_file(path: FilePath, model: type[D]) -> CheckedDocument[D]:
    """Read and validate a file without raising, for further checks: the problems are in `.source.problems`."""
    return check(read_source(path), model)
