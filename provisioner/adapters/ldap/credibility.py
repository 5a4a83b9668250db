"""Refuse a reading that is older than the roster in force, or that lost an attribute. Pure."""

from provisioner.adapters.ldap.sync_marks import behind
from provisioner.errors import DirectoryIncomplete
from provisioner.model.agents import Roster, SyncMark
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import ALL, join_reasons

MANY = 10
"""So many entries do not all lose an attribute between two readings. A few can: locked accounts that were opened."""
FEW = 3
"""On a small site three entries are enough if they are all; the guard has the same bound for leavers."""


def check_not_older(url: str, mark: SyncMark | None, in_force: Roster | None) -> None:
    """Raises DirectoryIncomplete if the server lacks a change that is already in force."""
    if mark is None or in_force is None or in_force.mark is None:
        return
    if lacks := behind(mark, in_force.mark):
        raise DirectoryIncomplete(reasons.OF_SOURCE(source=url, why=reasons.BEHIND(lacks=lacks)))


def check_no_attribute_lost(roster: Roster, in_force: Roster | None) -> None:
    """Raises DirectoryIncomplete if an attribute that many entries had is now in none."""
    if in_force is None:
        return
    before = {name.lower(): count for name, count in in_force.having.items()}
    lost = {name: had for name, has in roster.having.items() if not has and _many(had := before.get(name.lower(), 0), in_force)}
    if lost:
        had_before = (reasons.HAD_BEFORE(name=name, count=had, entries=in_force.entries) for name, had in sorted(lost.items()))
        lacks = reasons.VALUES_LOST(attributes=join_reasons(had_before, ALL))
        raise DirectoryIncomplete(reasons.OF_SOURCE(source=roster.source, why=lacks))


def _many(count: int, of: Roster) -> bool:
    return count >= MANY or FEW <= count == of.entries
