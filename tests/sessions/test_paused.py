"""H2: an honest desktop is heard again after its VM was paused: its uptime has stood still, and is behind from then on."""

from copy import deepcopy

from tests.builders.cluster import NOW
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.site import Site

_PAUSED_S = 3600.0


def test_a_desktop_whose_vm_was_paused_for_an_hour_is_heard_again_once_it_is_read():
    """Each push of the rest of its boot was late, and its log-ons counted an hour too early."""
    site, desktop = Site({5001: "standard"}, at=NOW), SpeakingDesktop(vmid=5001, booted_at=NOW - 300)
    site.pull(desktop)
    site.clock.at = NOW + 10
    assert site.push(desktop.push(site.clock.at)) == ["accepted"]

    desktop.booted_at += _PAUSED_S
    site.clock.at += _PAUSED_S + 5
    assert site.push(desktop.push(site.clock.at)) == ["late"]
    site.clock.at += 10
    site.pull(desktop)
    site.clock.at += 10
    desktop.changes(site.clock.at, s1=("p", site.clock.at - desktop.booted_at - 1, True))

    assert site.push(desktop.push(site.clock.at)) == ["accepted"]
    assert site.open() == 1
    assert [at for at, change, _ in site.intake.counts().recent if change > 0] == [site.clock.at - 1]


def test_a_desktop_whose_vm_was_set_back_with_its_memory_is_heard_again_once_it_is_read():
    """H2: its uptime has jumped back by a day: each of its documents was older than what was known, until its next boot."""
    site, desktop = Site({5001: "standard"}, at=NOW), SpeakingDesktop(vmid=5001, booted_at=NOW - 2 * 86_400)
    before = deepcopy(desktop.history)
    desktop.changes(NOW, s1=("p", 86_400.0, True))
    site.pull(desktop)
    assert site.open() == 1

    desktop.booted_at += 86_400.0
    desktop.history = before
    site.clock.at = NOW + 60
    desktop.changes(site.clock.at)
    site.pull(desktop)
    assert site.open() == 0, "nobody is there, and it has said so"

    site.clock.at += 10
    desktop.changes(site.clock.at, s2=("p", site.clock.at - desktop.booted_at - 1, True))
    assert site.push(desktop.push(site.clock.at)) == ["accepted"]
    assert site.open() == 1


def test_a_reading_that_a_push_has_overtaken_is_no_uptime_that_was_set_back():
    """H2: it was made before the push, whatever comes first."""
    site, desktop = Site({5001: "standard"}, at=NOW), SpeakingDesktop(vmid=5001, booted_at=NOW - 1000)
    site.pull(desktop)
    site.clock.at = NOW + 170
    desktop.changes(site.clock.at, s1=("p", 1169.0, True))
    assert site.push(desktop.push(site.clock.at)) == ["accepted"]

    desktop.sessions = {}
    site.pull(desktop, late_s=169.0)

    assert site.open() == 1
