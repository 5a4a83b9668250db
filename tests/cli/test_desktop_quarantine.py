"""`bascule desktop quarantine` and `release`: asked for, ordered, ended."""

import pytest

from provisioner.api.callers import Role
from provisioner.model.intents import Intent, IntentKind, Withdrawal
from tests.builders.actions import a_name
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.views import a_publication
from tests.cli.test_desktop_power import Desk

pytestmark = pytest.mark.long

KEPT = Intent(kind=IntentKind.QUARANTINE, by="zoe", at=NOW - 60, reason="odd log-ons", target=a_name(1))
SEAT = a_desktop(1).reservation.seat


@pytest.fixture
def site(tmp_path):
    """Says what a command prints, and which orders it gives."""

    def run(published, *words):
        desk = Desk()
        with serving(tmp_path, an_api_site(published, order=desk), role=Role.HELPDESK) as at:
            return bascule("desktop", *words, "--socket", str(at)), desk.orders

    return run


def test_its_agent_is_named_before_it_is_taken_away(site):
    published = a_publication(a_desktop(1), wanted=1)
    asked, none = site(published, "quarantine", "login0001", "--reason", "odd log-ons")
    assert (asked.code, none) == (2, [])
    assert asked.err.startswith("login0001 gets another desktop, without what is on vd-5001: quarantine vd-5001?")

    ended, (order,) = site(published, "quarantine", "login0001", "--reason", "odd log-ons", "--yes")
    assert ended.code == 0
    assert (order.kind, order.target, order.reason) == (IntentKind.QUARANTINE, "vd-5001", "odd log-ons")


@pytest.mark.parametrize(
    ("desktops", "superseded", "said"),
    [
        pytest.param([a_desktop(1)], {}, "released: vd-5001 is its agent's desktop again", id="nothing else yet"),
        pytest.param(
            [a_desktop(1), a_desktop(2, seat=SEAT)],
            {a_name(1): a_name(2)},
            "released: its agent keeps vd-5002; vd-5001 is kept, and not used",
            id="another by now",
        ),
    ],
)
def test_a_release_says_what_becomes_of_it(site, desktops, superseded, said):
    published = a_publication(*desktops, wanted=1, superseded=superseded, intents=[KEPT])

    ended, orders = site(published, "release", "vd-5001")

    assert ended.out.splitlines() == [said]
    assert [(type(order), order.kind, order.target) for order in orders] == [(Withdrawal, IntentKind.QUARANTINE, "vd-5001")]


def test_show_and_the_table_say_that_it_is_in_quarantine(site):
    published = a_publication(a_desktop(1), wanted=1, intents=[KEPT])

    shown, _ = site(published, "show", "vd-5001")

    assert "in quarantine, and not used" in shown.out
    assert "held by a quarantine: in quarantine, by zoe (odd log-ons)" in " ".join(shown.out.split())
