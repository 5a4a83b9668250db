"""The whole cycle on a small cluster where every command succeeds: from an empty store to all desktops ready."""

from dataclasses import replace

import pytest

from provisioner import errors
from provisioner.model.actions import Clone, Result
from provisioner.model.commands import Completion, Observe, ReadDirectory
from provisioner.model.ids import ClusterId, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario, Wave
from provisioner.reconciler import run
from tests.builders.actions import a_name
from tests.builders.cluster import NOW, PVE, a_guest, a_profile, a_template
from tests.builders.core import a_config, a_naming, a_roster, a_session, an_agent
from tests.builders.reconciler import Cluster, Site, changes, kinds, ready
from tests.builders.records import parts_of

LYON = ClusterId("lyon")


# -- from nothing to ready ----------------------------------------------------------------------------------------------


def test_a_desktop_from_nothing_to_ready():
    site = Site(agents=1)
    cycles = []
    for _ in range(6):
        orders = site.look(after=60)
        cycles.append((kinds(orders), site.phases))
        site.carry_out(orders)
        site.cluster.come_out()

    assert cycles == [
        (["clone vd-5001"], {"vd-5001": Phase.CLONING}),
        (["configure vd-5001"], {"vd-5001": Phase.CLONED}),
        (["start vd-5001"], {"vd-5001": Phase.STARTING}),
        (["checkguest vd-5001"], {"vd-5001": Phase.STARTING}),
        (["checkguest vd-5001"], {"vd-5001": Phase.READY}),
        (["checkguest vd-5001"], {"vd-5001": Phase.READY}),
    ]
    assert [(outcome.action, outcome.result) for outcome in site.heard.outcomes] == [
        ("clone", Result.DONE),
        ("configure", Result.DONE),
        ("start", Result.DONE),
        ("ready", Result.DONE),
    ]
    kept = parts_of(site.reconciler.records.desktops)
    assert (kept.assignments, kept.attempts) == ({"vd-5001": "agent-0001"}, {})


def test_the_reservation_is_durable_before_the_clone_is_sent():
    site = Site(agents=2)
    site.look()
    site.reconciler.drain()

    orders = list(site.store.load().desktops)

    assert orders == ["vd-5001", "vd-5002"]


def test_everybody_is_served_and_then_nothing_is_ordered():
    site = Site(agents=25)

    site.settle(cycles=20)

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.phases) == 25
    assert len(site.cluster.guests) == 25
    assert [command for command in kinds(site.look(after=1)) if not command.startswith("checkguest")] == []


def test_sessions_are_read():
    site = ready(1)
    site.cluster.sessions[5001] = (a_session("login0001"),)

    site.carry_out(site.look(after=1000))
    site.look()

    assert [session.login for session in site.status.desktops[a_name()].sessions] == ["login0001"]
    assert site.reconciler.sessions_settled


def test_before_anything_has_reported_no_sessions_are_settled():
    assert not Site().reconciler.sessions_settled


# -- the directory ------------------------------------------------------------------------------------------------------


def test_a_failing_directory_leaves_the_last_roster_in_force():
    site = ready(2)
    site.roster = errors.DirectoryUnavailable("no server answered")

    site.reconciler.read_directory()
    site.look(after=20)

    assert site.heard.readings[-1] == (None, "no server answered")
    assert site.status.directory_error == "no server answered"
    assert len(site.status.roster.agents) == 2
    assert all(desktop.wanted for desktop in site.status.desktops.values())

    site.roster = a_roster(3)
    site.reconciler.read_directory()
    orders = site.look(after=20) + site.look()
    assert changes(orders) == ["clone vd-5003"]
    assert site.status.directory_error == ""


def test_without_a_first_reading_no_desktop_is_wanted():
    site = Site(agents=errors.DirectoryUnavailable("down"))

    assert site.look() == []
    assert site.status.demand.wants == {}
    assert site.status.roster is None


def test_the_directory_is_read_once_at_a_time():
    site = Site()

    assert [type(command) for command in site.reconciler.commands()] == [ReadDirectory, Observe]
    site.reconciler.read_directory()
    assert site.reconciler.commands() == []
    site.reconciler.take_in(
        Completion(
            command=ReadDirectory(), started_at=NOW, ended_at=NOW, answer=None, error=None
        )  # no adapter answers like this
    )
    assert site.heard.readings == [(None, "no answer")]
    assert site.reconciler.commands() == [ReadDirectory()]


def test_a_leavers_desktop_is_kept_and_not_wanted():
    site = ready(2)
    site.roster = a_roster([an_agent(1)])

    site.reconciler.read_directory()
    site.look(after=20)
    orders = site.look(after=20)

    assert changes(orders) == []
    assert [desktop.wanted for desktop in site.status.desktops.values()] == [True, False]
    assert len(site.cluster.guests) == 2


# -- observation --------------------------------------------------------------------------------------------------------


def test_a_cluster_that_cannot_be_seen_gets_no_orders_and_one_notice():
    site = Site()
    site.unseen[PVE] = errors.NotSent("connection refused")

    assert site.look() == []
    assert site.look(after=10) == []
    assert site.heard.notices == [
        ("cluster pve", "cannot be observed, nothing is ordered meanwhile: connection refused"),
    ]
    assert site.reconciler.status is None

    site.unseen[PVE] = errors.Unauthorised("401")
    site.look(after=10)
    site.unseen.clear()
    assert kinds(site.look(after=10)) == ["clone vd-5001", "clone vd-5002"]
    assert [text for _, text in site.heard.notices][1:] == [
        "cannot be observed, nothing is ordered meanwhile: 401",
        "observed again",
    ]


def test_an_answer_that_is_no_view_is_no_observation():
    site = Site()
    (look,) = (command for command in site.reconciler.commands() if isinstance(command, Observe))
    site.end(look)

    assert site.heard.notices == [("cluster pve", "cannot be observed, nothing is ordered meanwhile: no answer")]


def test_an_answer_to_a_question_that_was_not_asked_is_not_looked_at():
    site = Site()
    site.end(Observe(cluster=PVE))

    assert not site.heard.notices


def test_the_last_view_is_shown_while_no_cluster_answers():
    site = ready(1)
    site.unseen[PVE] = errors.NotSent("connection refused")
    before = site.status

    site.look(after=30)

    assert site.status.at == site.clock.at > before.at
    assert site.status.desktops == before.desktops
    assert site.heard.statuses[-1] is site.status


def two_sites():
    profile = a_profile(templates=(a_template("n1"), a_template("n1", cluster=LYON)))
    config = a_config(profile, naming=a_naming(lyon=(8000, 8999)))
    return Site(agents=2, clusters=[Cluster(), Cluster(name=LYON)], config=config)


def test_nothing_new_is_cloned_before_every_cluster_was_seen():
    site = two_sites()
    site.unseen[LYON] = errors.NotSent("down")

    assert site.look() == []
    assert set(site.reasons.values()) == {"cluster lyon has not been observed yet"}

    site.unseen.clear()
    assert sorted(kinds(site.look(after=10))) == ["clone vd-5001", "clone vd-8000"]


def test_on_a_cluster_that_is_out_of_sight_nothing_is_written():
    site = two_sites()
    site.settle()
    assert set(site.phases.values()) == {Phase.READY}
    for vmid, cluster in ((5001, PVE), (8000, LYON)):
        site.clusters[cluster].power_off(vmid)
    site.carry_out(site.look(after=60), error=errors.NotSent("down"))
    site.unseen[LYON] = errors.NotSent("down")
    site.look()

    orders = site.look(after=60)

    assert kinds(orders) == ["start vd-5001"], "the other one was seen to be off as well"
    assert site.status.paused == {LYON: "it cannot be observed: down"}

    site.unseen.clear()
    assert "start vd-8000" in kinds(site.look(after=60))


def test_observation_is_tight_while_something_moves_and_slow_at_rest():
    moving, resting = Site(agents=1), ready(1)
    moving.look()
    resting.carry_out(resting.look(after=1000))
    resting.look(after=10)

    assert moving.reconciler.wake_at == moving.clock.at + 1, "a clone is awaited"
    assert resting.reconciler.wake_at == resting.clock.at + 10


# -- waves --------------------------------------------------------------------------------------------------------------

SURGE = Scenario(name="confinement", waves=(Wave(name=WaveName("all"), who=Selection(), size=1, interval_s=300.0),))
PREPARED = Scenario(name="prepared", waves=(Wave(name=WaveName("all"), who=Selection(), prepare=PreparationLevel.STOPPED),))


def test_a_wave_opens_by_the_clock_and_goes_on_where_it_was_after_a_restart():
    site = Site(agents=3, scenario=SURGE)
    site.settle(cycles=12)
    assert len(site.phases) == 1, "240 s: the first batch alone"

    site.restart()
    site.settle(cycles=6)

    assert len(site.phases) == 2, "360 s after the surge began, not after the restart"


def test_another_scenario_begins_when_it_is_first_followed():
    site = Site(agents=2)
    site.settle(cycles=2)

    site.config = replace(site.config, scenario=SURGE)
    site.reconciler.follow(site.config)
    begun = site.clock.at
    site.look(after=60)

    assert len(site.status.demand.wants) == 1
    assert site.status.demand.next_opening == begun + 300


@pytest.mark.parametrize(
    ("opens_in", "looked_after"),
    [
        pytest.param(300.0, 10.0, id="much later: at rest"),
        pytest.param(6.0, 6.0, id="soon: just then"),
        pytest.param(0.2, 1.0, id="at once: not faster than while cloning"),
    ],
)
def test_a_batch_that_opens_is_not_left_waiting_for_the_next_look(opens_in, looked_after):
    waves = (Wave(name=WaveName("all"), who=Selection(), after_s=60.0 + opens_in),)
    site = Site(agents=1, scenario=Scenario(name="later", waves=waves))
    site.look(after=0)

    site.look(after=60)

    assert site.reconciler.wake_at == pytest.approx(site.clock.at + looked_after)


def test_a_prepared_switch_begins_when_the_day_is_known():
    """The date was far away; a reload brings the date of today."""
    far, today = (replace(PREPARED, starts_at=NOW + later) for later in (1e7, 300.0))
    site = Site(agents=3, scenario=far)
    site.settle(cycles=12)
    assert [desktop.phase for desktop in site.status.desktops.values()] == [Phase.STOPPED] * 3
    assert (len(site.status.demand.wants), site.status.queued, site.reconciler.records.served) == (0, {}, frozenset())

    site.reconciler.follow(replace(site.config, scenario=today))
    site.settle(cycles=12)

    assert [desktop.phase for desktop in site.status.desktops.values()] == [Phase.READY] * 3
    assert len(site.reconciler.records.served) == 3


# -- ending -------------------------------------------------------------------------------------------------------------


def test_draining_orders_nothing_new_and_waits_for_what_was_sent():
    site = Site(agents=2)
    orders = site.look()
    assert site.reconciler.answers_awaited == 2
    site.reconciler.drain()

    assert site.reconciler.commands() == []
    assert site.reconciler.wake_at == float("inf")
    site.carry_out(orders)
    assert site.reconciler.answers_awaited == 0


def test_an_observation_that_comes_in_while_draining_orders_nothing():
    site = Site(agents=2)
    read, look = site.reconciler.commands()
    site.end(read, answer=site.roster)
    site.reconciler.drain()

    assert site.end(look, answer=site.cluster.view(look, NOW)) == []
    assert not site.store.load().desktops


class Queue:
    """A runner that answers calls at once and in order, with a nudge in between."""

    def __init__(self, site):
        self.site, self.waiting, self.turn, self.submitted = site, [], 0, []

    def submit(self, command):
        self.submitted.append(command)
        self.waiting.append(command)

    def next(self, until):
        self.turn += 1
        if self.turn % 2 or not self.waiting:
            if not self.waiting:
                self.site.clock.at = max(self.site.clock.at, min(until, self.site.clock.at + 60))
            self.site.cluster.come_out()
            return None
        command = self.waiting.pop(0)
        if isinstance(command, Observe | ReadDirectory):
            return self.site._answer(command)
        now = self.site.clock.at
        return Completion(command=command, started_at=now, ended_at=now, answer=self.site.cluster.do(command, now))


def test_the_loop_submits_waits_and_absorbs_until_it_is_told_to_end():
    site = Site(agents=3)
    calls = Queue(site)

    run(site.reconciler, calls, until=lambda: calls.turn > 20 and set(site.phases.values()) == {Phase.READY})

    assert len(site.cluster.guests) == 3
    assert len([command for command in calls.submitted if isinstance(command, ReadDirectory)]) == 1


class Burst:
    """A runner that returns all submitted calls and these ends at once."""

    def __init__(self, site, ended=()):
        self.site, self.ended, self.submitted, self.turn = site, list(ended), [], 0

    def submit(self, command):
        self.submitted.append(command)
        if isinstance(command, Observe | ReadDirectory):
            self.ended.append(self.site._answer(command))

    def next(self, until):
        self.turn += 1
        return self.ended.pop(0) if self.ended else None


def test_clusters_that_answer_together_are_decided_upon_once():
    site = two_sites()
    calls = Burst(site)

    run(site.reconciler, calls, until=lambda: calls.turn > 0)

    assert [type(command) for command in calls.submitted] == [ReadDirectory, Observe, Observe, Clone, Clone]
    assert len(site.heard.statuses) == 1
    assert site.status.snapshot.clusters.keys() == {PVE, LYON}


@pytest.mark.long
def test_no_end_is_lost_among_many():
    site = Site()
    completion = Completion(command=ReadDirectory(), started_at=NOW, ended_at=NOW, answer=a_roster(1))
    calls = Burst(site, ended=[completion] * 1000)

    run(site.reconciler, calls, until=lambda: calls.turn > 2000)

    assert len(site.heard.readings) == 1000 + sum(isinstance(command, ReadDirectory) for command in calls.submitted)


def test_foreign_vms_are_never_written_to():
    site = Site(agents=2)
    site.cluster.guests[100] = a_guest(100)
    site.settle()

    assert site.cluster.guests[100] == a_guest(100)
    assert {outcome.desktop for outcome in site.heard.outcomes} == {"vd-5001", "vd-5002"}
