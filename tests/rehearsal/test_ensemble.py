"""What the rehearsals of a forecast begin with, and what it says before them."""

from dataclasses import replace

import pytest

from provisioner.model.ids import NodeName
from provisioner.rehearsal.ensemble import Ensemble
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.cluster import NOW, a_snapshot
from tests.builders.rehearsal import a_stage, measured_on
from tests.builders.twin import a_spec

SPEC = a_spec(nodes=2)


def yesterday(agents: int = 12):
    return tuple(replace(each, began_at=each.began_at - 86_400.0) for each in measured_on(SPEC, agents=agents))


@pytest.mark.long
def test_at_first_sight_the_queue_says_what_the_rehearsals_say():
    """L9: a first answer without one rehearsal."""
    ensemble = Ensemble(a_stage(SPEC, agents=12), yesterday())

    band = ensemble.at_once()

    assert band is not None
    assert band.early_s <= ensemble.run(0).last_after_s <= band.late_s


def test_at_first_sight_nothing_is_known_of_a_cluster_that_has_shown_nothing():
    assert Ensemble(a_stage(SPEC, agents=4), ()).at_once() is None


def test_a_rehearsal_begins_with_the_boots_of_other_days_as_a_daemon_does():
    measured = yesterday()
    stage = a_stage(SPEC, agents=4)
    (profile,) = stage.config.profiles.values()
    known, new = (Rehearsal(Ensemble(stage, found).stage_of(0)).reconciler.flight.meter for found in (measured, ()))

    alone_s = [meter.limits(a_snapshot(), NOW).boot_alone_s(profile) for meter in (known, new)]

    assert alone_s[0] != alone_s[1] == profile.expected_ready_s


def test_a_node_without_a_boot_is_named():
    wider = a_spec(nodes=3)

    ensemble = Ensemble(a_stage(wider, agents=4), yesterday())

    (said,) = [reason for reason in ensemble.assumed if reason.code == "assumed_speed"]
    assert said.arguments["nodes"] == NodeName("pve3")
    assert a_stage(wider).begins_at == NOW
