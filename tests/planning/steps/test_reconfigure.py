"""Desktops follow their profile: what changed there is written while they are off, never while they run."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.actions.causes import CommonCause
from provisioner.model.actions import Reconfigure, Stop
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Try
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.people.profiles import Addressing
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.steps.stop import FRESH_S
from provisioner.planning.survey.surveyor import survey
from provisioner.pve.desktop_settings import settings_tag
from provisioner.reasons.reason import Reason
from tests.builders.actions import a_check, a_name, a_reservation
from tests.builders.cluster import NOW, OFFICE, PVE, a_profile, some_addresses
from tests.builders.core import a_config, a_desktop, a_report, a_session, a_want_ahead
from tests.planning.plans import a_small_budget, orders, plan, reasons
from tests.planning.strategies import situations

CHANGED = a_config(a_profile(bridge="vmbr1", vlan=40))
OFF, READY, FAILED = a_desktop(1, Phase.STOPPED), a_desktop(1), a_desktop(1, Phase.FAILED)
AN_HOUR_AGO = Try(NOW - 3600, Reason("Permission check failed"))
JUST_NOW = AN_HOUR_AGO._replace(at=NOW - 10)
RECONFIGURE, START = "reconfigure vd-5001", "start vd-5001"


def a_cause(**changed):
    return CommonCause(
        **{
            "cluster": PVE,
            "word": "reconfigure",
            "profile": OFFICE,
            "error": "forbidden",
            "text": "Permission check failed",
            "desktops": (a_name(7), a_name(8), a_name(9)),
            "nodes": frozenset({"n1", "n2"}),
            "until": NOW + 60,
            "wait_s": 60.0,
            **changed,
        }
    )


def an_order(target="vd-5001", *, reason="", at=NOW - 5):
    return Intent(kind=IntentKind.RECONFIGURE, by="zoe", at=at, reason=reason, target=target)


@pytest.mark.parametrize(
    ("desktop", "changed", "ordered"),
    [
        pytest.param(OFF, {}, [RECONFIGURE], id="off: before it is started"),
        pytest.param(OFF, {"config": a_config()}, [START], id="its profile has not changed"),
        pytest.param(READY, {}, [], id="in use"),
        pytest.param(a_desktop(1, Phase.STARTING), {}, [], id="booting"),
        pytest.param(FAILED, {}, [RECONFIGURE], id="given up: the change may be the cure"),
        pytest.param(FAILED, {"config": a_config()}, ["clone vd-5002"], id="given up, and nothing has changed"),
        pytest.param(
            OFF.but(attempts=Attempts(count=1, reason="bridge 'vmbr0' does not exist", retry_at=NOW + 60)),
            {},
            [RECONFIGURE],
            id="it waits for the next try: the change comes first",
        ),
        pytest.param(OFF.but(guest=replace(OFF.guest, lock="backup")), {}, [], id="a backup goes first"),
        pytest.param(OFF.but(in_flight=a_check()), {}, [], id="one order at a time"),
        pytest.param(OFF, {"reconfigured": {a_name(): JUST_NOW}}, [START], id="that failed just now: it works as it is"),
        pytest.param(OFF, {"reconfigured": {a_name(): AN_HOUR_AGO}}, [RECONFIGURE], id="that failed long ago"),
        pytest.param(OFF, {"causes": (a_cause(),)}, [START], id="it fails for all: it works as it is"),
        pytest.param(OFF, {"causes": (a_cause(until=NOW - 1),)}, [RECONFIGURE], id="it has failed for all: one tries"),
        pytest.param(OFF, {"causes": (a_cause(word="start"),)}, [RECONFIGURE], id="starts fail for all: no reason to wait"),
        pytest.param(OFF, {"wanted": 0}, [], id="not wanted now: at its next start"),
        pytest.param(
            OFF, {"wanted": 0, "ahead": (a_want_ahead(),)}, [RECONFIGURE], id="prepared: now, so that a switch is boots alone"
        ),
        pytest.param(OFF, {"config": a_config(a_profile("other"))}, [], id="its profile is no longer configured"),
    ],
)
def test_a_changed_profile_is_written_while_its_desktop_is_off(desktop, changed, ordered):
    """D2"""
    assert orders(plan([desktop], **{"config": CHANGED, **changed})) == ordered


def test_the_order_says_what_has_changed():
    (action,) = plan([OFF], config=CHANGED).actions

    assert isinstance(action, Reconfigure)
    assert not action.whole
    assert action.because == (
        "its profile has changed since it was configured: another network card: the profile has bridge vmbr1 and VLAN 40 now "
        "(firewall and MTU count, too)"
    )


def test_a_node_is_asked_for_as_many_as_its_budget_allows():
    desktops = [a_desktop(number, Phase.STOPPED) for number in (1, 3, 5)]
    config = replace(CHANGED, budget=a_small_budget(configures_per_node=2).budget)

    made = plan(desktops, wanted=5, config=config)

    assert orders(made)[:2] == ["reconfigure vd-5001", "reconfigure vd-5003"]
    assert reasons(made)["login0005"].startswith("node n1 is already configuring")


# -- by order ----------------------------------------------------------------------------------------------------------

FRESH = READY.but(report=a_report(read_at=NOW - 5))


@pytest.mark.parametrize(
    ("desktop", "changed", "ordered"),
    [
        pytest.param(OFF, {"intents": (an_order(),), "wanted": 0}, [RECONFIGURE], id="off, and wanted by nobody"),
        pytest.param(
            OFF, {"intents": (an_order(),), "config": a_config()}, [RECONFIGURE], id="although its profile has not changed"
        ),
        pytest.param(FRESH, {"intents": (an_order(),)}, ["stop vd-5001"], id="nobody is logged on: it is shut down"),
        pytest.param(
            FRESH.but(report=a_report(read_at=NOW - 5, sessions=(a_session(),))),
            {"intents": (an_order(),)},
            [],
            id="somebody is logged on",
        ),
        pytest.param(
            FRESH.but(report=a_report(read_at=NOW - 5, written_at=None)), {"intents": (an_order(),)}, [], id="nobody knows who"
        ),
        pytest.param(
            READY.but(report=a_report(read_at=NOW - 15)),
            {"intents": (an_order(),)},
            ["checkguest vd-5001"],
            id="sessions are read once more first",
        ),
        pytest.param(
            FRESH,
            {"intents": (an_order(), Intent(kind=IntentKind.HOLD, by="zoe", at=NOW))},
            [],
            id="held: nothing is shut down",
        ),
        pytest.param(FRESH, {"intents": (an_order(),), "causes": (a_cause(),)}, [], id="it would be shut down in vain"),
        pytest.param(
            OFF,
            {"intents": (an_order(),), "reconfigured": {a_name(): Try(NOW - 1, Reason(""))}, "config": a_config()},
            [START],
            id="done: the order's end is stored in this cycle",
        ),
        pytest.param(
            OFF,
            {"intents": (an_order(),), "reconfigured": {a_name(): Try(NOW - 9, Reason(""))}, "config": a_config()},
            [RECONFIGURE],
            id="what was tried before the order does not count",
        ),
        pytest.param(OFF, {"intents": (an_order(""),), "wanted": 0}, [RECONFIGURE], id="all that are off and have changed"),
        pytest.param(
            OFF, {"intents": (an_order(""),), "wanted": 0, "config": a_config()}, [], id="all that are off, and has not changed"
        ),
        pytest.param(FRESH, {"intents": (an_order(""),)}, [], id="all that are off: this one runs"),
    ],
)
def test_an_order_configures_a_desktop_again_and_ends_no_session(desktop, changed, ordered):
    assert orders(plan([desktop], **{"config": CHANGED, **changed})) == ordered


def test_by_order_everything_is_written_and_the_order_is_the_reason():
    (action,) = plan([OFF], wanted=0, config=CHANGED, intents=(an_order(reason="new VLAN"),)).actions

    assert action.whole
    assert action.because == "to be configured again, ordered by zoe (new VLAN)"


def test_a_superseded_desktop_is_left_as_it_is():
    desktops = [a_desktop(1, Phase.STOPPED), a_desktop(2, agent_id=a_desktop(1).reservation.agent_id)]
    made = plan(desktops, config=CHANGED, superseded={a_name(1): a_name(2)}, intents=(an_order(), an_order("")))

    assert [action for action in made.actions if isinstance(action, Reconfigure)] == []


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(situations(), st.sets(st.integers(1, 12)), st.booleans())
def test_whatever_is_ordered_nothing_is_written_to_a_running_desktop_and_no_session_is_ended(situation, numbers, all_stopped):
    """Neither with a session nor with unknown sessions."""
    intents = tuple(an_order(a_name(number)) for number in numbers) + ((an_order(""),) if all_stopped else ())
    records = replace(situation.records, intents=(*situation.records.intents, *intents))
    situation = replace(situation, records=records)
    phases = survey(situation).phases

    for action in make_plan(situation).actions:
        if isinstance(action, Reconfigure):
            guest = situation.snapshot.guest(action.key)
            assert guest.power is Power.STOPPED
            assert guest.lock is None
            assert phases[action.desktop][0] in (Phase.STOPPED, Phase.FAILED)
            assert action.reservation.proven
            assert action.key not in situation.in_flight
        if isinstance(action, Stop):
            report = records.report_of(action.desktop)
            assert not action.though_unknown
            assert (report.sessions, report.doubt(report.read_at)) == ((), "")
            assert situation.now - report.read_at <= FRESH_S


# -- addresses ---------------------------------------------------------------------------------------------------------

ADDRESSED = a_desktop(1, Phase.STOPPED, address="10.40.0.11")
ELSEWHERE = Addressing(network="10.50.0.0/24", gateway="10.50.0.1", first="10.50.0.10", last="10.50.0.99")


@pytest.mark.parametrize(
    ("addressing", "ordered"),
    [
        pytest.param(some_addresses(), [START], id="as before"),
        pytest.param(some_addresses(gateway="10.40.0.254"), [RECONFIGURE], id="another gateway"),
        pytest.param(some_addresses("10.40.0.100"), [START], id="outside the range: its prefix and gateway still fit"),
        pytest.param(ELSEWHERE, [START], id="in another network: its address stays as it is"),
        pytest.param(Addressing(), [START], id="DHCP now: its address stays as it is"),
    ],
)
def test_an_address_is_never_changed(addressing, ordered):
    assert orders(plan([ADDRESSED], config=a_config(a_profile(addressing=addressing)))) == ordered


def test_a_new_clone_with_an_address_of_another_network_waits_for_an_operator():
    made = plan([a_desktop(1, Phase.CLONED, address="10.40.0.11")], config=a_config(a_profile(addressing=ELSEWHERE)))

    assert orders(made) == []
    assert reasons(made) == {
        "login0001": "not configured: profile office has other addresses now: its address 10.40.0.11 is not in the profile's "
        "network 10.50.0.0/24"
    }


def test_an_address_that_does_not_fit_keeps_its_part_of_the_tag():
    reservation = a_reservation(address="10.40.0.11")
    before = settings_tag(reservation, a_profile(addressing=some_addresses()))
    after = settings_tag(reservation, a_profile(addressing=ELSEWHERE, bridge="vmbr1"), {before})

    parts = zip(before.split("."), after.split("."), strict=True)
    assert [was == now for was, now in parts] == [True, False, True, True]
