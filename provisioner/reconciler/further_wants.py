"""What is wanted besides the agents' own desktops: the seats of pools, and trials."""

from provisioner.model.demand import Demand
from provisioner.model.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.planning.demand.pools import with_pools
from provisioner.planning.demand.trials import trials_in, with_trials


class FurtherWants:
    """Adds them to the agents' demand: the same value as long as nothing has changed, because readers compare by identity."""

    def __init__(self) -> None:
        self._agents: Demand | None = None
        self._about: tuple[object, ...] = ()
        self._demand = Demand()

    def added_to(self, agents: Demand, records: Records, config: SiteConfig) -> Demand:
        """The whole demand."""
        trials = trials_in(records.intents)
        if not trials and not config.desktop_pools:
            return agents
        about = (trials, config.desktop_pools, config.profiles.keys(), config.scenario.ceilings)
        if agents is not self._agents or about != self._about:
            self._agents, self._about = agents, about
            pooled = with_pools(agents, config.desktop_pools, config.profiles, config.scenario.ceilings)
            self._demand = with_trials(pooled, trials, config.profiles)
        return self._demand
