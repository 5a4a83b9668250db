"""L4: when the guests of a profile are asked follows what they have shown, and never what an administrator expects."""

from math import inf

import pytest

from provisioner.model.commands import Completion
from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.model.machines.cluster import Snapshot
from provisioner.pacing.boot_limits import Boot, BootHistory
from provisioner.pacing.limits import MeasuredLimits
from provisioner.pacing.measurements import Meter
from tests.builders.actions import a_check
from tests.builders.cluster import NOW, a_profile
from tests.builders.core import a_report

PROFILE = a_profile()
NODE = NodeKey(ClusterId("c1"), NodeName("pve1"))


@pytest.mark.parametrize("expected_s", [6.0, 60.0, 9000.0])
@pytest.mark.parametrize(
    ("alone_s", "answered_s", "before", "asked_s"),
    [
        pytest.param(None, None, 0, 30.0, id="nothing is known: the oldest soon"),
        pytest.param(None, None, 2, 120.0, id="the third later"),
        pytest.param(None, 45.0, 0, 45.0, id="guests answer, and none is ready yet: the oldest when it answers"),
        pytest.param(None, 45.0, 1, 60.0, id="the others as before"),
        pytest.param(600.0, 45.0, 0, 45.0, id="they set themselves up for long: an answer frees a slot"),
        pytest.param(600.0, 45.0, 1, None, id="the next one follows then"),
        pytest.param(None, inf, 0, 30.0, id="they do not say when they began: as if none had answered"),
        pytest.param(None, 86_400.0, 0, 30.0, id="they say that they have run for a day"),
        pytest.param(None, 0.001, 0, 30.0, id="they say that they have just begun"),
        pytest.param(600.0, 0.001, 0, 30.0, id="the same, where boots are known to be long"),
        pytest.param(600.0, None, 0, 30.0, id="only the night before is known: none has answered"),
        pytest.param(50.0, 45.0, 0, None, id="they are ready as soon as they answer: once they should be ready"),
    ],
)  # fmt: skip
def test_l4_when_a_boot_is_asked_first(expected_s, alone_s, answered_s, before, asked_s):
    known = [{} if seconds is None else {PROFILE.name: seconds} for seconds in (alone_s, answered_s)]
    limits = MeasuredLimits(booted=BootHistory(alone_s=known[0], answered_s=known[1]))

    assert limits.first_probe_s(a_profile(expected_ready_s=expected_s), before) == asked_s


@pytest.mark.parametrize(("sequence", "answered_s"), [(45_000_000, 45.0), (0, inf)])
def test_l4_a_starting_guest_shows_how_long_after_its_boot_it_answers(sequence, answered_s):
    meter = Meter()
    check = a_check()

    meter.record_answer(Completion(command=check, started_at=NOW, ended_at=NOW, answer=a_report(sequence=sequence)))

    assert meter.limits(Snapshot(), NOW).booted.answered_s == {check.profile.name: answered_s}


def test_l4_only_the_first_answer_of_a_guest_counts_later_ones_say_that_it_still_sets_itself_up():
    meter, check = Meter(), a_check()

    for sequence in (45_000_000, 110_000_000, 120_000_000):
        meter.record_answer(Completion(command=check, started_at=NOW, ended_at=NOW, answer=a_report(sequence=sequence)))

    assert meter.limits(Snapshot(), NOW).booted.answered_s == {check.profile.name: 45.0}


@pytest.mark.parametrize(
    ("alone_s", "own", "measured"),
    [
        pytest.param(110.0, 0, True, id="as the profile says: those elsewhere show it"),
        pytest.param(280.0, 0, False, id="far longer: there were too many at once, perhaps here, too"),
        pytest.param(280.0, 8, True, id="its own have ended"),
    ],
)  # fmt: skip
def test_l3_boots_that_were_crowded_elsewhere_end_no_boot_of_a_node_without_its_own(alone_s, own, measured):
    profile = a_profile(expected_ready_s=70.0)
    boots = [Boot(began_at=NOW - alone_s, ended_at=NOW, profile=profile.name)] * own
    limits = MeasuredLimits(booted=BootHistory(of_node={NODE: boots}, alone_s={profile.name: alone_s}))

    assert (limits.boots_measured(profile, NODE), limits.boots_measured(profile)) == (measured, True)
