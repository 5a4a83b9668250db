"""Failures by reason, and what desktops waited for."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from provisioner.model.actions import Result
from provisioner.model.ids import Instant
from provisioner.model.scenario.progress import Progress
from provisioner.ports import JournalEntry
from provisioner.reasons.grouping import sort_of
from provisioner.reasons.reason import Reason
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.times import stamp

_BAD = (Result.RETRY, Result.UNKNOWN, Result.REFUSED, Result.FAILED)
_LONGEST_S = 900.0
"""What was noted counts for so long: a moment is noted at least this often, unless the daemon was down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReport:
    """Actions that did not work at first, for one kind of reason."""

    action: str
    result: str
    """`retry`, `unknown`, `refused` or `failed`."""
    count: int
    desktops: int
    reason: ReasonDocument
    """The most frequent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingReport:
    """What desktops waited for."""

    reason: ReasonDocument
    desktop_minutes: float
    """How many waited, times how long."""
    most: int
    """Who waited at once."""
    first_at: str
    last_at: str


def failures(lines: Iterable[JournalEntry], shown: Callable[[Reason], Reason]) -> tuple[FailureReport, ...]:
    """The most frequent first. `shown`: a reason as the report may show it."""
    texts: defaultdict[tuple[str, str, str], Counter[Reason]] = defaultdict(Counter)
    desktops: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for line in lines:
        if line.result in _BAD and line.reason:
            reason = shown(line.reason)
            key = (line.what, line.result, sort_of(reason))
            texts[key][reason] += 1
            desktops[key].add(line.subject)
    found = sorted(texts.items(), key=lambda item: (-item[1].total(), item[0]))
    return tuple(
        FailureReport(
            action=action,
            result=result,
            count=reasons.total(),
            desktops=len(desktops[action, result, sort]),
            reason=reason_document(_most(reasons)),
        )
        for (action, result, sort), reasons in found
    )


def bindings(
    noted: Sequence[Progress], *, now: Instant, shown: Callable[[Reason], Reason]
) -> tuple[BindingReport, ...]:  # fmt: skip
    """What cost most first. `now`: the end of the run, or the present; `shown`: as in `failures`."""
    seconds, most = Counter[str](), Counter[str]()
    spans: dict[str, tuple[Instant, Instant]] = {}
    texts: dict[str, Reason] = {}
    for progress, until in _spans(noted, now):
        for bind in progress.binds:
            reason = shown(bind.reason)
            sort = sort_of(reason)
            seconds[sort] += round(bind.count * (until - progress.at))
            if bind.count >= most[sort]:
                most[sort], texts[sort] = bind.count, reason
            spans[sort] = (spans.get(sort, (progress.at, until))[0], until)
    return tuple(_binding(sort, seconds, most, spans, texts) for sort, _ in seconds.most_common())


def _spans(noted: Sequence[Progress], now: Instant) -> Iterable[tuple[Progress, Instant]]:
    for progress, after in pairwise(noted):
        yield progress, min(after.at, progress.at + _LONGEST_S)
    if noted:
        yield noted[-1], max(noted[-1].at, min(now, noted[-1].at + _LONGEST_S))


def _binding(
    sort: str,
    seconds: Mapping[str, int],
    most: Mapping[str, int],
    spans: Mapping[str, tuple[Instant, Instant]],
    texts: Mapping[str, Reason],
) -> BindingReport:
    first, last = spans[sort]
    return BindingReport(
        reason=reason_document(texts[sort]),
        desktop_minutes=round(seconds[sort] / 60, 1),
        most=most[sort],
        first_at=stamp(first),
        last_at=stamp(last),
    )


def _most(reasons: Counter[Reason]) -> Reason:
    return min(reasons, key=lambda reason: (-reasons[reason], reason))


__all__ = ["BindingReport", "FailureReport", "bindings", "failures"]
