"""The target of a desktop from each source, and the precedence of the sources."""

from dataclasses import replace

import pytest
from hypothesis import given

from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.planning.survey.surveyor import survey
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.sources import SOURCES, overruling
from provisioner.planning.targets.target import TargetLevel
from provisioner.planning.targets.waves import WAVES
from tests.builders.actions import a_name
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_report, a_session, a_situation, a_want_ahead, an_order
from tests.planning.strategies import situations

FREEZE, HOLD, DRAIN = an_order(IntentKind.FREEZE), an_order(IntentKind.HOLD), an_order(IntentKind.DRAIN, "n1")
STOP = replace(an_order(IntentKind.STOP), target=a_name(1))
DRAINED = "node n1 is being drained by zoe: `bascule node uncordon pve/n1` ends it"
EMPTY, IN_USE = a_report(read_at=NOW - 5), a_report(read_at=NOW - 5, sessions=(a_session(), a_session("bea")))


def target_of(facts, desktop):
    """The desktop's target: that of the first source that returns a target."""
    return next((found for source in SOURCES if (found := source.target(facts, desktop)) is not None), None)


def target(desktop, *intents, **changed):
    situation = a_situation([desktop], intents=intents, **changed)
    found = target_of(TargetFacts(situation, survey(situation)), desktop.reservation)
    return None if found is None else (found.level, found.because)


def running(report=EMPTY, **changed):
    return a_desktop(1).but(report=report, **changed)


def off():
    return a_desktop(1, Phase.STOPPED)


@pytest.mark.parametrize(
    ("desktop", "intents", "level", "because"),
    [
        pytest.param(off(), [FREEZE], TargetLevel.AS_IS, "frozen by an operator", id="frozen: not started"),
        pytest.param(running(), [FREEZE, DRAIN], TargetLevel.AS_IS, "frozen by an operator", id="frozen: not shut down"),
        pytest.param(running(IN_USE), [DRAIN], TargetLevel.AS_IS, "it has 2 open session(s)", id="drained, in use"),
        pytest.param(running(IN_USE), [STOP], TargetLevel.AS_IS, "it has 2 open session(s)", id="ordered off, in use"),
        pytest.param(
            running(checked_at=NOW + 10), [DRAIN], TargetLevel.AS_IS, "its sessions are unknown", id="drained, gives no answer"
        ),
        pytest.param(running(), [HOLD, STOP, DRAIN], TargetLevel.AS_IS, "held by an operator", id="held: not shut down"),
        pytest.param(
            running(checked_at=NOW + 10), [STOP], TargetLevel.OFF, "ordered by zoe", id="ordered off, gives no answer"
        ),
        pytest.param(running(), [STOP, DRAIN], TargetLevel.OFF, "ordered by zoe", id="an order for one before a rule for many"),
        pytest.param(running(), [DRAIN], TargetLevel.OFF, DRAINED, id="drained, empty"),
        pytest.param(off(), [DRAIN], TargetLevel.AS_IS, DRAINED, id="drained, off: not started"),
    ],
)
def test_the_first_source_with_a_say_decides(desktop, intents, level, because):
    assert target(desktop, *intents, wanted=1) == (level, because)


@pytest.mark.parametrize("intents", [[], [HOLD], [STOP]])
def test_a_desktop_that_is_off_is_to_be_ready_where_its_agent_is_wanted(intents):
    level, because = target(off(), *intents, wanted=1)

    assert (level, because) == (TargetLevel.READY, "the test wants a desktop for login0001")


def test_a_desktop_made_ahead_of_need_is_to_be_as_far_as_its_wave_says():
    ahead = a_want_ahead(1)

    assert target(off(), wanted=0, ahead=[ahead]) == (TargetLevel.MADE, ahead.because)


def test_a_desktop_of_an_agent_without_a_want_is_left_as_it_is():
    assert target(running(), wanted=0, roster=None) is None


@pytest.mark.long
@given(situations())
def test_no_desktop_in_use_is_to_be_off_and_nothing_moves_under_a_freeze(situation):
    facts = TargetFacts(situation, survey(situation))
    for desktop in situation.records.reservations:
        found, report = target_of(facts, desktop), situation.records.desktops[desktop.name].report
        in_use = report is not None and report.sessions and report.read_at > situation.now - 60
        if IntentKind.FREEZE in facts.ordered or (facts.is_running(desktop) and in_use):
            assert found is not None
            assert found.level is TargetLevel.AS_IS
        own, other = WAVES.target(facts, desktop), overruling(facts, desktop, WAVES)
        if own is not None:
            assert found == (other or own), "a source is overruled by those before it alone"


def test_each_source_has_a_name_of_its_own():
    assert len({source.name for source in SOURCES}) == len(SOURCES)
