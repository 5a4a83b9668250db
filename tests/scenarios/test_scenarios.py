"""Each folder here is a story in virtual time: played, compared with its expected log, and with what must always hold.

After a wanted change of behaviour: `python -m tests.scenarios.record [NAME …]`, and read the diff.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from provisioner.model.ids import NodeName
from provisioner.model.machines.ownership import read_note
from tests.scenarios.ending import end_of
from tests.scenarios.folder import Folder, folder_names
from tests.scenarios.play import Play

_SHUTDOWN = "POST /nodes/{node}/qemu/{vmid}/status/shutdown"
_MIGRATE = "POST /nodes/{node}/qemu/{vmid}/migrate"
_DELETE = "DELETE /nodes/{node}/qemu/{vmid}"
_WRITES = {
    "POST /nodes/{node}/qemu/{vmid}/clone",
    "PUT /nodes/{node}/qemu/{vmid}/config",
    "POST /nodes/{node}/qemu/{vmid}/status/start",
}
"""All writes of a switch: without a drained node or a leaver, nothing is deleted or shut down."""


LONG = {
    "dead-guest-agents",
    "dead-node-returns",
    "leaver-at-work",
    "leaver-comes-back",
    "leaver-goes",
    "leaver-store-lost",
    "long-first-boots",
    "node-drained",
    "node-evacuated",
    "power-cut",
    "prepared-the-night-before",
    "restart-in-the-surge",
    "storage-full-one-of-four",
    "trial-desktop",
    "wrong-bridge-mended",
}
"""Hours of virtual time: more than a fifth of a real second."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.long) if name in LONG else name for name in folder_names()],
)
def play(request: pytest.FixtureRequest) -> Play:
    """A scenario, played to its end."""
    return Play(Folder.read(request.param)).run()


@pytest.mark.long
def test_the_log_is_the_expected_one(play: Play):
    assert play.log == play.folder.log_file.read_text(encoding="utf-8").splitlines()


def test_it_ends_as_the_folder_says(play: Play):
    assert end_of(play).model_dump() == play.site.end.model_dump()


def test_no_status_ever_left_a_wait_unexplained(play: Play):
    assert list(play.witness.wrong) == []


def test_each_agent_has_one_desktop_and_names_and_addresses_are_unique(play: Play):
    owners, names, addresses = Counter[str](), Counter[str](), Counter[str]()
    superseded = {desktop.reservation.vmid for desktop in play.store.load().desktops.values() if desktop.superseded_by}
    for vmid, guest in play.twin.guest_truths().items():
        note = read_note(guest.description, play.key, node=NodeName(guest.node))
        if note is not None and play.hands.own(vmid):
            owners[note.agent_id or ""] += vmid not in superseded
            names[guest.name] += 1
            addresses[note.address] += bool(note.address)

    assert [key for counted in (owners, names, addresses) for key, count in counted.items() if count > 1] == []
    assert play.twin.truth().duplicates == 0


def test_only_desktops_of_ours_are_written_to_and_only_what_a_switch_needs(play: Play):
    assert [write for write in play.writes if not write.ours] == []
    drains = any(happening.drain or happening.reconfigure or happening.restart for happening in play.site.happenings)
    deletes = any(happening.leaves or happening.trial for happening in play.site.happenings)
    more = {_SHUTDOWN} if drains else {_SHUTDOWN, _DELETE} if deletes else set()
    more |= {_MIGRATE} if any(happening.evacuate for happening in play.site.happenings) else set()
    assert {write.endpoint for write in play.writes} <= _WRITES | more


def test_no_session_is_ever_cut_off(play: Play):
    assert play.twin.truth().cut == 0


def test_nothing_is_written_under_freeze(play: Play):
    assert [write for write in play.writes for begin, end in play.operator.frozen if begin < write.at < end] == []


def test_foreign_vms_are_unchanged(play: Play):
    by_hand = {happening.deleted for happening in play.site.happenings if happening.deleted} | set(deleted_templates(play))

    assert play.hands.disturbed(deleted=frozenset(by_hand)) == []


def test_each_desktop_called_ready_is_ready(play: Play):
    ready = {desktop.reservation.vmid for desktop in play.witness.last.desktops.values() if desktop.phase == "ready"}
    really = {vmid for vmid, guest in play.twin.guest_truths().items() if guest.ready and guest.alive}

    assert ready <= really


def test_the_folder_says_what_it_is_about(play: Play):
    readme = (play.folder.path / "README.md").read_text(encoding="utf-8").splitlines()

    assert 5 <= len(readme) <= 20


def deleted_templates(play: Play) -> Iterator[int]:
    """What somebody deletes in the twin's own script."""
    for fault in play.folder.spec.faults:
        if type(fault).__name__ == "DeleteTemplate":
            yield fault.vmid
