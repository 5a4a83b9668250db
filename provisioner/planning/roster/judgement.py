"""A reading of the directory on its way into force. Pure.

It is judged as it came; believed, it is put in force without those who may be somebody else under a new id, and with the names
of those who have departed.
"""

from collections.abc import Set
from dataclasses import dataclass, replace

from provisioner.model.agents import Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.planning.roster.departed import with_departed
from provisioner.planning.roster.guard import Basis, Verdict, judge_reading
from provisioner.planning.roster.recreated import Recreations, held, recreated_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of a reading, and who in it waits for an operator."""

    verdict: Verdict
    recreated: Recreations


def judge(reading: Roster, basis: Basis, *, now: Instant, distinct: Set[AgentId] = frozenset()) -> Judgement:
    """The guard counts an id that goes and an id that comes, whoever they are: a whole directory under new ids is held back.

    No order to accept a change lets such a person leave or join: only an operator who says who is who does.
    """
    if basis.accepted is None and basis.owners - _listed(reading):
        return Judgement(verdict=_after_a_loss(reading, basis, now), recreated=Recreations())
    found = recreated_in(reading, basis, distinct=distinct)
    verdict = judge_reading(reading, basis, now=now)
    if found and verdict.quarantine is None:
        verdict = judge_reading(held(reading, found), basis, now=now)
    elif found:
        verdict = _with_reason(verdict, found)
    roster = with_departed(verdict.roster, basis.accepted, basis.owners)
    return Judgement(verdict=replace(verdict, roster=roster), recreated=found)


def _after_a_loss(reading: Roster, basis: Basis, now: Instant) -> Verdict:
    """With the store went the names of those who are not listed: whoever joins may be one of them, under a new id.

    So nobody leaves unasked while somebody joins. Whoever has a desktop is served meanwhile.
    """
    verdict = judge_reading(reading, basis, now=now)
    if not verdict.changes.joined or verdict.quarantine is not None:
        return verdict
    strict = replace(basis, guard=replace(basis.guard, leavers=0, leavers_percent=0.0))
    verdict = judge_reading(reading, strict, now=now)
    quarantine = verdict.record.quarantine
    if quarantine is None:
        return verdict
    count = len(basis.owners - _listed(reading))
    reason = (
        f"{quarantine.reason}; the store was lost, and {count} desktops are of ids that are not listed: whoever joins may be "
        "one of them under a new id (`bascule directory rekey --pairs`)"
    )
    return replace(verdict, record=replace(verdict.record, quarantine=replace(quarantine, reason=reason)))


def _listed(reading: Roster) -> frozenset[AgentId]:
    return frozenset((*reading.agents, *(one.agent_id for one in reading.rejected if one.agent_id is not None)))


def _with_reason(verdict: Verdict, found: Recreations) -> Verdict:
    quarantine = verdict.record.quarantine
    assert quarantine is not None  # the caller has seen it
    reason = f"{quarantine.reason}; {found.count} of them are there under a new id: `bascule directory rekey` carries them over"
    return replace(verdict, record=replace(verdict.record, quarantine=replace(quarantine, reason=reason)))
