"""Reasons as documents, and many reasons as counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.reasons.grouping import grouped
from provisioner.reasons.reason import Argument, Reason, as_reason
from provisioner.texts.translate import translated

ArgumentDocument = str | int | float | Mapping[str, object]
"""A name, a number, or another reason with the keys of `ReasonDocument`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonDocument:
    """Why something is as it is: a code for programs, a text for people."""

    code: str | None
    """The kind of the reason; it never changes. None: the words of another system (Proxmox VE, the directory)."""
    arguments: Mapping[str, ArgumentDocument]
    """By name. Numbers are in the unit that the name ends with."""
    text: str
    """In the language that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """Reasons of one kind."""

    count: int
    """How often this kind of reason is given."""
    texts: int
    """How many different texts; 1: `example` is the only one."""
    example: ReasonDocument
    """The most frequent."""


def reason_document(reason: str) -> ReasonDocument:
    """A reason, or the text of another system."""
    known = as_reason(reason)
    return ReasonDocument(code=known.code or None, arguments=_arguments(known.arguments), text=translated(known))


def reason_or_none(reason: str) -> ReasonDocument | None:
    """None: there is no reason."""
    return reason_document(reason) if reason else None


def reason_documents(reasons: Iterable[str]) -> tuple[ReasonDocument, ...]:
    """Each reason, in order."""
    return tuple(map(reason_document, reasons))


def reason_counts(reasons: Iterable[str]) -> tuple[ReasonCount, ...]:
    """The kinds of reasons, the most frequent first: 1,700 desktops give some twenty."""
    return tuple(
        ReasonCount(count=group.times, texts=group.texts, example=reason_document(group.example)) for group in grouped(reasons)
    )


def _arguments(arguments: Mapping[str, Argument]) -> dict[str, ArgumentDocument]:
    return {name: _argument(value) for name, value in arguments.items()}


def _argument(value: Argument) -> ArgumentDocument:
    if isinstance(value, Reason) and value.code:
        return {"code": value.code, "arguments": _arguments(value.arguments), "text": translated(value)}
    return str(value) if isinstance(value, str) else value
