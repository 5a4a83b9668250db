"""Each scenario that is shipped can be started by the command that its file names."""

from pathlib import Path

import pytest

from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.scenario.surges import SurgeChange, SurgeState, SurgeTerms
from provisioner.planning.orders.surges import change_of
from provisioner.settings.scenario import load_scenario
from tests.builders.cluster import NOW

SHIPPED = sorted(Path("config/scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_an_order_starts_it(file):
    scenario = load_scenario(file)
    order = Intent(
        kind=IntentKind.SURGE, by="claire", at=NOW, target="start", terms=Terms(surge=SurgeTerms(scenario=scenario.name))
    )

    change = change_of(order, run=None, configured=scenario, in_force=scenario, now=NOW)

    assert isinstance(change, SurgeChange), change
    assert change.run.state is SurgeState.RUNNING
    named = f'"{scenario.name}"' if " " in scenario.name else scenario.name
    assert f"bascule surge start {named}" in file.read_text() or not scenario.by_hand
