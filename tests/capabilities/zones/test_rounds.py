"""Rounds: what a status wants stands in the zones; each zone fails alone; nothing is removed in haste."""

from dataclasses import replace

import pytest

from provisioner.capabilities.zones.decide import desired_records
from provisioner.capabilities.zones.model import Held
from provisioner.capabilities.zones.work import ZoneWorker
from provisioner.model.machines.desktops import Phase
from provisioner.reasons.reason import Reason
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.monitors import SetClock
from tests.builders.views import a_publication
from tests.capabilities.zones.builders import FORWARD, REVERSE, RULES, MemoryZone


def a_status(*numbers: int, phase: Phase = Phase.READY):
    return a_publication(*(a_desktop(number, phase, address=f"10.20.0.{number}") for number in numbers)).status


class Zones:
    """Two zones, the worker over them, and its clock."""

    def __init__(self, rules=RULES) -> None:
        self.forward, self.reverse, self.clock = MemoryZone(), MemoryZone(REVERSE), SetClock(NOW)
        self.notices: list[tuple[str, str]] = []
        self.frozen = False
        self.worker = ZoneWorker(
            (self.forward, self.reverse),
            rules,
            installation="seine",
            clock=self.clock,
            frozen=lambda: self.frozen,
            notice=lambda subject, text: self.notices.append((subject, text)),
        )


def test_a_desktop_is_published_under_its_name_and_its_address():
    zones = Zones()
    zones.worker.once(a_status(1))

    owned = frozenset({"bascule installation=seine desktop=vd-5001"})
    assert zones.forward.content == {f"vd-5001.{FORWARD}": Held(values=frozenset({("A", "10.20.0.1")}), texts=owned)}
    back = Held(values=frozenset({("PTR", f"vd-5001.{FORWARD}")}), texts=owned)
    assert zones.reverse.content == {f"1.0.{REVERSE}": back}


@pytest.mark.parametrize("phase", [Phase.RESERVED, Phase.STARTING, Phase.STOPPED, Phase.FAILED])
def test_from_its_reservation_on_whatever_its_phase(phase):
    assert len(desired_records(a_status(1, phase=phase), RULES)[FORWARD]) == 1


def test_with_dhcp_nothing_is_published():
    status = a_publication(a_desktop(1, address="")).status

    assert desired_records(status, RULES) == {FORWARD: {}, REVERSE: {}}


def test_an_address_of_no_configured_reverse_zone_has_a_name_all_the_same():
    desired = desired_records(a_publication(a_desktop(1, address="10.99.0.1")).status, RULES)

    assert (len(desired[FORWARD]), len(desired[REVERSE])) == (1, 0)


def test_a_second_round_writes_nothing():
    zones = Zones()
    for _ in range(2):
        forward, _reverse = zones.worker.once(a_status(1, 2))

    assert (zones.forward.writes, forward.published, forward.waiting) == (2, 2, 0)


def test_one_zone_that_fails_holds_up_no_other_and_is_told_once():
    zones = Zones()
    zones.forward.failing = Reason("refused")
    for _ in range(3):
        forward, reverse = zones.worker.once(a_status(1))

    assert (forward.failing, forward.published, reverse.failing, reverse.published) == ("refused", 0, "", 1)
    zones.forward.failing = Reason("")
    zones.worker.once(a_status(1))
    assert zones.notices == [(f"zone {FORWARD}", "not kept up: refused"), (f"zone {FORWARD}", "kept up again")]


def test_a_deleted_desktops_records_go_only_after_a_while():
    zones = Zones()
    zones.worker.once(a_status(1, 2))
    for passed, left in ((0, 2), (599, 2), (601, 1)):
        zones.clock.at = NOW + passed
        zones.worker.once(a_status(1))
        assert len(zones.forward.content) == left, passed


def test_a_clock_that_is_set_back_keeps_a_deleted_desktops_records_no_longer():
    zones = Zones()
    zones.worker.once(a_status(1))
    for passed in (3600, 0, 601):
        zones.clock.at = NOW + passed
        zones.worker.once(a_status())

    assert not zones.forward.content


def test_a_desktop_that_comes_back_meanwhile_keeps_its_name():
    zones = Zones()
    zones.worker.once(a_status(1))
    for passed, status in ((0, a_status()), (500, a_status(1)), (700, a_status()), (1200, a_status())):
        zones.clock.at = NOW + passed
        zones.worker.once(status)

    assert len(zones.forward.content) == 1


def test_a_name_whose_address_another_desktop_has_got_goes_at_once():
    zones = Zones()
    zones.worker.once(a_status(1))
    zones.worker.once(a_publication(a_desktop(2, address="10.20.0.1")).status)

    assert zones.forward.content.keys() == {f"vd-5002.{FORWARD}"}
    assert zones.reverse.content[f"1.0.{REVERSE}"].values == {("PTR", f"vd-5002.{FORWARD}")}


def test_with_a_rebuilt_store_nothing_is_removed_before_an_operator_has_accepted_it():
    zones = Zones()
    zones.worker.once(a_status(1))
    for passed in (0, 10_000):
        zones.clock.at = NOW + passed
        zones.worker.once(replace(a_status(), baseline_accepted=False))

    assert len(zones.forward.content) == 1


def test_a_dry_run_writes_nothing_and_says_what_it_would():
    zones = Zones(replace(RULES, dry_run=True))
    forward, _ = zones.worker.once(a_status(1, 2))

    assert zones.forward.content == {}
    assert (forward.wanted, forward.published, forward.waiting, forward.dry_run) == (2, 0, 2, True)


def test_under_a_freeze_nothing_is_written():
    zones = Zones()
    zones.frozen = True
    zones.worker.once(a_status(1))

    assert zones.forward.content == {}


def test_a_name_of_others_is_counted_and_left_alone():
    zones = Zones()
    taken = Held(values=frozenset({("A", "192.0.2.1")}))
    zones.forward.content[f"vd-5001.{FORWARD}"] = taken
    forward, reverse = zones.worker.once(a_status(1))

    assert (forward.foreign, forward.published, reverse.published) == ((f"vd-5001.{FORWARD}",), 0, 1)
    assert zones.forward.content[f"vd-5001.{FORWARD}"] == taken


def test_the_thread_makes_a_round_when_a_status_is_offered_and_ends_when_it_is_told():
    zones = Zones()
    zones.worker.open()
    zones.worker.offer(a_status(1))
    for _ in range(500):
        if zones.worker.now()[1].published:
            break
        zones.worker._over.wait(0.01)
    zones.worker.close()

    assert [state.published for state in zones.worker.now()] == [1, 1]
    assert not zones.worker._thread.is_alive()
