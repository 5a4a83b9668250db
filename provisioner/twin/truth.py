"""The twin's hidden truth, which no client of its API can read: what reports are compared with."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.twin.api.dispatch import Api
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import HALF_MADE, TwinGuest


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Counts and figures at one moment of virtual time. A desktop is a clone of a template."""

    now: float
    ready: int
    """Desktops whose first boot has finished and whose log-on port is open, on a living node."""
    running: int
    """Desktops with power, on a living node."""
    sessions: int
    """Open sessions, in whatever state."""
    sessions_peak: int
    cut: int = 0
    """Sessions that a shutdown has ended."""
    desktops: int
    duplicates: int
    """Desktops beyond one per name."""
    orphans: tuple[int, ...]
    """VMIDs of guests without a name, or half made with no task at work on them, on living nodes."""
    stranded: tuple[int, ...]
    """The same on dead nodes, where nobody can clean up."""
    clones: int
    """Clones that succeeded."""
    lock_timeouts: int
    """Waits for a storage lock that ended in a time-out."""
    late_lock_timeouts: int = 0
    """Of these, those after the first 20 clones of their lock domain: by then its speed is known."""
    user_cfg_timeouts: int = 0
    """Waits for the lock of user.cfg, where a pool's members stand, that ended in a time-out."""
    writes: int
    """Requests that were no GET, and reached a node."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """Requests by method and endpoint, `GET /cluster/resources`."""
    bytes_sent: int = 0
    """Of all answers' JSON; of `/cluster/resources` to within some per cent."""
    worker_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds for which calls held API workers, over all nodes, by method and endpoint."""
    lock_busy_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds that each storage lock was held, by lock domain: `node/storage`, or `storage`."""
    session_logins: tuple[tuple[int, str], ...] = ()
    """(VMID, login) of every open session."""


def tell_truth(cluster: Cluster, api: Api) -> Truth:
    """Look at everything."""
    desktops = [guest for guest in cluster.guests.values() if guest.desktop]
    living = [guest for guest in desktops if cluster.nodes[guest.node].alive]
    loose = _loose(cluster)
    domains = {id(domain): domain for domain in cluster.domains.values()}.values()
    return Truth(
        now=cluster.events.now,
        ready=sum(guest.ready for guest in living),
        running=sum(guest.running for guest in living),
        sessions=cluster.people.open,
        sessions_peak=cluster.people.peak,
        cut=cluster.cut,
        desktops=len(desktops),
        duplicates=sum(count - 1 for count in Counter(guest.name for guest in desktops).values()),
        orphans=tuple(guest.vmid for guest in loose if cluster.nodes[guest.node].alive),
        stranded=tuple(guest.vmid for guest in loose if not cluster.nodes[guest.node].alive),
        clones=cluster.clones,
        lock_timeouts=sum(domain.lock.timeouts for domain in domains),
        late_lock_timeouts=sum(domain.late_timeouts for domain in domains),
        user_cfg_timeouts=cluster.user_cfg.timeouts,
        writes=api.writes,
        calls=dict(api.calls),
        bytes_sent=api.bytes_sent,
        worker_s=dict(api.worker_s),
        lock_busy_s={domain.name: domain.lock.busy_s for domain in domains},
        session_logins=tuple((guest.vmid, one.login) for guest in desktops for one in guest.sessions),
    )


def _loose(cluster: Cluster) -> list[TwinGuest]:
    at_work = {task.makes for tasks in cluster.tasks.values() for task in tasks.running()}
    return [guest for guest in cluster.guests.values() if _is_loose(guest, at_work, cluster)]


def _is_loose(guest: TwinGuest, at_work: set[int | None], cluster: Cluster) -> bool:
    if guest.template or (guest.vmid in at_work and cluster.nodes[guest.node].alive):
        return False
    return "name" not in guest.config or guest.config.get("description") == HALF_MADE
