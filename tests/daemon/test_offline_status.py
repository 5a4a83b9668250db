"""A plan made without a daemon uses the whole configuration and the initial state of a daemon."""

from dataclasses import replace
from math import inf

from provisioner.daemon.offline_status import situation_of
from provisioner.model.budget import Safety
from provisioner.model.departures import LeaverRules
from tests.builders.cluster import NOW, a_snapshot, a_view
from tests.builders.core import a_memory
from tests.builders.rehearsal import a_config_on
from tests.builders.twin import a_spec


def test_everything_that_is_configured_is_in_it_and_nothing_is_measured():
    safety = Safety(replace_after_s=inf, rebuild_settle_s=7.0, max_deletes=3, max_stops_percent=1.0)
    config = replace(a_config_on(a_spec()), safety=safety, leavers=LeaverRules(deletes_a_day=7))
    snapshot = a_snapshot(a_view())

    situation = situation_of(config, a_memory(()), snapshot, NOW)

    assert (situation.config, situation.snapshot) == (config, snapshot)
    assert set(situation.limits.clones.values()) == {1}, "one clone alone on each storage, until the first is measured"
    assert not situation.in_flight
