"""The timeline: what was ordered, what became of each batch, and what was wrong, from when to when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from provisioner.model.ids import Instant
from provisioner.model.intents import IntentKind
from provisioner.model.words import JournalWord
from provisioner.ports import JournalEntry
from provisioner.reasons.hiding import without_free_text
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.surges import (
    BATCH_DUE,
    BATCH_OPENED,
    BATCH_READY,
    DAEMON_ABSENT,
    DAEMON_SILENT,
    DAEMON_STUCK,
    HALF_DAY_SHORT,
    ORDER_GIVEN,
    ORDER_GIVEN_FOR,
    ORDER_WITHDRAWN,
    ORDER_WITHDRAWN_FOR,
    RUN_IS,
)
from provisioner.reasons.wrong import DAEMON_BACK, DAEMON_HUNG
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.surge_report.batches import first_at, history, is_ready, missing_at
from provisioner.views.surge_report.facts import ReportFacts
from provisioner.views.surge_report.spells import ReportSpell, daemon_gaps, spells, wave_spells
from provisioner.views.times import stamp, stamp_or_none

_OF_THE_SITE = frozenset(
    kind.value for kind in (IntentKind.FREEZE, IntentKind.HOLD, IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE)
)
"""Orders that concern everybody, or a node: orders about one desktop are its agent's business."""
_GAPS = {DAEMON_BACK.code: DAEMON_ABSENT, DAEMON_HUNG.code: DAEMON_STUCK}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """One line of the timeline."""

    at: str
    until: str | None
    """When it was over; None: it is of one moment, or goes on."""
    goes_on: bool
    """Whether it is not over, as far as is known."""
    what: ReasonDocument
    by: str | None
    """Who ordered it; None: the daemon, or the report is anonymous."""
    why: str | None
    """In the operator's words; None: none were given, or the report is anonymous."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    at: Instant
    what: Reason
    until: Instant | None = None
    goes_on: bool = False
    by: str = ""
    why: str = ""


def timeline(facts: ReportFacts, *, names: bool) -> tuple[EventReport, ...]:
    """Oldest first."""
    found = sorted([*_orders(facts), *_batches(facts), *_wrong(facts)], key=lambda event: event.at)
    return tuple(_report(event, names=names) for event in found)


def _report(event: _Event, *, names: bool) -> EventReport:
    return EventReport(
        at=stamp(event.at),
        until=stamp_or_none(event.until),
        goes_on=event.goes_on,
        what=reason_document(event.what if names else without_free_text(event.what)),
        by=event.by if names and event.by else None,
        why=event.why if names and event.why else None,
    )


def _orders(facts: ReportFacts) -> Iterator[_Event]:
    for line in facts.lines:
        arguments = line.reason.arguments
        if line.what == JournalWord.SURGE and arguments.get("number") == facts.run.number:
            by, why = str(arguments.get("by", "")), as_reason(str(arguments.get("why", "")))
            what = RUN_IS(what=str(arguments.get("what", "")), state=line.result)
            yield _Event(at=line.at, what=what, by="" if by == "daemon" else by, why=why)
        elif line.what in _OF_THE_SITE:
            yield _order(line)


def _order(line: JournalEntry) -> _Event:
    withdrawn = line.result == JournalWord.WITHDRAWN
    given = line.reason.arguments.get("given", line.reason)
    words = given.arguments if isinstance(given, Reason) else {}
    if line.subject:
        what = (ORDER_WITHDRAWN_FOR if withdrawn else ORDER_GIVEN_FOR)(what=line.what, node=line.subject)
    else:
        what = (ORDER_WITHDRAWN if withdrawn else ORDER_GIVEN)(what=line.what)
    return _Event(at=line.at, what=what, by=str(words.get("by", "")), why=str(words.get("why", "")))


def _wrong(facts: ReportFacts) -> Iterator[_Event]:
    """What was wrong in its time, wherever it began and was over."""
    lines, until = facts.around or facts.lines, facts.ended_at or facts.at
    waves = (spell for _, spell in wave_spells(facts.lines))
    found = [*spells(lines), *waves, *map(_gap, daemon_gaps(lines))]
    for spell in found:
        if spell.touches(facts.began_at, until):
            ended_at = spell.ended_at
            yield _Event(at=spell.began_at, what=spell.says, until=ended_at, goes_on=ended_at is None)


def _gap(spell: ReportSpell) -> ReportSpell:
    return replace(spell, says=_GAPS.get(spell.says.code, DAEMON_SILENT)())


def _batches(facts: ReportFacts) -> Iterator[_Event]:
    keys = dict.fromkeys((batch.wave, batch.number) for noted in facts.noted for batch in noted.batches)
    for wave, number in keys:
        states = list(history((wave, number), facts.noted))
        last = states[-1][1]
        missing = (
            missing_at(last.due_at, states) if last.due_at is not None and last.due_at <= (facts.ended_at or facts.at) else 0
        )
        words: dict[str, str | int] = {"wave": wave, "batch": number + 1}
        if wave == facts.shared_pool:
            if missing and last.due_at is not None:
                yield _Event(at=last.due_at, what=HALF_DAY_SHORT(pool=wave, count=missing, planned=last.planned))
            continue
        if (opened_at := first_at(states, lambda batch: batch.is_open)) is not None:
            yield _Event(at=opened_at, what=BATCH_OPENED(**words, count=last.planned))
        if (ready_at := first_at(states, is_ready)) is not None:
            yield _Event(at=ready_at, what=BATCH_READY(**words, count=last.planned))
        if missing and last.due_at is not None:
            yield _Event(at=last.due_at, what=BATCH_DUE(**words, count=missing, planned=last.planned))


__all__ = ["EventReport", "timeline"]
