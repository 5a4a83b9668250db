"""A desktop of a pool that is lent to a person: every document that a help desk reads names it."""

from dataclasses import replace

import pytest

from provisioner.cli.output import plain
from provisioner.cli.why.seat import seat_lines
from provisioner.model.kept.records import Records
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.seats import pool_seat
from provisioner.model.pools import AfterPerson
from provisioner.views.agents import agents_document
from provisioner.views.connections import connections_document
from provisioner.views.desktops import desktops_document
from provisioner.views.why.document import why_document
from provisioner.views.why.stored import why_stored
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.pools import A_POOL, DESK, a_desk
from tests.builders.views import a_publication
from tests.views.test_why import nothing_in_the_journal


def borrowed(state=LeaseState.LENT, *, own=False, after=AfterPerson.REBUILD):
    """Agent 2 has desktop 9 of the pool; and one of their own, or not."""
    desktop = a_desktop(9)
    reservation = replace(desktop.reservation, seat=pool_seat(DESK, 1))
    agent_id = an_agent_id(2) if state is not LeaseState.TO_RESET else None
    lease = Lease(state=state, since=NOW - 3600, agent_id=agent_id)
    desktop = desktop.but(reservation=reservation, assigned=False)
    published = a_publication(desktop, *[a_desktop(2)] * own, wanted=2)
    records = {
        name: replace(record, lease=lease) if name == "vd-5009" else record for name, record in published.records.items()
    }
    pool = replace(A_POOL, pool=a_desk(20, after_person=after))
    return replace(published, records=records, status=replace(published.status, pools=(pool,)))


def lines(published, of):
    seat = plain(why_document(published, of, nothing_in_the_journal))["seat"]
    return list(seat_lines(seat, plain(why_document(published, of, nothing_in_the_journal))["at"]))


def test_why_of_the_person_says_which_desktop_since_when_and_what_happens_after():
    said = "\n".join(lines(borrowed(), "login0002"))

    assert "lent to login0002: desktop vd-5009 of pool desk, since 2027-01-15" in said
    assert "(1 h 0 min)" in said
    assert "it is ready; `bascule why vd-5009` says more" in said
    assert "after: given back (`bascule pool return login0002`), or once nobody has been logged on for 15 min" in said
    assert "bascule pool lend" not in said


def test_why_of_the_desktop_says_who_has_it():
    said = lines(borrowed(), "vd-5009")

    assert said[0] == "a desktop of pool desk"
    assert any(line.startswith("lent to login0002: desktop vd-5009") for line in said)


@pytest.mark.parametrize(
    ("state", "after", "said"),
    [
        (LeaseState.LENT, AfterPerson.RESTART, "it is shut down, and lent to others as it is"),
        (LeaseState.LENT, AfterPerson.REBUILD, "it is deleted with all that is on its disk, and made anew"),
        (LeaseState.LENT, AfterPerson.KEPT, "it waits for login0002 alone"),
        (LeaseState.KEPT, AfterPerson.KEPT, "nobody else gets it: `bascule pool lend login0002` lends it again"),
        (LeaseState.TO_RESET, AfterPerson.REBUILD, "nobody gets it before what the last person left on it is gone"),
        (LeaseState.IN_DOUBT, AfterPerson.KEPT, "nobody gets it before it is known, or reset"),
    ],
)
def test_what_happens_after_follows_from_the_pool(state, after, said):
    assert any(said in line for line in lines(borrowed(state, after=after), "vd-5009"))


def test_a_person_without_any_is_told_how_to_get_one():
    published = borrowed()

    assert any(
        "to do: `bascule pool lend login0001` lends a desktop of pool desk (6 are free)" in line
        for line in lines(published, "login0001")
    )
    without = replace(published, status=replace(published.status, pools=()))
    assert not any("bascule pool lend" in line for line in lines(without, "login0001"))


def test_a_person_with_a_ready_desktop_is_not_told_to_borrow():
    assert not any("bascule pool lend" in line for line in lines(a_publication(a_desktop(2), wanted=2), "login0002"))


def test_agents_and_desktops_name_it():
    published = borrowed()
    agents = {agent.login: agent for agent in agents_document(published).agents or ()}
    desktops = {desktop.name: desktop for desktop in desktops_document(published).desktops}

    assert (agents["login0002"].lent.desktop, agents["login0002"].lent.pool, agents["login0002"].desktop) == (
        "vd-5009", "desk", None,
    )  # fmt: skip
    assert agents["login0001"].lent is None
    assert desktops["vd-5009"].lent_to == "login0002"


@pytest.mark.parametrize("own", [False, True])
def test_the_person_connects_to_the_lent_one(own):
    rows = {row.login: row for row in connections_document(borrowed(own=own)).connections or ()}

    assert (rows["login0002"].desktop, rows["login0002"].pool, rows["login0002"].ready) == ("vd-5009", "desk", True)


def test_a_desktop_that_is_only_kept_is_nobodys_connection():
    rows = {row.login: row for row in connections_document(borrowed(LeaseState.KEPT)).connections or ()}

    assert (rows["login0002"].desktop, rows["login0002"].pool) == (None, None)


def test_without_the_daemon_the_store_says_it_too():
    published = borrowed()
    records = Records(desktops=published.records, roster=published.status.roster)
    seat = why_stored(records, "login0002", nothing_in_the_journal, newest=None, now=NOW).seat

    assert (seat.lent.desktop, seat.lent.pool, seat.lent.phase, seat.lent.after) == ("vd-5009", "desk", None, None)
    assert any("lent to login0002" in line for line in seat_lines(plain(seat), "2027-01-15T08:00:00+00:00"))
