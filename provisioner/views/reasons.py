"""Reasons as documents, and many reasons as counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from provisioner.model.deferrals import Deferral
from provisioner.model.ids import Instant
from provisioner.reasons.grouping import Group, grouped, sort_of
from provisioner.reasons.reason import Argument, Reason, as_reason
from provisioner.texts.translate import translated
from provisioner.views.times import stamp_or_none

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
    next_try_at: str | None = None
    """When the first of them is tried again; None: in each cycle, or there is nothing to try."""


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
    return tuple(map(_count, grouped(reasons)))


def deferral_counts(deferrals: Iterable[Deferral]) -> tuple[ReasonCount, ...]:
    """The same of what waits, with the time of the next try."""
    waiting, tries = tuple(deferrals), dict[str, Instant]()
    for deferral in waiting:
        if deferral.retry_at is not None:
            sort = sort_of(deferral.reason)
            tries[sort] = min(deferral.retry_at, tries.get(sort, deferral.retry_at))
    return tuple(
        replace(_count(group), next_try_at=stamp_or_none(tries.get(sort_of(group.example))))
        for group in grouped(deferral.reason for deferral in waiting)
    )


def _count(group: Group) -> ReasonCount:
    return ReasonCount(count=group.times, texts=group.texts, example=reason_document(group.example))


def _arguments(arguments: Mapping[str, Argument]) -> dict[str, ArgumentDocument]:
    return {name: _argument(value) for name, value in arguments.items()}


def _argument(value: Argument) -> ArgumentDocument:
    if isinstance(value, Reason) and value.code:
        return {"code": value.code, "arguments": _arguments(value.arguments), "text": translated(value)}
    return str(value) if isinstance(value, str) else value
