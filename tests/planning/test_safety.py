"""The safety gate between planning and execution."""

import pytest

from provisioner.model.actions import Plan
from provisioner.model.budget import Safety
from provisioner.model.deferrals import Deferral, DeferralGroup
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import WaitsFor
from provisioner.planning.safety import Circumstances, circumstances_of, judge_plan
from provisioner.planning.survey.surveyor import survey
from provisioner.reasons.reason import as_reason
from provisioner.reasons.steps import RETRY
from tests.builders.actions import a_check, a_clone, a_configure, a_delete, a_release, a_start, a_stop, a_verify, an_assignment
from tests.builders.cluster import NOW, PVE
from tests.builders.core import a_desktop, a_situation, a_want, an_agent_id

WRITES = (a_clone(1), a_configure(2), a_start(3), a_release(4), a_stop(5), a_delete(6))
READINGS = (a_check(7), a_verify(8), an_assignment(9))
ALL = Plan(actions=(*WRITES, *READINGS))
GENEROUS = Safety(max_deletes=10, max_stops_percent=100)

REBUILT = "the store was rebuilt from the desktops' notes: stops and deletes wait for `bascule store accept`"


def circumstances(**changed):
    return Circumstances(**{"ready": 100, "paused": {}, **changed})


def kinds(plan):
    return [action.word for action in plan.actions]


@pytest.mark.parametrize(
    ("circumstances", "safety", "passed"),
    [
        pytest.param(circumstances(), GENEROUS, kinds(ALL), id="nothing to object to: all pass"),
        pytest.param(circumstances(frozen=True), GENEROUS, ["checkguest", "verify", "assign"], id="frozen: no write passes"),
        pytest.param(circumstances(paused={PVE: "no"}), GENEROUS, ["checkguest", "verify", "assign"], id="paused: no write"),
        pytest.param(
            circumstances(trials={PVE: "start"}),
            GENEROUS,
            ["start", "checkguest", "verify", "assign"],
            id="was paused: one of the refused kind goes first",
        ),
        pytest.param(circumstances(trials={"lyon": "start"}), GENEROUS, kinds(ALL), id="another cluster was paused: all pass"),
        pytest.param(circumstances(paused={"lyon": "no"}), GENEROUS, kinds(ALL), id="another cluster is paused: all pass"),
        pytest.param(
            circumstances(held=True),
            GENEROUS,
            ["clone", "configure", "start", "checkguest", "verify", "assign"],
            id="held: no stop, release or delete",
        ),
        pytest.param(
            circumstances(baseline_accepted=False),
            GENEROUS,
            ["clone", "configure", "start", "checkguest", "verify", "assign"],
            id="baseline not accepted: no stop, release or delete",
        ),
        pytest.param(
            circumstances(),
            Safety(max_deletes=0, max_stops_percent=100),
            ["clone", "configure", "start", "release", "stop", "checkguest", "verify", "assign"],
            id="more deletes than allowed: none at all",
        ),
        pytest.param(
            circumstances(ready=19), Safety(max_deletes=1, max_stops_percent=5), kinds(ALL), id="5 % of 19: one all the same"
        ),
        pytest.param(
            circumstances(),
            Safety(max_deletes=1, max_stops_percent=0),
            ["clone", "configure", "start", "release", "delete", "checkguest", "verify", "assign"],
            id="0 %: no stop",
        ),
        pytest.param(
            circumstances(ready=39, stopping=1),
            Safety(max_deletes=1, max_stops_percent=5),
            ["clone", "configure", "start", "release", "delete", "checkguest", "verify", "assign"],
            id="5 % of 39 is one, which is under way: no stop",
        ),
        pytest.param(circumstances(ready=20), Safety(max_deletes=1, max_stops_percent=5), kinds(ALL), id="5 % of 20 is one"),
    ],
)
def test_what_passes(circumstances, safety, passed):
    judgement = judge_plan(ALL, circumstances, safety)

    assert kinds(judgement.plan) == passed
    assert len(judgement.plan.deferred) == len(ALL.actions) - len(passed), "what is cut is deferred"


@pytest.mark.parametrize(
    ("plan", "circumstances", "reason", "binds", "lines"),
    [
        pytest.param(
            Plan(actions=(a_start(3),)),
            circumstances(frozen=True),
            "start: frozen by an operator: `bascule thaw` lets it go on",
            "operator",
            (),
            id="frozen",
        ),
        pytest.param(
            Plan(actions=(a_start(3),)),
            circumstances(paused={PVE: "the cluster has lost its quorum"}),
            "start: cluster pve is paused as long as this lasts: the cluster has lost its quorum",
            "paused",
            (),
            id="paused",
        ),
        pytest.param(
            Plan(actions=(a_stop(3),)),
            circumstances(held=True),
            "stop: held by an operator: no stop, release or delete",
            "operator",
            (),
            id="held",
        ),
        pytest.param(
            Plan(actions=(a_stop(3),)),
            circumstances(baseline_accepted=False),
            f"stop: {REBUILT}",
            "safety",
            (f"1 stops, releases and deletes: {REBUILT}",),
            id="rebuilt",
        ),
        pytest.param(
            Plan(actions=(a_delete(3),)),
            circumstances(),
            "delete: 1 deletes planned, 0 allowed (safety.max_deletes): all of them wait",
            "safety",
            ("1 deletes planned, 0 allowed (safety.max_deletes): all of them wait",),
            id="too many deletes",
        ),
        pytest.param(
            Plan(actions=(a_stop(3),)),
            circumstances(ready=10, stopping=1),
            "stop: 1 stops planned, 1 under way, 1 allowed (5 % of 10 ready, safety.max_stops_percent): all of them wait",
            "safety",
            ("1 stops planned, 1 under way, 1 allowed (5 % of 10 ready, safety.max_stops_percent): all of them wait",),
            id="too many stops",
        ),
    ],
)
def test_what_is_cut_is_deferred_with_the_arithmetic(plan, circumstances, reason, binds, lines):
    judgement = judge_plan(plan, circumstances, Safety())

    (deferral,) = judgement.plan.deferred
    assert (deferral.what, deferral.agent_id, deferral.reason) == ("vd-5003", an_agent_id(3), reason)
    assert deferral.binds == binds
    assert judgement.blocked == lines


def ordered(kind_of_order):
    return (Intent(kind=kind_of_order, by="zoe", at=NOW),)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({}, (False, False, True), id="no standing order"),
        pytest.param({"intents": ordered(IntentKind.FREEZE)}, (True, False, True), id="frozen"),
        pytest.param({"intents": ordered(IntentKind.HOLD)}, (False, True, True), id="held"),
        pytest.param({"baseline_accepted": False}, (False, False, False), id="a rebuilt store"),
        pytest.param(
            {"baseline_accepted": False, "intents": ordered(IntentKind.ACCEPT_BASELINE)},
            (False, False, True),
            id="a rebuilt store that was accepted",
        ),
    ],
)
def test_circumstances_from_the_standing_orders(changed, expected):
    situation = a_situation([a_desktop(1), a_desktop(2), a_desktop(3, Phase.STOPPED)], **changed)

    found = circumstances_of(situation, survey(situation), paused={PVE: "no"})

    assert (found.frozen, found.held, found.baseline_accepted) == expected
    assert (found.ready, found.paused) == (2, {PVE: "no"})


RESERVED = a_desktop(1, Phase.CLONED)


def waiting(**changed):
    """A desktop that is tried again later, and somebody without one who waits for the storage's lock."""
    situation = a_situation([RESERVED], wanted=3)
    facts = circumstances_of(situation, survey(situation), **{"paused": {PVE: as_reason("no")}, **changed})
    retry = DeferralGroup(wants=(a_want(1),), reason=RETRY(why="no luck", tries=2), retry_at=NOW + 9, binds=WaitsFor.RETRY)
    lock = DeferralGroup(wants=(a_want(3),), reason=as_reason("the lock"), binds=WaitsFor.LOCK)
    room = DeferralGroup(wants=(a_want(5),), reason=as_reason("no room"), binds=WaitsFor.MEMORY)
    stay = Deferral(
        what=RESERVED.reservation.name, seat=None, reason=as_reason("no luck"), retry_at=NOW + 9, binds=WaitsFor.RETRY
    )
    return judge_plan(Plan(groups=(retry, lock, room), singles=(stay,)), facts, GENEROUS).plan


def test_what_would_be_written_in_a_moment_waits_for_the_pause_and_until_its_end():
    """K4: `status` named the storage's lock, or the failure, as long as the cluster was paused."""
    until = NOW + 30
    plan = waiting(until={PVE: until})

    said = [(deferral.binds, deferral.retry_at) for deferral in plan.deferred]
    assert said == [(WaitsFor.PAUSED, until), (WaitsFor.PAUSED, until), (WaitsFor.MEMORY, None), (WaitsFor.PAUSED, until)]
    assert {str(deferral.reason) for deferral in plan.deferred} == {
        "cluster pve is paused as long as this lasts: no",
        "no room",
    }


def test_another_clusters_pause_is_nobody_elses():
    assert [deferral.binds for deferral in waiting(paused={"lyon": as_reason("no")}).deferred] == [
        WaitsFor.RETRY, WaitsFor.LOCK, WaitsFor.MEMORY, WaitsFor.RETRY,
    ]  # fmt: skip
