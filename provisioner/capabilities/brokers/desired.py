"""What a status wants to stand at a broker. Pure."""

from collections.abc import Mapping

from provisioner.capabilities.brokers.model import BrokerConnection
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, ProfileName
from provisioner.model.profiles import Connection, LogonProtocol
from provisioner.model.seats import pool_of
from provisioner.model.status import DesktopState, Status

_NOT_YET = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.DELETING})
_USUAL = Connection()


def desired_connections(
    status: Status, connections: Mapping[ProfileName, Connection], *, zone: str, parameters: Mapping[str, str]
) -> Mapping[DesktopName, BrokerConnection]:
    """Every desktop that is a person's own and is reached by RDP, from when it is made. `zone`: of its name in DNS; empty: it
    has none."""
    others = tuple(sorted(parameters.items()))
    return {
        name: BrokerConnection(
            desktop=name,
            login=state.agent_login,
            host=state.reservation.address or (f"{name}.{zone}" if zone else name),
            port=connections.get(state.reservation.profile, _USUAL).port,
            parameters=others,
        )
        for name, state in sorted(status.desktops.items())
        if _is_wanted(state) and connections.get(state.reservation.profile, _USUAL).protocol is LogonProtocol.RDP
    }


def _is_wanted(state: DesktopState) -> bool:
    is_own = pool_of(state.reservation.seat) is None and bool(state.agent_login)
    return is_own and state.phase not in _NOT_YET and state.leaving is None and not state.unused
