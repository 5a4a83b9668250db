"""Changes under the lock of Proxmox VE's user configuration, user.cfg: users, rights and pools."""

from collections.abc import Callable

from provisioner.twin.engine.processes import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.locks import Say, quiet
from provisioner.twin.model.tasks import TaskFault
from provisioner.twin.protocol import ApiFault, PendingAnswer, refuse

_HOLD_S = 0.04
"""How long writing user.cfg holds its lock (observed: 45 ms a call, most of it this)."""
_MEMBER_HOLD_S = 0.05
"""How long pool membership holds user.cfg's lock (modelled)."""


def under_user_cfg(cluster: Cluster, doing: str, change: Callable[[], object]) -> PendingAnswer:
    """Change users, rights or pools under their lock. Errors with status 500 read `<doing> failed: …`, as in Proxmox VE."""

    def process() -> Process[object]:
        acquired = yield from cluster.user_cfg.acquire(quiet)
        if not acquired:
            raise refuse(f"{doing} failed: {cluster.user_cfg.timeout_text}")
        try:
            yield cluster.sleep(_HOLD_S)
            return change()
        except ApiFault as fault:
            raise fault if fault.status != 500 else refuse(f"{doing} failed: {fault.reason}") from None
        finally:
            cluster.user_cfg.release()

    return PendingAnswer(process())


def change_members(cluster: Cluster, change: Callable[[], None], *, say: Say) -> Process[None]:
    """Change a pool's members in a task, under user.cfg's lock. Raises TaskFault on a lock time-out, and without quorum."""
    acquired = yield from cluster.user_cfg.acquire(say)
    if not acquired:
        raise TaskFault(cluster.user_cfg.timeout_text)
    try:
        yield cluster.sleep(_MEMBER_HOLD_S)
        if not cluster.quorate:
            raise TaskFault("unable to open file '/etc/pve/user.cfg.tmp.1' - Permission denied")
        change()
    finally:
        cluster.user_cfg.release()


def names_in(text: str) -> list[str]:
    """The names in a list parameter."""
    for separator in ";\0, ":
        text = text.replace(separator, ",")
    return [name for name in text.split(",") if name]
