"""`bascule desktop rebuild`: what is lost is said before, and somebody has to say yes."""

import pytest

from provisioner.api.callers import Role
from provisioner.model.intents import IntentKind, Terms
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.builders.core import a_desktop, a_report, a_session
from tests.builders.views import a_publication
from tests.cli.test_desktop_power import Desk

pytestmark = pytest.mark.long

BUSY = a_report(sessions=(a_session("login0002"),))
SITE = a_publication(a_desktop(1), a_desktop(2).but(report=BUSY), wanted=2)


@pytest.fixture
def run(tmp_path):
    """What a command prints, and which orders it gives."""

    def run(*words):
        desk = Desk()
        with serving(tmp_path, an_api_site(SITE, order=desk), role=Role.HELPDESK) as at:
            return bascule("desktop", "rebuild", *words, "--socket", str(at)), desk.orders

    return run


@pytest.mark.parametrize(
    ("of", "asked"),
    [
        ("login0001", "everything on vd-5001, the desktop of login0001, is lost for good. Delete it and make a new one?"),
        ("vd-5002", "1 session is open on vd-5002, and would end: everything on vd-5002, the desktop of login0002, is lost"),
    ],
)
def test_what_is_lost_is_said_before(run, of, asked):
    ended, orders = run(of)

    assert (ended.code, orders) == (2, [])
    assert ended.err.startswith(asked)


def test_after_a_yes_it_is_ordered(run):
    ended, (order,) = run("login0001", "--reason", "disk broken", "--yes")

    assert ended.out.startswith("vd-5001 is deleted, then login0001 gets a new desktop; ")
    assert (order.kind, order.target, order.reason, order.terms) == (IntentKind.REBUILD, "vd-5001", "disk broken", Terms())
