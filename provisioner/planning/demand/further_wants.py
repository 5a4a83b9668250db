"""What is wanted besides the agents' own desktops: the seats of pools, and trials."""

from collections.abc import Mapping

from provisioner.model.demand import Demand
from provisioner.model.ids import Seat
from provisioner.model.kept.records import Records
from provisioner.model.lending import LeaseState
from provisioner.model.site_config import SiteConfig
from provisioner.planning.demand.pools import Plans, leased_seats, with_pools
from provisioner.planning.demand.trials import trials_in, with_trials


class FurtherWants:
    """Adds them to the agents' demand: the same value as long as nothing has changed, because readers compare by identity."""

    def __init__(self) -> None:
        self._agents: Demand | None = None
        self._about: tuple[object, ...] = ()
        self._demand = Demand()
        self._desktops: object = None
        self._leased: Mapping[Seat, LeaseState] = {}

    def added_to(self, agents: Demand, records: Records, config: SiteConfig, plans: Plans) -> Demand:
        """The whole demand. `plans`: of pools that follow their people."""
        trials = trials_in(records.intents)
        if not trials and not config.desktop_pools:
            return agents
        ceilings, leased = config.scenario.ceilings, self._leased_in(records)
        about = (trials, config.desktop_pools, config.profiles.keys(), ceilings, leased, plans)
        if agents is not self._agents or about != self._about:
            self._agents, self._about = agents, about
            pooled = with_pools(agents, config.desktop_pools, config.profiles, leased=leased, ceilings=ceilings, plans=plans)
            self._demand = with_trials(pooled, trials, config.profiles)
        return self._demand

    def _leased_in(self, records: Records) -> Mapping[Seat, LeaseState]:
        """Read again only when a record has changed: there are thousands."""
        if records.desktops is not self._desktops:
            self._desktops, self._leased = records.desktops, leased_seats(records)
        return self._leased


__all__ = ["FurtherWants"]
