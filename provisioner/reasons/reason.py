"""A reason: what it is, and how it is kept.

It is a text as well, in English: so the log and the commands print it, and so older stores keep it. Code and arguments are for
programs, and for what counts reasons of one sort together.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

Argument = str | int | float
"""A name or a number; another reason, which is a text as well."""
ReasonDocument = str | Mapping[str, object]
"""As JSON takes it: the text alone of what has no code."""


class Reason(str):
    """Equal to its English text. An f-string makes a plain text of it: put it into another reason as an argument instead."""

    __slots__ = ("arguments", "code")

    code: str
    arguments: Mapping[str, Argument]

    def __new__(cls, text: str, code: str = "", arguments: Mapping[str, Argument] = MappingProxyType({})) -> "Reason":
        """A text without a code is somebody else's: Proxmox VE's, a directory's, or of an older Bascule."""
        made = super().__new__(cls, text)
        made.code, made.arguments = code, arguments
        return made

    def __reduce__(self) -> tuple[type["Reason"], tuple[str, str, Mapping[str, Argument]]]:
        """To be copied."""
        return Reason, (str(self), self.code, dict(self.arguments))


SEVERAL, ALSO, ALL, ANY, LINES = "several", "also", "all_of", "any_of", "lines"
"""Codes of lists, their members numbered; the first is of several reasons for the same, the last has each on its own line."""
BETWEEN = {SEVERAL: "; ", ALSO: ", ", ALL: " and ", ANY: " or ", LINES: "\n"}
"""What stands between the members of a list."""
ACT = ".act"
"""What the code of an advice ends with: before it stands the code of the reason that it is about."""
NONE = Reason("")
"""There is none."""


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """One line of the table; called with its arguments, it makes the reason."""

    code: str
    text: str
    """English, with a `{name}` for each argument. The end of a name is its unit: `_s`, `_mib`, `_gib`, `_percent`."""
    act: str = ""
    """What an operator can do about it, in English, with arguments as in the text; empty: nothing, or the text says it."""

    def __call__(self, **arguments: Argument) -> Reason:
        """Raises KeyError for an argument that is missing."""
        return Reason(self.text.format_map(arguments), self.code, arguments)


KINDS: dict[str, ReasonKind] = {}
"""Every kind by its code."""


def kind(code: str, text: str, act: str = "") -> ReasonKind:
    """Enter a kind in the table; each code once."""
    assert code not in KINDS, code
    KINDS[code] = made = ReasonKind(code, text, act)
    return made


def act_of(reason: Reason) -> Reason:
    """What an operator can do about it, or else about a reason in it; empty: nothing."""
    known = KINDS.get(reason.code)
    if known is not None and known.act:
        return Reason(known.act.format_map(reason.arguments), reason.code + ACT, reason.arguments)
    return next(filter(None, (act_of(value) for value in reason.arguments.values() if isinstance(value, Reason))), NONE)


def as_reason(text: str) -> Reason:
    """Somebody else's words: they are shown as they are."""
    return text if isinstance(text, Reason) else Reason(text)


def reason_of(error: BaseException) -> Reason:
    """What an error was raised with; a text without a code where that is another system's."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Reason) else Reason(str(error))


def to_document(reason: str) -> ReasonDocument:
    """As a store keeps it."""
    if not isinstance(reason, Reason) or not reason.code:
        return str(reason)
    arguments = {name: to_document(value) if isinstance(value, str) else value for name, value in reason.arguments.items()}
    return {"code": reason.code, "arguments": arguments, "text": str(reason)}


def from_document(document: object) -> Reason:
    """What `kept` wrote; of a kind that is not known any more, or has other arguments by now, the text."""
    if not isinstance(document, Mapping):
        return Reason(str(document))
    raw = document.get("arguments")
    pairs = raw.items() if isinstance(raw, Mapping) else ()
    arguments = {str(name): value if isinstance(value, int | float) else from_document(value) for name, value in pairs}
    return Reason(str(document.get("text", "")), str(document.get("code", "")), arguments)


def join_reasons(reasons: Iterable[str], code: str = SEVERAL) -> Reason:
    """Several reasons for the same, the weightiest first; or names, or parts of a reason."""
    found = tuple(reasons)
    return Reason(BETWEEN[code].join(found), code, {str(number): reason for number, reason in enumerate(found)})


def rename_in_reason(reason: Reason, new: Callable[[str], str]) -> Reason:
    """The same with each text as `new` has it: without a person's names."""
    arguments = {
        name: rename_in_reason(value, new) if isinstance(value, Reason) else new(value) if isinstance(value, str) else value
        for name, value in reason.arguments.items()
    }
    return Reason(new(str(reason)), reason.code, arguments)
