"""The event that Bascule is for, in virtual time: 1,700 desktops on sixteen nodes."""

import pytest

from provisioner.rehearsal.bound import bound_s
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from tests.builders.rehearsal import a_stage

pytestmark = pytest.mark.long

AGENTS = 1_700


def test_the_whole_departement_goes_home():
    spec = load_twin(shipped() / "twins" / "local-16.yaml")
    rehearsal = Rehearsal(a_stage(spec, agents=AGENTS))

    forecast = rehearsal.run()

    truth = rehearsal.twins[spec.name].truth()
    assert (forecast.wanted, forecast.ready, truth.desktops) == (AGENTS, AGENTS, AGENTS)
    assert (forecast.unmet, forecast.duplicates, forecast.orphans, forecast.lock_timeouts) == ({}, 0, 0, 0)
    assert forecast.writes == 3 * AGENTS
    read_each_minute = sum((forecast.ready_after_s[-1] - at_s) / 60.0 for at_s in forecast.ready_after_s)
    assert forecast.calls <= 6.5 * AGENTS + read_each_minute, (
        "its own: clone, read, configure, start, one or two readings to be ready"
    )
    assert bound_s(spec, desktops=AGENTS) >= 0.8 * forecast.ready_after_s[-1]
