"""Somebody's own VM under a number of ours, made at the worst moment, with the daemon's own orders on a twin."""

import pytest

from provisioner.model.actions import Configure
from provisioner.model.commands import Command, Completion
from provisioner.model.ids import Instant, Vmid
from provisioner.model.machines.desktops import Phase
from provisioner.reconciler import Reconciler
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.twin.calls import VirtualClock
from provisioner.twin.model.guests import TwinGuest
from tests.builders.rehearsal import FIRST_VMID, a_stage
from tests.builders.twin import a_spec

THEIRS = {"name": "payroll", "memory": "8192", "description": "payroll, do not touch", "net0": "virtio=BC:24:11:00:00:01"}


class Rival:
    """Calls of a daemon whose first VM is deleted: a person makes their own VM under its VMID right before it is configured."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal, self._calls = rehearsal, rehearsal.calls
        self.theirs: TwinGuest | None = None

    def submit(self, command: Command) -> None:
        if isinstance(command, Configure) and self.theirs is None:
            self.theirs = self._rehearsal.twins[command.key.cluster].cluster.guests[command.key.vmid]
            self.theirs.config.clear()
            self.theirs.config.update(THEIRS)
        self._calls.submit(command)

    def next(self, until: Instant) -> Completion | None:
        return self._calls.next(until)

    def nudge(self) -> None:
        self._calls.nudge()


LAST = Vmid(FIRST_VMID + 2)


def start_again(rehearsal: Rehearsal) -> None:
    """The daemon ends, and another goes on with its store."""
    rehearsal.store.close()
    rehearsal.reconciler = Reconciler(
        rehearsal.stage.config, store=rehearsal.store, clock=VirtualClock(rehearsal.events), events=rehearsal.watch
    )
    rehearsal.reconciler.open()
    rehearsal._began_at = rehearsal.watch.moved_at = rehearsal.events.now
    rehearsal.watch.settled, rehearsal.watch.all_ready_since = False, None


def test_a_vm_of_somebody_else_under_our_number_is_not_written_to():
    """A14: neither renamed nor made smaller nor started; our agent gets a desktop under another number."""
    spec = a_spec()
    rehearsal = Rehearsal(a_stage(spec, agents=2))
    rehearsal.calls = rival = Rival(rehearsal)
    rehearsal.run()
    guests = rehearsal.twins[spec.name].cluster.guests

    assert rival.theirs is not None
    assert {key: rival.theirs.config.get(key) for key in THEIRS} == THEIRS
    assert not rival.theirs.running
    assert sum(guest.running for guest in guests.values()) == 2


@pytest.mark.long
def test_a_copy_that_has_our_tags_is_not_started_by_the_next_life_of_the_daemon():
    """A14: while the daemon is down, a desktop is deleted and somebody makes a VM from a copy of it, under its number."""
    spec = a_spec()
    rehearsal = Rehearsal(a_stage(spec, agents=3, settle_s=300))
    assert rehearsal.run().ready == 3

    theirs = rehearsal.twins[spec.name].cluster.guests[LAST]
    theirs.config["description"] = "made from a copy of a desktop"
    theirs.power, theirs.boot = "stopped", None
    theirs.changed()
    start_again(rehearsal)
    rehearsal.run()

    assert not theirs.running
    assert rehearsal.reconciler.status is not None
    assert rehearsal.reconciler.status.phases[Phase.READY] == 3
