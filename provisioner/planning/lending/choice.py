"""Which desktop of a pool a person gets: existing, ready the longest, soonest ready; or why none. Pure."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from math import ceil

from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName, ProfileName, Seat
from provisioner.model.lending import GrantTerms, LeaseState, LendingAnswer, LendOrder
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.machines.seats import pool_of
from provisioner.model.people.agents import agent_named
from provisioner.model.people.profiles import Connection, LogonProtocol
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.planning.inputs import where
from provisioner.planning.lending.facts import UNMADE, LendFacts
from provisioner.reasons.orders import UNKNOWN_AGENT
from provisioner.reasons.pools import (
    BY_PLAN_ONLY,
    KEY_OVER,
    NO_GRANT_PROTOCOL,
    NO_GRANTS,
    NO_POOLS,
    NO_ROSTER,
    NO_SUCH_POOL,
    NONE_FREE,
    NOT_ENABLED,
)
from provisioner.reasons.reason import ALSO, NONE, Reason, join_reasons

_COMING = UNMADE | {Phase.STOPPED, Phase.STARTING}


def person_of(who: str, facts: LendFacts) -> AgentId | Reason:
    """The agent with this login or id; or why there is none whom a desktop could be lent to."""
    roster = facts.situation.records.roster
    if roster is None:
        return NO_ROSTER(who=who)
    agent_id = agent_named(who, roster)
    return UNKNOWN_AGENT(login=who) if agent_id is None else agent_id


def why_not_lent(order: LendOrder, agent_id: AgentId, facts: LendFacts) -> Reason:
    """Why nothing could come of the order, whatever is free; empty: a desktop is to be found."""
    pools, roster = facts.situation.config.desktop_pools, facts.situation.records.roster
    if not pools:
        return NO_POOLS()
    if order.grant and facts.situation.config.grants is None:
        return NO_GRANTS()
    if order.pool is not None and order.pool not in pools:
        return NO_SUCH_POOL(pool=order.pool, pools=join_reasons(sorted(pools), ALSO))
    if order.grant and (unopened := _unopened(order, agent_id, facts)) is not None:
        return NO_GRANT_PROTOCOL(profile=unopened)
    if roster is not None and not roster.agents[agent_id].enabled:
        return NOT_ENABLED(login=roster.agents[agent_id].login)
    if not pools_meant(order, facts) or (order.pool is not None and pools[order.pool].lend is Lend.BY_PLAN):
        has = agent_id in facts.situation.records.leased  # who has a desktop of it is told which
        return NONE if has else BY_PLAN_ONLY(pool=order.pool or min(pools))
    leases = ((name, record.lease) for name, record in facts.situation.records.desktops.items() if record.lease is not None)
    over = (name for name, lease in leases if order.key and lease.key == order.key and lease.state is LeaseState.TO_RESET)
    name = next(over, None)
    return NONE if name is None else KEY_OVER(desktop=name)


def pools_meant(order: LendOrder, facts: LendFacts) -> list[DesktopPool]:
    """The pool that the order names, or all of them that lend on request, by name; for a grant, those that it opens."""
    pools = facts.situation.config.desktop_pools
    if order.pool is not None:
        return [pools[order.pool]]
    meant = [pool for _, pool in sorted(pools.items()) if pool.lend is not Lend.BY_PLAN]
    return [pool for pool in meant if not order.grant or _is_opened(pool.profile, facts)]


def _unopened(order: LendOrder, agent_id: AgentId, facts: LendFacts) -> ProfileName | None:
    """The profile of the desktop that the person has or could get, if no grant opens any; None: one does."""
    name, pools = facts.situation.records.leased.get(agent_id), facts.situation.config.desktop_pools
    if name is not None:
        profiles = {facts.record(name).reservation.profile}
    else:
        profiles = {pool.profile for pool in ([pools[order.pool]] if order.pool is not None else pools.values())}
    return None if any(_is_opened(profile, facts) for profile in profiles) else min(profiles)


def _is_opened(profile: ProfileName, facts: LendFacts) -> bool:
    return _connection(profile, facts).protocol is LogonProtocol.RDP


def _connection(name: ProfileName, facts: LendFacts) -> Connection:
    profile = facts.situation.config.profiles.get(name)
    return Connection() if profile is None else profile.connection


def free_desktops(pool: DesktopPoolName, facts: LendFacts) -> list[DesktopName]:
    """All that are free, in the order in which people get them: ready ones, then those that may be ready soonest."""
    free = list(_free(pool, facts))
    ready = [name for name in free if _is_ready(name, facts)]
    coming = [name for name in free if facts.phase(name) in _COMING]
    ready.sort(key=lambda name: (facts.record(name).started_at or 0.0, name))
    return [*ready, *sorted(coming, key=lambda name: (facts.ready_in_s(name), name))]


def lendable(facts: LendFacts) -> Counter[DesktopPoolName]:
    """How many desktops of each pool somebody who asks gets at once."""
    found: Counter[DesktopPoolName] = Counter()
    for seat, desktop in facts.survey.of_seat.items():
        if (pool := pool_of(seat)) is not None and _is_free(seat, desktop, facts):
            found[pool] += _is_ready(desktop.name, facts)
    return found


def to_make_anew(pool: DesktopPool, facts: LendFacts) -> Iterator[DesktopName]:
    """Free desktops with the disk of an earlier person, overnight: those that are off first, and as many as are made anew at
    once. The others stay free meanwhile."""
    if not pool.is_night(facts.now):
        return iter(())
    mine = [record for record in facts.situation.records.desktops.values() if pool_of(record.reservation.seat) == pool.name]
    room = pool.resets.at_once - sum(
        record.lease is not None and record.lease.state is LeaseState.TO_RESET for record in mine
    )  # fmt: skip
    used = [name for name in _free(pool.name, facts) if facts.record(name).used]
    off = [name for name in used if facts.phase(name) is Phase.STOPPED]
    unused = [name for name in used if _is_ready(name, facts)]
    return islice((*sorted(off), *sorted(unused)), max(0, room))


def _is_ready(name: DesktopName, facts: LendFacts) -> bool:
    is_free = facts.phase(name) is Phase.READY and facts.is_empty(name)
    return is_free and facts.record(name).reservation.key not in facts.busy


def chosen(order: LendOrder, facts: LendFacts) -> DesktopName | None:
    """A free desktop: the one that has been ready longest, else the one that may be ready soonest. None: none is free."""
    for pool in pools_meant(order, facts):
        if ready := [name for name in _free(pool.name, facts) if _is_ready(name, facts)]:
            return min(ready, key=lambda name: (facts.record(name).started_at or 0.0, name))
    coming = [name for pool in pools_meant(order, facts) for name in _coming(pool.name, facts)]
    return min(coming, key=lambda name: (facts.ready_in_s(name), name), default=None)


def _free(pool: DesktopPoolName, facts: LendFacts) -> Iterator[DesktopName]:
    for seat, desktop in facts.survey.of_seat.items():
        if pool_of(seat) == pool and _is_free(seat, desktop, facts):
            yield desktop.name


def _is_free(seat: Seat, desktop: Reservation, facts: LendFacts) -> bool:
    if desktop.name not in facts.situation.records.desktops:
        return False
    cordon = facts.cordons.get(where(facts.situation, desktop))
    going = cordon is not None and (cordon.drained or cordon.evacuated)
    wanted = seat in facts.situation.demand.ahead
    return wanted and not going and facts.record(desktop.name).lease is None and facts.is_usable(desktop.name)


def _coming(pool: DesktopPoolName, facts: LendFacts) -> Iterator[DesktopName]:
    return (name for name in _free(pool, facts) if facts.phase(name) in _COMING)


def none_free(order: LendOrder, facts: LendFacts) -> tuple[Reason, float | None]:
    """That no desktop is free, and in how many seconds there may be one."""
    meant = {pool.name: pool for pool in pools_meant(order, facts)}
    leases = [
        (meant[pool], record.lease.state)
        for record in facts.situation.records.desktops.values()
        if record.lease is not None and (pool := pool_of(record.reservation.seat)) in meant and pool is not None
    ]
    lent = sum(state is LeaseState.LENT for _, state in leases)
    resetting = [pool for pool, state in leases if state is LeaseState.TO_RESET]
    waits = [reset_s(pool, facts) for pool in resetting] or [pool.unused_after_s for pool, _ in leases]
    names = join_reasons(sorted(meant), ALSO)
    return NONE_FREE(pools=names, lent=lent, resetting=len(resetting)), min(waits, default=None)


def grant_terms(answer: LendingAnswer, facts: LendFacts) -> GrantTerms | None:
    """What a grant for a lent desktop may allow; None: nobody can log on there yet."""
    grants, name = facts.situation.config.grants, answer.desktop
    if grants is None or name is None or not answer.ready:
        return None
    reservation = facts.record(name).reservation
    return GrantTerms(
        login=answer.login,
        desktop=name,
        host=reservation.address or name,
        port=_connection(reservation.profile, facts).port,
        expires_at=facts.now + grants.lifetime_s,
    )


def reset_s(pool: DesktopPool, facts: LendFacts) -> float:
    """Seconds until a desktop that is to be reset may be free and ready."""
    profile = facts.situation.config.profiles.get(pool.profile)
    boot_s = facts.situation.limits.boot_alone_s(profile) if profile is not None else 0.0
    opens_at = facts.now if pool.after(facts.now) is AfterPerson.RESTART else pool.resets.opens_at(facts.now)
    return float(ceil(opens_at - facts.now + boot_s))
