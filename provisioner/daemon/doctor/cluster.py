"""`bascule check`: everything a switch depends on, looked at once, each fault with its fix. It changes nothing anywhere."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from provisioner.actions.client import PveClient
from provisioner.daemon.composition import Outside
from provisioner.daemon.doctor.directory import fix_for_directory
from provisioner.daemon.doctor.entitlement import entitled
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.daemon.doctor.nodes import examine_nodes, examine_unseen
from provisioner.daemon.doctor.rights import Desktops, examine_rights
from provisioner.daemon.doctor.templates import examine_templates
from provisioner.errors import DirectoryError, Forbidden, HypervisorError, NotSent, StoreError, Unauthorised
from provisioner.model.commands import Observe
from provisioner.model.desktops import Reservation
from provisioner.settings.values import Settings

OLDEST_RELEASE = (8, 0)
"""Before it, error texts are only in the reason phrase's first words, and linked clones of some storages differ."""
ADVISED_RELEASE = (9, 0)
"""Since it, listings are not quadratic in the number of guests (9.0.8), and privileges on the guest agent are separate."""
_SQLITE = "sqlite:///"


def examine(settings: Settings, outside: Outside) -> tuple[Finding, ...]:
    """All findings, in the order in which they are worth mending."""
    findings = [good("settings", f"{len(settings.clusters)} cluster(s), {len(settings.profiles)} profile(s): valid")]
    kept, found = _store(settings, outside)
    findings.append(found)
    findings += _freeze_file(settings.freeze_file)
    findings += _directory(settings, outside)
    for cluster, hypervisor in sorted(outside.hypervisors.items()):
        findings += _cluster(f"cluster {cluster}", hypervisor, settings, kept)
    return tuple(findings)


def _store(settings: Settings, outside: Outside) -> tuple[tuple[Reservation, ...], Finding]:
    """The desktops that are kept, and what there is to say."""
    file = Path(settings.store.url.removeprefix(_SQLITE))
    folder = file.parent
    if settings.store.url.startswith(_SQLITE) and not file.exists() and not os.access(folder, os.W_OK):
        reason = "cannot be written by this account" if folder.is_dir() else "does not exist"
        return (), bad("store", f"the folder {folder} {reason}", "make it, owned by the daemon's account, or correct store.url")
    try:
        memory = outside.store.load()
        outside.store.verify()
    except StoreError as error:
        fix = "check store.url, and that the database can be reached and written by this account"
        return (), bad("store", str(error), fix)
    return tuple(memory.reservations), good("store", f"{len(memory.records)} desktops kept")


def _freeze_file(path: Path) -> Iterator[Finding]:
    if path.exists():
        yield doubtful("freeze file", f"{path} exists: nothing is written to any cluster", "`bascule thaw` when work may go on")
    elif not os.access(path.parent, os.W_OK):
        text = f"{path} cannot be made: `bascule freeze` will take up to 10 s instead of none"
        yield doubtful("freeze file", text, "make its folder, writable by whoever freezes, or correct freeze_file")


def _directory(settings: Settings, outside: Outside) -> Iterator[Finding]:
    try:
        roster = outside.directory.read()
    except DirectoryError as error:
        yield bad("directory", str(error), fix_for_directory(error))
        return
    yield good("directory", f"{len(roster.agents)} agents read")
    if roster.rejected:
        reasons = ", ".join(
            f"{count} × {reason}" for reason, count in Counter(one.reason for one in roster.rejected).most_common(3)
        )
        yield doubtful(
            "directory", f"{len(roster.rejected)} entries rejected: {reasons}", "mend the entries, or narrow the filter"
        )
    yield from entitled(settings, roster)


def _cluster(subject: str, client: PveClient, settings: Settings, reservations: tuple[Reservation, ...]) -> Iterator[Finding]:
    """The rights first: without them the rest cannot be seen."""
    profiles, cluster = list(settings.profiles.values()), client.cluster
    desktops = Desktops(vmids=settings.naming.vmids[cluster], pool=settings.clusters[cluster].pool)
    try:
        yield _release(subject, client.version())
        yield from examine_rights(subject, client, profiles, desktops=desktops)
        view = client.observe(Observe(cluster=client.cluster, quorum=True))
    except HypervisorError as error:
        yield bad(subject, str(error), fix_for(error))
        return
    yield from examine_nodes(subject, client, view)
    yield from examine_unseen(subject, client, view, reservations)
    for profile in profiles:
        yield from examine_templates(client, view, profile, installation=settings.installation)


def fix_for(error: HypervisorError) -> str:
    """What to do about a cluster that cannot be asked."""
    fixes: tuple[tuple[type[HypervisorError], str], ...] = (
        (NotSent, "check endpoints, port 8006 and ca_file"),
        (Unauthorised, "check token_id and its secret, and that the token has not expired"),
        (Forbidden, "give the token the rights that ansible/ and the README name"),
    )
    return next((fix for kind, fix in fixes if isinstance(error, kind)), "see the node's pveproxy log")


def _release(subject: str, release: str) -> Finding:
    numbers = tuple(int(part) for part in release.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_RELEASE:
        return bad(subject, f"Proxmox VE {release} is too old", "upgrade to 8.x or, better, 9.x")
    if numbers < ADVISED_RELEASE:
        return doubtful(subject, f"Proxmox VE {release}: listings slow down with many guests", "upgrade to 9.0.8 or newer")
    return good(subject, f"Proxmox VE {release}")
