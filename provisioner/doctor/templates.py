"""Check each profile's templates. The same fault of several templates is one finding."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from provisioner.actions.client import PveClient
from provisioner.daemon.template_configs import Config
from provisioner.doctor.asking import by_fault
from provisioner.doctor.findings import Closed, Finding, Grade, bad, doubtful, good
from provisioner.doctor.reach import findings_of, reach_of
from provisioner.doctor.template_config import differing, examine_config
from provisioner.errors import BasculeError
from provisioner.model.ids import NodeKey, StorageId, Vmid
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.people.profiles import CloneKind, Profile, Template
from provisioner.model.vm_marks import configured_tag
from provisioner.pve.volumes import NOT_LINKABLE, ImageRole, images_of
from provisioner.reasons import cluster as words
from provisioner.reasons import subjects
from provisioner.reasons import templates as inside
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import ALSO, Reason, join_reasons

_NAMED = 4
"""Templates named in one line; others are counted."""


def examine_templates(client: PveClient, view: ClusterView, profile: Profile, *, installation: str) -> Iterator[Finding]:
    """All templates of a profile on one cluster, and the nodes they serve."""
    subject = subjects.PROFILE(profile=profile.name)
    found: dict[Finding, list[Template]] = {}
    configs: dict[Vmid, Config] = {}
    for template in profile.templates:
        if template.cluster != client.cluster:
            continue
        wrong = list(_wrong(subject, client, view, configs, profile=profile, template=template, installation=installation))
        for finding in wrong or [good(subject, words.AS_IT_SHOULD_BE())]:
            found.setdefault(finding, []).append(template)
    others = differing(configs)
    for template in profile.templates:
        if template.cluster == client.cluster and template.vmid in others:
            different = doubtful(subject, inside.REPLICAS_DIFFER(what=others[template.vmid]))
            found.setdefault(different, []).append(template)
    for finding, templates in found.items():
        text, closed = (
            of_templates(templates, finding.text),
            finding.grade is Grade.BAD or finding.code == inside.TEMPLATE_LOCKED.code,
        )
        places = (Closed(cluster=client.cluster, profile=profile.name, template=template.vmid) for template in templates)
        yield replace(finding, text=text, closes=tuple(places) if closed else ())
    if configs:
        yield from findings_of(reach_of(view, profile, configs))


def of_templates(templates: Sequence[Template], what: Reason) -> Reason:
    """The first templates by VMID and node, the others counted."""
    return words.TEMPLATES(
        templates=list_some([words.VM_ON_NODE(vmid=vm.vmid, node=vm.node) for vm in templates], _NAMED),
        what=what,
    )


def _wrong(
    subject: Reason,
    client: PveClient,
    view: ClusterView,
    configs: dict[Vmid, Config],
    *,
    profile: Profile,
    template: Template,
    installation: str,
) -> Iterator[Finding]:
    """Adds its configuration to `configs`."""
    guest, key = view.guests.get(template.vmid), NodeKey(template.cluster, template.node)
    if template.node not in view.nodes:
        yield bad(subject, words.NO_SUCH_NODE(node=template.node))
        return
    if not view.complete_on(template.node):
        yield doubtful(subject, inside.TEMPLATE_NODE_OFFLINE(node=template.node))
        return
    if guest is None or guest.node != template.node:
        yield bad(subject, words.ON_OTHER_NODE(node=guest.node) if guest else words.NO_SUCH_VM())
        return
    if not guest.template:
        yield bad(subject, words.NO_TEMPLATE_BUT_VM())
    cores = view.nodes[template.node].cores
    if 0 < cores < profile.vcpus:  # an offline node shows none
        yield bad(subject, words.NODE_SMALL(cores=cores, vcpus=profile.vcpus))
    if 0 < (memory := view.nodes[template.node].memory_mib) < profile.memory_mib:
        yield bad(subject, inside.NODE_MEMORY_SMALL(node_mib=memory, memory_mib=profile.memory_mib))
    if guest.lock:
        yield doubtful(subject, inside.TEMPLATE_LOCKED(lock=guest.lock))
    is_there = _is_there(view, key, template.storage)
    for name in dict.fromkeys((template.storage, profile.storage or template.storage)):
        if not _is_there(view, key, name):
            yield bad(subject, words.NO_SUCH_STORAGE(storage=name))
    yield from _cloneable(subject, view, key, profile=profile, template=template)
    if (tag := configured_tag(installation)) in guest.tags:
        yield bad(subject, words.CARRIES_TAG(tag=tag))
    try:
        config = configs[template.vmid] = client.guest_config(key, template.vmid)
    except BasculeError as error:
        yield bad(subject, by_fault(error, forbidden=words.CONFIG_UNREAD, failing=words.CONFIG_UNANSWERED))
        return
    yield from examine_config(subject, config, profile)
    if is_there:
        yield from _storage(subject, config, template)


def _is_there(view: ClusterView, node: NodeKey, name: StorageId) -> bool:
    return any(there.storage == name and there.node == node and there.available for there in view.storages)


def _cloneable(subject: Reason, view: ClusterView, node: NodeKey, *, profile: Profile, template: Template) -> Iterator[Finding]:
    """Whether the storage of the clones takes them. An unknown type or content is not judged."""
    name = profile.storage or template.storage
    there = next((there for there in view.storages if there.storage == name and there.node == node), None)
    if there is None:
        return
    if there.kind in NOT_LINKABLE and profile.clone is CloneKind.LINKED:
        yield bad(subject, inside.NO_LINKED_CLONES(storage=name, kind=there.kind))
    if there.content and "images" not in there.content:
        yield bad(subject, inside.NO_IMAGES(storage=name, content=join_reasons(sorted(there.content), ALSO)))


def _storage(subject: Reason, config: Mapping[str, object], template: Template) -> Iterator[Finding]:
    """A linked clone's disks are on its template's storage, whatever the profile says."""
    lie = {image.storage for image in images_of(config) if image.role is ImageRole.DISK}
    if lie and template.storage not in lie:
        yield bad(subject, words.DISKS_ELSEWHERE(storages=join_reasons(sorted(lie), ALSO), storage=template.storage))
