"""Same seed, same requests: same twin. A change to one desktop does not touch the others' luck."""

from statistics import mean, pstdev

import pytest

from provisioner.model.machines.twin_spec import Durations, LogOns, RandomFaults
from provisioner.twin.engine.draws import Draws
from tests.builders.twin import NODE, Lab, a_spec

RANDOM = Durations(sigma=0.15)


def a_night(seed: int, *vmids: int, pause_s: float = 20.0) -> Lab:
    """Desktops made and started one after the other, far enough apart not to meet."""
    lab = Lab(a_spec(seed=seed, durations=RANDOM, log_ons=LogOns(concurrent=99), random_faults=RandomFaults(share=0.1)))
    for vmid in vmids:
        answer = lab.ask("POST", f"/nodes/{NODE}/qemu/9001/clone", newid=vmid, name=f"vd-{vmid}")
        lab.wait(pause_s)
        if answer.ok and vmid in lab.twin.guest_truths():
            lab.send("POST", f"/nodes/{NODE}/qemu/{vmid}/status/start")
            lab.wait(10 * pause_s)
    return lab


def lines_about(lab: Lab, vmid: int) -> list[tuple[str, float]]:
    """What happened to one guest, and how long after the line before."""
    found = [line.split(" ", 1) for line in lab.twin.log if f" {vmid} " in line]
    moments = [float(moment) for moment, _ in found]
    return [(text, round(moment - moments[0], 2)) for (_, text), moment in zip(found, moments, strict=True)]


def test_the_same_seed_gives_the_same_night() -> None:
    night, other = a_night(3, *range(101, 109)), a_night(3, *range(101, 109))

    assert night.twin.log == other.twin.log
    assert night.truth == other.truth


def test_another_seed_gives_another_night() -> None:
    assert a_night(3, *range(101, 109)).twin.log != a_night(4, *range(101, 109)).twin.log


@pytest.mark.parametrize("left_out", [101, 104])
def test_a_desktop_that_is_left_out_changes_nothing_for_the_others(left_out: int) -> None:
    vmids = range(101, 107)
    full, less = a_night(3, *vmids), a_night(3, *(vmid for vmid in vmids if vmid != left_out))

    for vmid in vmids:
        if vmid != left_out:
            assert lines_about(less, vmid) == lines_about(full, vmid)


def test_a_repetition_draws_again() -> None:
    lab = Lab(a_spec(durations=RANDOM)).cloned(101)
    seconds = []
    for _ in range(3):
        begun = lab.events.now
        lab.start(101)
        seconds.append(round(lab.events.now - begun, 6))
        lab.do("POST", f"/nodes/{NODE}/qemu/101/status/stop")

    assert len(set(seconds)) == 3


def test_durations_are_log_normal_around_the_median() -> None:
    draws = Draws(1, sigma=0.15)
    drawn = sorted(draws.around(40.0, vmid, "boot", 0) for vmid in range(2000))

    assert drawn[1000] == pytest.approx(40.0, rel=0.02)
    assert pstdev(drawn) / mean(drawn) == pytest.approx(0.15, rel=0.05)
    assert Draws(1, sigma=0.0).around(40.0, "anything") == 40.0
