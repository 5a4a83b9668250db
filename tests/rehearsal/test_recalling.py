"""What a daemon that starts takes over from its store."""

from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.model.scenario.etas import MeasuredKind, Measurement
from provisioner.pacing.limits import Limits
from provisioner.pacing.measurements import Meter
from provisioner.rehearsal.measuring import recall_days
from tests.bench.stage import PROFILE, a_profile
from tests.builders.cluster import NOW, a_snapshot

NODE = NodeKey(ClusterId("pve"), NodeName("n1"))
ALONE_S, CROWDED_S = 50.0, 250.0


def a_boot(at: int, *, took_s: float, parallel: float, kind: MeasuredKind = MeasuredKind.FIRST_BOOT, image: str = "golden-1"):
    began_at = NOW - 86_400 + 10 * at
    return Measurement(kind=kind, place="pve/n1", image=image, began_at=began_at, took_s=took_s, parallel=parallel)


def limits_after(measured: list[Measurement]) -> Limits:
    meter = Meter()
    recall_days(meter, measured, {PROFILE: a_profile()})
    return meter.limits(a_snapshot(), NOW)


def a_night() -> list[Measurement]:
    """Sixteen boots with few others, then a crowd of ten on a node that works on two at full speed."""
    quiet = [a_boot(each, took_s=ALONE_S, parallel=2) for each in range(16)]
    return quiet + [a_boot(100 + each, took_s=CROWDED_S, parallel=10) for each in range(32)]


def test_the_first_boots_of_a_night_are_as_many_as_the_last_night_showed():
    limits = limits_after(a_night())

    assert limits.boot_alone_s(a_profile()) == ALONE_S
    assert round(limits.boots_on(NODE, {}, NOW).pace.limit) == 10 / (CROWDED_S / ALONE_S) + 3


def test_boots_of_another_image_and_later_boots_show_nothing():
    others = [a_boot(each, took_s=5, parallel=1, image="golden-0") for each in range(16)]
    later = [a_boot(each, took_s=5, parallel=1, kind=MeasuredKind.BOOT) for each in range(16)]

    limits = limits_after(others + later)

    assert limits.boot_alone_s(a_profile()) == a_profile().expected_ready_s
    assert not limits.boots_on(NODE, {}, NOW).pace.measured


def test_single_boots_show_how_long_one_takes_and_no_limit():
    limits = limits_after([a_boot(each, took_s=ALONE_S, parallel=1) for each in range(16)])

    assert limits.boot_alone_s(a_profile()) == ALONE_S
    assert not limits.boots_on(NODE, {}, NOW).pace.measured
