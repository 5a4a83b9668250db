"""The best that the hardware allows: computed by hand, never beaten, and reached where a single resource decides."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.model.budget import Budget, Pace
from provisioner.model.ids import StorageId
from provisioner.model.machines.twin_spec import ApiSpec, Durations, StorageSpec, TwinSpec
from provisioner.model.people.profiles import CloneKind
from provisioner.pacing.boot_limits import INITIAL
from provisioner.rehearsal.bound import bound_s
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from tests.builders.rehearsal import a_config_on, a_profile_on, a_stage, rehearsed
from tests.builders.twin import EXACT, a_spec

QUICK = replace(EXACT, boot_s=1.0)
PLAIN = a_spec()
WITHOUT_CLOUD_INIT = replace(PLAIN, templates=tuple(replace(template, cloud_init=False) for template in PLAIN.templates))
WITH_FIRMWARE = replace(
    PLAIN, templates=tuple(replace(template, efi=True, tpm=True, data_disks=1) for template in PLAIN.templates)
)


def _with_a_second(*, second_s: float = 0.6, **template: Any) -> TwinSpec:
    """Four nodes with quick boots on a shared storage, and a second shared one beside it."""
    spec = a_spec(nodes=4, shared=True, durations=QUICK)
    return replace(
        spec,
        storages=(*spec.storages, StorageSpec(storage="second", shared=True, image_operation_s=second_s, kind="rbd")),
        templates=tuple(replace(golden, **template) for golden in spec.templates),
    )


def _with_one_template(spec: TwinSpec) -> TwinSpec:
    """On the first node."""
    return replace(spec, templates=spec.templates[:1])


def _with_a_local_drive(spec: TwinSpec) -> TwinSpec:
    drive = StorageSpec(storage="local", shared=False, image_operation_s=0.1)
    templates = tuple(replace(template, cloud_init_storage="local") for template in spec.templates)
    return replace(spec, storages=(*spec.storages, drive), templates=templates)


def _seen_by(spec: TwinSpec, *nodes: str) -> TwinSpec:
    return replace(spec, storages=tuple(replace(storage, nodes=nodes) for storage in spec.storages))


def _with_speeds(spec: TwinSpec, *speeds: float) -> TwinSpec:
    return replace(spec, nodes=tuple(replace(node, speed=speed) for node, speed in zip(spec.nodes, speeds, strict=True)))


def _quick(spec: TwinSpec) -> TwinSpec:
    return replace(spec, durations=QUICK)


@pytest.mark.parametrize(
    ("spec", "desktops", "seconds"),
    [
        pytest.param(PLAIN, 0, 0.0, id="nobody: no time"),
        pytest.param(PLAIN, 1, 1.2 + 0.2 + 0.1 + 2.5 + 40 + 8, id="one: its own chain"),
        pytest.param(WITHOUT_CLOUD_INIT, 1, 0.6 + 0.2 + 0.1 + 2.5 + 40 + 8, id="without cloud-init: one image operation less"),
        pytest.param(WITH_FIRMWARE, 1, 5 * 0.6 + 50.8, id="EFI, TPM and a data disk: three image operations more"),
        pytest.param(
            _with_a_second(cloud_init_storage="second"), 600, 600 * 0.6 + 11.8, id="cloud-init drive elsewhere: half the lock"
        ),
        pytest.param(
            _with_a_second(second_s=1.0, cloud_init_storage="second"),
            600,
            600 * 1.0 + 11.8,
            id="cloud-init drive on a slower storage: that one's lock",
        ),
        pytest.param(PLAIN, 64, 4.0 + 64 * 40 / 8 + 8, id="one node: its boots"),
        pytest.param(a_spec(nodes=4), 400, 4.0 + 400 * 40 / 32 + 8, id="storages of their own: the boots of all nodes"),
        pytest.param(a_spec(nodes=4, shared=True), 600, 600 * 1.2 + 50.8, id="a shared storage: one clone after the other"),
        pytest.param(a_spec(nodes=2), 5, 3 * 1.2 + 50.8, id="five over two storages: one of them makes three"),
        pytest.param(
            a_spec(nodes=2, durations=QUICK, api=ApiSpec(write_s=3.0)),
            100,
            100 * (2 * 3 + 0.1) / 6,
            id="slow API workers: two writes, and a configuration",
        ),
        pytest.param(
            _with_one_template(a_spec(nodes=4, shared=True, durations=QUICK, image_s=0.1, api=ApiSpec(write_s=3.0))),
            100,
            100 * 3 / 3,
            id="one template: the API workers of its node clone for all",
        ),
        pytest.param(
            _with_one_template(a_spec(nodes=4, shared=True, image_s=0.1)),
            400,
            3.0 + 400 * 40 / 32 + 8,
            id="one template on a shared storage: the boots of all nodes",
        ),
        pytest.param(
            _with_one_template(a_spec(nodes=4, image_s=0.1)),
            400,
            3.0 + 400 * 40 / 8 + 8,
            id="one template on a local storage: the boots of its node",
        ),
        pytest.param(
            _with_one_template(_with_a_local_drive(a_spec(nodes=4, shared=True, image_s=0.1))),
            400,
            3.0 + 400 * 40 / 8 + 8,
            id="its drive on a local storage: the boots of its node",
        ),
        pytest.param(
            _with_one_template(_seen_by(a_spec(nodes=4, shared=True, image_s=0.1), "pve1", "pve2", "pve3")),
            400,
            3.0 + 400 * 40 / 24 + 8,
            id="a node that does not see the storage: the boots of the others",
        ),
        pytest.param(load_twin(shipped() / "twins" / "ceph-1.yaml"), 1700, 1700 * 1.06 + 50.8, id="ceph-1: the lock"),
        pytest.param(load_twin(shipped() / "twins" / "mixed-8.yaml"), 1700, 4.0 + 1700 * 40 / 64 + 8, id="mixed-8: the boots"),
        pytest.param(_quick(load_twin(shipped() / "twins" / "mixed-8.yaml")), 100, 27.6 + 11.8, id="mixed-8: uneven locks"),
        pytest.param(load_twin(shipped() / "twins" / "local-16.yaml"), 1700, 543.25, id="local-16: the boots"),
        pytest.param(
            load_twin(shipped() / "twins" / "shared-1.yaml"),
            1700,
            1700 * 1.06 + 50.8,
            id="shared-1, of 0.53 s an image: the lock",
        ),
        pytest.param(_with_speeds(a_spec(nodes=2), 2.0, 0.5), 1, 0.6 + 2.8 + 20 + 8, id="unlike nodes, one: on the fast one"),
        pytest.param(
            _with_speeds(a_spec(nodes=2), 2.0, 0.5),
            400,
            0.6 + 2.8 + 400 * 40 / (8 * 2.5) + 8,
            id="unlike nodes: each boots as it is fast",
        ),
        pytest.param(
            _with_speeds(_quick(a_spec(nodes=2)), 2.0, 0.5), 50, 40 * 0.6 + 2.8 + 0.5 + 8, id="unlike nodes: four clones to one"
        ),
        pytest.param(
            _with_speeds(_quick(a_spec(nodes=2, shared=True)), 2.0, 0.5),
            50,
            50 * 0.6 + 2.8 + 0.5 + 8,
            id="unlike nodes: a shared storage's lock, from the fast one",
        ),
        pytest.param(replace(PLAIN, templates=()), 1, inf, id="without a template: never"),
    ],
)
def test_worked_out_by_hand(spec: TwinSpec, desktops: int, seconds: float):
    assert bound_s(spec, desktops=desktops) == pytest.approx(seconds)


SLOW_COPY, QUICK_COPY = 0.25, 2.0
WITH_A_TARGET = replace(
    a_spec(nodes=2, shared=True, durations=QUICK),
    storages=(
        StorageSpec(storage="thin", shared=True, kind="rbd", copy_gib_per_second=QUICK_COPY),
        StorageSpec(storage="local", shared=False, copy_gib_per_second=SLOW_COPY),
        StorageSpec(storage="slow", shared=True, copy_gib_per_second=SLOW_COPY),
    ),
)


@pytest.mark.parametrize(
    ("spec", "desktops", "storage", "seconds"),
    [
        pytest.param(WITH_A_TARGET, 1, None, 1.2 + 32 / 2 + 11.8, id="one: its own copy"),
        pytest.param(WITH_A_TARGET, 10, None, 10 * 32 / 2 + 11.8, id="ten: all through one storage"),
        pytest.param(WITH_A_TARGET, 10, "slow", 10 * 32 / 0.25 + 11.8, id="to a slow storage: its bandwidth"),
        pytest.param(WITH_A_TARGET, 10, "local", 10 * 32 / 0.5 + 11.8, id="to local storages: theirs together"),
        pytest.param(
            _with_one_template(WITH_A_TARGET),
            10,
            "local",
            10 * 32 / 0.25 + 11.8,
            id="with one template: that of its node alone",
        ),
    ],
)
def test_full_clones_worked_out_by_hand(spec: TwinSpec, desktops: int, storage: str | None, seconds: float):
    assert bound_s(spec, desktops=desktops, full=True, storage=storage) == pytest.approx(seconds)


@st.composite
def small_twins(draw: st.DrawFn) -> TwinSpec:
    """Of one to three nodes, some faster than others, with durations far from the usual ones; a template on each, or one."""
    one_template = draw(st.booleans())
    spec = a_spec(
        nodes=draw(st.integers(1, 3)),
        shared=draw(st.booleans()),
        image_s=draw(st.sampled_from([0.1, 0.6, 2.0])),
        durations=Durations(
            sigma=0.0,
            boot_s=draw(st.sampled_from([2.0, 40.0, 120.0])),
            first_boot_s=draw(st.sampled_from([0.0, 8.0])),
            start_task_s=draw(st.sampled_from([0.5, 2.5])),
            configure_s=draw(st.sampled_from([0.1, 2.0])),
            boots_width=draw(st.integers(1, 4)),
        ),
        api=ApiSpec(write_s=draw(st.sampled_from([0.05, 1.0]))),
    )
    spec = _with_speeds(spec, *(draw(st.sampled_from([1.0, 0.5, 2.0])) for _ in spec.nodes))
    return _with_one_template(spec) if one_template else spec


@pytest.mark.long
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spec=small_twins(), agents=st.integers(1, 9))
def test_no_run_beats_the_bound(spec: TwinSpec, agents: int):
    forecast = rehearsed(spec, agents=agents, config=a_config_on(spec, profile=a_profile_on(spec, ready_timeout_s=3600.0)))

    assert (forecast.ready, forecast.duplicates, forecast.orphans) == (agents, 0, 0)
    assert (forecast.after_s(1.0) or 0.0) >= bound_s(spec, desktops=agents) - 1e-6


OTHER = StorageSpec(storage="other", shared=True, kind="rbd", image_operation_s=0.3, copy_gib_per_second=1.0)


@pytest.mark.long
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spec=small_twins(), agents=st.integers(1, 6), elsewhere=st.booleans())
def test_no_run_with_full_clones_beats_the_bound(spec: TwinSpec, agents: int, elsewhere: bool):
    spec = replace(spec, storages=(*spec.storages, OTHER), templates=tuple(replace(t, disk_gib=4) for t in spec.templates))
    storage = StorageId("other") if elsewhere else None
    profile = a_profile_on(spec, clone=CloneKind.FULL, storage=storage)

    forecast = rehearsed(spec, agents=agents, config=a_config_on(spec, profile=profile))

    assert (forecast.ready, forecast.duplicates, forecast.orphans) == (agents, 0, 0)
    assert (forecast.after_s(1.0) or 0.0) >= bound_s(spec, desktops=agents, full=True, storage=storage) - 1e-6


KEEN = Pace(observe_busy_s=0.5)
"""Looks five times as often as usual."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("spec", "agents", "budget"),
    [
        pytest.param(a_spec(), 1, Budget(), id="one desktop: its chain"),
        pytest.param(
            a_spec(durations=replace(EXACT, boot_s=500.0, boots_loss=0.0)),
            INITIAL,
            Budget(),
            id="long boots on one node, as many as run before any was measured: the boots",
        ),
        pytest.param(
            a_spec(nodes=2, image_s=3.0), 12, Budget(clones_per_local_domain=3), id="slow images: the storages' locks"
        ),
    ],
)
def test_where_one_resource_decides_a_keen_daemon_comes_within_three_per_cent(spec: TwinSpec, agents: int, budget: Budget):
    profile = a_profile_on(spec, expected_ready_s=spec.durations.boot_s * max(1.0, agents / spec.durations.boots_width))
    config = a_config_on(spec, profile=profile, budget=budget, pace=KEEN)
    rehearsal = Rehearsal(a_stage(spec, agents=agents, config=config))

    makespan = rehearsal.run().after_s(1.0)

    assert makespan is not None
    # The first clone of each lock goes alone, to be measured: that, and no more, is lost.
    assert 0.97 <= bound_s(spec, desktops=agents) / makespan <= 1.0
