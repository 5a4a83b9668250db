"""A plan made without a daemon rests on the whole configuration, as the daemon's own does."""

from dataclasses import fields, replace
from math import inf

from provisioner.daemon.offline_status import situation_of
from provisioner.model.budget import Safety
from provisioner.model.departures import Leavers
from provisioner.planning.inputs import Situation
from tests.builders.cluster import NOW, a_snapshot, a_view
from tests.builders.core import a_memory
from tests.builders.rehearsal import a_config_on
from tests.builders.twin import a_spec

_MEASURED = {"in_flight", "limits", "full", "clone_s", "causes", "booted", "unanswered", "answers_s", "offline_since"}
"""What only a running daemon knows."""


def test_everything_that_is_configured_is_in_it():
    safety = Safety(replace_after_s=inf, rebuild_settle_s=7.0, max_deletes=3, max_stops_percent=1.0)
    config = replace(a_config_on(a_spec()), safety=safety, leavers=Leavers(deletes_a_day=7))

    situation = situation_of(config, a_memory(()), a_snapshot(a_view()), NOW)

    assert situation.config is config
    known = {"now", "config", "snapshot", "memory", "demand"}
    assert {one.name for one in fields(Situation)} == known | _MEASURED, "a new field is one or the other"
