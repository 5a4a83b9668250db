"""F22: orders about whoever is logged on are refused with one clear sentence where no desktop would carry them out."""

from dataclasses import replace

import pytest

from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import DesktopState
from provisioner.reasons.reason import NONE
from provisioner.reconciler.orders import OrderFacts, why_refused
from tests.builders.cluster import NOW
from tests.builders.core import a_config, a_desktop, a_memory, a_session

HERE = a_desktop(1)
NAME = HERE.reservation.name
LINE = Terms(text="The printer is back")
MESSAGE = Intent(kind=IntentKind.MESSAGE, by="zoe", at=NOW, target=NAME, terms=LINE)
LOGOFF = Intent(kind=IntentKind.LOGOFF, by="zoe", at=NOW, target=NAME, reason="moves", terms=Terms(minutes=5))


def a_state(phase: Phase = Phase.READY, **changed: object) -> DesktopState:
    values = {"phase": phase, "because": NONE, "node": HERE.reservation.node, "since": NOW, "wanted": True}
    return DesktopState(reservation=HERE.reservation, **values | {"sessions": (a_session(),)} | changed)  # type: ignore[arg-type]


def facts(*intents: Intent, state: DesktopState | None = None, pushes: bool = True, receives: bool = True) -> OrderFacts:
    return OrderFacts(
        records=a_memory([HERE], intents=intents),
        snapshot=Snapshot(),
        config=replace(a_config(), receives=receives),
        now=NOW,
        desktops={NAME: state or a_state()},
        pushing={NAME} if pushes else frozenset(),
    )


def an_order(kind: IntentKind, target: str = "", **changed: object) -> Intent:
    return Intent(kind=kind, by="ops", at=NOW - 9, target=target, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", [MESSAGE, LOGOFF, replace(LOGOFF, terms=Terms(minutes=0))])
def test_to_whoever_is_logged_on_they_are_taken(order: Intent):
    assert why_refused(order, facts()) == NONE
    assert why_refused(order, facts(state=a_state(sessions=None))) == NONE, "unknown is not nobody"


@pytest.mark.parametrize("order", [MESSAGE, LOGOFF])
@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"receives": False}, "the section `receiver` is not configured", id="no receiver"),
        pytest.param({"pushes": False}, f"desktop {NAME} does not push", id="only read"),
        pytest.param({"state": a_state(sessions=())}, f"nobody is logged on to desktop {NAME}", id="nobody"),
        pytest.param({"state": a_state(Phase.STOPPED)}, "is not running: it is stopped", id="off"),
    ],
)
def test_where_it_cannot_work_one_sentence_says_why(order: Intent, given: dict[str, object], says: str):
    assert says in why_refused(order, facts(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize("order", [MESSAGE, LOGOFF])
@pytest.mark.parametrize(
    ("standing", "code"),
    [
        pytest.param(an_order(IntentKind.FREEZE), "order_stopped_by", id="freeze"),
        pytest.param(an_order(IntentKind.HOLD), "order_stopped_by", id="hold"),
        pytest.param(an_order(IntentKind.QUARANTINE, NAME), "in_quarantine_by", id="quarantine"),
    ],
)
def test_what_stops_the_rules_stops_them(order: Intent, standing: Intent, code: str):
    assert why_refused(order, facts(standing)).code == code


@pytest.mark.parametrize(
    ("order", "code"),
    [
        pytest.param(replace(MESSAGE, terms=Terms()), "order_text_wanted", id="which text?"),
        pytest.param(replace(MESSAGE, terms=Terms(text="two\nlines")), "order_text_wanted", id="one line"),
        pytest.param(replace(MESSAGE, terms=Terms(text="x" * 201)), "order_text_wanted", id="short"),
        pytest.param(replace(MESSAGE, terms=Terms(text="x", minutes=5)), "order_other_terms", id="a message has no minutes"),
        pytest.param(replace(LOGOFF, terms=Terms()), "order_minutes_wanted", id="when?"),
        pytest.param(replace(LOGOFF, terms=Terms(minutes=121)), "order_minutes_wanted", id="too late"),
        pytest.param(replace(LOGOFF, terms=Terms(minutes=5, text="x")), "order_other_terms", id="a log-off has no text"),
        pytest.param(replace(LOGOFF, terms=Terms(minutes=5, by_force=True)), "order_other_terms", id="nor force"),
        pytest.param(replace(LOGOFF, reason=" "), "order_reason_wanted", id="why?"),
        pytest.param(replace(MESSAGE, target=""), "order_target_wanted", id="to whom?"),
        pytest.param(replace(MESSAGE, target="vd-1"), "no_such_desktop", id="no such desktop"),
        pytest.param(replace(MESSAGE, until=NOW + 9), "order_has_no_end", id="its end is its own"),
        pytest.param(an_order(IntentKind.RESTART, NAME, terms=LINE), "order_other_terms", id="a restart has no text"),
        pytest.param(an_order(IntentKind.HOLD, terms=Terms(minutes=5)), "order_other_terms", id="a hold has no minutes"),
    ],
)
def test_what_is_not_said_rightly_is_refused(order: Intent, code: str):
    assert why_refused(order, facts()).code == code


def test_a_text_may_have_french_spaces():
    assert why_refused(replace(MESSAGE, terms=Terms(text="Attention\u00a0: panne\u202f!")), facts()) == NONE


def test_a_second_message_waits_for_the_first_and_the_same_again_does_not():
    standing = replace(MESSAGE, at=NOW - 60, by="claire", terms=Terms(text="Another"))

    assert why_refused(MESSAGE, facts(standing)).startswith(f"another message to desktop {NAME}, by claire, was not shown yet")
    assert why_refused(replace(standing, at=NOW), facts(standing)) == NONE
    assert why_refused(replace(LOGOFF, terms=Terms(minutes=0)), facts(replace(LOGOFF, at=NOW - 60))) == NONE, "sooner, instead"
