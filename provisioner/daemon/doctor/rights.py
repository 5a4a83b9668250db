"""The doctor's look at what the token may do, asked of the very paths that Proxmox VE will check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.actions.client import PveClient
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.ids import PoolName, Vmid
from provisioner.model.profiles import Profile
from provisioner.pve.privileges import FORBIDDEN, NEEDED, bridges_of, needed_on

_NAMED = 4
"""Paths named in one line; the rest are counted."""
_NO_POOL = "; rights on a pool reach a desktop only if `pool` of the cluster names it, for then it is cloned into it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desktops:
    """Where the rights on desktops are to be held: on their numbers, or on the pool that they are cloned into."""

    vmids: tuple[Vmid, Vmid]
    pool: PoolName | None = None


def examine_rights(subject: str, client: PveClient, profiles: Sequence[Profile], *, desktops: Desktops) -> Iterator[Finding]:
    """What is missing on which paths, and what is too much. Raises HypervisorError."""
    granted = client.permissions()
    found = list(_missing(subject, client, profiles, desktops)) + list(_bridges(subject, client, profiles, granted))
    yield from found or [good(subject, f"the token has all {sum(map(len, NEEDED.values()))} rights it needs")]
    yield from _unseen(subject, client)
    too_much = sorted(FORBIDDEN & frozenset().union(*granted.values()))
    if too_much:
        text = f"the token holds {', '.join(too_much)}, which Bascule never uses: with it one can take any desktop over"
        yield doubtful(subject, text, "give it a role without them")


def _missing(subject: str, client: PveClient, profiles: Sequence[Profile], desktops: Desktops) -> Iterator[Finding]:
    """What is missing on several paths alike is one finding."""
    paths: dict[frozenset[str], list[str]] = {}
    for path, rights in needed_on(profiles, client.cluster, desktops.vmids, desktops.pool).items():
        missing = rights - client.permissions_on(path)
        if missing and path.startswith("/pool/"):
            missing -= _on_all_numbers(client, desktops)
        if missing:
            paths.setdefault(missing, []).append(path)
    for rights, places in paths.items():
        yield _lacks(subject, rights, places)


def _on_all_numbers(client: PveClient, desktops: Desktops) -> frozenset[str]:
    """What is held on the desktops without their pool is held as well."""
    return frozenset.intersection(*(client.permissions_on(f"/vms/{vmid}") for vmid in desktops.vmids))


def _unseen(subject: str, client: PveClient) -> Iterator[Finding]:
    """Whose VMs are listed is a matter of rights, and what is not listed is not booked."""
    if "VM.Audit" not in client.permissions_on("/vms"):
        text = (
            "the token does not see all VMs: of those it does not see, the memory counts that their node says is in use, "
            "and neither their disks nor what they would take once they are started"
        )
        yield doubtful(subject, text, "give it VM.Audit on /vms, unless only desktops run on these nodes")


def _bridges(
    subject: str, client: PveClient, profiles: Sequence[Profile], granted: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """A bridge of a zone of its own (SDN) has another path: any that ends with its name will do."""
    needed = NEEDED["/sdn"]
    for bridge, paths in bridges_of(profiles, client.cluster).items():
        elsewhere = (rights for path, rights in granted.items() if path.startswith("/sdn/") and path.endswith(f"/{bridge}"))
        if not any(needed <= held for held in (*elsewhere, *map(client.permissions_on, paths))):
            yield _lacks(subject, needed, paths[:1])


def _lacks(subject: str, rights: frozenset[str], paths: Sequence[str]) -> Finding:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    text = f"the token lacks {', '.join(sorted(rights))} on {', '.join(paths[:_NAMED])}{more}"
    above = paths[0] if paths[0].startswith("/pool/") else f"/{paths[0].split('/')[1]}"
    fix = f"grant it there or above (pveum acl modify {above} --tokens … --roles …)"
    return bad(subject, text, fix + (_NO_POOL if above == "/vms" else ""))
