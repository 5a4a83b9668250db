"""A running surge says when each wave will be ready, and that one will be late before it is."""

from dataclasses import replace
from math import inf

import pytest

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.machines.twin_spec import HangDesktops
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.etas import WaveOutlook
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import Ceiling, PlannedTime, Scenario, Wave
from provisioner.model.scenario.surges import SurgeTerms
from provisioner.model.words import JournalWord
from provisioner.reconciler import run
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.cluster import NOW
from tests.builders.core import an_agent
from tests.builders.reconciler import Listener
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long
SLOW_S = 4.0
"""Under the lock for an image: 8 s for each desktop."""


def a_wave(name, *logins, due_s=None, **changed):
    ready_by = None if due_s is None else PlannedTime(after_s=due_s)
    who = Selection(logins=frozenset(logins)) if logins else Selection()
    return Wave(name=WaveName(name), who=who, ready_by=ready_by, **changed)


def a_surge(*waves, agents=20, faults=(), **changed):
    spec = replace(a_spec(nodes=2, shared=True, image_s=SLOW_S), faults=faults)
    waves = tuple(replace(wave, priority=index) for index, wave in enumerate(waves))
    scenario = Scenario(name="s", planned=True, waves=waves, **changed)
    listener = Listener()
    people = [an_agent(number) for number in range(1, agents + 1)]
    stage = a_stage(spec, agents=people, config=a_config_on(spec, scenario=scenario), listeners=(listener,))
    return Rehearsal(stage), listener


def play(rehearsal, seconds):
    run(rehearsal.reconciler, rehearsal.calls, until=lambda: rehearsal.events.now >= NOW + seconds)
    return rehearsal.reconciler.status.etas


def said(listener):
    return [text.code for subject, text in listener.notices if subject.startswith("wave ")]


def journal(rehearsal):
    return [line.result for line in rehearsal.store.journal(limit=10_000) if line.what == JournalWord.WAVE][::-1]


def test_a_wave_in_time_is_estimated_and_nothing_is_said_of_it():
    rehearsal, listener = a_surge(a_wave("all", due_s=3600.0), agents=16)

    eta = play(rehearsal, 95.0)["all"]
    end = play(rehearsal, 330.0)["all"]

    assert eta.early_at < eta.middle_at < eta.late_at
    assert eta.early_at <= max(rehearsal.watch.ready_at.values()) <= eta.late_at
    assert (end.ready, end.late, end.outlook) == (16, 0, WaveOutlook.IN_TIME)
    assert not said(listener)


def test_a_wave_that_will_be_late_is_said_to_be_before_it_is_and_what_binds_is_named():
    rehearsal, listener = a_surge(a_wave("all", due_s=100.0), agents=24)

    eta = play(rehearsal, 95.0)["all"]

    assert eta.outlook is WaveOutlook.EXPECTED_LATE
    assert eta.late_by_s > 0
    assert eta.because.code == "lock_of"
    assert said(listener) == ["wave_late_by"]
    assert play(rehearsal, 130.0)["all"].outlook is WaveOutlook.LATE
    assert play(rehearsal, 480.0)["all"].outlook is WaveOutlook.IN_TIME
    assert said(listener) == ["wave_late_by", "wave_late", "wave_ready_late"]
    assert journal(rehearsal) == ["expected_late", "late", "in_time"]


def test_orders_one_after_the_other_are_no_signs_that_a_wave_is_late():
    """Each changes the run, and so is followed by an estimate; three in a row of every half minute say it is late."""
    rehearsal, listener = a_surge(a_wave("all", due_s=100.0), agents=24)
    for second in range(30, 60, 3):
        before = play(rehearsal, float(second))
        terms = Terms(surge=SurgeTerms(ends_at=NOW + 86_400.0 + second))
        extend = Intent(kind=IntentKind.SURGE, by="claire", at=NOW + second, reason="", target="extend", terms=terms)
        assert rehearsal.reconciler.obey(extend) == ""
        assert play(rehearsal, second + 2.0) is not before

    assert not said(listener)
    play(rehearsal, 95.0)
    assert said(listener) == ["wave_late_by"]


def test_a_gate_that_waits_for_an_operator_is_named_while_there_is_time_to_open_it():
    first, rest = a_wave("first", "login0001", due_s=300.0), a_wave("rest", due_s=1500.0, gate=Gate.of(go=True))
    rehearsal, listener = a_surge(first, rest, agents=3)

    assert play(rehearsal, 400.0)["rest"].outlook is WaveOutlook.IN_TIME
    eta = play(rehearsal, 930.0)["rest"]

    assert eta.outlook is WaveOutlook.EXPECTED_LATE
    assert (eta.because.code, eta.held_by.code) == ("gate_go", "gate_go")
    assert said(listener) == ["wave_held"]
    assert 5 <= eta.says.arguments["minutes"] <= 10
    assert play(rehearsal, 1485.0)["rest"].says.code == "wave_held_late"


def test_a_gate_that_waits_for_desktops_opens_by_itself_and_holds_nobody_back():
    rest = a_wave("rest", due_s=1500.0, gate=Gate.of(ready=1.0))
    rehearsal, _ = a_surge(a_wave("first", "login0001", due_s=300.0), rest, agents=3)

    eta = play(rehearsal, 35.0)["rest"]

    assert not eta.opened
    assert not eta.held_by


def test_desktops_that_an_operator_has_to_look_at_have_no_time():
    """Half of them hang once they are ready: too many to be each other's chance (F5)."""
    rehearsal, listener = a_surge(a_wave("all", due_s=900.0), agents=16, faults=(HangDesktops(share=0.5, at_s=300.0),))

    eta = play(rehearsal, 800.0)["all"]

    assert eta.held > 2
    assert (eta.ready, eta.late) == (16 - eta.held, eta.held)
    assert (eta.early_at, eta.middle_at, eta.late_at) == (None, None, None)
    assert eta.says.code == "wave_stuck"
    assert said(listener)[-1] == "wave_stuck"


def test_desktops_that_boot_while_their_profile_is_renamed_have_no_time():
    """Their boots were said to be over at once, and each wave to be ready now: unknown, drawn as fine."""
    rehearsal, _ = a_surge(a_wave("all", due_s=3600.0), agents=16)
    play(rehearsal, 95.0)
    config = rehearsal.reconciler.config
    new = replace(next(iter(config.profiles.values())), name=ProfileName("new"))
    entitlements = tuple(replace(each, profile=new.name) for each in config.entitlements)
    rehearsal.reconciler.follow(replace(config, profiles={new.name: new}, entitlements=entitlements))

    during = play(rehearsal, 185.0)["all"]
    after = play(rehearsal, 900.0)["all"]

    assert 0 < during.held < 16 - during.ready
    assert during.middle_at > NOW + 185.0
    assert after.ready + after.held == 16
    assert (after.early_at, after.middle_at, after.late_at) == (None, None, None)


def test_people_for_whom_a_ceiling_leaves_no_desktop_are_named_at_once():
    rehearsal, listener = a_surge(a_wave("all", due_s=3600.0), ceilings=(Ceiling(name="vpn", limit=15),))

    eta = play(rehearsal, 90.0)["all"]

    assert (eta.late, eta.never, eta.late_by_s) == (5, 5, inf)
    assert eta.because.code == "ceiling"
    assert said(listener) == ["wave_short"]


def test_a_wave_without_a_deadline_is_estimated_and_never_late():
    rehearsal, listener = a_surge(a_wave("all"))

    eta = play(rehearsal, 60.0)["all"]

    assert (eta.ready_by, eta.late, eta.late_by_s) == (None, 0, None)
    assert eta.middle_at > NOW
    assert not said(listener)


def test_before_a_batch_opens_nothing_happens_and_its_band_does_not_shrink_for_that():
    rehearsal, _ = a_surge(a_wave("all", size=2, interval_s=400.0), agents=4)

    eta = play(rehearsal, 380.0)["all"]
    play(rehearsal, 520.0)

    ends = max(rehearsal.watch.ready_at.values())
    assert ends > NOW + 400.0
    assert eta.early_at < ends < eta.late_at
