"""What is wrong, or not known; and drift: the differences between store and clusters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.model.status import Status
from provisioner.reasons.reason import act_of
from provisioner.texts.translate import translated
from provisioner.views.reasons import ArgumentDocument, reason_document
from provisioner.views.times import stamp, stamp_or_none
from provisioner.wrong.entry import Wrong
from provisioner.wrong.table import meaning_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongDocument:
    """Something that is wrong, or not known."""

    code: str | None
    """The kind of the reason; it never changes. None: the words of another system."""
    severity: str
    """`critical`, `warning` or `note`; after a note `status` still ends with 0."""
    text: str
    """In the language that was asked for."""
    arguments: Mapping[str, ArgumentDocument]
    """Of the reason, by name."""
    act: str | None
    """What a person can do, in the same language; None: the text says it, or nothing."""
    about: str
    """What has it: a cluster, `CLUSTER/NODE`, a wave, a broker; empty: the site."""
    since: str | None
    """Since when it is so, as far as this daemon knows."""
    seen_at: str | None
    """When what it rests on was seen last; None: never, or it is the daemon's own."""
    count: int
    """Desktops or people that it concerns; 0: not counted."""
    names: tuple[str, ...]
    """The first of them, where a name helps."""
    runbook: str | None
    """Page and heading below docs/en/runbooks; None: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsDocument:
    """What is wrong, or not known. Most of it waits for a person."""

    at: str
    wrong: tuple[WrongDocument, ...]
    """The worst first."""
    drift: Mapping[str, int]
    """Differences between store and clusters, by kind."""
    drift_counted_at: str | None
    """None: not yet."""


def findings_document(status: Status, wrong: Iterable[Wrong]) -> FindingsDocument:
    """What is wrong, and how many differences there are."""
    return FindingsDocument(
        at=stamp(status.at),
        wrong=wrong_documents(wrong),
        drift={kind.value: count for kind, count in sorted(status.differences.items())},
        drift_counted_at=stamp(status.compared_at) if status.compared_at else None,
    )


def wrong_documents(entries: Iterable[Wrong]) -> tuple[WrongDocument, ...]:
    """Each entry, in order."""
    return tuple(map(_document, entries))


def _document(entry: Wrong) -> WrongDocument:
    reason, meaning, act = reason_document(entry.says), meaning_of(entry.code), act_of(entry.says)
    return WrongDocument(
        code=reason.code,
        severity=meaning.severity.value,
        text=reason.text,
        arguments=reason.arguments,
        act=translated(act) if act else None,
        about=entry.about,
        since=stamp_or_none(entry.since),
        seen_at=stamp_or_none(entry.seen_at),
        count=entry.concerns,
        names=entry.names,
        runbook=meaning.runbook or None,
    )
