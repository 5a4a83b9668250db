"""Which desktops a probe may log on to, where that is, and what they have in common with others."""

from collections.abc import Iterator, Mapping

from provisioner.model.ids import ClusterId, DesktopName, DesktopPoolName, NodeName, ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.people.profiles import Profile
from provisioner.model.probes import Factor, FactorKind, ProbeTarget
from provisioner.model.status import DesktopState, Status


def probe_targets(
    status: Status, profiles: Mapping[ProfileName, Profile], *, zone: str = ""
) -> Mapping[DesktopName, ProbeTarget]:
    """Desktops that are ready, with nobody in as far as is known, and not the last free one of their pool.

    A desktop whose sessions are unknown may have somebody in. `zone`: where names are published; empty: they are not.
    """
    free = {state.pool.name: state.ready for state in status.pools}
    return {
        name: target_of(
            name,
            state.reservation.address,
            cluster=state.reservation.cluster,
            node=state.node,
            profile=profiles[state.reservation.profile],
            zone=zone,
            site=_site(state, status),
        )
        for name, state in status.desktops.items()
        if state.reservation.profile in profiles and _may(state, free)
    }


def target_of(
    desktop: DesktopName,
    address: str,
    *,
    cluster: ClusterId,
    node: NodeName,
    profile: Profile,
    zone: str,
    site: str = "",
) -> ProbeTarget:
    """Where people connect to: the name in the zone; without one the address, and with DHCP the name."""
    return ProbeTarget(
        desktop=desktop,
        host=f"{desktop}.{zone}" if zone else address or desktop,
        address=address,
        port=profile.connection.port,
        protocol=profile.connection.protocol,
        gateway=profile.connection.gateway,
        factors=factors_of(cluster, node, profile, site=site),
    )


def factors_of(cluster: ClusterId, node: NodeName, profile: Profile, *, site: str = "") -> frozenset[Factor]:
    """Everything that may break several desktops at once. `site`: of its agent; empty: unknown."""
    return frozenset(factor for factor in _factors(cluster, node, profile, site) if factor.value)


def _factors(cluster: ClusterId, node: NodeName, profile: Profile, site: str) -> Iterator[Factor]:
    yield Factor(FactorKind.NODE, f"{cluster}/{node}")
    storages = [template.storage for template in profile.templates if template.cluster == cluster and template.node == node]
    storages += [template.storage for template in profile.templates if template.cluster == cluster]
    if profile.storage or storages:
        yield Factor(FactorKind.STORAGE, f"{cluster}/{profile.storage or storages[0]}")
    yield Factor(FactorKind.IMAGE, profile.image)
    yield Factor(FactorKind.PROFILE, profile.name)
    yield Factor(FactorKind.SITE, site)
    yield Factor(FactorKind.GATEWAY, profile.connection.gateway)


def _may(state: DesktopState, free: Mapping[DesktopPoolName, int]) -> bool:
    if state.phase is not Phase.READY or state.sessions is None or state.sessions:
        return False
    if state.unused or state.leaving is not None:
        return False
    pool = pool_of(state.reservation.seat)
    return pool is None or bool(state.agent_login) or free.get(pool, 0) > 1


def _site(state: DesktopState, status: Status) -> str:
    agent_id = state.reservation.agent_id
    agent = status.roster.agents.get(agent_id) if status.roster is not None and agent_id is not None else None
    return agent.site if agent is not None else ""


__all__ = ["factors_of", "probe_targets", "target_of"]
