"""A reading of the directory, and a changed configuration, on their way into force. Pure.

They are judged as they came; a reading that is believed is put in force without those who may be somebody else under a new id.
"""

from collections.abc import Set
from dataclasses import dataclass, replace

from provisioner.model.agents import Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.model.rules import Rules
from provisioner.planning.roster.guard import GuardBasis, GuardVerdict, weigh_reading
from provisioner.planning.roster.recreated import Recreations, keep_accepted, recreated_in
from provisioner.reasons.directory import JOINERS_AFTER_LOSS, UNDER_NEW_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterJudgement:
    """What becomes of a reading, and who in it waits for an operator."""

    verdict: GuardVerdict
    recreated: Recreations


def judge_roster(
    reading: Roster | None, configured: Rules, basis: GuardBasis, *, now: Instant, distinct: Set[AgentId] = frozenset()
) -> RosterJudgement:
    """The guard counts an id that goes and an id that comes, whoever they are: a whole directory under new ids is held back.

    No order to accept a change lets such a person leave or join: only an operator who says who is who does. Without a reading
    the configuration alone is judged.
    """
    if reading is None:
        return RosterJudgement(verdict=weigh_reading(None, configured, basis, now=now), recreated=Recreations())
    in_force = basis.in_force
    if in_force.accepted is None and in_force.owners - _listed(reading):
        return RosterJudgement(verdict=_after_a_loss(reading, configured, basis, now), recreated=Recreations())
    found = recreated_in(reading, in_force, distinct=distinct)
    verdict = weigh_reading(reading, configured, basis, now=now)
    if found and verdict.roster is not None:
        verdict = weigh_reading(keep_accepted(reading, found), configured, basis, now=now)
    elif found:
        verdict = _with_reason(verdict, found)
    return RosterJudgement(verdict=verdict, recreated=found)


def _after_a_loss(reading: Roster, configured: Rules, basis: GuardBasis, now: Instant) -> GuardVerdict:
    """With the store went the names of those who are not listed: whoever joins may be one of them, under a new id.

    So nobody leaves unasked while somebody joins. Whoever has a desktop is served meanwhile.
    """
    verdict = weigh_reading(reading, configured, basis, now=now)
    if not verdict.changes.joined or verdict.quarantine is not None:
        return verdict
    strict = replace(basis, guard=replace(basis.guard, leavers=0, leavers_percent=0.0))
    verdict = weigh_reading(reading, configured, strict, now=now)
    quarantine = verdict.record.quarantine
    if quarantine is None:
        return verdict
    count = len(basis.in_force.owners - _listed(reading))
    reason = JOINERS_AFTER_LOSS(why=quarantine.reason, count=count)
    return replace(verdict, record=replace(verdict.record, quarantine=replace(quarantine, reason=reason)))


def _listed(reading: Roster) -> frozenset[AgentId]:
    return frozenset((*reading.agents, *(one.agent_id for one in reading.rejected if one.agent_id is not None)))


def _with_reason(verdict: GuardVerdict, found: Recreations) -> GuardVerdict:
    quarantine = verdict.record.quarantine
    assert quarantine is not None  # else the reading would be in force
    reason = UNDER_NEW_ID(why=quarantine.reason, count=found.count)
    return replace(verdict, record=replace(verdict.record, quarantine=replace(quarantine, reason=reason)))
