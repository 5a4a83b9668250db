"""F5, F15: which superseded desktop can be given back, what changes in the store, and what planning makes of it."""

from dataclasses import replace

import pytest

from provisioner.execution.order_changes import DOUBT_S
from provisioner.model.departures import Departure
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Attempts, FirstBoot, Phase
from provisioner.model.words import GuestWord
from provisioner.planning.orders.desktops import OrderFacts
from provisioner.planning.orders.restorations import restore_changes, why_not_restored_now
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.surveyor import survey
from tests.builders.actions import a_name, a_seat, an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_report, a_roster, a_session, a_situation, an_agent
from tests.builders.views import status_of

OWN = {"agent_id": an_agent_id(1)}
NEWER = a_desktop(2, **OWN)
ORDER = Intent(kind=IntentKind.RESTORE, by="zoe", at=NOW, reason="her thesis", target=a_name(1))


def superseded(old, *others, **changed):
    """Agent 1 was given the second desktop instead of the first."""
    changed = {"roster": a_roster(3), "superseded": {a_name(1): a_name(2)}, **changed}
    return a_situation([old, *others], wanted=1, **changed)


def refusal(situation, order=ORDER):
    status = status_of(situation)
    facts = OrderFacts(
        records=situation.records, snapshot=situation.snapshot, config=situation.config, now=NOW, desktops=status.desktops
    )
    return why_not_restored_now(order, facts)


def after(situation, order=ORDER):
    """The situation once the order is carried out."""
    made = restore_changes(order, situation.records, NOW).desktops
    return replace(situation, records=replace(situation.records, desktops={**situation.records.desktops, **made}))


def hangs(phase):
    unheard = a_desktop(1, Phase.SILENT).unheard
    assert unheard is not None
    return a_desktop(1, phase).but(unheard=replace(unheard, word=GuestWord.HANGS))


FAILED_BOOT = a_report(read_at=NOW - 5, first_boot=FirstBoot.FAILED, ready_at=None)
ORDERED = {"intents": [Intent(kind=IntentKind.DRAIN, by="zoe", at=NOW - 9, target="pve/n1")]}


@pytest.mark.parametrize(
    ("old", "code"),
    [
        pytest.param(a_desktop(1), "", id="ready"),
        pytest.param(a_desktop(1, Phase.STOPPED), "", id="off: it is started"),
        pytest.param(a_desktop(1, Phase.STARTING), "", id="it starts"),
        pytest.param(a_desktop(1, Phase.SILENT), "", id="its guest agent alone may be dead"),
        pytest.param(hangs(Phase.SILENT), "restore_hangs", id="it hangs"),
        pytest.param(hangs(Phase.STARTING), "restore_hangs", id="it hangs still, after its report was void"),
        pytest.param(hangs(Phase.STOPPED), "", id="it hung, and is off"),
        pytest.param(a_desktop(1, node="n3"), "restore_unseen", id="its node is away"),
        pytest.param(a_desktop(1, Phase.RESERVED), "restore_nothing_there", id="there is no VM"),
        pytest.param(a_desktop(1, Phase.CLONED), "restore_nothing_there", id="never configured"),
        pytest.param(a_desktop(1, Phase.DELETING), "restore_nothing_there", id="it is deleted"),
        pytest.param(a_desktop(1, Phase.UNPROVEN), "unproven_desktop", id="perhaps not ours"),
        pytest.param(a_desktop(1, Phase.FAILED), "restore_failed", id="given up"),
        pytest.param(a_desktop(1, Phase.STARTING).but(report=FAILED_BOOT), "restore_failed", id="its first boot has failed"),
        pytest.param(a_desktop(1).but(departure=Departure(since=NOW - 9)), "restore_person_left", id="its person has left"),
        pytest.param(a_desktop(1).but(departure=Departure(since=NOW - 9, ended=True)), "", id="its person is back"),
    ],
)
def test_whether_it_can_be_given_back(old, code):
    assert refusal(superseded(old, NEWER)).code == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"superseded": {}}, "not_superseded", id="a second desktop, never superseded"),
        pytest.param({"superseded": {a_name(2): a_name(1)}}, "not_superseded", id="the one in use"),
        pytest.param({"roster": a_roster([an_agent(2)])}, "restore_person_left", id="nobody knows its person"),
        pytest.param(ORDERED, "desktop_on_drained_node", id="its node is drained"),
    ],
)
def test_what_stands_against_it(changed, code):
    assert refusal(superseded(a_desktop(1), NEWER, **changed)).code == code


def test_a_session_on_the_newer_one_is_named():
    busy = NEWER.but(report=a_report(sessions=(a_session(),)))

    assert refusal(superseded(a_desktop(1), busy)) == (
        "desktop vd-5002, which the person has now, has 1 open session(s): order it with `--even-with-session` and a reason; "
        "nobody is logged off, and the person is then expected on vd-5001"
    )


def test_a_session_on_the_old_one_is_no_reason_against_it():
    """Whoever is logged on there works on."""
    assert refusal(superseded(a_desktop(1).but(report=a_report(sessions=(a_session(),))), NEWER)) == ""


@pytest.mark.parametrize("phase", [Phase.READY, Phase.STOPPED, Phase.STARTING, Phase.SILENT])
@pytest.mark.parametrize("assigned", [True, False])
def test_planning_uses_it_and_does_not_decide_anew(phase, assigned):
    """F15: the newer one is ready, and would be used before one that was never assigned and is off."""
    situation = after(superseded(a_desktop(1, phase).but(assigned=assigned), NEWER))
    found = survey(situation)

    assert found.of_seat[a_seat(1)].name == a_name(1)
    assert (found.superseded, found.doubled) == ({a_name(2): a_name(1)}, ())
    made = make_plan(situation)
    assert (made.superseded, made.given_back) == ({}, ())
    assert {action.word for action in made.actions if action.desktop == a_name(2)} <= {"checkguest"}
    assert any(action.word == "start" for action in made.actions) == (phase is Phase.STOPPED)


def test_whatever_else_the_person_has_is_superseded_by_it():
    others = [NEWER, a_desktop(3, **OWN), a_desktop(4, **OWN), a_desktop(5)]
    situation = after(superseded(a_desktop(1), *others, superseded={a_name(1): a_name(2), a_name(3): a_name(2)}))

    assert survey(situation).superseded == {a_name(number): a_name(1) for number in (2, 3, 4)}
    assert situation.records.desktops[a_name(5)].superseded_by is None


def test_its_earlier_failures_are_forgotten():
    tried = a_desktop(1, Phase.STOPPED).but(attempts=Attempts(count=2, reason="no", retry_at=NOW + 500))

    assert not after(superseded(tried, NEWER)).records.desktops[a_name(1)].attempts


def test_a_clone_of_the_newer_one_may_still_come_out():
    """Its reservation is kept meanwhile, and given back after."""
    situation = after(superseded(a_desktop(1), a_desktop(2, Phase.RESERVED, **OWN)))

    assert situation.records.desktops[a_name(2)].attempts.retry_at == NOW + DOUBT_S
    assert make_plan(situation).given_back == ()
    assert make_plan(replace(situation, now=NOW + DOUBT_S)).given_back == (a_name(2),)
