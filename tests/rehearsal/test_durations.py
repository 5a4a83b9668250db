"""A twin is tuned until it shows what the cluster has shown; what was not shown is named."""

from dataclasses import replace

import pytest

from provisioner.model.ids import ClusterId
from provisioner.model.measured import MeasuredKind, Measurement
from provisioner.model.twin_spec import TwinSpec
from provisioner.rehearsal.durations import Estimate, estimate
from provisioner.rehearsal.trials import Burst, latest_burst, tried, union_s
from tests.builders.cluster import NOW
from tests.builders.rehearsal import a_config_on, measured_on
from tests.builders.twin import a_spec

PVE = ClusterId("pve")


def hidden(*, lock: float, boots: float) -> TwinSpec:
    """A cluster with other durations than the twin's defaults."""
    spec = a_spec(nodes=2)
    storages = tuple(replace(each, image_operation_s=each.image_operation_s * lock) for each in spec.storages)
    durations = replace(spec.durations, sigma=0.15, boot_s=spec.durations.boot_s * boots)
    return replace(spec, seed=7, storages=storages, durations=durations)


def estimated(measured: Burst | None, *, draws: int = 3) -> Estimate:
    spec = a_spec(nodes=2, durations=replace(a_spec().durations, sigma=0.15))
    config = a_config_on(spec)
    (profile,) = config.profiles.values()
    return estimate(
        spec,
        measured,
        lambda twin: tried(config, twin, measured, profile=profile, now=NOW),
        look_s=1.0,
        full=False,
        draws=draws,
    )


@pytest.mark.long
@pytest.mark.parametrize(("lock", "boots"), [(3.0, 0.5), (0.5, 2.0)])
def test_the_tuned_twin_has_the_durations_of_the_cluster(lock: float, boots: float):
    truth = hidden(lock=lock, boots=boots)

    found = estimated(latest_burst(measured_on(truth, agents=40), cluster=ClusterId("lab")))

    durations = found.spec.durations
    assert found.spec.storages[0].image_operation_s == pytest.approx(truth.storages[0].image_operation_s, rel=0.15)
    assert durations.boot_s + durations.first_boot_s == pytest.approx(
        truth.durations.boot_s + truth.durations.first_boot_s, rel=0.15
    )
    assert (found.desktops, len({found.draw(number).seed for number in range(3)})) == (40, 3)


def test_without_a_measurement_everything_is_assumed_and_named():
    found = estimated(None)

    assert found.desktops == 0
    assert [reason.code for reason in found.assumed] == ["assumed_hold", "assumed_boot", "assumed_width"]


def test_bursts_are_told_apart_by_a_pause_and_the_largest_of_the_last_counts():
    def clone(at: float) -> Measurement:
        return Measurement(kind=MeasuredKind.CLONE, place="pve/pve1/thin", image="golden-1", began_at=at, took_s=2.0)

    def boot(at: float) -> Measurement:
        return Measurement(kind=MeasuredKind.FIRST_BOOT, place="pve/pve1", image="golden-1", began_at=at, took_s=50.0)

    measured = [clone(0), boot(3), clone(5000), clone(5001), boot(5003), boot(5004), clone(9000), boot(9003)]

    burst = latest_burst(measured, cluster=PVE, outstanding=9)

    assert burst is not None
    assert [each.began_at for each in (*burst.clones, *burst.boots)] == [5000, 5001, 5003, 5004]
    assert burst.wanted == 2, "it is over: what is outstanding is of the next one"
    assert (burst.busy_s, burst.boot_s) == ({"pve/pve1/thin": 1.5}, 50.0)
    assert latest_burst([], cluster=PVE) is None


def test_the_time_in_which_any_was_under_way():
    def run(began_at: float, took_s: float) -> Measurement:
        return Measurement(kind=MeasuredKind.CLONE, place="x", began_at=began_at, took_s=took_s)

    assert union_s([run(10, 5), run(12, 1), run(14, 3), run(30, 2)]) == 9.0


def a_clone(began_at: float, took_s: float = 2.0) -> Measurement:
    return Measurement(kind=MeasuredKind.CLONE, place="pve/shared", image="golden-1", began_at=began_at, took_s=took_s)


def test_of_a_burst_that_goes_on_the_last_ten_minutes_count():
    """The storage became twice as slow twelve minutes ago."""
    quick = [a_clone(NOW - 1_500.0 + 10.0 * number, 2.0) for number in range(78)]
    slow = [a_clone(NOW - 720.0 + 10.0 * number, 4.0) for number in range(70)]

    burst = latest_burst([*quick, *slow], cluster=PVE, now=NOW)

    assert len(burst.clones) == 148
    assert burst.busy_s == {"pve/shared": 4.0}
    assert burst.older[0] == 78 + 12
    assert latest_burst([*quick, *slow], cluster=PVE, now=NOW + 3_600.0).busy_s["pve/shared"] < 3.0, "it is over: all counts"


def test_what_goes_on_now_counts_before_a_larger_burst_of_another_day():
    earlier = [a_clone(NOW - 86_400.0 + 5.0 * number, 2.0) for number in range(200)]
    today = [a_clone(NOW - 100.0 + 5.0 * number, 4.0) for number in range(18)]

    assert len(latest_burst([*earlier, *today], cluster=PVE, now=NOW).clones) == 18
    assert len(latest_burst([*earlier, *today[:9]], cluster=PVE, now=NOW).clones) == 200, "too few to say more"
