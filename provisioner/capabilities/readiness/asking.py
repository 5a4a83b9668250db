"""Asks how ready a site is: checks it, and rehearses it. Changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext

from provisioner.capabilities.readiness.reasons import FROZEN, NOT_REHEARSED, QUARANTINED
from provisioner.capabilities.readiness.rule import ReadinessInputs
from provisioner.daemon.composition import OutsideSystems
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.doctor.cluster import examine
from provisioner.doctor.entitlement import demand_at_last
from provisioner.doctor.findings import Finding
from provisioner.doctor.question import Question, question_of
from provisioner.errors import BasculeError
from provisioner.model.ids import Instant, ProfileName
from provisioner.model.intents import IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.people.agents import Roster
from provisioner.reasons.reason import Reason
from provisioner.reasons.rehearsal import CEILING_UNREAD
from provisioner.reasons.views import BASELINE_WAITS
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.forecast import Forecast
from provisioner.settings.values import Settings


def inputs_of(
    settings: Settings,
    outside: OutsideSystems,
    *,
    now: Instant,
    reading: Callable[[], AbstractContextManager[None]] = nullcontext,
    run: Callable[[Callable[[int], Forecast]], Forecast] = lambda rehearse: rehearse(0),
) -> ReadinessInputs:
    """Check, and rehearse; changes nothing. What cannot be read is a cause, and raises nothing.

    `reading` and `run` show people what goes on: while everything is read, and while it is rehearsed.
    """
    name = settings.scenario.name if settings.scenario is not None else ""
    try:
        with reading():
            question = question_of(settings, outside, twin=None, hours=None, now=now)
        records = outside.store.load()
        profiles = _people(settings, question.stage.roster)
        result = run(_with_likely_durations(question).run)
    except BasculeError as error:
        against = (NOT_REHEARSED(why=error.reason),)
        findings, profiles = _examined(settings, outside, now), _people_at_last(settings, outside)
        return ReadinessInputs(at=now, scenario=name, profiles=profiles, against=against, findings=findings)
    return ReadinessInputs(
        at=now,
        scenario=name,
        profiles=profiles,
        in_time=result.in_time,
        lacks=result.lacks,
        against=tuple(_against(settings, records, question)),
        findings=question.findings,
    )


def _examined(settings: Settings, outside: OutsideSystems, now: Instant) -> tuple[Finding, ...]:
    try:
        return examine(settings, outside, now=now)
    except BasculeError:
        return ()


def _people(settings: Settings, roster: Roster) -> Mapping[ProfileName, int]:
    demand = demand_at_last(settings, roster)
    return Counter(want.profile for want in demand.wants.values())


def _people_at_last(settings: Settings, outside: OutsideSystems) -> Mapping[ProfileName, int]:
    """By the roster that was accepted last; empty: nobody is known."""
    try:
        roster = outside.store.load().roster
    except BasculeError:
        return {}
    return {} if roster is None else _people(settings, roster)


def _with_likely_durations(question: Question) -> Ensemble:
    """Its first rehearsal has the most likely ones."""
    return Ensemble(question.stage, question.measured, known=question.known, widening=question.score.widening)


def _against(settings: Settings, records: Records, question: Question) -> Iterator[Reason]:
    if FreezeFiles.of(settings.freeze_file).there() is not None or _ordered(records, IntentKind.FREEZE):
        yield FROZEN()
    if (held := records.guard.quarantine) is not None:
        yield QUARANTINED(why=held.words)
    if records.desktops and not records.baseline_accepted:
        yield BASELINE_WAITS()
    yield from (reason for reason in question.assumptions if reason.code == CEILING_UNREAD.code)


def _ordered(records: Records, kind: IntentKind) -> bool:
    return any(intent.kind is kind for intent in records.intents)
