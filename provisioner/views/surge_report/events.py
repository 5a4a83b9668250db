"""The timeline: what was ordered, and what became of each batch."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.model.intents import IntentKind
from provisioner.model.words import JournalWord
from provisioner.ports import JournalEntry
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.report import (
    BATCH_DUE,
    BATCH_OPENED,
    BATCH_READY,
    ORDER_GIVEN,
    ORDER_GIVEN_FOR,
    ORDER_WITHDRAWN,
    ORDER_WITHDRAWN_FOR,
    RUN_IS,
)
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.surge_report.batches import first_at, history, is_ready
from provisioner.views.surge_report.facts import ReportFacts
from provisioner.views.times import stamp

_OF_THE_SITE = frozenset(
    kind.value for kind in (IntentKind.FREEZE, IntentKind.HOLD, IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE)
)
"""Orders that concern everybody, or a node: orders about one desktop are its agent's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """One line of the timeline."""

    at: str
    what: ReasonDocument
    by: str | None
    """Who ordered it; None: the daemon, or the report is anonymous."""
    why: str | None
    """In the operator's words; None: none were given, or the report is anonymous."""


def timeline(facts: ReportFacts, *, names: bool) -> tuple[EventReport, ...]:
    """Oldest first."""
    found = sorted([*_orders(facts), *_batches(facts)], key=lambda event: event[0])
    return tuple(
        EventReport(
            at=stamp(at), what=reason_document(what), by=by if names and by else None, why=why if names and why else None
        )
        for at, what, by, why in found
    )


_Event = tuple[Instant, Reason, str, str]


def _orders(facts: ReportFacts) -> Iterator[_Event]:
    for line in facts.lines:
        arguments = line.reason.arguments
        if line.what == JournalWord.SURGE and arguments.get("number") == facts.run.number:
            by, why = str(arguments.get("by", "")), as_reason(str(arguments.get("why", "")))
            what = RUN_IS(what=str(arguments.get("what", "")), state=line.result)
            yield line.at, what, "" if by == "daemon" else by, why
        elif line.what in _OF_THE_SITE:
            yield line.at, *_order(line)


def _order(line: JournalEntry) -> tuple[Reason, str, str]:
    withdrawn = line.result == JournalWord.WITHDRAWN
    given = line.reason.arguments.get("given", line.reason)
    words = given.arguments if isinstance(given, Reason) else {}
    if line.subject:
        what = (ORDER_WITHDRAWN_FOR if withdrawn else ORDER_GIVEN_FOR)(what=line.what, target=line.subject)
    else:
        what = (ORDER_WITHDRAWN if withdrawn else ORDER_GIVEN)(what=line.what)
    return what, str(words.get("by", "")), str(words.get("why", ""))


def _batches(facts: ReportFacts) -> Iterator[_Event]:
    keys = dict.fromkeys((batch.wave, batch.number) for noted in facts.noted for batch in noted.batches)
    for wave, number in keys:
        states = list(history((wave, number), facts.noted))
        last = states[-1][1]
        words: dict[str, str | int] = {"wave": wave, "batch": number + 1}
        if (opened_at := first_at(states, lambda batch: batch.is_open)) is not None:
            yield opened_at, BATCH_OPENED(**words, count=last.planned), "", ""
        if (ready_at := first_at(states, is_ready)) is not None:
            yield ready_at, BATCH_READY(**words, count=last.planned), "", ""
        if last.due_at is not None and last.due_at <= (facts.ended_at or facts.at) and (ready_at or facts.at) > last.due_at:
            at_due = [batch for at, batch in states if at <= (last.due_at or 0.0)] or [states[0][1]]
            missing = at_due[-1].planned - at_due[-1].ready
            yield last.due_at, BATCH_DUE(**words, count=missing, planned=last.planned), "", ""


__all__ = ["EventReport", "timeline"]
