"""What probes have shown, as numbers."""

from dataclasses import replace

from provisioner.capabilities.probes.gauges import ROOM
from provisioner.capabilities.probes.model import STATE, ProbeState
from provisioner.extensions import Parts
from provisioner.model.probes import Factor, FactorKind
from tests.builders.monitors import a_recorder, a_switch
from tests.capabilities.gauges import labels_of, labels_with

NODE = Factor(FactorKind.NODE, "pve/pve03")


def values(state: ProbeState | None) -> dict[str, dict[tuple[str, ...], float]]:
    recorder = a_recorder()
    recorder.status(replace(a_switch(2), parts=Parts().having(STATE, state)))
    rows = recorder.summary.values
    return {row.name: dict(series) for row, series in rows.items() if row.name in ("bascule_probes", "bascule_probe_causes")}


def test_a_cause_is_a_series_that_is_gone_when_it_is_no_longer_named():
    named = values(ProbeState(at=1.0, probed=20, failed=4, causes=((NODE,),)))
    mended = values(ProbeState(at=2.0, probed=20, failed=1))

    assert named["bascule_probes"] == {("passed",): 16, ("failed",): 4}
    assert named["bascule_probe_causes"] == {("node", "pve/pve03"): 1, ("everywhere", ""): 0}
    assert mended["bascule_probe_causes"] == {("everywhere", ""): 0}


def test_when_most_fail_that_is_a_cause():
    assert values(ProbeState(probed=9, failed=9, everywhere=True))["bascule_probe_causes"] == {("everywhere", ""): 1}


def test_a_daemon_that_makes_no_probes_says_nothing_of_them():
    assert values(None) == {"bascule_probes": {}, "bascule_probe_causes": {}}


def test_every_row_has_a_series_with_its_labels():
    assert labels_with(ROOM, STATE, ProbeState()) == labels_of(ROOM)
