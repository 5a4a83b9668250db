"""`bascule desktop reassign`: to whom is looked up, and what is left on it is said before."""

import pytest

from provisioner.api.callers import Role
from provisioner.model.intents import IntentKind, Terms
from tests.builders.actions import a_name, an_agent_id
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.builders.core import a_desktop
from tests.builders.views import a_publication
from tests.cli.test_desktop_power import Desk

pytestmark = pytest.mark.long

SEAT = a_desktop(1).reservation.seat
SITE = a_publication(a_desktop(1), a_desktop(2, seat=SEAT), wanted=1, agents=3, superseded={a_name(1): a_name(2)})


@pytest.fixture
def run(tmp_path):
    """What a command prints, and which orders it gives."""

    def run(*words):
        desk = Desk()
        with serving(tmp_path, an_api_site(SITE, order=desk), role=Role.HELPDESK) as at:
            return bascule("desktop", "reassign", *words, "--socket", str(at)), desk.orders

    return run


def test_what_is_left_on_it_is_said_before(run):
    ended, orders = run("vd-5001", "--to", "login0003")

    assert (ended.code, orders) == (2, [])
    assert ended.err.startswith(
        "what others have left on vd-5001 stays there, and login0003 can read it: give it to login0003?"
    )


def test_the_agent_is_found_by_a_part_of_the_name_and_ordered_by_id(run):
    ended, (order,) = run("vd-5001", "--to", "agent 3", "--yes")

    assert ended.out == "vd-5001 is the desktop of login0003 now; its note in Proxmox VE follows\n"
    assert (order.kind, order.target, order.terms) == (IntentKind.REASSIGN, "vd-5001", Terms(agent=an_agent_id(3)))


def test_to_nobody_it_is_not_ordered(run):
    ended, orders = run("vd-5001", "--to", "nobody", "--yes")

    assert (ended.code, orders) == (2, [])
