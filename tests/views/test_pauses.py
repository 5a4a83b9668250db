"""A cluster that cannot be written to: what `why` and the plan say of it."""

from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.reasons.targets import UNOBSERVED
from provisioner.views.plan import plan_document
from provisioner.views.times import stamp
from provisioner.views.why.document import why_document
from tests.builders.cluster import NOW, PVE
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

SILENT = UNOBSERVED(said="connection refused")


def held_by(published) -> list[str | None]:
    seat = why_document(published, "login0001", lambda _: ()).seat
    return [hold.source for hold in seat.held_by]


@pytest.mark.parametrize(
    ("desktops", "wanted", "sources"),
    [
        pytest.param((), 1, ["pause"], id="no desktop yet"),
        pytest.param((a_desktop(1, Phase.STARTING),), 1, ["pause"], id="on its way"),
        pytest.param((a_desktop(1),), 1, [], id="ready: nothing is to be done"),
        pytest.param((a_desktop(1, Phase.STOPPED),), 0, [], id="not wanted"),
    ],
)
def test_a_pause_that_began_after_the_plan_stands_against_what_is_still_to_be_done(desktops, wanted, sources):
    published = a_publication(*desktops, wanted=wanted)

    assert "pause" not in held_by(published)
    paused = replace(published, status=replace(published.status, paused={PVE: SILENT}))
    assert [source for source in held_by(paused) if source == "pause"] == sources


def test_a_plan_keeps_its_time_when_nothing_can_be_observed():
    status = a_publication(wanted=1).status

    assert plan_document(replace(status, at=NOW + 600)).at == stamp(NOW)
