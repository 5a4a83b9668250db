"""Checks between sections and files: unknown names, overlapping ranges."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

from provisioner.model.people.profiles import CloneKind, Probe, ReadinessLevel
from provisioner.model.pools import AfterPerson
from provisioner.model.vm_marks import may_collide
from provisioner.reasons.settings import (
    ATTRIBUTE_UNREAD,
    CLUSTER_UNKNOWN,
    CRITERION_UNREAD,
    ENTITLES_NO_AGENT,
    FOR_POOLS_ONLY,
    IN_USE_NO_SOURCE,
    NAMES_COLLIDE,
    NAMES_LONG,
    POOL_NO_HOME,
    POOLS_OVERLAP,
    PROBE_NO_ADDRESS,
    PROBE_NO_SSH,
    PROFILE_UNKNOWN,
    READINESS_NO_ADDRESS,
    SCHEME_WRONG,
    STORAGE_NEEDS_FULL,
    TEMPLATE_AMONG_DESKTOPS,
    TEMPLATE_TWICE,
    VMIDS_OVERLAP,
)
from provisioner.reasons.targets import SESSION_RULES_RECEIVER
from provisioner.settings.config_files import ConfigFiles
from provisioner.settings.directory import Tls
from provisioner.settings.profile import AddressingKeys, ProfileKeys
from provisioner.settings.reading import Section
from provisioner.settings.rotation import check_rotation
from provisioner.settings.scenario_documents import LessKeys
from provisioner.settings.sections import SECTIONS, Others
from provisioner.settings.who import SelectionKeys, catches_all
from provisioner.settings.wording import did_you_mean
from provisioner.settings.yaml_lines import children

MAX_NAME = 15
"""Characters of a desktop's name: the maximum for a domain join."""


def check_together(files: ConfigFiles) -> None:
    """Report each value that does not fit the other sections, at its place."""
    _check_entitlements(files)
    _check_shortage(files)
    _check_ceilings(files)
    _check_desktop_pools(files)
    _check_rotation(files)
    _check_vmid_ranges(files)
    _check_names(files)
    for section, profile in files.profiles.values():
        _check_templates(files, section, profile)
        _check_probe(files, section, profile)
        _check_clone(section, profile)
        _check_session_rules(files, section, profile)
    _check_sections(files)
    _check_template_vmids(files)
    _check_pools(files)
    _check_directory(files)
    for section, who in files.selections():
        _check_selection(files, section, who)


def _check_sections(files: ConfigFiles) -> None:
    others = Others(
        address_rest_s=files.document.naming.address_rest,
        profiles=tuple(files.profiles.values()),
        written=list(children(files.root.checked.source, ())),
    )
    for added in SECTIONS.found():
        added.check_in(files.root, files.document, others)


def _check_entitlements(files: ConfigFiles) -> None:
    known = list(children(files.root.checked.source, ("profiles",)))
    full = False
    for index, entitlement in enumerate(files.document.entitlements):
        section = files.root.part("entitlements", index)
        if entitlement.profile not in known:
            section.complain(did_you_mean(PROFILE_UNKNOWN(profile=entitlement.profile), entitlement.profile, known), "profile")
        if full:
            section.complain(ENTITLES_NO_AGENT())
        full = full or catches_all(entitlement.who)
        profile = files.profiles.get(entitlement.profile)
        if profile is not None and not profile[1].dedicated:
            section.complain(FOR_POOLS_ONLY(profile=entitlement.profile), "profile")


def _check_desktop_pools(files: ConfigFiles) -> None:
    known = list(children(files.root.checked.source, ("profiles",)))
    for name, pool in files.document.pools.items():
        section = files.root.part("pools", name)
        if pool.profile not in known:
            section.complain(did_you_mean(PROFILE_UNKNOWN(profile=pool.profile), pool.profile, known), "profile")
        profile = files.profiles.get(pool.profile)
        # A desktop that is kept for one person may have that person's files on its own disk.
        is_shared = pool.after is not AfterPerson.KEPT
        if is_shared and profile is not None and profile[1].home_share is None:
            section.complain(POOL_NO_HOME(profile=pool.profile), "profile")


def _check_shortage(files: ConfigFiles) -> None:
    """Each profile of the scenario's `shortage` is one of bascule.yaml."""
    if files.scenario is None or files.scenario.document is None:
        return
    known = list(children(files.root.checked.source, ("profiles",)))
    for index, step in enumerate(files.scenario.document.shortage):
        if not isinstance(step, LessKeys):
            continue
        found = files.profiles.get(step.profile)
        if step.profile not in known:
            unknown = did_you_mean(PROFILE_UNKNOWN(profile=step.profile), step.profile, known)
            files.scenario.checked.complain(("shortage", index, "profile"), unknown)
        elif found is not None and not found[1].dedicated:
            files.scenario.checked.complain(("shortage", index, "profile"), FOR_POOLS_ONLY(profile=step.profile))


def _check_ceilings(files: ConfigFiles) -> None:
    """Who is to be asked how many are in use is configured."""
    if files.document.prometheus is not None or files.scenario is None or files.scenario.document is None:
        return
    for name, ceiling in files.scenario.document.during.ceilings.items():
        if ceiling.in_use is not None:
            files.scenario.checked.complain(("during", "ceilings", name, "in_use"), IN_USE_NO_SOURCE(), at_key=True)


def _check_rotation(files: ConfigFiles) -> None:
    rotation = None if files.scenario is None or files.scenario.document is None else files.scenario.document.rotation
    if files.scenario is not None and rotation is not None:
        section = Section(checked=files.scenario.checked).part("rotation")
        check_rotation(section, rotation, files.document.pools, has_receiver=files.document.receiver is not None)


def _check_vmid_ranges(files: ConfigFiles) -> None:
    ranges = sorted((cluster.vmids.first, cluster.vmids.last, name) for name, cluster in files.document.clusters.items())
    widest = ranges[:1]
    for first, last, name in ranges[1:]:
        start, end, other = widest[-1]
        if first <= end:
            message = VMIDS_OVERLAP(first=start, last=end, cluster=other)
            files.root.complain(message, "clusters", name, "vmids", at_key=True)
        widest.append(max((first, last, name), widest[-1], key=lambda vmids: vmids[1]))


def _check_names(files: ConfigFiles) -> None:
    prefix = files.document.naming.prefix
    for name, cluster in files.document.clusters.items():
        if len(longest := f"{prefix}{cluster.vmids.last}") > MAX_NAME:
            message = NAMES_LONG(name=longest, count=len(longest), limit=MAX_NAME)
            files.root.complain(message, "clusters", name, "vmids", "last")
    last = max((cluster.vmids.last for cluster in files.document.clusters.values()), default=0)
    prefixes = [prefix]
    for section, profile in files.profiles.values():
        if (own := profile.name_prefix) is None:
            continue
        if len(longest := f"{own}{last}") > MAX_NAME:
            section.complain(NAMES_LONG(name=longest, count=len(longest), limit=MAX_NAME), "name_prefix")
        if other := next((before for before in prefixes if may_collide(own, before)), None):
            section.complain(NAMES_COLLIDE(prefix=other), "name_prefix")
        prefixes.append(own)


def _check_templates(files: ConfigFiles, section: Section, profile: ProfileKeys) -> None:
    known = list(children(files.root.checked.source, ("clusters",)))
    for index, group in enumerate(profile.templates):
        if group.cluster not in known:
            message = did_you_mean(CLUSTER_UNKNOWN(cluster=group.cluster), group.cluster, known)
            section.complain(message, "templates", index, "cluster")
        cluster = files.document.clusters.get(group.cluster)
        for node, vmid in group.vmids.items():
            if cluster is not None and cluster.vmids.first <= vmid <= cluster.vmids.last:
                section.complain(TEMPLATE_AMONG_DESKTOPS(), "templates", index, "vmids", node)


def _check_clone(section: Section, profile: ProfileKeys) -> None:
    if profile.storage is not None and profile.clone is not CloneKind.FULL:
        section.complain(STORAGE_NEEDS_FULL(), "storage")


def _check_session_rules(files: ConfigFiles, section: Section, profile: ProfileKeys) -> None:
    rules = profile.session_rules
    if files.document.receiver is None and (rules.disconnected, rules.maximum) != (None, None):
        section.complain(SESSION_RULES_RECEIVER(), "session_rules", at_key=True)


def _check_template_vmids(files: ConfigFiles) -> None:
    nodes: dict[tuple[str, int], str] = {}
    for section, profile in files.profiles.values():
        for index, group in enumerate(profile.templates):
            for node, vmid in group.vmids.items():
                if nodes.setdefault((group.cluster, vmid), node) != node:
                    message = TEMPLATE_TWICE(node=nodes[group.cluster, vmid])
                    section.complain(message, "templates", index, "vmids", node)


def _check_probe(files: ConfigFiles, section: Section, profile: ProfileKeys) -> None:
    if profile.readiness is not ReadinessLevel.REPORT and profile.addressing is None:
        section.complain(READINESS_NO_ADDRESS(), "readiness")
    if profile.probe is not Probe.SSH:
        return
    if "ssh" not in children(files.root.checked.source, ()):
        section.complain(PROBE_NO_SSH(), "probe")
    if profile.addressing is None:
        section.complain(PROBE_NO_ADDRESS(), "probe")


def _check_pools(files: ConfigFiles) -> None:
    pools = sorted(_pools(files), key=lambda pool: pool.ends)
    widest = pools[:1]
    for pool in pools[1:]:
        if pool.ends[0] <= widest[-1].ends[1] and pool.addressing != widest[-1].addressing:
            message = POOLS_OVERLAP(profile=widest[-1].profile)
            pool.section.complain(message, "addressing", at_key=True)
        widest.append(max(pool, widest[-1], key=lambda pool: pool.ends[1]))


class _Pool(NamedTuple):
    profile: str
    section: Section
    addressing: AddressingKeys
    ends: tuple[tuple[int, int], tuple[int, int]]
    """The first and the last, each with its version of IP before it."""


def _pools(files: ConfigFiles) -> Iterator[_Pool]:
    for name, (section, profile) in files.profiles.items():
        if (pool := profile.addressing) is not None:
            yield _Pool(name, section, pool, (_number(pool.first), _number(pool.last)))


def _number(address: str) -> tuple[int, int]:
    read = ip_address(address)
    return read.version, int(read)


def _check_directory(files: ConfigFiles) -> None:
    directory = files.document.directory
    if directory is None:
        return
    scheme = "ldaps" if directory.tls is Tls.LDAPS else "ldap"
    for index, url in enumerate(directory.urls):
        if not url.startswith(f"{scheme}://"):
            message = SCHEME_WRONG(scheme=scheme, tls=directory.tls.value)
            files.root.complain(message, "directory", "urls", index)


def _check_selection(files: ConfigFiles, section: Section, who: SelectionKeys) -> None:
    directory = files.document.directory
    if directory is None:
        return
    read = directory.attributes
    groups = read.groups or (directory.groups is not None and directory.groups.members)
    for criterion, attribute in (("groups", groups), ("departments", read.department), ("sites", read.site)):
        if getattr(who, criterion) and not attribute:
            section.complain(CRITERION_UNREAD(), criterion)
    known = [name.lower() for name in read.extra]
    for name in who.attributes:
        if name.lower() not in known:
            section.complain(ATTRIBUTE_UNREAD(name=name), "attributes", name, at_key=True)
