"""Everything that decides whether a reading of the directory and a changed configuration come into force. Pure.

They are judged as they came. An accepted reading is put in force without the people who may be known under another id.
"""

from collections.abc import Set
from dataclasses import dataclass, replace

from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import Roster
from provisioner.model.rules import Rules
from provisioner.planning.roster.damping import damped
from provisioner.planning.roster.guard import GuardBasis, GuardVerdict, weigh_reading
from provisioner.planning.roster.who import WhoIsWho, who_is_who
from provisioner.reasons.directory import JOINERS_AFTER_LOSS, UNDER_NEW_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterJudgement:
    """The guard's verdict, and the people in the reading who wait for an operator."""

    verdict: GuardVerdict
    who: WhoIsWho = WhoIsWho()
    come_and_go: Set[AgentId] = frozenset()
    """Agents who come and go too often to be believed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What operators have said of whoever is listed under an id now."""

    distinct: Set[AgentId] = frozenset()
    """They are new people."""
    renamed: Set[AgentId] = frozenset()
    """They are the same people as before, however they look now."""


def judge_roster(
    reading: Roster | None, configured: Rules, basis: GuardBasis, *, now: Instant, confirmed: Confirmed = Confirmed()
) -> RosterJudgement:
    """Judge a reading and the configuration; without a reading, the configuration alone.

    The guard counts ids that go and ids that come, even of the same person: a whole directory under new ids is held back. An
    order to accept a change does not let such a person leave or join; an operator has to identify the person.
    """
    if reading is None:
        return RosterJudgement(verdict=weigh_reading(None, configured, basis, now=now))
    in_force = basis.in_force
    if in_force.accepted is None and in_force.owners - _listed(reading):
        return RosterJudgement(verdict=_after_a_loss(reading, configured, basis, now))
    steady = damped(reading, configured, basis, now=now)
    reading, basis = steady.reading, replace(basis, record=steady.record)
    who = who_is_who(reading, in_force, distinct=confirmed.distinct, renamed=confirmed.renamed)
    verdict = weigh_reading(reading, configured, replace(basis, others=_new_others(who, in_force.accepted)), now=now)
    if who and verdict.roster is not None:
        verdict = weigh_reading(who.kept(reading), configured, basis, now=now)
    elif who.recreated:
        verdict = _with_reason(verdict, who.recreated.count)
    return RosterJudgement(verdict=verdict, who=who, come_and_go=steady.agents)


def _new_others(who: WhoIsWho, accepted: Roster | None) -> int:
    """Whoever is held already has been reported."""
    held = {entry.agent_id for entry in accepted.rejected if entry.is_other_person} if accepted is not None else set()
    return sum(other.agent_id not in held for other in who.others)


def _after_a_loss(reading: Roster, configured: Rules, basis: GuardBasis, now: Instant) -> GuardVerdict:
    """The lost store held the names of unlisted owners: a joining agent may be one of them, under a new id.

    So no agent leaves without an operator while another joins. Agents who have a desktop are served meanwhile.
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
    return frozenset((*reading.agents, *(entry.agent_id for entry in reading.rejected if entry.agent_id is not None)))


def _with_reason(verdict: GuardVerdict, count: int) -> GuardVerdict:
    quarantine = verdict.record.quarantine
    assert quarantine is not None  # else the reading would be in force
    reason = UNDER_NEW_ID(why=quarantine.reason, count=count)
    return replace(verdict, record=replace(verdict.record, quarantine=replace(quarantine, reason=reason)))
