"""Every error text recorded on a real Proxmox VE 9.2, and how it is classified."""

import json
from pathlib import Path

import pytest

from provisioner import errors
from provisioner.pve.faults import error_for, error_for_task, kind_of
from provisioner.pve.wire import ApiResponse

RECORDED = json.loads((Path(__file__).parent.parent / "contract" / "errors.json").read_text())


def sentence(row: dict) -> str:
    said = "; ".join(f"{name}: {text}" for name, text in row.get("errors", {}).items()) or row["text"]
    return f"{row.get('status', 'task')}, {said[:90]!r}, is {row['becomes']}"


@pytest.mark.parametrize("row", RECORDED, ids=sentence)
def test_every_recorded_error_has_its_class(row):
    if row["of"] == "task":
        error = error_for_task(row["text"], "clone vd-5001")
    else:
        error = error_for(ApiResponse(status=row["status"], reason=row["text"], errors=row.get("errors", {})), "clone vd-5001")

    assert type(error) is getattr(errors, row["becomes"])
    assert str(error).startswith("clone vd-5001: ")
    assert " ".join(row["text"].split()) in str(error)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(
            "clone failed: disk image '/x/images/101/vm-101-cloudinit.qcow2' already exists",
            errors.LeftoverImage,
            id="an image left behind makes the VMID unusable",
        ),
        pytest.param(
            'clone failed: lvcreate error:   Logical Volume "vm-101-cloudinit" already exists in volume group "pve"',
            errors.LeftoverImage,
            id="an image left behind on LVM",
        ),
        pytest.param(
            "clone failed: rbd create 'vm-101-cloudinit' error: rbd: create error: (17) File exists",
            errors.LeftoverImage,
            id="an image left behind on Ceph",
        ),
        pytest.param("got no worker upid - start worker failed", errors.WorkerBusy, id="no worker could be forked"),
        pytest.param("start failed: QEMU exited with code 1", errors.PlaceElsewhere, id="QEMU does not start here"),
        pytest.param("timeout waiting on systemd", errors.WorkerBusy, id="systemd was too busy for the scope"),
        pytest.param(
            "clone failed: unable to create image: No space left on device", errors.StorageFull, id="the storage is full"
        ),
        pytest.param(
            "error with cfs lock 'storage-nfs': got lock request timeout", errors.LockBusy, id="an older cluster-lock text"
        ),
        pytest.param(
            "clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout",
            errors.UserConfigBusy,
            id="the lock of user.cfg, which pool membership takes last",
        ),
        pytest.param(
            "TASK ERROR: can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout",
            errors.GuestBusy,
            id="a guest's own lock is no storage's: other work goes on",
        ),
        pytest.param("unexpected status", errors.WorkerBusy, id="a task whose worker died"),
        pytest.param("bridge 'vmbr9' does not exist", errors.PlaceElsewhere, id="a bridge that this node has not"),
        pytest.param(
            "clone failed: unable to open file '/mnt/pve/nfs/x.qcow2' - No such file or directory",
            errors.HypervisorError,
            id="a share that is away may come back: no refusal for good",
        ),
        pytest.param("a text nobody has seen yet", errors.HypervisorError, id="an unknown text is none of the named ones"),
    ],
)
def test_texts_from_sources_and_reports(text, kind):
    assert kind_of(text) is kind


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        pytest.param(
            ApiResponse(status=0, reason="answer lost"), errors.OutcomeUnknown, "x: answer lost", id="no answer at all"
        ),
        pytest.param(
            ApiResponse(status=401, reason=""),
            errors.Unauthorised,
            "x: Proxmox VE refuses the token (no reason given)",
            id="401, empty body",
        ),
        pytest.param(
            ApiResponse(status=502, reason="Bad Gateway"), errors.OutcomeUnknown, "x: Bad Gateway", id="a proxy's 502"
        ),
        pytest.param(ApiResponse(status=503, reason="busy"), errors.OutcomeUnknown, "x: busy", id="a proxy's 503"),
        pytest.param(ApiResponse(status=504, reason="late"), errors.OutcomeUnknown, "x: late", id="a proxy's 504"),
        pytest.param(ApiResponse(status=404, reason="Not Found"), errors.Refused, "x: Not Found", id="404 is a wrong address"),
        pytest.param(
            ApiResponse(
                status=400, reason="Parameter verification failed.", errors={"upid": "no such task", "limit": "too\nlong"}
            ),
            errors.GoneOrMoved,
            "x: Parameter verification failed. upid: no such task; limit: too long",
            id="400 for a task that is gone; its parameters are named on one line",
        ),
        pytest.param(
            ApiResponse(status=403, reason="no quorum"),
            errors.Forbidden,
            "x: no quorum",
            id="the status decides before the text",
        ),
    ],
)
def test_answers_that_carry_little_text(answer, kind, says):
    error = error_for(answer, "x")

    assert (type(error), str(error)) == (kind, says)
