"""The doctor's look at what the token may do, asked of the very paths that Proxmox VE will check."""

from collections.abc import Iterator, Mapping, Sequence

from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.ids import Vmid
from provisioner.model.profiles import Profile
from provisioner.pve.client import PveClient
from provisioner.pve.privileges import FORBIDDEN, NEEDED, bridges_of, needed_on

_NAMED = 4
"""Paths named in one line; the rest are counted."""
_NO_POOL = "; rights on a pool do not reach a VM that is not made yet"


def examine_rights(
    subject: str, client: PveClient, profiles: Sequence[Profile], *, vmids: tuple[Vmid, Vmid]
) -> Iterator[Finding]:
    """What is missing on which paths, and what is too much. Raises HypervisorError."""
    granted = client.permissions()
    found = list(_missing(subject, client, profiles, vmids)) + list(_bridges(subject, client, profiles, granted))
    yield from found or [good(subject, f"the token has all {sum(map(len, NEEDED.values()))} rights it needs")]
    too_much = sorted(FORBIDDEN & frozenset().union(*granted.values()))
    if too_much:
        text = f"the token holds {', '.join(too_much)}, which Bascule never uses: with it one can take any desktop over"
        yield doubtful(subject, text, "give it a role without them")


def _missing(subject: str, client: PveClient, profiles: Sequence[Profile], vmids: tuple[Vmid, Vmid]) -> Iterator[Finding]:
    """What is missing on several paths alike is one finding."""
    paths: dict[frozenset[str], list[str]] = {}
    for path, rights in needed_on(profiles, client.cluster, vmids).items():
        if missing := rights - client.permissions_on(path):
            paths.setdefault(missing, []).append(path)
    for rights, places in paths.items():
        yield _lacks(subject, rights, places)


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
    above = f"/{paths[0].split('/')[1]}"
    fix = f"grant it there or above (pveum acl modify {above} --tokens … --roles …)"
    return bad(subject, text, fix + (_NO_POOL if above == "/vms" else ""))
