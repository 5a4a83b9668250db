"""How it stands with the scenario's ceilings, from one reading of their sources to the next."""

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.model.ceilings import CeilingState, Reading
from provisioner.model.scenarios import Scenario
from provisioner.model.status import Status
from provisioner.planning.demand.ceilings import ceilings_now

NO_READINGS: Mapping[str, Reading] = MappingProxyType({})


class Ceilings:
    """The last states. What others use is reckoned once for each reading, by the desktops of that moment.

    Otherwise each of our people who logs on between two readings would count as somebody else's person less.
    """

    def __init__(self) -> None:
        self.states: tuple[CeilingState, ...] = ()
        self._of: tuple[Scenario | None, Mapping[str, Reading], bool] = (None, NO_READINGS, False)

    def look(self, scenario: Scenario, readings: Mapping[str, Reading], status: Status | None) -> bool:
        """Whether a ceiling leaves more or less than before."""
        of = (scenario, readings, status is not None)
        if of == self._of:
            return False
        self._of, before = of, self.states
        self.states = ceilings_now(scenario, readings, status)
        return self.states != before
