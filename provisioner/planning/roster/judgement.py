"""A reading of the directory, and a changed configuration, on their way into force. Pure.

They are judged as they came; a reading that is believed is put in force without those who may be somebody else under a new id.
"""

from collections.abc import Set
from dataclasses import dataclass, replace

from provisioner.model.agents import Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.model.rules import Rules
from provisioner.planning.roster.guard import Basis, Verdict, weigh
from provisioner.planning.roster.recreated import Recreations, held, recreated_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of a reading, and who in it waits for an operator."""

    verdict: Verdict
    recreated: Recreations


def judge(
    reading: Roster | None, configured: Rules, basis: Basis, *, now: Instant, distinct: Set[AgentId] = frozenset()
) -> Judgement:
    """The guard counts an id that goes and an id that comes, whoever they are: a whole directory under new ids is held back.

    No order to accept a change lets such a person leave or join: only an operator who says who is who does. Without a reading
    the configuration alone is judged.
    """
    found = Recreations() if reading is None else recreated_in(reading, basis.in_force, distinct=distinct)
    verdict = weigh(reading, configured, basis, now=now)
    if reading is not None and found and verdict.roster is not None:
        verdict = weigh(held(reading, found), configured, basis, now=now)
    elif found:
        verdict = _with_reason(verdict, found)
    return Judgement(verdict=verdict, recreated=found)


def _with_reason(verdict: Verdict, found: Recreations) -> Verdict:
    quarantine = verdict.record.quarantine
    assert quarantine is not None  # else the reading would be in force
    reason = f"{quarantine.reason}; {found.count} of them are there under a new id: `bascule directory rekey` carries them over"
    return replace(verdict, record=replace(verdict.record, quarantine=replace(quarantine, reason=reason)))
