"""`bascule check`: everything a switch depends on, looked at once, each fault with its fix. It changes nothing anywhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from provisioner.daemon.composition import Outside, order_of
from provisioner.daemon.findings import Finding, bad, doubtful, good
from provisioner.errors import BasculeError, DirectoryError, Forbidden, HypervisorError, NotSent, StoreError, Unauthorised
from provisioner.model.agents import Roster
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import NodeKey
from provisioner.model.marks import configured_tag
from provisioner.model.orders import Observe
from provisioner.model.profiles import Profile, Template
from provisioner.planning.demand import demand_of
from provisioner.pve.client import PveClient
from provisioner.pve.privileges import FORBIDDEN, NEEDED, lacking
from provisioner.settings.values import Settings

OLDEST_RELEASE = (8, 0)
"""Before it, error texts are only in the reason phrase's first words, and linked clones of some storages differ."""
ADVISED_RELEASE = (9, 0)
"""Since it, listings are not quadratic in the number of guests (9.0.8), and privileges on the guest agent are separate."""


def examine(settings: Settings, outside: Outside) -> tuple[Finding, ...]:
    """All findings, in the order in which they are worth mending."""
    findings = [good("settings", f"{len(settings.clusters)} cluster(s), {len(settings.profiles)} profile(s): valid")]
    findings += _store(outside)
    findings += _directory(settings, outside)
    for cluster, hypervisor in sorted(outside.hypervisors.items()):
        findings += _cluster(f"cluster {cluster}", hypervisor, settings)
    return tuple(findings)


def _store(outside: Outside) -> Iterator[Finding]:
    try:
        memory = outside.store.load()
    except StoreError as error:
        yield bad("store", str(error), "check store.url, and that the database can be reached and written by this account")
        return
    yield good("store", f"{len(memory.reservations)} desktops kept")


def _directory(settings: Settings, outside: Outside) -> Iterator[Finding]:
    try:
        roster = outside.directory.read()
    except DirectoryError as error:
        yield bad("directory", str(error), "check directory.urls, ca_file, bind_dn, password, base and filter")
        return
    yield good("directory", f"{len(roster.agents)} agents read")
    if roster.rejected:
        reasons = ", ".join(
            f"{count} × {reason}" for reason, count in Counter(one.reason for one in roster.rejected).most_common(3)
        )
        yield doubtful(
            "directory", f"{len(roster.rejected)} entries rejected: {reasons}", "mend the entries, or narrow the filter"
        )
    yield from _entitled(settings, roster)


def _entitled(settings: Settings, roster: Roster) -> Iterator[Finding]:
    order = order_of(settings)
    far = float("inf")
    began = order.scenario.starts_at or 0.0
    demand = demand_of(roster, order.entitlements, order.scenario, started_at=began, now=far)
    for profile, count in sorted(Counter(want.profile for want in demand.wants.values()).items()):
        yield good(f"profile {profile}", f"{count} agents are entitled and in a wave of scenario '{order.scenario.name}'")
    for reason, count in Counter(one.reason for one in demand.not_wanted).most_common():
        yield doubtful(
            "entitlements", f"{count} agents get no desktop: {reason}", "widen entitlements, or the scenario's waves"
        )


def _cluster(subject: str, client: PveClient, settings: Settings) -> Iterator[Finding]:
    try:
        release = client.version()
        view = client.observe(Observe(cluster=client.cluster, quorum=True))
        granted = client.permissions()
    except HypervisorError as error:
        yield bad(subject, str(error), _fix_for(error))
        return
    yield _release(subject, release)
    yield (
        good(subject, f"{len(view.nodes)} nodes, {len(view.guests)} guests seen")
        if view.quorate
        else bad(subject, "it has no quorum: nothing can be written", "bring back enough nodes, or mend the cluster network")
    )
    for name, node in sorted(view.nodes.items()):
        if not node.online:
            yield doubtful(subject, f"node {name} is offline: what is on it is unknown", "bring it back, or remove it")
    yield from _rights(subject, granted)
    for profile in settings.profiles.values():
        for template in profile.templates:
            if template.cluster == client.cluster:
                yield from _template(f"profile {profile.name}", client, view, profile, template, settings.installation)


def _fix_for(error: HypervisorError) -> str:
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


def _rights(subject: str, granted: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    missing = lacking(granted)
    for path, privileges in missing.items():
        role = f"pveum acl modify {path} --tokens … --roles …"
        yield bad(subject, f"the token lacks {', '.join(sorted(privileges))} on {path}", f"grant it there ({role})")
    if not missing:
        yield good(subject, f"the token has all {sum(len(one) for one in NEEDED.values())} rights it needs")
    too_much = sorted(FORBIDDEN & frozenset().union(*granted.values())) if granted else []
    if too_much:
        text = f"the token holds {', '.join(too_much)}, which Bascule never uses: with it one can take any desktop over"
        yield doubtful(subject, text, "give it a role without them")


def _template(
    subject: str, client: PveClient, view: ClusterView, profile: Profile, template: Template, installation: str
) -> Iterator[Finding]:
    where = f"template {template.vmid} on node {template.node}"
    guest = view.guests.get(template.vmid)
    if guest is None or guest.node != template.node:
        seen = f"it is on node {guest.node}" if guest else "there is no such VM"
        yield bad(subject, f"{where}: {seen}", "make the template there (ansible/ has a role), or correct the profile")
        return
    yield from _on_template(subject, where, client, view, profile, template, installation)


def _on_template(
    subject: str, where: str, client: PveClient, view: ClusterView, profile: Profile, template: Template, installation: str
) -> Iterator[Finding]:
    guest, key = view.guests[template.vmid], NodeKey(template.cluster, template.node)
    storages = {one.storage for one in view.storages if one.node == key and one.available}
    tag = configured_tag(installation)
    checks: tuple[tuple[bool, str, str], ...] = (
        (not guest.template, "it is a VM, not a template", f"qm template {template.vmid}"),
        (
            template.storage not in storages,
            f"storage {template.storage} is not available there",
            "correct the profile's storage",
        ),
        (
            tag in guest.tags,
            f"it carries the tag {tag}, which marks configured desktops, and its clones inherit it",
            f"remove the tag: qm set {template.vmid} --tags …",
        ),
    )
    found = [bad(subject, f"{where}: {text}", fix) for wrong, text, fix in checks if wrong]
    found += list(_config(subject, where, lambda: client.guest_config(key, template.vmid), profile))
    yield from found or [good(subject, f"{where}: as it should be")]


def _config(subject: str, where: str, read: Callable[[], Mapping[str, object]], profile: Profile) -> Iterable[Finding]:
    try:
        config = read()
    except BasculeError as error:
        yield bad(subject, f"{where}: its configuration cannot be read: {error}", "grant the token VM.Audit on it")
        return
    if not any("cloudinit" in str(value) for value in config.values()):
        fix = "add a cloud-init drive (qm set … --ide2 STORAGE:cloudinit), or desktops get neither name nor address"
        yield bad(subject, f"{where}: it has no cloud-init drive", fix)
    if profile.probe == "guest_agent" and not str(config.get("agent", "")).replace("enabled=", "").startswith("1"):
        yield doubtful(
            subject, f"{where}: the guest agent is off", "Bascule turns it on in each desktop; the image must bring it"
        )
