"""The leavers' ladder: off some time after the agent has left, deleted long after."""

from collections.abc import Iterable

from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.survey.leaver_ladder import delete_at, stop_at
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import LEFT

NOT_RUNNING = frozenset({Phase.RESERVED, Phase.CLONED, Phase.STOPPED, Phase.FAILED})
"""Phases in which there is nothing to shut down."""


def _among(facts: TargetFacts) -> Iterable[Reservation]:
    """The longest gone first."""
    records, since = facts.situation.records.desktops, facts.departures
    return (records[name].reservation for name in sorted(since, key=lambda name: (since[name].since, name)))


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    departure, ladder = facts.departures.get(desktop.name), facts.situation.config.leavers
    if departure is None:
        return None
    off, deleted_at = facts.phase(desktop) in NOT_RUNNING, delete_at(departure, ladder)
    because = why(facts, desktop)
    if not off and facts.now >= stop_at(departure, ladder):
        return Target(level=TargetLevel.OFF, because=because, binds=WaitsFor.SAFETY)
    if off and deleted_at is not None and facts.now >= deleted_at:
        return Target(level=TargetLevel.ABSENT, because=because, binds=WaitsFor.SAFETY)
    return None


def why(facts: TargetFacts, desktop: Reservation) -> Reason:
    """Why the desktop's agent has left."""
    return LEFT(why=facts.survey.leavers[desktop.name])


LEAVERS = Source(name="leavers", target=_target, among=_among)
