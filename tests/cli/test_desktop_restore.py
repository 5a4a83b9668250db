"""F5, F15: `bascule desktop restore`: what happens to whom is said before, and one desktop is ordered back."""

import pytest

from provisioner.api.callers import Role
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.reasons.targets import NOT_SUPERSEDED
from tests.builders.actions import a_name
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.builders.core import a_desktop, a_report, a_session
from tests.builders.views import a_publication
from tests.cli.test_desktop_power import Desk

pytestmark = pytest.mark.long

SEAT = a_desktop(1).reservation.seat
NEWER = a_desktop(2, seat=SEAT)
QUESTION = "login0001 has vd-5002, which stays as it is and is not used any more: give vd-5001 back to login0001?"
WHY = ("--reason", "her thesis is on it")


@pytest.fixture
def run(tmp_path):
    """What a command prints, and which orders it gives; `newer`: the desktop that the person has now."""

    def run(*words, newer=NEWER, desk=None):
        desk = desk or Desk()
        site = a_publication(a_desktop(1, Phase.STOPPED), newer, wanted=1, superseded={a_name(1): a_name(2)})
        with serving(tmp_path, an_api_site(site, order=desk), role=Role.HELPDESK) as at:
            return bascule("desktop", "restore", *words, "--socket", str(at)), desk.orders

    return run


@pytest.mark.parametrize(
    ("newer", "said"),
    [
        pytest.param(NEWER, QUESTION, id="nobody is logged on"),
        pytest.param(
            NEWER.but(report=a_report(sessions=(a_session("login0001"),))),
            f"1 session is open on vd-5002, and goes on: {QUESTION}",
            id="somebody is",
        ),
        pytest.param(
            a_desktop(2, Phase.SILENT, seat=SEAT),
            f"whether somebody is logged on to vd-5002 is not known: {QUESTION}",
            id="not known",
        ),
    ],
)
def test_what_happens_to_whom_is_said_before(run, newer, said):
    ended, orders = run("vd-5001", *WHY, newer=newer)

    assert (ended.code, orders) == (2, [])
    assert " ".join(ended.err.split()).startswith(said)


def test_it_is_ordered_by_its_name_with_the_reason(run):
    ended, (order,) = run("vd-5001", *WHY, "--even-with-session", "--yes")

    assert ended.out.splitlines() == ["vd-5001 is the desktop of login0001 again; vd-5002 is kept, and not used"]
    assert (order.kind, order.target, order.reason) == (IntentKind.RESTORE, "vd-5001", "her thesis is on it")
    assert order.terms.even_with_session


def test_of_the_desktop_in_use_the_daemon_says_why_not(run):
    """The person's login means the newer one: nothing is asked about it."""
    refused = NOT_SUPERSEDED(name="vd-5002")
    ended, (order,) = run("login0001", *WHY, desk=Desk(refused))

    assert (order.kind, order.target) == (IntentKind.RESTORE, "vd-5002")
    assert ended.code == 2
    assert " ".join(str(refused).split()) in " ".join(ended.err.split())
