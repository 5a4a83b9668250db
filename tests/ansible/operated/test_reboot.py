"""The machine is rebooted in the middle of a surge: by itself all is as before."""

import pytest

pytestmark = pytest.mark.guest


def test_after_a_reboot_both_run_again_and_the_surge_goes_on(rebooted, operated):
    """N: nobody had seen it. What was under way is found by looking, and nothing is made twice."""
    daemon, before, units = rebooted
    truth = daemon.site.twin.truth()

    assert before["ready"] == 0, "too late: there was nothing under way"
    assert units == ["active", "active"]
    assert "run 1 of scenario 'now' is running" in daemon.machine.says("bascule", "surge", "status")
    assert {name: truth[name] for name in ("desktops", "ready", "clones", "duplicates", "orphans")} == {
        "desktops": 3, "ready": 3, "clones": 3, "duplicates": 0, "orphans": [],
    }  # fmt: skip
