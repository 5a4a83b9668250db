"""A clone's setup during its first boot: parts with restarts between them, and failures."""

from dataclasses import replace

import pytest

from provisioner.twin.api.endpoints.guest_agent import status_document
from provisioner.twin.model.guests import TwinGuest
from tests.builders.twin import EXACT, Lab, a_spec


def booted(*, wait_s: float = 0.0, **setup: float) -> tuple[Lab, TwinGuest]:
    """A lab with a clone that was started this long ago."""
    lab = Lab(a_spec(durations=replace(EXACT, boot_s=40.0, first_boot_s=8.0, **setup))).cloned(101)
    lab.send("POST", "/nodes/pve1/qemu/101/status/start")
    lab.wait(2.6 + wait_s)
    return lab, lab.twin.cluster.guests[101]


@pytest.mark.parametrize(
    ("setup", "ready_s"),
    [
        pytest.param({}, 48.0, id="no setup"),
        pytest.param({"setup_s": 300.0}, 348.0, id="without restart"),
        pytest.param({"setup_s": 300.0, "setup_restarts": 1}, 388.0, id="a restart boots once more"),
    ],
)
def test_a_setup_comes_before_the_log_on_port(setup: dict[str, float], ready_s: float) -> None:
    lab, guest = booted(wait_s=ready_s - 1.0, **setup)
    assert not guest.ready

    lab.wait(2.0)
    assert guest.ready


def test_a_restart_keeps_the_qemu_process_and_is_another_boot() -> None:
    lab, guest = booted(setup_s=100.0, setup_restarts=1)
    started_at = guest.started_at
    lab.wait(95.0)

    assert guest.started_at == started_at
    assert guest.boot is not None
    assert (guest.boot.number, guest.boot.agent_up) == (2, False)


def test_a_failed_setup_is_reported_and_stays() -> None:
    lab, guest = booted(wait_s=400.0, setup_s=300.0, setup_failures=1.0)
    assert not guest.ready
    assert status_document(guest, now=lab.events.now, period_s=10.0)["first_boot"] == "failed"

    lab.send("POST", "/nodes/pve1/qemu/101/status/reset")
    lab.wait(400.0)
    assert not guest.ready


def test_a_later_boot_has_no_setup() -> None:
    lab, guest = booted(wait_s=400.0, setup_s=300.0)
    assert guest.ready

    lab.send("POST", "/nodes/pve1/qemu/101/status/reset")
    lab.wait(60.0)
    assert guest.ready
