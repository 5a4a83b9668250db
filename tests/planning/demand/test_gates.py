"""Gates: whether a batch opens, by how the batch before it is."""

from dataclasses import replace

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import PlannedTime, PreparationLevel, Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from provisioner.planning.demand.gates import after_gates
from tests.builders.cluster import NOW, OFFICE
from tests.builders.core import a_roster, a_seat, an_agent

FOR_ALL = (Entitlement(profile=OFFICE, who=Selection()),)
CRISIS = Wave(
    name=WaveName("crisis"), who=Selection(groups=frozenset({"crisis"})), priority=0, ready_by=PlannedTime(after_s=60)
)
STRICT = Gate.of(ready=0.95, failed_at_most=0.02)
REST = Wave(
    name=WaveName("rest"), who=Selection(), priority=1, ready_by=PlannedTime(after_s=600), size=10, interval_s=600, gate=STRICT
)
RUN = SurgeRun.begun("surge", NOW)
# 10 people of the crisis cell, then three batches of 10.
PEOPLE = [an_agent(number, groups=frozenset({"crisis"} if number <= 10 else ())) for number in range(1, 41)]


def phases(ready=0, failed=0, starting=0):
    each = [Phase.READY] * ready + [Phase.FAILED] * failed + [Phase.STARTING] * starting
    return {a_seat(number): phase for number, phase in enumerate(each, start=1)}


def demand(observed, *, now=0.0, rest=REST, run=RUN, served=()):
    rules = Rules(entitlements=FOR_ALL, scenario=Scenario(name="surge", waves=(CRISIS, rest), planned=True))
    return demand_of(a_roster(PEOPLE), rules, run=run, now=NOW + now, phases=observed, served=frozenset(served))


@pytest.mark.parametrize(
    ("observed", "opens", "why"),
    [
        pytest.param(phases(10), True, "", id="all are ready"),
        pytest.param(
            phases(9, starting=1), False, "10 of the 10 desktops of the batch before are ready; 9 are", id="one boots"
        ),
        pytest.param(phases(9, failed=1), False, "10 of the 10 desktops of the batch before are ready; 9 are", id="one failed"),
        pytest.param({}, False, "10 of the 10 desktops of the batch before are ready; 0 are", id="nothing is known yet"),
        pytest.param(None, True, "", id="a forecast takes gates as open"),
    ],
)
def test_a_batch_opens_once_the_batch_before_is_as_the_gate_asks(observed, opens, why):
    found = demand(observed)

    assert len(found.wants) == (20 if opens else 10)
    assert all(why in gate.shut_by for gate in found.gates)
    assert bool(found.shut) != opens


def test_who_waits_at_a_gate_has_its_reason_and_no_date():
    found = demand({})

    waiting = [agent for agent in found.not_wanted if agent.opens_at is None]
    assert len(waiting) == 10
    assert {agent.reason.code for agent in waiting} == {"gate_ready"}
    assert all(agent.then is not None and agent.then.due_at == NOW + 600 for agent in waiting)


def test_more_failures_than_the_gate_allows_hold_the_batch():
    loose = replace(REST, gate=Gate.of(failed_at_most=0.1))

    assert not demand(phases(9, failed=1), rest=loose).shut
    (gate,) = demand(phases(8, failed=2), rest=loose).shut
    assert "2 of the 10 desktops of the batch before have failed; at most 1 may have" in gate.shut_by


def test_later_batches_wait_behind_a_shut_gate_even_when_their_time_has_come():
    found = demand(phases(5), now=5000)

    assert len(found.wants) == 10
    assert [(gate.batch, bool(gate.shut_by)) for gate in found.gates] == [(0, True)]


def test_each_batch_is_asked_about_the_one_before_it():
    found = demand(phases(20), now=5000)

    assert [(gate.batch, bool(gate.shut_by)) for gate in found.gates] == [(0, False), (1, False), (2, True)]
    assert len(found.wants) == 30


def test_a_gate_that_has_opened_stays_open():
    opened = after_gates(RUN, demand(phases(10)).gates)

    assert opened.opened == {"rest": 1}
    assert len(demand({}, run=opened).wants) == 20


def test_an_operators_word_opens_one_gate_and_is_used_up():
    released = replace(RUN, released=frozenset({WaveName("rest")}))
    found = demand({}, run=released, now=5000)

    # The first gate is open; the second is asked about a batch that is not ready, in the same breath.
    after = after_gates(released, found.gates)
    assert after.released == frozenset()
    assert after.opened["rest"] == 1


def test_the_first_batch_may_wait_for_an_operator():
    by_hand = replace(REST, gate=Gate.of(go=True))

    (gate,) = demand(phases(10), rest=by_hand).shut
    assert gate.shut_by.code == "gate_go"
    assert not demand(phases(10), rest=by_hand, run=replace(RUN, released=frozenset({WaveName("rest")}))).shut


def test_what_is_prepared_stays_prepared_behind_a_shut_gate():
    prepared = replace(REST, prepare=PreparationLevel.STOPPED)

    found = demand({}, rest=prepared)

    assert (len(found.wants), len(found.ahead), len(found.not_wanted)) == (10, 30, 0)


def test_who_is_served_stays_wanted_behind_a_shut_gate():
    assert len(demand({}, served=["agent-0020"]).wants) == 11


def test_a_gate_is_not_asked_before_the_time_of_its_batch():
    assert [gate.batch for gate in demand(phases(10), now=0).gates] == [0]


# -- a wave without a deadline, below ------------------------------------------------------------------------------------

TRAINEES = Wave(name=WaveName("trainees"), who=Selection(), priority=2)
SOME = replace(REST, who=Selection(logins=frozenset(person.login for person in PEOPLE[10:30])))


def with_trainees(observed, *, now=5000, run=RUN, waves=(CRISIS, SOME, TRAINEES)):
    rules = Rules(entitlements=FOR_ALL, scenario=Scenario(name="surge", waves=waves, planned=True))
    return demand_of(a_roster(PEOPLE), rules, run=run, now=NOW + now, phases=observed)


def test_a_wave_without_a_deadline_waits_for_the_gates_of_the_waves_above_it():
    found = with_trainees(phases(10))

    assert len(found.wants) == 20
    assert [(gate.wave, gate.batch, bool(gate.shut_by)) for gate in found.gates] == [
        ("rest", 0, False), ("rest", 1, True), ("trainees", 0, True),
    ]  # fmt: skip
    held = [agent.reason for agent in found.not_wanted if agent.then is not None and agent.then.wave == "trainees"]
    assert {(why.code, why.arguments["wave"]) for why in held} == {("gate_ready", "rest")}


def test_it_opens_with_the_last_of_them_and_stays_open():
    found = with_trainees(phases(20))
    opened = after_gates(RUN, found.gates)

    assert (len(found.wants), opened.opened) == (40, {"rest": 2, "trainees": 1})
    assert len(with_trainees({}, run=opened).wants) == 40


def test_a_wave_with_a_deadline_below_goes_on():
    dated = replace(TRAINEES, ready_by=PlannedTime(after_s=600))

    assert len(with_trainees({}, waves=(CRISIS, SOME, dated)).wants) == 20


# -- ceilings ----------------------------------------------------------------------------------------------------------


def limited(limit, *, served=(), **changed):
    scenario = Scenario(
        name="surge", waves=(CRISIS, REST), planned=True,
        ceilings=(Ceiling(name="licences", limit=500), Ceiling(name="vpn", limit=limit)),
    )  # fmt: skip
    return demand_of(
        a_roster(PEOPLE), Rules(entitlements=FOR_ALL, scenario=scenario), run=RUN, now=NOW, served=frozenset(served), **changed
    )


def test_the_lowest_ceiling_leaves_out_who_is_least_important():
    found = limited(25)

    assert (len(found.wants), sum(agent.then is not None for agent in found.not_wanted)) == (20, 5)
    out = [agent for agent in found.not_wanted if agent.then is None]
    assert {agent.login for agent in out} == {f"login{number:04}" for number in range(26, 41)}
    assert {agent.reason for agent in out} == {
        "the scenario's ceiling 'vpn' allows 25 desktops, and people who are more important have them"
    }


def test_who_is_served_keeps_the_desktop_and_counts():
    found = limited(12, served=["agent-0039", "agent-0040"])

    assert {want.login for want in found.wants.values()} == {
        *(f"login{number:04}" for number in range(1, 11)), "login0039", "login0040"
    }  # fmt: skip


def test_more_people_may_be_served_than_a_ceiling_that_came_later_allows():
    found = limited(1, served=["agent-0039", "agent-0040"])

    assert {want.login for want in found.wants.values()} == {"login0039", "login0040"}
