"""Types of values that several documents share, each with its check, its message and its JSON schema."""

import ast
import dataclasses
import enum
import functools
import inspect
import math
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from provisioner.model.autoscale import Spare
from provisioner.model.bounds import LONGEST_S, Bounds
from provisioner.model.pools import MOST_SEATS
from provisioner.reasons.files import (
    DURATION_LONG,
    MUST_BE_DURATION,
    MUST_BE_IDENTIFIER,
    MUST_BE_NODE,
    MUST_BE_OU,
    MUST_BE_POOL,
    MUST_BE_PREFIX,
    MUST_BE_SPARE,
    MUST_BE_STORAGE,
    OR_NEVER,
)
from provisioner.reasons.reason import Reason, reason_of

T = TypeVar("T")

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = r"\d+(?:\.\d+)?\s*(?:ms|s|min|h|d)"


def seconds(value: object) -> float:
    """Parse `90s`, `15min`, `4h`, `1h30min` or a plain number, in seconds; raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or math.isfinite(value)):
        return _bounded(value)
    if not isinstance(value, str) or not re.fullmatch(rf"\s*(?:{_DURATION}\s*)+", value, re.ASCII):
        raise ValueError(MUST_BE_DURATION())
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)", value, re.ASCII)
    return _bounded(sum(float(number) * _UNITS[unit] for number, unit in parts))


def _bounded(length_s: float) -> float:
    """The length itself; raises ValueError for a duration so long that its end has no date."""
    if length_s > LONGEST_S:
        raise ValueError(DURATION_LONG())
    return float(max(length_s, -1.0))  # what is below 0 is refused with its field


_SCHEMA = {
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": rf"^\s*({_DURATION}\s*)+$"}],
}
Seconds = Annotated[float, BeforeValidator(seconds), Field(ge=0), WithJsonSchema(_SCHEMA)]
"""A duration of zero or more."""
SomeSeconds = Annotated[float, BeforeValidator(seconds), Field(gt=0), WithJsonSchema(_SCHEMA)]
"""A duration above zero."""


def seconds_or_never(value: object) -> float:
    """Parse a duration, or `never`, which is infinite; raises ValueError."""
    if value == "never":
        return math.inf
    try:
        return seconds(value)
    except ValueError as error:
        raise ValueError(OR_NEVER(wanted=reason_of(error))) from error


SecondsOrNever = Annotated[
    float,
    Field(gt=0, allow_inf_nan=True),
    BeforeValidator(seconds_or_never),
    WithJsonSchema({"anyOf": [*_SCHEMA["anyOf"], {"const": "never"}]}),
]
"""A duration above zero, or never."""


_SHARE = r"(\d+(?:\.\d+)?)\s*%"


def spare_share(value: object) -> Spare:
    """Parse a number of desktops, or a share such as `20 %`; raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_SEATS:
        return Spare(count=value)
    match = re.fullmatch(_SHARE, value.strip(), re.ASCII) if isinstance(value, str) else None
    if match is None or float(match[1]) > _MOST_SHARE:
        raise ValueError(MUST_BE_SPARE())
    return Spare(percent=float(match[1]))


_MOST_SHARE = 1000.0
SpareShare = Annotated[
    Spare,
    PlainValidator(spare_share),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": f"^{_SHARE}$"}]}),
]
"""Free desktops of a pool: a number, or a share of those that are in use."""


@dataclasses.dataclass(frozen=True, slots=True)
class Matches:
    """Text that matches a pattern as a whole; `wanted` is the message if it does not."""

    pattern: str
    wanted: Reason

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}

    def _check(self, text: str) -> str:
        if re.fullmatch(self.pattern, text, re.ASCII) is None:
            raise ValueError(self.wanted)
        return text


Text = Annotated[str, Field(min_length=1)]
Identifier = Annotated[str, Matches(r"[a-z0-9][a-z0-9-]{0,30}", MUST_BE_IDENTIFIER())]
NodeId = Annotated[str, Matches(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", MUST_BE_NODE())]
StorageName = Annotated[str, Matches(r"[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]", MUST_BE_STORAGE())]
PoolId = Annotated[str, Matches(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+){0,2}", MUST_BE_POOL())]
Prefix = Annotated[str, Matches(r"[a-z][a-z0-9-]{0,8}", MUST_BE_PREFIX())]
"""What a desktop's name begins with; a VMID follows."""
VmidNumber = Annotated[int, Field(ge=100, le=999_999_999)]
"""The VMIDs that Proxmox VE accepts."""
ComputerOu = Annotated[str, Matches(r"(?i:(?:ou|cn) *= *[^\0\n]+?, *dc *= *[^\0\n]+)", MUST_BE_OU())]
"""The DN of a container for computers."""
Port = Annotated[int, Field(ge=1, le=65535)]


def like(owner: type, name: str, **limits: Any) -> Any:
    """A document's field with the default, the bounds and the docstring of the value's field `name`.

    Durations lose their `_s` in files, where `90s` has its unit.
    """
    default = next(field.default for field in dataclasses.fields(owner) if field.name == name)
    if default is not dataclasses.MISSING:
        limits.setdefault("default", str(default) if isinstance(default, Path) else default)
    bounds = {key: value for mark in _hint(owner, name)[1:] for key, value in dataclasses.asdict(mark).items()}
    return Field(description=field_docstrings(owner).get(name), **{**bounds, **limits})


def _hint(owner: type, name: str) -> tuple[Any, ...]:
    """The type of a field, then its bounds."""
    hint = _hints(owner)[name]
    return get_args(hint) if get_origin(hint) is Annotated else (hint,)


@functools.cache
def _hints(owner: type) -> dict[str, Any]:
    return get_type_hints(owner, include_extras=True)


def derived_fields(owner: type) -> Iterator[tuple[str, Any, Any]]:
    """The key, type and field of everything that a document takes from a value unchanged.

    These are durations, switches, choices, and numbers with their bounds (`model.bounds`). Everything else has a form of
    its own in files, and is declared in the document.
    """
    for name in _hints(owner):
        kind, *bounds = _hint(owner, name)
        field = like(owner, name)
        if name.endswith("_s") and kind is float:
            yield name.removesuffix("_s"), Seconds if Bounds(ge=0) in bounds or not field.default else SomeSeconds, field
        elif isinstance(kind, type) and issubclass(kind, enum.Enum):
            yield name, Annotated[kind, Field(strict=False)], field
        elif bounds or kind in (bool, bool | None):
            yield name, kind, field


@functools.cache
def field_docstrings(owner: type) -> dict[str, str]:
    """The docstrings below the fields of a class, by field name."""
    body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(body, ast.ClassDef)
    docstrings: dict[str, str] = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            docstrings[field.target.id] = inspect.cleandoc(ast.literal_eval(text.value)).replace("\n", " ")
    return docstrings


def as_value(owner: type[T], document: BaseModel, **others: Any) -> T:
    """Build a value from a document with the same fields; `others` are fields that the document has in another form.

    A field with a default that no file can set keeps its default.
    """
    for field in dataclasses.fields(cast("Any", owner)):
        names = (field.name, field.name.removesuffix("_s"))
        name = next((name for name in names if name in type(document).model_fields), None)
        if field.name in others or (name is None and field.default is not dataclasses.MISSING):
            continue
        value = getattr(document, name or field.name)
        others[field.name] = tuple(value) if isinstance(value, list) else value
    return owner(**others)
