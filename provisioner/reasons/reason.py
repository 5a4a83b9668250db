"""A reason, and how it is stored.

A reason is a text: in English, for the log, and for a version that does not know its code. Its code and arguments are for
programs, for translations, and for counting reasons of the same kind.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

Argument = str | int | float
"""A name, a number, or another reason (which is a text)."""
ReasonDocument = str | Mapping[str, object]
"""A reason for JSON; without a code it is the text alone."""


class Reason(str):
    """Equal to its English text. An f-string loses the code: make the reason an argument of another reason instead."""

    __slots__ = ("arguments", "code")

    code: str
    arguments: Mapping[str, Argument]

    def __new__(cls, text: str, code: str = "", arguments: Mapping[str, Argument] = MappingProxyType({})) -> "Reason":
        """Without a code it is a text of Proxmox VE, or of a directory."""
        reason = super().__new__(cls, text)
        reason.code, reason.arguments = code, arguments
        return reason

    def __reduce__(self) -> tuple[type["Reason"], tuple[str, str, Mapping[str, Argument]]]:
        """The parts for copies and pickles."""
        return Reason, (str(self), self.code, dict(self.arguments))


SEVERAL, ALSO, ALL, ANY, LINES = "several", "also", "all_of", "any_of", "lines"
"""Codes of lists; arguments are numbered. SEVERAL: several reasons for the same thing. LINES: one member on each line."""
BETWEEN = {SEVERAL: "; ", ALSO: ", ", ALL: " and ", ANY: " or ", LINES: "\n"}
"""The separator of each list."""
ACT = ".act"
"""The code of an advice is the code of its reason with this ending."""
NONE = Reason("")
"""No reason."""


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """A line of the table. A call with the arguments makes the reason."""

    code: str
    text: str
    """English, with a `{name}` for each argument. A name ends with its unit: `_s`, `_mib`, `_gib`, `_percent`."""
    act: str = ""
    """What an operator can do, in English, with the same arguments; empty: nothing, or the text says it."""

    def __call__(self, **arguments: Argument) -> Reason:
        """Raises KeyError for an argument that is missing."""
        return Reason(self.text.format_map(arguments), self.code, arguments)


KINDS: dict[str, ReasonKind] = {}
"""Every kind by its code."""


def kind(code: str, text: str, act: str = "") -> ReasonKind:
    """Add a kind to the table. Each code may be used once."""
    assert code not in KINDS, code
    KINDS[code] = new = ReasonKind(code, text, act)
    return new


def act_of(reason: Reason) -> Reason:
    """What an operator can do about a reason, or about a reason in its arguments; empty: nothing."""
    known = KINDS.get(reason.code)
    if known is not None and known.act:
        return Reason(known.act.format_map(reason.arguments), reason.code + ACT, reason.arguments)
    return next(filter(None, (act_of(value) for value in reason.arguments.values() if isinstance(value, Reason))), NONE)


def as_reason(text: str) -> Reason:
    """The text of another system, shown unchanged. A reason stays a reason."""
    return text if isinstance(text, Reason) else Reason(text)


def reason_of(error: BaseException) -> Reason:
    """The reason in an error; the text of another system has no code."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Reason) else Reason(str(error))


def to_document(reason: str) -> ReasonDocument:
    """A reason as a store keeps it."""
    if not isinstance(reason, Reason) or not reason.code:
        return str(reason)
    arguments = {name: to_document(value) if isinstance(value, str) else value for name, value in reason.arguments.items()}
    return {"code": reason.code, "arguments": arguments, "text": str(reason)}


def from_document(document: object) -> Reason:
    """The reason that `to_document` wrote. Its text is used if another version has other kinds or arguments."""
    if not isinstance(document, Mapping):
        return Reason(str(document)) if document else NONE
    raw = document.get("arguments")
    pairs = raw.items() if isinstance(raw, Mapping) else ()
    arguments = {str(name): value if isinstance(value, int | float) else from_document(value) for name, value in pairs}
    return Reason(str(document.get("text", "")), str(document.get("code", "")), arguments)


def join_reasons(reasons: Iterable[str], code: str = SEVERAL) -> Reason:
    """A list of reasons, the most important first; or of names, or of parts of a reason."""
    members = tuple(reasons)
    return Reason(BETWEEN[code].join(members), code, {str(number): member for number, member in enumerate(members)})


def rename_in_reason(text: str, new: Callable[[str], str]) -> Reason:
    """The reason with each text replaced by `new`: without a person's names."""
    reason = as_reason(text)
    arguments = {
        name: rename_in_reason(value, new) if isinstance(value, Reason) else new(value) if isinstance(value, str) else value
        for name, value in reason.arguments.items()
    }
    return Reason(new(str(reason)), reason.code, arguments)
