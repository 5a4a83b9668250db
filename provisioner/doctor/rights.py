"""Check the token's rights, on the same paths that Proxmox VE checks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.actions.client import PveClient
from provisioner.doctor.findings import Closed, Finding, bad, doubtful, good
from provisioner.model.ids import ClusterId, PoolName, StorageId, Vmid
from provisioner.model.people.profiles import Profile
from provisioner.pve.privileges import FORBIDDEN, NEEDED, bridges_of, needed_on
from provisioner.reasons.cluster import RIGHTS_LACKING, RIGHTS_LACKING_VMS, RIGHTS_THERE, RIGHTS_UNUSED, VMS_UNSEEN
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import ALSO, Reason, join_reasons

_NAMED = 4
"""Paths named in one line; others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopScope:
    """Where the token needs its rights on desktops: on their VMIDs, or on their pool."""

    vmids: tuple[Vmid, Vmid]
    pool: PoolName | None = None


def examine_rights(
    subject: Reason, client: PveClient, profiles: Sequence[Profile], *, desktops: DesktopScope
) -> Iterator[Finding]:
    """Missing rights by path, and rights that are too much. Raises HypervisorError."""
    granted = client.permissions()
    found = list(_missing(subject, client, profiles, desktops)) + list(_bridges(subject, client, profiles, granted))
    yield from found or [good(subject, RIGHTS_THERE(count=sum(map(len, NEEDED.values()))))]
    yield from _unseen(subject, client)
    too_much = sorted(FORBIDDEN & frozenset().union(*granted.values()))
    if too_much:
        yield doubtful(subject, RIGHTS_UNUSED(rights=join_reasons(too_much, ALSO)))


def _missing(subject: Reason, client: PveClient, profiles: Sequence[Profile], desktops: DesktopScope) -> Iterator[Finding]:
    """Paths that lack the same rights are one finding."""
    paths: dict[frozenset[str], list[str]] = {}
    templates = {template.vmid for profile in profiles for template in profile.templates}
    for path, rights in needed_on(profiles, client.cluster, desktops.vmids, desktops.pool).items():
        missing = rights - client.permissions_on(path)
        if missing and path.startswith("/pool/"):
            missing -= _on_all_numbers(client, desktops)
        if missing:
            paths.setdefault(missing, []).append(path)
    for rights, places in paths.items():
        yield _lacks(subject, rights, places, [_closed(client.cluster, path, templates) for path in places])


def _on_all_numbers(client: PveClient, desktops: DesktopScope) -> frozenset[str]:
    """Rights on the desktops' VMIDs count as well as rights on their pool."""
    return frozenset.intersection(*(client.permissions_on(f"/vms/{vmid}") for vmid in desktops.vmids))


def _unseen(subject: Reason, client: PveClient) -> Iterator[Finding]:
    """Without VM.Audit a VM is not listed, and its resources are not counted."""
    if "VM.Audit" not in client.permissions_on("/vms"):
        yield doubtful(subject, VMS_UNSEEN())


def _bridges(
    subject: Reason, client: PveClient, profiles: Sequence[Profile], granted: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """A bridge in its own SDN zone has another path: any path that ends with its name counts."""
    needed = NEEDED["/sdn"]
    for bridge, paths in bridges_of(profiles, client.cluster).items():
        elsewhere = (rights for path, rights in granted.items() if path.startswith("/sdn/") and path.endswith(f"/{bridge}"))
        if not any(needed <= held for held in (*elsewhere, *map(client.permissions_on, paths))):
            here = (profile for profile in profiles if profile.bridge == bridge)
            yield _lacks(subject, needed, paths[:1], [Closed(cluster=client.cluster, profile=each.name) for each in here])


def _closed(cluster: ClusterId, path: str, templates: Collection[Vmid]) -> Closed:
    """What a missing right on this path is needed for."""
    *_, of, name = ("", *path.split("/"))
    if of == "storage":
        return Closed(cluster=cluster, storage=StorageId(name))
    template = Vmid(int(name)) if of == "vms" else None
    return Closed(cluster=cluster, template=template if template in templates else None)


def _lacks(subject: Reason, rights: frozenset[str], paths: Sequence[str], closes: Sequence[Closed]) -> Finding:
    above = paths[0] if paths[0].startswith("/pool/") else f"/{paths[0].split('/')[1]}"
    lacking = RIGHTS_LACKING_VMS if above == "/vms" else RIGHTS_LACKING
    return bad(
        subject, lacking(rights=join_reasons(sorted(rights), ALSO), paths=list_some(paths, _NAMED), above=above), closes=closes
    )
