"""Recorded task ids, and texts that are no task id."""

import pytest

from tests.contract.upid import parse_upid


@pytest.mark.parametrize(
    ("text", "node", "kind", "subject", "user", "started_at"),
    [
        pytest.param(
            "UPID:pve1:000001CA:0002A7FD:6B05941E:qmclone:9000:root@pam:",
            "pve1",
            "qmclone",
            "9000",
            "root@pam",
            1795527710.0,
            id="a clone names the template",
        ),
        pytest.param(
            "UPID:pve-2a:00000154:0005162B:6B059A57:vzdump::bascule@pve!daemon:",
            "pve-2a",
            "vzdump",
            "",
            "bascule@pve!daemon",
            1795529303.0,
            id="of no guest, started by a token",
        ),
        pytest.param(
            "UPID:pve1:000001CA:10002A7FD:6B05941E:qmstart:5001:root@pam:",
            "pve1",
            "qmstart",
            "5001",
            "root@pam",
            1795527710.0,
            id="a node up for 497 days has a start of nine digits",
        ),
    ],
)
def test_a_task_id_is_taken_apart(text, node, kind, subject, user, started_at):
    task = parse_upid(text)

    assert (task.upid, task.node, task.kind, task.subject, task.user, task.started_at) == (
        text,
        node,
        kind,
        subject,
        user,
        started_at,
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("UPID:pve1:000001CA:0002A7FD:6B05941E:qmclone:9000:root@pam", id="cut off at its end"),
        pytest.param("UPID:pve1:1CA:0002A7FD:6B05941E:qmclone:9000:root@pam:", id="a short process id"),
        pytest.param("UPID:pve1/../..:000001CA:0002A7FD:6B05941E:qmclone:9000:root@pam:", id="a way out of the path"),
        pytest.param("UPID:pve1:000001CA:0002A7FD:6B05941E:qm\nclone:9000:root@pam:", id="a line break"),
    ],
)
def test_what_is_no_task_id_is_refused(text):
    with pytest.raises(ValueError, match="is not a task id of Proxmox VE"):
        parse_upid(text)
