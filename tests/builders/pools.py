"""Pools of desktops, and sites that have one."""

from dataclasses import replace
from typing import Any

from provisioner.model.ids import DesktopPoolName
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import DesktopPool
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import DesktopState, PoolState
from tests.builders.cluster import OFFICE
from tests.builders.core import a_config
from tests.builders.reconciler import Site

DESK = DesktopPoolName("desk")


def a_desk(size: int = 2, **changed: Any) -> DesktopPool:
    return DesktopPool(**{"name": DESK, "profile": OFFICE, "size": size, **changed})


def with_desk(config: SiteConfig | None = None, size: int = 2, **changed: Any) -> SiteConfig:
    """A configuration with this pool."""
    return replace(config or a_config(), desktop_pools={DESK: a_desk(size, **changed)})


def pool_desktops(site: Site) -> list[DesktopState]:
    """The desktops of pools, by name."""
    states = (site.status.desktops[name] for name in sorted(site.status.desktops))
    return [state for state in states if pool_of(state.reservation.seat) is not None]


def phases_of(site: Site) -> list[str]:
    """The phases of the desktops of pools."""
    return [state.phase.value for state in pool_desktops(site)]


A_POOL = PoolState(
    pool=a_desk(20, spare=5), ready=3, lendable=2, off=2, coming=1, lent=7, waiting=1, kept=0, to_reset=4, failed=1, surplus=1
)
