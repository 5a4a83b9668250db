"""From an answer of Proxmox VE to the next step, for every class of error: the table of docs/en/failures.md."""

from pathlib import Path

import pytest

from provisioner import errors
from provisioner.execution.circuit_breakers import Circuits
from provisioner.execution.retries import ActionEnding, after, attempts_after
from provisioner.model.actions import Result
from provisioner.model.machines.desktops import PLACE_TRIES, Attempts
from provisioner.pve.faults import error_for, error_for_task
from provisioner.pve.wire import ApiResponse
from tests.builders.actions import a_clone, a_configure, a_delete, a_start, a_stop
from tests.builders.cluster import NOW, PVE
from tests.builders.core import a_budget, a_desktop
from tests.builders.execution import a_look, answered, looked, the_end

BUDGET = a_budget()
ENDING = ActionEnding(started_at=NOW - 5, now=NOW)
NEVER, AT_ONCE = 0, 1
CLONE, CONFIGURE, START, STOP, DELETE = a_clone(), a_configure(), a_start(), a_stop(), a_delete()
GONE = "Configuration file 'nodes/pve1/qemu-server/5001.conf' does not exist"
LOCAL_LOCK = "clone failed: can't lock file '/var/lock/pve-manager/pve-storage-x' - got timeout"
TAKEN_ON_ANOTHER = "clone failed: close (rename) atomic file '/etc/pve/nodes/pve1/qemu-server/5001.conf' failed: File exists"
LEFT_BEHIND = "clone failed: disk image '/mnt/x/images/5001/vm-5001-cloudinit.qcow2' already exists"
NO_SUCH_NODE = "hostname lookup 'pve9' failed - failed to get address info for: pve9"
NO_SPACE = "clone failed: unable to create image: No space left on device"
READ_ONLY = "unable to open file '/etc/pve/nodes/pve1/qemu-server/5001.conf.tmp.1' - Permission denied"

AGAIN, LOOK, REFUSED, DONE = Result.RETRY, Result.UNKNOWN, Result.REFUSED, Result.DONE
ELSEWHERE, CLUSTER, STORAGE, RETIRED = "tried elsewhere", "cluster paused", "storage closed", "VMID retired"
TIED, TEMPLATE = "can't clone VM to node 'pve2' (VM uses local storage)", "template tied"


def task(text):
    """A task that failed with this exit status."""
    return error_for_task(text, "it")


def answer(status, text=""):
    """An unsuccessful answer."""
    return error_for(ApiResponse(status=status, reason=text), "it")


TABLE = [
    # text, action -> class of the error, next step, number of attempts until the desktop fails, further effects
    (task(LOCAL_LOCK), CLONE, "LockBusy", AGAIN, NEVER),
    (task("clone failed: cfs-lock 'storage-x' error: got lock request timeout"), CLONE, "LockBusy", AGAIN, NEVER),
    (task("clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout"), CLONE, "UserConfigBusy", AGAIN, NEVER),
    (task("VM is locked (backup)"), START, "GuestBusy", AGAIN, NEVER),
    (answer(500, "VM is locked (clone)"), CONFIGURE, "GuestBusy", AGAIN, NEVER),
    (answer(500, "got no worker upid - start worker failed"), START, "WorkerBusy", AGAIN, NEVER),
    (task("timeout waiting on systemd"), START, "WorkerBusy", AGAIN, NEVER),
    (answer(595, "Connection refused"), CLONE, "NodeRefuses", AGAIN, NEVER),
    (answer(596, "Connection timed out"), CONFIGURE, "OutcomeUnknown", LOOK, 5),
    (answer(502), CLONE, "OutcomeUnknown", LOOK, 5),
    (answer(503), START, "OutcomeUnknown", LOOK, 5),
    (answer(504), DELETE, "OutcomeUnknown", LOOK, NEVER),
    (answer(500, "unable to create VM 5001: config file already exists"), CLONE, "IdTaken", LOOK, 5),
    (task(TAKEN_ON_ANOTHER), CLONE, "IdTaken", LOOK, 5),
    (task(LEFT_BEHIND), CLONE, "LeftoverImage", LOOK, 5, RETIRED),
    (errors.Unseen("no listing shows it"), CLONE, "Unseen", AGAIN, NEVER),
    (answer(500, GONE), START, "GoneOrMoved", AGAIN, 5),
    (answer(500, GONE), DELETE, "GoneOrMoved", AGAIN, NEVER),
    (answer(500, "can't remove VM 5001 - protection mode enabled"), DELETE, "Refused", REFUSED, NEVER),
    (errors.NotOurs("the note does not prove it"), DELETE, "NotOurs", REFUSED, NEVER),
    (task("VM 5001 already running"), START, "AlreadySo", DONE, NEVER),
    (task("VM 5001 not running"), STOP, "AlreadySo", DONE, NEVER),
    (task("start failed: QEMU exited with code 1"), START, "PlaceElsewhere", AGAIN, PLACE_TRIES, ELSEWHERE),
    (answer(500, NO_SUCH_NODE), CLONE, "PlaceElsewhere", AGAIN, PLACE_TRIES, ELSEWHERE),
    (answer(500, TIED), CLONE, "KeepWithTemplate", AGAIN, NEVER, TEMPLATE),
    (task("bridge 'vmbr7' does not exist"), START, "PlaceElsewhere", AGAIN, PLACE_TRIES, ELSEWHERE),
    (task(NO_SPACE), CLONE, "StorageFull", AGAIN, NEVER, ELSEWHERE, STORAGE),
    (task("clone failed: out of space"), CLONE, "StorageFull", AGAIN, NEVER, ELSEWHERE, STORAGE),
    (task("start failed: ENOSPC"), START, "StorageFull", AGAIN, NEVER, ELSEWHERE),
    (answer(500, "cluster not ready - no quorum?"), CLONE, "NoQuorum", AGAIN, NEVER, CLUSTER),
    (answer(500, READ_ONLY), CONFIGURE, "NoQuorum", AGAIN, NEVER, CLUSTER),
    (answer(401), CLONE, "Unauthorised", AGAIN, NEVER, CLUSTER),
    (answer(403, "Permission check failed (/vms/5001, VM.Clone)"), CLONE, "Forbidden", AGAIN, NEVER),
    (answer(400, "Parameter verification failed."), CLONE, "Refused", REFUSED, AT_ONCE),
    (answer(501, "Method 'POST /nope' not implemented"), CLONE, "Refused", REFUSED, AT_ONCE),
    (task("clone failed: Linked clone feature is not supported for drive 'scsi0'"), CLONE, "Refused", REFUSED, AT_ONCE),
    (errors.HollowClone("left without disks"), CLONE, "HollowClone", REFUSED, AT_ONCE),
    (task("something nobody has heard of"), CLONE, "HypervisorError", AGAIN, 5),
]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "action", "kind", "result", "tries", "more"),
    [pytest.param(*row[:5], set(row[5:]), id=f"{type(row[1]).__name__.lower()}: {row[0]}") for row in TABLE],
)
def test_what_follows(error, action, kind, result, tries, more):
    outcome = after(error, action, ENDING)
    attempts = tried(outcome, 50)

    assert type(error).__name__ == kind
    assert outcome.result is result
    assert (attempts.gave_up, attempts.count if attempts.gave_up else 0) == (tries > 0, tries)
    assert follows(outcome, action) == more


def tried(outcome, times):
    """Repeat until the desktop fails, at most this many times."""
    attempts = Attempts()
    for _ in range(times):
        attempts = attempts_after(outcome, attempts, BUDGET)
        if attempts.gave_up:
            break
    return attempts


def follows(outcome, action):
    """The effects beyond the desktop itself."""
    circuits = Circuits().after_failure(action, outcome.error, outcome.reason, NOW)
    found = {CLUSTER} if PVE in circuits.paused(NOW, []) else set()
    found |= {STORAGE} if circuits.full(NOW) else set()
    found |= {TEMPLATE} if circuits.tied(NOW) else set()
    found |= {RETIRED} if outcome.retire_vmid else set()
    return found | ({ELSEWHERE} if tried(outcome, PLACE_TRIES).misplaced >= PLACE_TRIES else set())


def test_every_class_is_in_the_table():
    """Except for errors that no write can cause, and for the base class, which is never raised."""

    def below(kind):
        return {kind.__name__}.union(*(below(subclass) for subclass in kind.__subclasses__()))

    assert below(errors.HypervisorError) - {row[2] for row in TABLE} == {"NotSent", "Paused", "InUse", "OtherKey"}


@pytest.mark.parametrize("status", ["OK", "WARNINGS: 3"])
def test_a_task_with_warnings_has_succeeded(status):
    assert the_end(status).succeeded
    running = a_desktop(1).guest

    _, effects = looked(answered(START), a_look(running, tasks=(the_end(status),)))

    assert [outcome.result for outcome in effects.outcomes] == [DONE]


def test_the_page_names_each_of_these_outcomes():
    page = (Path(__file__).parents[2] / "docs" / "en" / "failures.md").read_text(encoding="utf-8")

    for words in ("595", "596", "no quorum", "| 401 |", "| 403 |", "400, 501", "no space left", "QEMU exited", "`WARNINGS: n`"):
        assert words in page
