"""F22: `bascule desktop message` and `logoff`: orders of a help desk about whoever is logged on."""

import pytest

from provisioner.api.callers import Role
from provisioner.model.intents import IntentKind, Terms, Withdrawal
from provisioner.reasons.orders import NOBODY_LOGGED_ON
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.cli.test_desktop_power import SITE, Desk

pytestmark = pytest.mark.long


@pytest.fixture
def run(tmp_path):
    desk = Desk()
    with serving(tmp_path, an_api_site(SITE, order=desk), role=Role.HELPDESK) as at:

        def run(*words):
            return bascule("desktop", *words, "--socket", str(at))

        run.desk = desk
        yield run


def test_the_help_desk_may_write_to_whoever_is_logged_on(run):
    ended = run("message", "login0002", "The printer is back", "--reason", "ticket 4711")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "vd-5002 shows it when it asks next, within about five minutes; "
        "`bascule report journal --desktop vd-5002` says how it ends\n"
    )
    (order,) = run.desk.orders
    assert (order.kind, order.by, order.target, order.reason) == (IntentKind.MESSAGE, "zoe", "vd-5002", "ticket 4711")
    assert order.terms == Terms(text="The printer is back")


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "two\nlines", "\x1b[31mred"])
def test_what_is_no_line_is_refused_before_anything_is_ordered(run, text):
    ended = run("message", "vd-5002", text)

    assert (ended.code, run.desk.orders) == (2, [])
    assert ended.err == "say what the person is to read: one line of 1 to 200 characters\n"


def test_a_log_off_comes_five_minutes_after_its_warning_unless_another_time_is_said(run):
    assert run("logoff", "vd-5002", "--reason", "moves").out == (
        "whoever is logged on to vd-5002 is warned within about five minutes, and logged off 5 min later\n"
    )
    assert run("logoff", "vd-5002", "--in", "30", "--reason", "moves").code == 0
    assert [order.terms for order in run.desk.orders] == [Terms(minutes=5), Terms(minutes=30)]


def test_without_a_warning_somebody_has_to_say_yes_to_what_is_lost(run):
    asked = run("logoff", "vd-5002", "--in", "0", "--reason", "moves")

    assert (asked.code, run.desk.orders) == (2, [])
    assert asked.err.startswith(
        "whoever is logged on to vd-5002 gets no warning, and loses what is not saved there: log them off?"
    )

    ended = run("logoff", "vd-5002", "--in", "0", "--reason", "moves", "--yes")
    assert ended.out == "whoever is logged on to vd-5002 is logged off when it asks next, within about five minutes\n"
    assert run.desk.orders[0].terms == Terms(minutes=0)


def test_more_than_two_hours_are_no_warning(run):
    assert run("logoff", "vd-5002", "--in", "121", "--reason", "moves").code == 2
    assert run.desk.orders == []


@pytest.mark.parametrize("kind", [IntentKind.MESSAGE, IntentKind.LOGOFF])
def test_both_can_be_withdrawn(run, kind):
    ended = run(kind.value, "vd-5002", "--withdraw")

    assert (ended.code, ended.out) == (0, f"withdrawn: {kind} of vd-5002\n")
    assert [(type(order), order.kind) for order in run.desk.orders] == [(Withdrawal, kind)]


def test_the_daemons_refusal_is_passed_on(tmp_path):
    with serving(tmp_path, an_api_site(SITE, order=Desk(NOBODY_LOGGED_ON(name="vd-5001")))) as at:
        ended = bascule("desktop", "message", "vd-5001", "hello", "--socket", str(at))

    assert (ended.code, ended.err) == (2, "nobody is logged on to desktop vd-5001\n")


def test_who_may_only_look_may_not_write(tmp_path):
    with serving(tmp_path, an_api_site(SITE), role=Role.VIEWER) as at:
        ended = bascule("desktop", "message", "vd-5002", "hello", "--socket", str(at))

    assert ended.code != 0
    assert "helpdesk" in ended.err
