"""The limits follow the twin's constants: none of them is in the product."""

from dataclasses import replace
from statistics import fmean

import pytest

from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.pacing.limits import Limits
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from tests.builders.rehearsal import a_stage

AGENTS = 120
HALF_WAY_S = 240.0
LATER_S = 360.0
"""Half-way on nodes that lose throughput: what boots cost there shows later."""


def shrunk(name: str, *, operation_s: float | None = None, **durations) -> TwinSpec:
    """Two nodes of a shipped twin, with other constants."""
    spec = load_twin(shipped() / "twins" / f"{name}.yaml")
    kept = {node.name for node in spec.nodes[:2]}
    storages = tuple(replace(each, image_operation_s=operation_s or each.image_operation_s) for each in spec.storages)
    return replace(
        spec,
        nodes=spec.nodes[:2],
        templates=tuple(template for template in spec.templates if template.node in kept),
        storages=storages,
        durations=replace(spec.durations, **durations),
    )


def limits_of(spec: TwinSpec, at_s: float) -> tuple[Limits, Rehearsal]:
    """The limits in the middle of a switch."""
    rehearsal = Rehearsal(a_stage(spec, agents=AGENTS))
    meter, kept = rehearsal.reconciler.flight.meter, []
    rehearsal.events.after(at_s, lambda: kept.append(meter.limits(rehearsal.reconciler.flight.snapshot, rehearsal.events.now)))
    rehearsal.run()
    return kept[0], rehearsal


def boots(at_s: float, **durations) -> float:
    limits, rehearsal = limits_of(shrunk("local-16", **durations), at_s)
    (view,) = rehearsal.reconciler.flight.snapshot.clusters.values()
    return fmean(limits.boots_on(node.key, {}, rehearsal.events.now).pace.limit for node in view.nodes.values())


def clones(operation_s: float) -> int:
    limits, _ = limits_of(shrunk("shared-1", operation_s=operation_s), HALF_WAY_S)
    return max(limits.clones.values())


@pytest.mark.long
def test_the_boots_of_a_node_follow_what_many_cost():
    assert boots(LATER_S, boots_before_loss=4, boots_loss=0.05) < boots(LATER_S, boots_before_loss=16)


@pytest.mark.long
def test_clones_follow_the_storage():
    assert clones(0.15) > clones(0.5) > clones(2.0)
