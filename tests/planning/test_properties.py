"""Laws that hold for every plan in any situation."""

from collections import Counter
from dataclasses import replace
from operator import attrgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.execution.view_changes import view_changes
from provisioner.model.actions import Assign, CheckGuest, Clone, Delete, Release, Start, Stop, Tag, Verify
from provisioner.model.budget import Safety
from provisioner.model.cordons import cordons_of
from provisioner.model.departures import Departure
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import WaitsFor
from provisioner.pacing.boot_limits import BootHistory
from provisioner.pacing.limits import MeasuredLimits
from provisioner.planning.inputs import where
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.safety import Circumstances, is_write, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.steps.stop import FRESH_S
from provisioner.planning.survey.queues import Step, StepQueue
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import Surveyor, survey
from tests.builders.cluster import INSTALLATION, NOW, PVE
from tests.builders.core import a_desktop, a_roster, a_situation, an_agent
from tests.builders.records import a_step
from tests.planning.laws import Laws
from tests.planning.strategies import AGENTS, claim_gib, reordered, situations
from tests.reconciler.doubting import compared

pytestmark = pytest.mark.long

many = settings(max_examples=60, deadline=None)
laws = Laws()
"""Laws of a situation, its plan and its survey."""
gate = Laws()
"""Laws of a plan, the part that the gate lets through, the circumstances and the safety rules."""


@settings(max_examples=120, deadline=None)
@given(situations())
def test_each_law_holds(situation):
    laws.check(situation, make_plan(situation), survey(situation))


def new_clones(situation, plan):
    kept = situation.records.desktops
    return [action for action in plan.actions if isinstance(action, Clone) and action.desktop not in kept]


@laws.add
def each_wanted_agent_without_a_ready_desktop_is_ordered_deferred_or_worked_on(situation, plan, survey_result):
    doubles = {desktop.name for desktop in survey_result.doubled} | survey_result.superseded.keys()
    deferred = Counter(
        deferral.seat for deferral in plan.deferred if deferral.what not in doubles and deferral.seat is not None
    )
    ordered = set()
    for action in plan.actions:
        if isinstance(action, Verify):
            reserved = situation.records.desktops.get(action.desktop)
            ordered |= {reserved.reservation.seat} if reserved and action.desktop not in doubles else set()
        elif isinstance(action, Tag):  # tags of a ready desktop, or of a slow boot, are restored independently
            ordered |= {action.reservation.seat} - deferred.keys()
        elif not isinstance(action, CheckGuest | Assign | Stop):  # a drained node's desktops are stopped, wanted or not
            ordered.add(action.reservation.seat)

    assert all(deferral.reason for deferral in plan.deferred)
    assert not ordered & deferred.keys(), "ordered and deferred are disjoint"
    for seat in situation.demand.wants:
        mine = survey_result.of_seat.get(seat)
        phase = survey_result.phases[mine.name][0] if mine else None
        worked_on = mine is not None and (mine.key in situation.in_flight or phase in (Phase.CLONING, Phase.STARTING))
        if phase is Phase.READY:
            assert seat not in ordered
            assert not deferred[seat]
        else:
            assert (seat in ordered) + (deferred[seat] == 1) + worked_on >= 1
            assert deferred[seat] <= 1
    assert ordered | deferred.keys() <= situation.demand.wants.keys(), "nothing is done for whom nobody asked for"


@laws.add
def in_a_queue_each_waits_for_what_it_would_wait_for_alone(situation, plan, survey_result):
    alone = make_plan(situation, replace(survey_result, queues=one_by_one(survey_result)))

    assert (alone.actions, alone.deferred, alone.superseded) == (plan.actions, plan.deferred, plan.superseded)
    assert Counter(deferral.reason for deferral in plan.deferred) == sum(
        (Counter({why: of}) for why, _, of in plan.reasons), Counter()
    )


def one_by_one(survey_result):
    """The same wants, planned one by one in order of rank; restarts come first."""
    first = {StepQueue(Step.RESTART): survey_result.queues.get(StepQueue(Step.RESTART), ())}
    others = (want for want in survey_result.unserved.values() if want not in first[StepQueue(Step.RESTART)])
    return first | {StepQueue(Step.OTHER): sorted(others, key=attrgetter("rank"))}


@laws.add
def a_closed_node_takes_nothing_and_only_a_drained_one_is_emptied_of_who_is_not_in_use(situation, plan, survey_result):
    cordons = cordons_of(situation.records.intents, situation.snapshot)
    for action in plan.actions:
        if isinstance(action, Clone):
            assert action.reservation.node_key not in cordons
        if isinstance(action, Start):
            assert not (action.node in cordons and cordons[action.node].drained)
        if isinstance(action, Stop):
            report = situation.records.report_of(action.desktop)
            assert cordons[action.node].drained
            assert (report.sessions, situation.now - report.read_at <= FRESH_S) == ((), True)
            assert not {intent.kind for intent in situation.records.intents} & {IntentKind.FREEZE, IntentKind.HOLD}


@laws.add
def no_node_is_filled_beyond_its_share(situation, plan, survey_result):
    (view,) = situation.snapshot.clusters.values()
    reservations = tuple(situation.records.reservations)
    profiles, budget = situation.config.profiles, situation.config.budget
    ours = {reservation.key for reservation in reservations}
    memory, vcpus = Counter(), Counter()
    for guest in view.guests.values():
        if guest.key not in ours and not guest.template:
            memory[guest.node] += guest.memory_mib or 0
            vcpus[guest.node] += guest.vcpus or 0
    for reservation in reservations:
        node = where(situation, reservation).node
        memory[node] += profiles[reservation.profile].memory_mib
        vcpus[node] += profiles[reservation.profile].vcpus
    for clone in new_clones(situation, plan):
        node = view.nodes[clone.template.node]
        memory[node.key.node] += clone.profile.memory_mib
        vcpus[node.key.node] += clone.profile.vcpus
        assert node.online
        assert memory[node.key.node] <= node.memory_mib * budget.memory_share
        assert vcpus[node.key.node] <= node.cores * clone.profile.cpu_ratio


@laws.add
def no_storage_is_filled_beyond_its_share_and_others_disks_are_left_alone(situation, plan, survey_result):
    (view,) = situation.snapshot.clusters.values()
    domains = {storage.node.node: storage.lock_domain for storage in view.storages}
    totals = {storage.lock_domain: storage.total_gib for storage in view.storages}
    ours = {reservation.key for reservation in situation.records.reservations}
    claimed = Counter()
    for guest in view.guests.values():
        if guest.key not in ours:
            claimed[domains[guest.node]] += guest.disk_gib or 0
    for reservation in situation.records.reservations:
        claimed[domains[where(situation, reservation).node]] += claim_gib(reservation)
    for clone in new_clones(situation, plan):
        claimed[clone.lock_domain] += claim_gib(clone.reservation)
        assert claimed[clone.lock_domain] <= totals[clone.lock_domain] * situation.config.budget.storage_share


@laws.add
def no_lock_domain_and_no_node_is_given_more_at_once_than_its_budget(situation, plan, survey_result):
    budget = situation.config.budget
    (view,) = situation.snapshot.clusters.values()
    shared = view.storages[0].shared
    under_way = [*situation.in_flight.values(), *plan.actions]
    clones = Counter(
        command.lock_domain
        for command in under_way
        if isinstance(command, Clone) and view.complete_on(command.reservation.node)
    )
    ordered = {action.lock_domain for action in plan.actions if isinstance(action, Clone)}
    for domain in ordered:
        assert clones[domain] <= (budget.clones_per_shared_domain if shared else budget.clones_per_local_domain)
    checks = Counter(command.node for command in under_way if isinstance(command, CheckGuest))
    assert all(checks[action.node] <= budget.checks_per_node for action in plan.actions if isinstance(action, CheckGuest))
    boots = Counter(action.node for action in plan.actions if isinstance(action, Start)) + booting(situation, survey_result)
    assert all(boots[action.node] <= budget.boots_per_node for action in plan.actions if isinstance(action, Start))


def booting(situation, survey_result):
    """Desktops between their start order and ready, by node.

    Those that should be ready by now are left out: the next start goes out when a boot is expected to end (`pacing`).
    """
    records = situation.records
    up = (name for name, (phase, _) in survey_result.phases.items() if phase is Phase.STARTING)
    expected_s = max(profile.expected_ready_s for profile in situation.config.profiles.values())
    begun = (name for name in up if (records.desktops[name].started_at or NOW) > situation.now - expected_s)
    return Counter(where(situation, records.desktops[name].reservation) for name in begun)


@laws.add
def a_second_plan_with_all_of_the_first_in_flight_orders_nothing(situation, first, survey_result):
    kept = situation.records
    starts = [action.desktop for action in first.actions if isinstance(action, Start)]
    made = a_step(
        kept.desktops,
        reserved=tuple(clone.reservation for clone in new_clones(situation, first)),
        started=dict.fromkeys(starts, situation.now),
        reports=dict.fromkeys(starts),
        superseded=superseded_by(situation, first),
        assignments={action.desktop: action.agent_id for action in first.actions if isinstance(action, Assign)},
    )
    records = replace(kept, desktops={**kept.desktops, **made.desktops})
    sent = {action.key: action for action in first.actions if not isinstance(action, Assign)}

    second = make_plan(replace(situation, records=records, in_flight={**situation.in_flight, **sent}))

    counts_now = {instead or name for name, instead in first.superseded.items()}
    assert {action.desktop for action in second.actions} <= counts_now


def superseded_by(situation, plan):
    clones = {clone.instead_of: clone.desktop for clone in new_clones(situation, plan) if clone.instead_of}
    return {**plan.superseded, **clones}


@laws.add
def a_superseded_desktop_is_only_ever_read(situation, plan, survey_result):
    assert not any(
        action.desktop in survey_result.superseded for action in plan.actions if not isinstance(action, CheckGuest | Verify)
    ), "never cloned, configured, started or assigned"


@laws.add
def an_agent_has_one_desktop_that_counts_and_never_a_second_one_ordered(situation, plan, survey_result):
    made = new_clones(situation, plan)

    assert len({clone.reservation.agent_id for clone in made}) == len(made)
    for clone in made:
        counts = survey_result.of_seat.get(clone.reservation.seat)
        assert clone.instead_of == (counts.name if counts else None), "instead of the one that counted, if there was one"
    assert not survey_result.superseded.keys() & {
        desktop.name for desktop in (*survey_result.of_seat.values(), *survey_result.doubled)
    }


@laws.add
def which_desktop_counts_is_settled_by_one_plan(situation, plan, survey_result):
    """Once the change is kept, no further change follows: an agent is never moved back and forth."""
    records = situation.records.desktops
    changed = a_step(records, superseded=superseded_by(situation, replace(plan, actions=()))).desktops
    after = replace(situation, records=replace(situation.records, desktops={**records, **changed}))

    assert make_plan(after).superseded == {} or plan.superseded == {}


@laws.add
def no_vmid_name_or_address_is_given_twice(situation, plan, survey_result):
    records = situation.records
    (view,) = situation.snapshot.clusters.values()
    made = [clone.reservation for clone in new_clones(situation, plan)]
    every = [*records.reservations, *made]
    first, last = situation.config.naming.vmids[PVE]

    assert len({reservation.key for reservation in every}) == len(every)
    assert len({reservation.name for reservation in every}) == len(every)
    taken = [reservation.address for reservation in every if reservation.address]
    given_before = len({reservation.address for reservation in records.reservations if reservation.address})
    assert len(set(taken)) == given_before + len([reservation for reservation in made if reservation.address])
    assert not {reservation.vmid for reservation in made} & view.guests.keys()
    assert not {reservation.key for reservation in made} & records.retired.keys()
    assert all(first <= reservation.vmid <= last for reservation in made)


@laws.add
def what_is_not_proven_ours_is_only_ever_read(situation, plan, survey_result):
    ours = {reservation.key for reservation in situation.records.reservations}
    (view,) = situation.snapshot.clusters.values()

    for action in plan.actions:
        there = action.key.vmid in view.guests
        assert isinstance(action, Verify) or action.key in ours or (isinstance(action, Clone) and not there)
    assert len({action.key for action in plan.actions if not isinstance(action, Assign)}) == sum(
        not isinstance(action, Assign) for action in plan.actions
    )
    assert not any(isinstance(action, Delete | Release) for action in plan.actions), "nothing is destroyed by planning"


@many
@given(st.data(), situations())
def test_a_plan_does_not_depend_on_the_order_of_what_it_is_made_from(data, situation):
    assert make_plan(data.draw(reordered(situation))) == make_plan(situation)


circumstances = st.builds(
    Circumstances,
    frozen=st.booleans(),
    held=st.booleans(),
    baseline_accepted=st.booleans(),
    ready=st.integers(0, 200),
    stopping=st.integers(0, 3),
    paused=st.dictionaries(st.sampled_from([PVE, "lyon"]), st.just("no quorum"), max_size=2),
    trials=st.dictionaries(st.sampled_from([PVE, "lyon"]), st.sampled_from(["clone", "start"]), max_size=2),
)
safeties = st.builds(Safety, max_deletes=st.integers(0, 3), max_stops_percent=st.floats(0, 100))


@st.composite
def plans(draw):
    """A plan with additional stops, releases and deletes."""
    situation = draw(situations())
    plan = make_plan(situation)
    extra = []
    for reservation in situation.records.reservations:
        common = {"reservation": reservation, "because": "drawn", "deadline": situation.now}
        node = where(situation, reservation)
        drawn = draw(st.sampled_from([None, Stop, Delete, Release]))
        if drawn is not None:
            placed = {} if drawn is Release else {"node": node}
            profile = {"profile": situation.config.profiles[reservation.profile]} if drawn is Stop else {}
            extra.append(drawn(**common, **placed, **profile))
    return replace(plan, actions=(*plan.actions, *extra))


# The gate holds back something in few examples only: with fewer examples there may be none.
@settings(max_examples=150, deadline=None)
@given(plans(), circumstances, safeties)
def test_each_law_of_the_gate_holds(plan, circumstances, safety):
    gate.check(plan, judge_plan(plan, circumstances, safety).plan, circumstances, safety)


def _whom(deferral):
    return deferral.what, deferral.seat or ""


@gate.add
def the_gate_never_adds_an_action_and_drops_none_in_silence(plan, judged, circumstances, safety):
    kept = iter(plan.actions)

    assert all(any(action is other for other in kept) for action in judged.actions), "the same actions, in the same order"
    assert len(judged.actions) + len(judged.deferred) == len(plan.actions) + len(plan.deferred)
    for said, before in zip(
        *(sorted(all_of[: len(plan.deferred)], key=_whom) for all_of in (judged.deferred, plan.deferred)), strict=True
    ):
        assert _whom(said) == _whom(before)
        assert said == before or (said.binds is WaitsFor.PAUSED and circumstances.paused), "what waits waits for the pause"


@gate.add
def what_may_not_be_written_is_not(plan, judged, circumstances, safety):
    passed = judged.actions
    stops = sum(isinstance(action, Stop) for action in passed)

    assert not (circumstances.frozen and any(is_write(action) for action in passed))
    assert not any(is_write(action) and action.key.cluster in circumstances.paused for action in passed)
    for cluster in circumstances.trials:
        assert sum(is_write(action) and action.key.cluster == cluster for action in passed) <= 1
    assert sum(isinstance(action, Delete) for action in passed) <= safety.max_deletes
    if stops:
        assert stops + circumstances.stopping <= max(1, circumstances.ready * safety.max_stops_percent / 100)
        assert safety.max_stops_percent > 0
    if circumstances.held or not circumstances.baseline_accepted:
        assert not any(isinstance(action, Stop | Delete | Release) for action in passed)


# -- what is taken over from before, and what is looked up by phase ---------------------------------------------------------


def built_status(situation, *, before=None, surveyed=None):
    """`surveyed`: from changes; None: from scratch."""
    survey_result, changed = surveyed or survey(situation), surveyed.fresh if surveyed else None
    room = free_resources(situation, survey_result)
    plan = make_plan(situation, survey_result, room)
    return build_status(situation, survey_result, plan, StatusInputs(), room=room, before=before, changed=changed)


def undated(status):
    return {name: replace(desktop, since=NOW) for name, desktop in status.desktops.items()}


@many
@given(situations(), situations(), st.booleans())
def test_a_status_after_another_says_what_it_says_alone(earlier, situation, same_demand):
    if same_demand:
        situation = replace(situation, demand=earlier.demand)

    assert undated(built_status(situation, before=built_status(earlier))) == undated(built_status(situation))


@st.composite
def next_situations(draw, before):
    """The same site a little later, with some of its values changed."""
    after, later_s = draw(situations()), draw(st.sampled_from([-5.0, 0.0, 10.0, 400.0, 2_000.0]))
    whose = after.records if draw(st.booleans()) else before.records
    kept = after.records.desktops
    records = {
        name: replace(kept[name], reservation=record.reservation) if name in kept and draw(st.booleans()) else record
        for name, record in whose.desktops.items()
    }
    checked = {name: at for name, at in after.records.checked.items() if name in records}
    return replace(
        before,
        now=before.now + later_s,
        records=replace(before.records, desktops=records, checked=checked),
        snapshot=after.snapshot if draw(st.booleans()) else before.snapshot,
        demand=after.demand if draw(st.booleans()) else before.demand,
        in_flight=after.in_flight if draw(st.booleans()) else before.in_flight,
    )


@st.composite
def quiet_steps(draw, before):
    """The same desktops a little later: the directory may have been read again, and boots were measured."""
    logins = draw(st.none() | st.dictionaries(st.integers(1, AGENTS), st.sampled_from(["login", "married"])))
    roster = before.records.roster if logins is None else a_roster(an_agent(n, login=login) for n, login in logins.items())
    slow_after_s = st.fixed_dictionaries(dict.fromkeys(("office", "big"), st.sampled_from([5.0, 30.0, 100.0, 420.0])))
    return replace(
        before,
        now=before.now + draw(st.sampled_from([0.0, 10.0, 400.0])),
        records=replace(before.records, roster=roster),
        limits=MeasuredLimits(booted=BootHistory(slow_after_s=draw(slow_after_s))),
    )


@many
@given(situations(), st.data())
def test_a_survey_from_changes_equals_a_survey_from_scratch(situation, data):
    surveyor = Surveyor()
    surveyor.look(situation)
    for _ in range(3):
        situation = data.draw(next_situations(situation))

        assert compared(surveyor.look(situation)) == compared(survey(situation))


@st.composite
def boots(draw):
    """Desktops that boot, some of leavers; the directory is read, and the demand is the same."""
    up_s = draw(st.lists(st.sampled_from([4.0, 50.0, 90.0, 400.0]), min_size=1, max_size=3))
    left = st.sampled_from([None, Departure(since=NOW - 60)])
    desktops = [
        a_desktop(number, Phase.STARTING).but(started_at=NOW - up, uptime_s=int(up), departure=draw(left))
        for number, up in enumerate(up_s, 1)
    ]
    return a_situation(desktops, wanted=draw(st.integers(0, 1)))


def statuses_are_those_from_scratch(situation, steps):
    """Of this situation and of three that follow it."""
    surveyor = Surveyor()
    status = built_status(situation, surveyed=surveyor.look(situation))
    for step in steps:
        situation = step(situation)
        status = built_status(situation, before=status, surveyed=surveyor.look(situation))
        alone = built_status(situation)

        assert (undated(status), status.phases, status.on_the_way) == (undated(alone), alone.phases, alone.on_the_way)


@many
@given(situations(), st.data())
def test_a_status_from_changes_equals_a_status_from_scratch(situation, data):
    statuses_are_those_from_scratch(situation, 3 * [lambda before: data.draw(next_situations(before))])


@many
@given(boots(), st.data())
def test_a_status_follows_what_is_of_no_desktop(situation, data):
    statuses_are_those_from_scratch(situation, 3 * [lambda before: data.draw(quiet_steps(before))])


@many
@given(situations(), st.data())
def test_desktops_worth_a_survey_include_all_that_a_view_makes_void(situation, data):
    surveyor, in_flight = Surveyor(), situation.in_flight
    surveyor.look(situation)
    after = data.draw(next_situations(situation))
    clusters = after.snapshot.clusters

    among = surveyor.worth_a_look(after.records, clusters, in_flight)

    whole = view_changes(clusters.values(), after.records, in_flight, installation=INSTALLATION)
    assert view_changes(clusters.values(), after.records, in_flight, installation=INSTALLATION, among=among) == whole


@laws.add
def desktops_by_phase_are_those_that_are_in_it(situation, plan, survey_result):
    found = {name: phase for phase, names in survey_result.not_ready.items() for name in names}
    assert found == {name: phase for name, (phase, _) in survey_result.phases.items() if phase is not Phase.READY}
    assert survey_result.ready == len(survey_result.phases) - len(found)
