"""Which desktops a probe may log on to."""

from collections.abc import Mapping

from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, DesktopPoolName, ProfileName
from provisioner.model.probes import ProbeTarget
from provisioner.model.profiles import Profile
from provisioner.model.seats import pool_of
from provisioner.model.status import DesktopState, Status
from provisioner.planning.probing.factors import factors_of


def probe_targets(
    status: Status, profiles: Mapping[ProfileName, Profile], *, zone: str = ""
) -> Mapping[DesktopName, ProbeTarget]:
    """Desktops that are ready, with nobody in as far as is known, and not the last free one of their pool.

    A desktop whose sessions are unknown may have somebody in. `zone`: where names are published; empty: they are not.
    """
    free = {state.pool.name: state.ready for state in status.pools}
    return {
        name: target_of(state, profiles[state.reservation.profile], zone=zone, site=_site(state, status))
        for name, state in status.desktops.items()
        if state.reservation.profile in profiles and _may(state, free)
    }


def target_of(state: DesktopState, profile: Profile, *, zone: str, site: str = "") -> ProbeTarget:
    """Where people connect to: the name in the zone; without one the address, and with DHCP the name."""
    desktop = state.reservation
    return ProbeTarget(
        desktop=desktop.name,
        host=f"{desktop.name}.{zone}" if zone else desktop.address or desktop.name,
        address=desktop.address,
        port=profile.connection.port,
        protocol=profile.connection.protocol,
        gateway=profile.connection.gateway,
        factors=factors_of(desktop.cluster, state.node, profile, site=site),
    )


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


__all__ = ["probe_targets", "target_of"]
