"""A surge by hand: started, paused, aborted, finished by orders; over restarts, and with the store lost."""

from dataclasses import replace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.ids import WaveName
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario, Wave
from provisioner.model.scenario.surges import ReturnRules, SurgeState, SurgeTerms
from tests.builders.core import a_session
from tests.builders.reconciler import Site, kinds

FIRST = Wave(name=WaveName("first"), who=Selection(logins=frozenset({"login0001"})))
REST = Wave(name=WaveName("rest"), who=Selection(), after_s=3600.0)
BY_HAND = Scenario(name="confinement", by_hand=True, waves=(FIRST, REST))


def a_site(agents=2, scenario=BY_HAND, **changed):
    site = Site(agents=agents, scenario=scenario, **changed)
    site.settle(cycles=5)
    return site


def order(site, event, *, reason="", by="claire", **terms):
    """Give an order about the surge, as the API does; why it is refused."""
    surge = SurgeTerms(**terms)
    intent = Intent(kind=IntentKind.SURGE, by=by, at=site.clock.at, reason=reason, target=event, terms=Terms(surge=surge))
    return site.reconciler.obey(intent)


def given(site, event, **terms):
    assert order(site, event, **terms) == ""
    return site


def state(site):
    run = site.reconciler.records.surge
    return None if run is None else run.state


def lost(site):
    """The daemon starts again with an empty store."""
    site.restart(MemoryStore())
    return site


def on(site):
    return sorted(name for name, phase in site.phases.items() if phase == "ready")


def goes_back(site, cycles=150):
    """Sessions are read and desktops shut down a few at a time; a reading counts for seconds."""
    for _ in range(cycles):
        site.carry_out(site.look(after=5))
    return site


def served(agents=2, **changed):
    """Everybody has a desktop, by a surge that was started by hand."""
    site = given(a_site(agents, **changed), "start")
    site.clock.at += 3600
    site.settle()
    assert len(on(site)) == agents
    return site


# -- start ---------------------------------------------------------------------------------------------------------


def test_nothing_is_begun_before_somebody_starts_it_and_then_wave_by_wave():
    site = a_site()
    assert (state(site), site.phases) == (None, {})

    given(site, "start", scenario="confinement")
    site.settle(cycles=20)
    assert on(site) == ["vd-5001"]
    site.clock.at += 3600
    site.settle()
    assert on(site) == ["vd-5001", "vd-5002"]
    assert {record.reservation.run for record in site.reconciler.records.desktops.values()} == {1}


def test_a_start_for_later_waits_for_its_time():
    site = a_site()
    given(site, "start", starts_at=site.clock.at + 7200)
    site.settle(cycles=3)
    assert (state(site), site.phases) == (SurgeState.PENDING, {})
    site.clock.at += 7200
    site.settle()
    assert (state(site), on(site)) == (SurgeState.RUNNING, ["vd-5001"])


@pytest.mark.long
def test_two_at_once_are_refused_and_the_same_again_is_a_new_run():
    site = served()
    assert "two surges at once" in order(site, "start")
    given(site, "finish")
    goes_back(site)
    assert state(site) is SurgeState.ENDED
    given(site, "start")
    assert (site.reconciler.records.surge.number, state(site)) == (2, SurgeState.RUNNING)


def test_another_name_than_the_configured_one_is_refused():
    assert "the configured scenario is 'confinement', not 'snow-day'" in order(a_site(), "start", scenario="snow-day")


def test_another_name_is_refused_before_the_run_that_would_have_to_end_for_nothing():
    """Found by a walk: whoever ended the run, as the refusal said, was refused again."""
    site = given(a_site(), "start")
    assert "the configured scenario is 'confinement', not 'snow-day'" in order(site, "start", scenario="snow-day")


def test_each_change_is_in_the_journal_with_who_and_why():
    site = given(a_site(), "start", reason="prefect's order", by="claire")
    given(site, "pause", reason="VPN is full", by="zoe")
    lines = [(line.subject, line.result, str(line.reason)) for line in site.store.journal(limit=2)]
    assert lines == [
        ("confinement", "paused", "run 1: pause, by zoe: VPN is full"),
        ("confinement", "running", "run 1: start, by claire: prefect's order"),
    ]


@pytest.mark.long
def test_a_scenario_that_begins_by_itself_can_be_paused_too_and_is_not_begun_again():
    site = a_site(scenario=replace(BY_HAND, by_hand=False))
    assert state(site) is SurgeState.RUNNING
    given(site, "finish")
    goes_back(site)
    site.restart()
    site.settle()
    assert (state(site), on(site)) == (SurgeState.ENDED, [])


# -- pause, abort ----------------------------------------------------------------------------------------------------


def test_a_pause_begins_nothing_new_and_what_would_have_opened_opens_when_it_goes_on():
    site = given(a_site(), "start")
    site.settle(cycles=20)
    given(site, "pause")
    site.clock.at += 7200
    site.settle(cycles=10)
    assert on(site) == ["vd-5001"]
    given(site, "resume")
    site.settle()
    assert on(site) == ["vd-5001", "vd-5002"]


def test_a_pause_finishes_what_was_begun_and_repairs_go_on():
    site = given(a_site(), "start")
    clones = site.look(after=20)
    assert kinds(clones) == ["clone vd-5001"]
    given(site, "pause")
    site.carry_out(clones)
    site.settle(cycles=20)
    assert on(site) == ["vd-5001"]
    site.cluster.power_off(5001)
    site.settle()
    assert on(site) == ["vd-5001"]


def test_a_pause_begins_no_preparation():
    prepared = replace(REST, prepare=PreparationLevel.STOPPED)
    site = a_site(scenario=replace(BY_HAND, waves=(replace(FIRST, after_s=60.0), prepared)))
    given(site, "start")
    given(site, "pause")
    site.settle(cycles=10)
    assert site.phases == {}


def test_an_abort_has_no_estimate_of_before_it():
    """Found by a walk: a new site's surge of 2099 was aborted, and `ready at about 2099-12-31` stood below."""
    far = replace(BY_HAND, by_hand=False, starts_at=4102421400.0)
    site = a_site(scenario=far)
    assert site.reconciler.board.status.etas
    given(site, "abort")
    site.look(after=1)
    assert not site.reconciler.board.status.etas


def test_what_opens_later_of_a_paused_surge_is_ready_then_if_it_goes_on_before():
    """Found by a review: paused before its first wave had opened, it was "ready at about" a time that no daemon would keep."""
    far = replace(BY_HAND, by_hand=False, starts_at=4102421400.0)
    site = a_site(scenario=far)
    assert {eta.on_before for eta in site.reconciler.board.status.etas.values()} == {None}
    given(site, "pause")
    site.look(after=1)
    assert [eta.on_before for eta in site.reconciler.board.status.etas.values()] == [4102421400.0, 4102425000.0]


def test_an_abort_serves_nobody_new_and_keeps_who_is_served():
    site = given(a_site(), "start")
    site.settle(cycles=20)
    given(site, "abort")
    site.clock.at += 7200
    site.settle(cycles=10)
    assert (state(site), on(site)) == (SurgeState.ENDED, ["vd-5001"])
    assert {str(agent.reason) for agent in site.status.demand.not_wanted} == {
        "run 1 of scenario 'confinement' is over: `bascule surge start` starts another"
    }


@pytest.mark.long
def test_an_abort_that_a_return_follows_shuts_down_what_it_made():
    site = goes_back(given(served(), "abort", then_returns=True))
    assert (state(site), on(site)) == (SurgeState.ENDED, [])


# -- the return ----------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_return_shuts_down_what_it_made_but_nobody_who_is_at_work():
    site = served(3)
    site.cluster.sessions[5002] = (a_session(),)
    site.settle(cycles=40)
    given(site, "finish")
    goes_back(site)
    assert (state(site), on(site)) == (SurgeState.RETURNING, ["vd-5002"])
    site.cluster.sessions.clear()
    site.clock.at += 400
    goes_back(site)
    assert (state(site), on(site)) == (SurgeState.ENDED, [])
    assert set(site.phases) == {"vd-5001", "vd-5002", "vd-5003"}, "they are kept"


@pytest.mark.long
def test_the_last_wave_goes_back_first_in_batches():
    site = served(3)
    given(site, "finish", goes_back=ReturnRules(size=1, interval_s=3600.0))
    goes_back(site)
    assert on(site) == ["vd-5001", "vd-5003"]
    site.clock.at += 3600
    goes_back(site)
    assert on(site) == ["vd-5001"]
    site.clock.at += 3600
    goes_back(site)
    assert (state(site), on(site)) == (SurgeState.ENDED, [])


@pytest.mark.long
def test_a_new_run_wakes_what_went_back_and_its_end_takes_it_back_too():
    site = goes_back(given(served(), "finish"))
    given(site, "start")
    site.clock.at += 3600
    site.settle()
    assert on(site) == ["vd-5001", "vd-5002"]
    given(site, "finish")
    goes_back(site)
    assert on(site) == []


@pytest.mark.long
def test_a_new_run_wakes_each_desktop_when_its_batch_opens_and_none_before_its_time():
    site = goes_back(given(served(), "finish"))
    given(site, "start", starts_at=site.clock.at + 7200)
    site.settle(cycles=10)
    assert (state(site), on(site)) == (SurgeState.PENDING, [])
    site.clock.at += 7200
    site.settle(cycles=10)
    assert on(site) == ["vd-5001"]
    site.clock.at += 3600
    site.settle()
    assert on(site) == ["vd-5001", "vd-5002"]


@pytest.mark.long
def test_what_a_run_has_woken_stays_when_the_run_is_paused_and_gives_back_what_it_did_not_wake():
    site = goes_back(given(served(), "finish"))
    given(site, "start")
    site.settle(cycles=10)
    given(site, "pause")
    site.clock.at += 3600
    site.settle(cycles=10)
    assert on(site) == ["vd-5001"]
    site.restart()
    site.settle(cycles=10)
    assert on(site) == ["vd-5001"]
    given(site, "finish")
    goes_back(site)
    assert (state(site), on(site)) == (SurgeState.ENDED, [])


@pytest.mark.long
def test_after_their_time_the_leavers_ladder_has_them():
    site = goes_back(given(served(), "finish", goes_back=ReturnRules(keep_s=86_400.0)))
    assert {desktop.leaving for desktop in site.status.desktops.values()} == {None}
    site.clock.at += 86_400
    site.settle(cycles=5)
    assert all(desktop.leaving is not None for desktop in site.status.desktops.values())


@pytest.mark.long
def test_an_end_that_was_ordered_comes_by_itself_and_can_be_moved():
    site = given(a_site(), "start", ends_at=4_000_000.0 + Site().clock.at)
    site.settle(cycles=20)
    given(site, "extend", ends_at=site.clock.at + 600)
    site.clock.at += 600
    goes_back(site)
    assert (state(site), on(site)) == (SurgeState.ENDED, [])


# -- restarts, the store, edits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["pause", "abort", "finish"])
def test_a_kill_in_any_state_changes_nothing(event):
    site = given(served(), event)
    before = site.reconciler.records.surge
    site.restart()
    assert site.reconciler.records.surge == before


@pytest.mark.long
@pytest.mark.parametrize("event", [None, "pause", "abort", "finish"])
def test_with_the_store_lost_it_is_paused_and_asks_whatever_it_was(event):
    site = served(3)
    if event:
        given(site, event)
    site.clock.at += 60
    running = on(site)
    lost(site)
    site.settle(cycles=60)
    run = site.reconciler.records.surge
    assert (run.state, run.rebuilt, run.number) == (SurgeState.PAUSED, True, 1)
    assert on(site) == running, "who is served stays served, and nobody else is begun"
    given(site, "resume")
    site.settle()
    assert on(site) == ["vd-5001", "vd-5002", "vd-5003"]


@pytest.mark.long
def test_with_the_store_lost_desktops_that_are_off_stay_off():
    site = goes_back(given(served(3), "finish"))
    assert on(site) == []
    lost(site)
    site.settle(cycles=60)
    assert (state(site), on(site)) == (SurgeState.PAUSED, [])


def test_with_the_store_lost_before_any_surge_there_is_none():
    site = lost(a_site())
    site.settle(cycles=30)
    assert (state(site), site.phases) == (None, {})


@pytest.mark.long
def test_an_edit_during_a_run_waits_until_it_is_accepted():
    site = given(a_site(), "start")
    site.settle(cycles=20)
    edited = replace(BY_HAND, waves=(FIRST, replace(REST, after_s=0.0)))
    site.config = replace(site.config, scenario=edited)
    site.reconciler.follow(site.config)
    site.settle(cycles=10)
    assert on(site) == ["vd-5001"]
    site.restart()
    site.settle(cycles=10)
    assert on(site) == ["vd-5001"]
    given(site, "accept")
    site.settle()
    assert on(site) == ["vd-5001", "vd-5002"]
    assert "nothing to accept" in order(site, "accept")


def test_a_wave_without_a_gate_waits_for_its_time_alone():
    site = given(a_site(), "start")
    assert "has no gate" in order(site, "go", wave=WaveName("rest"))
    assert "has no wave 'all'; it has first, rest" in order(site, "go", wave=WaveName("all"))
