"""`bascule desktop restart` and `stop`: orders given to the daemon, about one desktop, after a question where it may hurt."""

from concurrent.futures import Future

import pytest

from provisioner.api.callers import Role
from provisioner.model.intents import Intent, IntentKind, Terms, Withdrawal
from provisioner.model.machines.desktops import Phase
from provisioner.reasons.orders import IN_USE_NOW
from provisioner.reasons.reason import NONE
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.builders.core import a_desktop, a_report, a_session
from tests.builders.views import a_publication

pytestmark = pytest.mark.long

BUSY = a_report(sessions=(a_session("login0002"),))
SITE = a_publication(a_desktop(1), a_desktop(2).but(report=BUSY), a_desktop(3, Phase.STOPPED), wanted=3)


class Desk:
    """Takes orders, or refuses them."""

    def __init__(self, answer=NONE):
        self.orders, self.answer = [], answer

    def __call__(self, order):
        self.orders.append(order)
        future = Future()
        future.set_result(self.answer)
        return future


@pytest.fixture
def run(tmp_path):
    desk = Desk()
    with serving(tmp_path, an_api_site(SITE, order=desk), role=Role.HELPDESK) as at:

        def run(*words):
            return bascule("desktop", *words, "--socket", str(at))

        run.desk = desk
        yield run


@pytest.mark.parametrize("kind", [IntentKind.RESTART, IntentKind.STOP])
def test_the_role_of_the_help_desk_is_enough_for_one_desktop(run, kind):
    ended = run(kind.value, "login0001", "--reason", "black screen")

    assert (ended.code, ended.err) == (0, "")
    (order,) = run.desk.orders
    assert isinstance(order, Intent)
    assert (order.kind, order.by, order.target, order.reason) == (kind, "zoe", "vd-5001", "black screen")


def test_what_comes_next_is_said(run):
    assert run("restart", "vd-5001").out.startswith(
        "vd-5001 is restarted now, before bulk work; `bascule desktop show vd-5001`"
    )
    assert "started again: its agent is to have it" in run("stop", "vd-5001").out


def test_the_daemons_refusal_is_passed_on(tmp_path):
    desk = Desk(IN_USE_NOW(name="vd-5002", sessions=1))
    with serving(tmp_path, an_api_site(SITE, order=desk)) as at:
        ended = bascule("desktop", "restart", "vd-5002", "--socket", str(at))

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("desktop vd-5002 has 1 open session(s): ask the person to log off, or order it with")


def test_before_a_session_is_ended_somebody_has_to_say_yes(run):
    asked = run("restart", "vd-5002", "--even-with-session", "--reason", "it hangs")

    assert (asked.code, run.desk.orders) == (2, [])
    assert asked.err.startswith("1 session is open on vd-5002, and would end: restart it?")

    assert run("restart", "vd-5002", "--even-with-session", "--reason", "it hangs", "--yes", "--force").code == 0
    assert run.desk.orders[0].terms == Terms(even_with_session=True, by_force=True)


def test_an_order_can_be_withdrawn(run):
    ended = run("restart", "vd-5003", "--withdraw", "--reason", "not needed")

    assert (ended.code, ended.out) == (0, "withdrawn: restart of vd-5003\n")
    assert [(type(order), order.kind, order.target) for order in run.desk.orders] == [
        (Withdrawal, IntentKind.RESTART, "vd-5003")
    ]


def test_nothing_is_ordered_if_several_match(run):
    ended = run("restart", "login000")

    assert (ended.code, run.desk.orders) == (2, [])
    assert "say which is meant" in ended.err


def test_without_a_daemon_nothing_is_ordered(tmp_path):
    ended = bascule("desktop", "restart", "vd-5001", "--socket", str(tmp_path / "nobody.sock"))

    assert ended.code == 3
    assert ended.err.startswith("nothing was ordered: no daemon answers at ")


def test_who_may_only_look_may_not_order(tmp_path):
    with serving(tmp_path, an_api_site(SITE), role=Role.VIEWER) as at:
        ended = bascule("desktop", "restart", "vd-5001", "--socket", str(at))

    assert ended.code != 0
    assert "helpdesk" in ended.err
