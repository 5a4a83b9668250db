"""The doctor's look at each profile's templates: what is wrong with several of them in the same way is one finding."""

from collections.abc import Iterator, Mapping, Sequence

from provisioner.actions.client import PveClient
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import BasculeError
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import NodeKey
from provisioner.model.profiles import Profile, Template
from provisioner.model.vm_marks import configured_tag
from provisioner.pve.volumes import Role, images_of

_NAMED = 4
"""Templates named in one line; the rest are counted."""


def examine_templates(client: PveClient, view: ClusterView, profile: Profile, *, installation: str) -> Iterator[Finding]:
    """All templates of a profile on one cluster."""
    subject = f"profile {profile.name}"
    found: dict[Finding, list[Template]] = {}
    for template in profile.templates:
        if template.cluster != client.cluster:
            continue
        wrong = list(_wrong(subject, client, view, profile=profile, template=template, installation=installation))
        for finding in wrong or [good(subject, "as it should be")]:
            found.setdefault(finding, []).append(template)
    for finding, templates in found.items():
        text = f"{named(templates)}: {finding.text}"
        yield Finding(subject=subject, grade=finding.grade, text=text, fix=finding.fix)


def named(templates: Sequence[Template]) -> str:
    """The first few by number and node, the rest counted."""
    names = [f"{one.vmid} on {one.node}" for one in templates[:_NAMED]]
    rest = len(templates) - len(names)
    return f"template {', '.join(names)}" + (f" and {rest} more" if rest else "")


def _wrong(
    subject: str, client: PveClient, view: ClusterView, *, profile: Profile, template: Template, installation: str
) -> Iterator[Finding]:
    guest, key = view.guests.get(template.vmid), NodeKey(template.cluster, template.node)
    if template.node not in view.nodes:
        yield bad(subject, f"the cluster has no node {template.node}", "correct the profile's nodes")
        return
    if guest is None or guest.node != template.node:
        seen = f"it is on node {guest.node}" if guest else "there is no such VM, or the token may not see it (VM.Audit)"
        yield bad(subject, seen, "make the template there, or correct the profile")
        return
    if not guest.template:
        yield bad(subject, "it is a VM, not a template", "qm template VMID")
    cores = view.nodes[template.node].cores
    if 0 < cores < profile.vcpus:  # an offline node shows none
        text = f"its node has {cores} cores: no VM of {profile.vcpus} vCPUs starts there"
        yield bad(subject, text, "lower vcpus, or take the node out of the profile")
    is_there = any(one.storage == template.storage and one.node == key and one.available for one in view.storages)
    if not is_there:
        fix = "correct the profile's storage, or grant the token Datastore.Audit on it"
        yield bad(subject, f"storage {template.storage} is not available there", fix)
    if (tag := configured_tag(installation)) in guest.tags:
        text = f"it carries the tag {tag}, which marks configured desktops, and its clones inherit it"
        yield bad(subject, text, "remove the tag: qm set VMID --tags …")
    try:
        config = client.guest_config(key, template.vmid)
    except BasculeError as error:
        yield bad(subject, f"its configuration cannot be read: {error}", "grant the token VM.Audit on it")
        return
    yield from _config(subject, config, profile)
    if is_there:
        yield from _storage(subject, config, template)


def _storage(subject: str, config: Mapping[str, object], template: Template) -> Iterator[Finding]:
    """A linked clone's disks lie where its template's do, whatever the profile says."""
    lie = {image.storage for image in images_of(config) if image.role is Role.DISK}
    if lie and template.storage not in lie:
        text = f"its disks lie on {', '.join(sorted(lie))}, the profile says {template.storage}"
        yield bad(subject, f"{text}: room and locks are looked for where nothing is made", "correct the profile's storage")


def _config(subject: str, config: Mapping[str, object], profile: Profile) -> Iterator[Finding]:
    if not any("cloudinit" in str(value) for value in config.values()):
        fix = "add a cloud-init drive (qm set VMID --ide2 STORAGE:cloudinit), or desktops get neither name nor address"
        yield bad(subject, "it has no cloud-init drive", fix)
    if profile.probe == "guest_agent" and not str(config.get("agent", "")).replace("enabled=", "").startswith("1"):
        fix = "Bascule turns it on in each desktop; the image must bring it"
        yield doubtful(subject, "the guest agent is off", fix)
    yield from _upgrade(subject, str(config.get("ciupgrade", "")), profile)


def _upgrade(subject: str, said: str, profile: Profile) -> Iterator[Finding]:
    """A template that says nothing is as it should be: each desktop is told what the profile says."""
    if said and (said != "0") is not profile.upgrade_at_first_boot:
        text = f"it says ciupgrade {said}, the profile upgrade_at_first_boot {str(profile.upgrade_at_first_boot).lower()}"
        yield doubtful(subject, f"{text}: desktops do as the profile says", "correct whichever is wrong")
