"""A profile is made smaller, or larger, while desktops of it are there: what exists counts as it is."""

from dataclasses import replace

import pytest

from tests.builders.cluster import NOW
from tests.scenarios.folder import Folder
from tests.scenarios.play import Play
from tests.scenarios.site import HappeningDocument, ProfileChangesDocument

pytestmark = pytest.mark.long

SHARE_MIB = 0.8 * 32 * 1024
"""Of a node's memory that may be given out."""
RESTART = [{"at": 100, "daemon": "killed"}, {"at": 102, "daemon": "started"}]


def a_folder(*, early: int, agents: int) -> Folder:
    """Two nodes of 32 GiB, a foreign VM of 8 GiB on the first; some agents at once, the others two minutes later and more."""
    waves = Folder.read("quiet-waves")
    happenings = [HappeningDocument.model_validate(happening) for happening in RESTART]
    changed = {"agents": agents, "groups": {"cellule-crise": early}, "happenings": happenings}
    site = waves.site.model_copy(update=changed)
    return replace(waves, spec=Folder.read("memory-short").spec, site=site)


def with_memory(folder: Folder, memory_mib: int) -> Folder:
    """The same, with another size in its profile."""
    profile = ProfileChangesDocument.model_validate({"memory_mib": memory_mib})
    return replace(folder, site=folder.site.model_copy(update={"profile": profile}))


def played(before: Folder, after: Folder) -> Play:
    """The daemon is restarted with the changed profile."""
    play = Play(before)
    play.events.at(NOW + 101, lambda: setattr(play, "config", after.config()))
    return play.run()


@pytest.mark.parametrize(
    ("memory_mib", "ready"),
    [
        pytest.param(2048, 14, id="smaller: two more beside three old ones and a foreign VM, six more on the other node"),
        pytest.param(8192, 6, id="larger: an old one may be given the new size at any time"),
    ],
)
def test_no_node_is_given_out_beyond_its_share(memory_mib: int, ready: int) -> None:
    """A3: desktops that are there are booked at their own size or the profile's, whichever is more."""
    folder = a_folder(early=6, agents=16)

    play = played(folder, with_memory(folder, memory_mib))

    guests = [guest for guest in play.twin.cluster.guests.values() if not guest.template]
    taken = {node: sum(guest.memory_mib for guest in guests if guest.node == node) for node in play.twin.cluster.nodes}
    assert max(taken.values()) <= SHARE_MIB, taken
    assert play.twin.truth().ready == ready
