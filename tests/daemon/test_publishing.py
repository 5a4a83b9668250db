"""What the control thread hands out."""

from dataclasses import replace

import pytest

from provisioner.api.site import Noticeboard
from provisioner.daemon.publishing import StatusPublisher
from provisioner.model.ids import WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.status import Status
from provisioner.planning.report.status import StatusInputs, status_without_cycle
from provisioner.views.surge import surge_document
from tests.builders.reconciler import Site

EVERYBODY = Wave(name=WaveName("everybody"), who=Selection())
IN_FORCE = Scenario(name="confinement", by_hand=True, waves=(EVERYBODY,), ceilings=(Ceiling(name="vpn", limit=2),))


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"ceilings": (Ceiling(name="vpn", limit=4),)}, ["everybody", None], id="a higher ceiling"),
        pytest.param({"waves": (replace(EVERYBODY, after_s=600.0),)}, ["everybody"], id="a later beginning"),
    ],
)
def test_an_edit_is_shown_though_it_moves_nobody_to_another_wave(edited, said):
    """F9: `surge diff` said "nobody would change waves" for a higher ceiling, which 40 more people got a desktop by."""
    site = Site(agents=4, scenario=IN_FORCE)
    site.settle(cycles=2)
    started = Intent(kind=IntentKind.SURGE, by="zoe", at=site.clock.at, target="start")
    assert site.reconciler.obey(started) == ""

    site.reconciler.follow(replace(site.config, scenario=replace(IN_FORCE, **edited)))
    site.settle(cycles=1)

    board = Noticeboard()
    StatusPublisher(board, lambda: site.reconciler, wrong=lambda _: ()).status(site.reconciler.status)
    document = surge_document(board.last)
    assert (document.changed, [edit.wave for edit in document.edits]) == (bool(said), said)
    assert document.moves == ()


def test_whoever_keeps_up_names_connections_and_accounts_hears_nothing_before_the_first_cycle():
    """F4: a daemon that began anew while no cluster answered had offered a status without a desktop, by which every name,
    connection and computer account was one of a desktop that is gone, to be removed."""
    site, offered = Site(agents=4), list[Status]()
    site.settle(cycles=2)
    publisher = StatusPublisher(Noticeboard(), lambda: site.reconciler, wrong=lambda _: (), offer=offered.append)
    cycle = site.reconciler.status

    publisher.status(status_without_cycle(site.reconciler.records, StatusInputs(), at=site.clock.at, people_known=True))
    publisher.status(cycle)

    assert offered == [cycle]
