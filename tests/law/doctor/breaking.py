"""What breaks a site: each changes one thing that `check` looks at, or that stops the daemon, and says what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from provisioner.adapters.memory_store import MemoryStore
from provisioner.errors import DirectoryRefused, DirectoryUnavailable, StoreError
from provisioner.model.budget import Naming
from provisioner.model.ids import ClusterId, NodeName, StorageId, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.machines.twin_spec import (
    BrokenQemu,
    CutQuorum,
    DeadGuestAgents,
    FillStorage,
    KillNode,
    Maintenance,
    StopDaemon,
)
from provisioner.model.people.agents import AccountStatus, Roster
from provisioner.model.people.profiles import CloneKind
from provisioner.reasons.reading import BIND_REFUSED_AS, UNANSWERED
from provisioner.settings.secret import Secret
from provisioner.twin.model.guests import TwinGuest
from tests.builders.checkup import a_surge, a_wave
from tests.law.doctor.site import Line, Site

_FOR_GOOD_S = 1e9
_DAY_S = 86_400.0


class DeadStore(MemoryStore):
    """Its file is of a newer release, or no database."""

    def load(self) -> Records:
        """The store's."""
        raise StoreError("made by a newer Bascule")

    def claim(self) -> None:
        """The store's."""
        raise StoreError("made by a newer Bascule")


def _twin(site: Site) -> Line:
    return site.twins[site.some_cluster]


def _nodes(site: Site, twin: Line) -> list[str]:
    """One of them, or all."""
    names = sorted(twin.cluster.nodes)
    return names if site.draw.random() < 0.5 else [site.draw.choice(names)]


def _templates(site: Site, twin: Line) -> list[TwinGuest]:
    found = sorted((guest for guest in twin.cluster.guests.values() if guest.template), key=lambda guest: guest.vmid)
    return found if site.draw.random() < 0.6 else [site.draw.choice(found)] if found else []


# -- the cluster and its token


def unreachable(site: Site) -> str:
    twin = _twin(site)
    twin.cut = True
    return f"{twin.spec.name} cannot be reached"


def quorum_lost(site: Site) -> str:
    """One node alone always has it."""
    twin = _twin(site)
    if len(twin.cluster.nodes) == 1:
        return "nothing: one node"
    twin.faults.arm(CutQuorum(at_s=0.0, for_s=_FOR_GOOD_S))
    return f"{twin.spec.name} has lost its quorum"


def token_expired(site: Site) -> str:
    cluster = site.some_cluster
    site.gates[cluster].access.users["bascule@pve"].tokens["daemon"].expire = int(site.events.now - 5)
    return f"the token has expired on {cluster}"


def token_wrong(site: Site) -> str:
    site.change(clusters={name: replace(each, token_secret=Secret("another")) for name, each in site.settings.clusters.items()})
    return "the token's secret is wrong"


def right_missing(site: Site) -> str:
    cluster = site.some_cluster
    access = site.gates[cluster].access
    role = site.draw.choice(sorted(name for name in access.roles if name.startswith("Role")))
    right = site.draw.choice(sorted(access.roles[role]))
    access.roles[role] -= {right}
    access.changed()
    return f"the token lacks {right} on {cluster} ({role})"


def node_off(site: Site) -> str:
    twin = _twin(site)
    nodes = _nodes(site, twin)
    for node in nodes:
        twin.faults.arm(KillNode(node=node, at_s=0.0))
    return f"off: {', '.join(nodes)}"


def daemon_dead(site: Site) -> str:
    twin = _twin(site)
    nodes = _nodes(site, twin)
    for node in nodes:
        twin.faults.arm(StopDaemon(node=node))
    return f"pvedaemon is dead on {', '.join(nodes)}"


def qemu_broken(site: Site) -> str:
    twin = _twin(site)
    nodes = _nodes(site, twin)
    site.unseen = True
    for node in nodes:
        twin.faults.arm(BrokenQemu(node=node))
    return f"QEMU exits at once on {', '.join(nodes)}"


def maintenance(site: Site) -> str:
    twin = _twin(site)
    nodes = _nodes(site, twin)
    for node in nodes:
        twin.faults.arm(Maintenance(node=node, at_s=0.0))
    return f"in maintenance: {', '.join(nodes)}"


def bridge_absent(site: Site) -> str:
    twin = _twin(site)
    nodes = _nodes(site, twin)
    twin.cluster.datacenter.without_bridge.update((node, "vmbr0") for node in nodes)
    return f"no bridge on {', '.join(nodes)}"


def bridge_wrong(site: Site) -> str:
    site.change_profiles(lambda profile: replace(profile, bridge="vmbr9"))
    return "the profiles name a bridge that no node has"


def clock_wrong(site: Site) -> str:
    twin = _twin(site)
    for node in twin.cluster.nodes:
        twin.cluster.datacenter.clock_ahead_s[node] = 900.0
    return f"the clocks of {twin.spec.name} are wrong"


def certificate_ends(site: Site) -> str:
    twin = _twin(site)
    for node in twin.cluster.nodes:
        twin.cluster.datacenter.certificate_ends[node] = site.events.now + 20 * _DAY_S
    return f"the certificates of {twin.spec.name} end in three weeks"


# -- templates and storages


def template_deleted(site: Site) -> str:
    twin = _twin(site)
    gone = _templates(site, twin)
    for template in gone:
        twin.cluster.drop_guest(template)
    return f"deleted: {[template.vmid for template in gone]}"


def template_a_vm(site: Site) -> str:
    twin = _twin(site)
    changed = _templates(site, twin)
    for template in changed:
        template.config.pop("template")
        template.changed()
    return f"no templates any more: {[template.vmid for template in changed]}"


def template_elsewhere(site: Site) -> str:
    """The profile names another node than the template's."""
    cluster = site.some_cluster
    nodes = sorted(site.twins[cluster].cluster.nodes)

    def shifted(template: Any) -> Any:
        at = nodes.index(template.node) if template.node in nodes else 0
        return replace(template, node=NodeName((nodes * 2)[at + 1])) if template.cluster == cluster else template

    if len(nodes) > 1:
        site.change_profiles(lambda profile: replace(profile, templates=tuple(map(shifted, profile.templates))))
    return f"the profiles name other nodes for the templates of {cluster}" if len(nodes) > 1 else "nothing"


def template_locked(site: Site) -> str:
    twin = _twin(site)
    changed = _templates(site, twin)
    for template in changed:
        template.config["lock"] = "backup"
        template.changed()
    return f"locked for good: {[template.vmid for template in changed]}"


def storage_full(site: Site) -> str:
    twin = _twin(site)
    node = "" if site.draw.random() < 0.6 else site.draw.choice(sorted(twin.cluster.nodes))
    twin.faults.arm(FillStorage(storage="disks", node=node, at_s=0.0))
    return f"the storage is full on {node or twin.spec.name}"


def storage_gone(site: Site) -> str:
    """It is not configured there any more."""
    twin = _twin(site)
    places = [key for key in twin.cluster.domains if key[1] == "disks"]
    gone = places if site.draw.random() < 0.6 else [site.draw.choice(places)]
    for place in gone:
        del twin.cluster.domains[place]
    return f"without the storage: {', '.join(node for node, _ in gone)}"


def storage_misspelt(site: Site) -> str:
    cluster = site.some_cluster

    def changed(template: Any) -> Any:
        return replace(template, storage=StorageId("discs")) if template.cluster == cluster else template

    site.change_profiles(lambda profile: replace(profile, templates=tuple(map(changed, profile.templates))))
    return f"the profiles name a storage that {cluster} does not have"


def not_linkable(site: Site) -> str:
    twin = _twin(site)
    domains = set(twin.cluster.domains.values())
    for domain in domains:
        domain.spec = replace(domain.spec, kind="lvm")
    return f"the storage of {twin.spec.name} knows no linked clones"


def full_clones(site: Site) -> str:
    site.change_profiles(lambda profile: replace(profile, clone=CloneKind.FULL))
    return "nothing: full clones"


# -- what is left to hand out


def vmids_taken(site: Site) -> str:
    twin = _twin(site)
    first, last = site.settings.naming.vmids[ClusterId(twin.spec.name)]
    narrow = site.draw.randint(1, 4)
    ranges = {**site.settings.naming.vmids, ClusterId(twin.spec.name): (Vmid(last - narrow + 1), last)}
    site.change(naming=Naming(vmids=ranges))
    del first
    for vmid in range(last - narrow + 1, last + 1):
        if vmid not in twin.cluster.guests and site.draw.random() < 0.9:
            _foreign(twin, vmid, site.draw.choice(sorted(twin.cluster.nodes)))
    return f"the VMIDs of {twin.spec.name} are {narrow}, and others have most of them"


def _foreign(twin: Line, vmid: int, node: str) -> None:
    guest = twin.cluster.add_guest(vmid, node)
    guest.config |= {"name": f"other-{vmid}", "cores": "1", "memory": "512"}
    guest.changed()


def nodes_full(site: Site) -> str:
    """Others' VMs, which the token does not see, take the memory of the nodes."""
    twin = _twin(site)
    nodes = _nodes(site, twin)
    for node in nodes:
        twin.cluster.nodes[node].guests_mib += int(twin.cluster.nodes[node].memory_mib * 0.9)
    return f"no memory is left on {', '.join(nodes)}"


def desktops_too_large(site: Site) -> str:
    site.change_profiles(lambda profile: replace(profile, memory_mib=200_000))
    return "desktops larger than any node"


def too_many_cores(site: Site) -> str:
    site.change_profiles(lambda profile: replace(profile, vcpus=32))
    return "desktops with more cores than any node"


def disks_too_large(site: Site) -> str:
    site.change_profiles(lambda profile: replace(profile, disk_gib=90_000))
    return "desktops with disks larger than any storage"


def no_addresses(site: Site) -> str:
    def narrow(profile: Any) -> Any:
        return replace(profile, addressing=replace(profile.addressing, last=profile.addressing.first))

    site.change_profiles(narrow)
    return "one address for all of a profile"


def budget_small(site: Site) -> str:
    budget = replace(site.settings.budget, **{site.draw.choice(("memory_share", "storage_share")): 0.01})
    site.change(budget=budget)
    return "nearly no budget"


# -- the directory


def directory_silent(site: Site) -> str:
    site.people.roster = DirectoryUnavailable(UNANSWERED(said="timed out"))
    return "the directory is silent"


def directory_refuses(site: Site) -> str:
    site.people.roster = DirectoryRefused(BIND_REFUSED_AS(account="cn=bascule", said="invalidCredentials"))
    return "the directory refuses the bind"


def directory_empty(site: Site) -> str:
    site.people.roster = Roster(read_at=site.events.now, agents={})
    site.opens_later = True
    return "the directory is empty"


def mass_loss(site: Site) -> str:
    """Most people are gone."""
    if isinstance(site.people.roster, Roster):
        few = dict(sorted(site.people.roster.agents.items())[-2:])
        site.people.roster = replace(site.people.roster, agents=few)
    return "the directory lists two people"


def all_disabled(site: Site) -> str:
    if isinstance(site.people.roster, Roster):
        agents = {key: replace(agent, standing=AccountStatus.DISABLED) for key, agent in site.people.roster.agents.items()}
        site.people.roster = replace(site.people.roster, agents=agents)
        site.opens_later = True
    return "all accounts are disabled"


def group_misspelt(site: Site) -> str:
    def wrong(who: Any) -> Any:
        return replace(who, groups=frozenset({"offices"}))

    site.change(entitlements=tuple(replace(each, who=wrong(each.who)) for each in site.settings.entitlements))
    site.opens_later = True
    return "the entitlements name a group that nobody is in"


def waves_misspelt(site: Site) -> str:
    waves = [replace(wave, who=replace(wave.who, groups=frozenset({"offices"}))) for wave in site.settings.scenario.waves]  # type: ignore[union-attr]
    site.change(scenario=a_surge(*waves))
    site.opens_later = True
    return "the waves name a group that nobody is in"


def wave_later(site: Site) -> str:
    site.change(scenario=a_surge(a_wave("all"), starts_at=site.events.now + _DAY_S))
    site.opens_later = True
    return "the wave opens tomorrow"


def by_hand(site: Site) -> str:
    site.change(scenario=a_surge(a_wave("all"), by_hand=True))
    site.opens_later = True
    return "an operator begins the scenario"


# -- store, freeze, orders


def store_dead(site: Site) -> str:
    site.store = DeadStore()
    return "the store cannot be read"


def store_lost(site: Site) -> str:
    site.store = MemoryStore()
    return "the store is lost"


def frozen_by_file(site: Site) -> str:
    site.settings.freeze_file.write_text("")
    return "the freeze file is there"


def frozen(site: Site) -> str:
    _give(site, IntentKind.FREEZE)
    return "an operator has frozen"


def held(site: Site) -> str:
    _give(site, IntentKind.HOLD)
    return "an operator holds"


def cordoned(site: Site) -> str:
    cluster = site.some_cluster
    nodes = _nodes(site, site.twins[cluster])
    for node in nodes:
        _give(site, IntentKind.CORDON, f"{cluster}/{node}")
    return f"cordoned: {', '.join(nodes)}"


def _give(site: Site, kind: IntentKind, target: str = "") -> None:
    if not isinstance(site.store, DeadStore):
        site.store.give(Intent(kind=kind, by="an operator", at=site.events.now, target=target))


def desktops_deleted(site: Site) -> str:
    """By hand, in Proxmox VE."""
    gone = [
        (twin, guest)
        for twin in site.twins.values()
        for guest in sorted(twin.cluster.guests.values(), key=lambda guest: guest.vmid)
        if guest.desktop
    ]
    for twin, guest in gone[: site.draw.choice((1, 4, 50))]:
        twin.cluster.drop_guest(guest)
    return "desktops are deleted by hand"


def agents_dead(site: Site) -> str:
    """The image lacks the guest agent."""
    site.unseen = True
    for twin in site.twins.values():
        twin.faults.arm(DeadGuestAgents(share=1.0))
    return "no desktop's guest agent answers"


def other_key(site: Site) -> str:
    site.change(note_key=replace(site.settings.note_key, secret=b"the key of another installation"))
    return "the note key is another"


def nothing(site: Site) -> str:
    del site
    return "nothing"


WAYS: tuple[Callable[[Site], str], ...] = (
    unreachable, quorum_lost, token_expired, token_wrong, right_missing, right_missing, right_missing, node_off, daemon_dead,
    qemu_broken, maintenance, bridge_absent, bridge_wrong, clock_wrong, certificate_ends, template_deleted, template_a_vm,
    template_elsewhere, template_locked, storage_full, storage_gone, storage_misspelt, not_linkable, full_clones, vmids_taken,
    nodes_full, desktops_too_large, too_many_cores, disks_too_large, no_addresses, budget_small, directory_silent,
    directory_refuses, directory_empty, mass_loss, all_disabled, group_misspelt, waves_misspelt, wave_later, by_hand,
    store_dead, store_lost, frozen_by_file, frozen, held, cordoned, desktops_deleted, agents_dead, other_key, nothing,
)  # fmt: skip
"""Those named several times are drawn more often: they differ from case to case."""


def break_some(site: Site) -> None:
    """None to two of them; the site says which."""
    for way in site.draw.sample(WAYS, k=site.draw.choice((0, 1, 1, 1, 2, 2))):
        site.broken.append(way(site))


__all__ = ["WAYS", "break_some"]
