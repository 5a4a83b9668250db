"""Which pools of desktops are shown by themselves: a pool is no group of people, but its sessions are some people's.

A number of sessions of a pool is about whoever may have a desktop of it:

* on request: everybody whose account can be used. Nobody learns from the number which of them it is: who has which desktop is
  in no metric, and in no document for the role `board`;
* by plan: the people of one half-day, for colleagues know who comes when; and no more of them than the pool has desktops;
* of a pool that keeps its desktops, or that lends by a plan that is over: the people who have one.

If these are at least five, or nobody, the pool is shown by itself. Then whoever reads it can take it away from all other
numbers: it hides nobody, and the groups of people are judged as if there were no pool. So people's own desktops have to be
enough, too. Any other pool counts in its profile, like a group of so many people.
"""

from collections.abc import Iterable, Mapping

from provisioner.model.agents import Agent
from provisioner.model.ids import DesktopPoolName
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.model.rotation import Rotation
from provisioner.model.session_groups import Place
from provisioner.sessions.groups import LEAST_PEOPLE


def borrowers(pool: DesktopPool, agents: Iterable[Agent], rotation: Rotation | None) -> int | None:
    """How many people a number of its sessions is about; None: those who have a desktop of it."""
    if pool.after_person is AfterPerson.KEPT:
        return None
    able = [agent for agent in agents if agent.enabled]
    if pool.lend is not Lend.BY_PLAN:
        return len(able)
    if rotation is None or rotation.pool != pool.name:
        return None
    return min(pool.size, int(sum(map(rotation.has, able)) * rotation.share.part))


def pools_apart(people: Mapping[Place, int], borrowing: Mapping[DesktopPoolName, int]) -> frozenset[DesktopPoolName]:
    """The pools that are shown by themselves. `people`: entitled people by place; `borrowing`: `borrowers` of each pool."""
    if people and sum(people.values()) < LEAST_PEOPLE:
        return frozenset()
    return frozenset(name for name, count in borrowing.items() if count == 0 or count >= LEAST_PEOPLE)


__all__ = ["borrowers", "pools_apart"]
