"""What waits for a person, and drift: the differences between store and clusters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.model.brokers import BrokerState
from provisioner.model.desktops import Phase
from provisioner.model.guard import HeldInput
from provisioner.model.status import ConfigState, Status
from provisioner.reasons.brokers import BROKER_FAILS, BROKER_FOREIGN, BROKER_REFUSED, BROKER_UNKNOWN
from provisioner.reasons.probes import NOT_REACHED
from provisioner.reasons.reason import ALSO, LINES, Reason, as_reason, join_reasons
from provisioner.reasons.views import (
    BASELINE_WAITS,
    CONFIG_REJECTED,
    CONFIG_REJECTED_MORE,
    DESKTOP_FAILED,
    DESKTOPS_FAILED,
    HELD_BOTH,
    HELD_CONFIGURATION,
    HELD_DIRECTORY,
    LOOK_AT_HELD,
    PEOPLE_RECREATED,
    PERSON_RECREATED,
    RESTART_WAITS,
)
from provisioner.views.parts import VIEWS
from provisioner.views.reasons import ReasonDocument, reason_documents
from provisioner.views.times import moment, stamp

_HELD = {
    HeldInput.DIRECTORY: HELD_DIRECTORY,
    HeldInput.CONFIGURATION: HELD_CONFIGURATION,
    HeldInput.BOTH: HELD_BOTH,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsDocument:
    """What waits for a person. None of it resolves by itself."""

    at: str
    wrong: tuple[ReasonDocument, ...]
    """Each with the command for it."""
    drift: Mapping[str, int]
    """Differences between store and clusters, by kind."""
    drift_counted_at: str | None
    """None: not yet."""


def findings_document(status: Status) -> FindingsDocument:
    """What waits for a person, and how many differences there are."""
    return FindingsDocument(
        at=stamp(status.at),
        wrong=reason_documents(wrong_in(status)),
        drift={kind.value: count for kind, count in sorted(status.differences.items())},
        drift_counted_at=stamp(status.compared_at) if status.compared_at else None,
    )


def _of_config(config: ConfigState) -> Iterator[Reason]:
    """What a reload has not taken up."""
    if config.rejected:
        yield CONFIG_REJECTED(since=moment(config.rejected_at or 0.0), why=rejected_in_short(config.rejected))
    if config.waits_for_restart:
        yield RESTART_WAITS(keys=join_reasons(config.waits_for_restart, ALSO))


def _of_brokers(brokers: tuple[BrokerState, ...]) -> Iterator[Reason]:
    for state in brokers:
        if state.failing:
            yield BROKER_FAILS(broker=state.broker, why=state.failing)
        elif state.refused:
            yield BROKER_REFUSED(broker=state.broker, count=state.waiting, why=state.refused)
        if state.foreign:
            yield BROKER_FOREIGN(broker=state.broker, count=len(state.foreign), name=state.foreign[0])
        if state.unknown_people:
            yield BROKER_UNKNOWN(broker=state.broker, count=state.unknown_people, login=state.unknown_person)


def rejected_in_short(problems: Reason) -> Reason:
    """The first problem of the files, and how many more there are."""
    lines = [as_reason(line) for line in problems.arguments.values() if isinstance(line, str)]
    if problems.code != LINES or not lines:
        return problems
    return lines[0] if len(lines) == 1 else CONFIG_REJECTED_MORE(first=lines[0], more=len(lines) - 1)


def wrong_in(status: Status) -> tuple[Reason, ...]:
    """What waits for a person, each with the command for it. None of it resolves by itself."""
    wrong = list(_of_config(status.config))
    if (held := status.guard.quarantine) is not None:
        wrong += [_HELD[held.of](since=moment(held.since), why=held.words), LOOK_AT_HELD()]
    if recreated := sum(bool(entry.same_as) for entry in status.roster.rejected) if status.roster else 0:
        wrong.append((PERSON_RECREATED if recreated == 1 else PEOPLE_RECREATED)(count=recreated))
    failed = sum(state.phase is Phase.FAILED and state.superseded_by is None for state in status.desktops.values())
    if failed:
        wrong.append((DESKTOP_FAILED if failed == 1 else DESKTOPS_FAILED)(count=failed))
    if not status.baseline_accepted and status.desktops:
        wrong.append(BASELINE_WAITS())
    for view in VIEWS.found():
        wrong += view.wrong(status)
    wrong += _of_brokers(status.brokers)
    if status.probes is not None and status.probes.is_sure:
        wrong.append(NOT_REACHED(what=status.probes.what))
    return tuple(wrong)
