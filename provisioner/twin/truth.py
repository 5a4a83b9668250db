"""The twin's true state, which its API does not show. Reports are compared with it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.twin.api.dispatch import Api
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import HALF_MADE, TwinGuest


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Counts and figures at one instant of virtual time. A desktop is a clone of a template."""

    now: float
    ready: int
    """Desktops on a living node whose first boot has finished and whose log-on port is open."""
    running: int
    """Desktops that are powered on, on a living node."""
    sessions: int
    """Open sessions in any state."""
    sessions_peak: int
    log_ons: int = 0
    log_offs: int = 0
    """Without sessions that ended with their desktop."""
    cut: int = 0
    """Sessions that a shutdown ended."""
    desktops: int
    duplicates: int
    """Desktops beyond one per name."""
    orphans: tuple[int, ...]
    """VMIDs on living nodes of guests without a name, or half made without a task that still works on them."""
    stranded: tuple[int, ...]
    """The same on dead nodes, where they cannot be removed."""
    clones: int
    """Clones that succeeded."""
    lock_timeouts: int
    """Waits for a storage lock that timed out."""
    late_lock_timeouts: int = 0
    """The part of `lock_timeouts` after the first 20 clones of a lock domain: its speed is known by then."""
    user_cfg_timeouts: int = 0
    """Waits for the lock of user.cfg that timed out. A pool's members are stored in user.cfg."""
    writes: int
    """Requests other than GET that reached a node."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """Requests by method and endpoint, `GET /cluster/resources`."""
    bytes_sent: int = 0
    """Bytes of JSON in all answers; for `/cluster/resources` an estimate within a few percent."""
    worker_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds API workers were busy, over all nodes, by method and endpoint."""
    lock_busy_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds each storage lock was held, by lock domain: `node/storage`, or `storage`."""
    copying_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds in which full clones copied from or to each storage, by lock domain."""
    session_logins: tuple[tuple[int, str], ...] = ()
    """(VMID, login) of every open session."""


def read_truth(cluster: Cluster, api: Api) -> Truth:
    """Count everything."""
    desktops = [guest for guest in cluster.guests.values() if guest.desktop]
    living = [guest for guest in desktops if cluster.nodes[guest.node].alive]
    orphans = _orphans(cluster)
    domains = {id(domain): domain for domain in cluster.domains.values()}.values()
    return Truth(
        now=cluster.events.now,
        ready=sum(guest.ready for guest in living),
        running=sum(guest.running for guest in living),
        sessions=cluster.people.open,
        sessions_peak=cluster.people.peak,
        log_ons=cluster.people.log_ons,
        log_offs=cluster.people.log_offs,
        cut=cluster.cut,
        desktops=len(desktops),
        duplicates=sum(count - 1 for count in Counter(guest.name for guest in desktops).values()),
        orphans=tuple(guest.vmid for guest in orphans if cluster.nodes[guest.node].alive),
        stranded=tuple(guest.vmid for guest in orphans if not cluster.nodes[guest.node].alive),
        clones=cluster.clones,
        lock_timeouts=sum(domain.lock.timeouts for domain in domains),
        late_lock_timeouts=sum(domain.late_timeouts for domain in domains),
        user_cfg_timeouts=cluster.user_cfg.timeouts,
        writes=api.writes,
        calls=dict(api.calls),
        bytes_sent=api.bytes_sent,
        worker_s=dict(api.worker_s),
        lock_busy_s={domain.name: domain.lock.busy_s for domain in domains},
        copying_s={domain.name: domain.copying_s for domain in domains},
        session_logins=tuple((guest.vmid, session.login) for guest in desktops for session in guest.sessions),
    )


def _orphans(cluster: Cluster) -> list[TwinGuest]:
    at_work = {task.makes for tasks in cluster.tasks.values() for task in tasks.running()}
    return [guest for guest in cluster.guests.values() if _is_orphan(guest, at_work, cluster)]


def _is_orphan(guest: TwinGuest, at_work: set[int | None], cluster: Cluster) -> bool:
    if guest.template or (guest.vmid in at_work and cluster.nodes[guest.node].alive):
        return False
    return "name" not in guest.config or guest.config.get("description") == HALF_MADE or guest.lock == "clone"
