"""A reading of the directory on its way into force: judged by the guard, with the names of those who have departed. Pure."""

from dataclasses import replace

from provisioner.model.agents import Roster
from provisioner.model.ids import Instant
from provisioner.planning.roster.departed import with_departed
from provisioner.planning.roster.guard import Basis, Verdict, judge_reading


def judge(reading: Roster, basis: Basis, *, now: Instant) -> Verdict:
    """The guard's verdict, with the roster as it is put in force."""
    verdict = judge_reading(reading, basis, now=now)
    return replace(verdict, roster=with_departed(verdict.roster, basis.accepted, basis.owners))
