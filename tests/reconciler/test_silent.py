"""F5: a desktop that was ready and answers nothing any more is called so, and is out of every "ready"."""

import pytest

from provisioner.errors import GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import SILENT_S, Phase
from provisioner.model.words import GuestWord
from provisioner.views.figures import figures_document
from provisioner.wrong.listing import wrong_in
from tests.builders.cluster import PVE
from tests.builders.core import an_agent
from tests.builders.person import asked, go_on
from tests.builders.reconciler import Site, ready
from tests.views.person_calls import with_people

DUE_S = 900.0
"""By then its sessions are read at the latest: it is asked in vain."""


def unasked(site: Site, seconds: float, word: GuestWord) -> Site:
    """All questions to VM 5001 end so."""
    end = site.clock.at + seconds
    while site.clock.at < end:
        for action in site.look(after=20):
            fails = isinstance(action, CheckGuest) and action.key.vmid == 5001
            site.end(action, error=GuestUnknown("it said so", cause=word)) if fails else site.carry_out([action])
    return site


@pytest.mark.long
def test_after_two_questions_in_vain_it_is_silent():
    site = go_on(ready(2), DUE_S + 300, silent=(5001,))

    assert site.phases["vd-5001"] is Phase.SILENT
    assert site.phases["vd-5002"] is Phase.READY
    figures = figures_document(site.status)
    assert (figures.wanted, figures.ready, figures.sessions.unknown) == (2, 1, 1)
    entry = next(each for each in wrong_in(site.status, (PVE,)) if each.code == "desktop_silent")
    assert entry.names == ("vd-5001",)


def test_its_person_is_told_that_it_may_hang():
    site = go_on(ready(2), DUE_S + 300, silent=(5001,))

    assert asked(site, "login0001")["card"]["standing"] == "hangs"


def test_it_is_ready_for_five_minutes_after_its_last_report():
    site = go_on(ready(2), SILENT_S - 40, silent=(5001,))

    assert site.phases["vd-5001"] is Phase.READY


def test_it_is_asked_on_and_ready_again_once_it_answers():
    site = go_on(go_on(ready(2), DUE_S + 300, silent=(5001,)), 200)

    assert site.phases["vd-5001"] is Phase.READY
    assert wrong_in(site.status, (PVE,)) == ()


@pytest.mark.parametrize("word", [GuestWord.NOT_ASKED, GuestWord.OUTDATED, GuestWord.UNREADABLE])
def test_what_the_cluster_or_a_document_lacks_is_no_silence(word):
    site = unasked(ready(2), DUE_S + 600, word)

    assert site.phases["vd-5001"] is Phase.READY


def test_a_leavers_silent_desktop_is_not_shut_down():
    """Its sessions are unknown: its guest agent alone may be dead."""
    site = go_on(with_people(ready(2), [an_agent(2)]), DUE_S + 900, silent=(5001,))

    assert site.phases["vd-5001"] is Phase.SILENT


def test_a_silent_desktop_is_restarted_by_order():
    site = go_on(ready(2), DUE_S + 300, silent=(5001,))
    order = Intent(kind=IntentKind.RESTART, by="zoe", at=site.clock.at, target="vd-5001")
    assert site.reconciler.obey(order) == ""
    site.carry_out(site.look(after=20))

    assert site.phases["vd-5001"] in (Phase.STOPPING, Phase.STOPPED)


def test_it_stays_silent_after_a_restart_of_the_daemon():
    site = go_on(ready(2), DUE_S + 300, silent=(5001,))
    site.restart()
    go_on(site, 60, silent=(5001,))

    assert site.phases["vd-5001"] is Phase.SILENT
