"""What a little more of something would bring: one node, one storage, 100 seats of a ceiling, 100 addresses. Pure.

Each is added to the twins, and the switch rehearsed again. That is another question than `binding`, which doubles what there
is: nobody can buy twice the nodes in a night.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from provisioner.model.ids import ClusterId, NodeName, StorageId, Vmid
from provisioner.model.machines.twin_spec import StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.profiles import CloneKind, Profile, Template
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import Reason
from provisioner.rehearsal.rehearse import Stage

MORE = 100
"""Seats, licences or addresses that are added: what a supplier sells, or a network of a /25."""
_NAME = "one-more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """The switch with a little more of something."""

    what: Reason
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What it would bring."""

    what: Reason
    people: int
    """So many more would be served in time."""


def additions(stage: Stage) -> tuple[Addition, ...]:
    """All that can be added to this site."""
    return (*_nodes(stage), *_storages(stage), *_seats(stage), *_addresses(stage))


def _nodes(stage: Stage) -> Iterator[Addition]:
    """To the largest cluster, one like most of its nodes; with templates of its own on node-local storages."""
    cluster, spec = max(stage.twins.items(), key=lambda item: (len(item[1].nodes), item[0]))
    if not spec.nodes or not spec.templates:
        return
    size = Counter((node.cores, node.memory_mib) for node in spec.nodes).most_common(1)[0][0]
    like = next(node for node in spec.nodes if (node.cores, node.memory_mib) == size)
    local = {each.storage for each in spec.storages if not each.shared}
    replicas = [each for each in spec.templates if each.node == like.name and each.storage in local]
    storages = tuple(_seen_by(each, like.name) for each in spec.storages)
    wider = replace(spec, nodes=(*spec.nodes, replace(like, name=_NAME)), storages=storages)
    copies = _copies(wider, replicas, node=_NAME)
    yield Addition(what=reasons.ONE_NODE(node=f"{cluster}/{like.name}"), stage=_with(stage, cluster, wider, copies))


def _seen_by(storage: StorageSpec, like: str) -> StorageSpec:
    return replace(storage, nodes=(*storage.nodes, _NAME)) if like in storage.nodes else storage


def _storages(stage: Stage) -> Iterator[Addition]:
    """Another storage id of the same size and speed beside that which most templates are on, each with a copy there."""
    if any(profile.clone is CloneKind.FULL and profile.storage for profile in stage.config.profiles.values()):
        return  # their disks go to a storage that the profile names
    cluster, spec = max(stage.twins.items(), key=lambda item: (len(item[1].nodes), item[0]))
    counts = Counter(template.storage for template in spec.templates)
    if not counts:
        return
    name = counts.most_common(1)[0][0]
    like = next(each for each in spec.storages if each.storage == name)
    wider = replace(spec, storages=(*spec.storages, replace(like, storage=f"{name}-{_NAME}", used_gib=0.0)))
    copies = _copies(wider, [each for each in spec.templates if each.storage == name], storage=f"{name}-{_NAME}")
    yield Addition(what=reasons.ONE_STORAGE(storage=f"{cluster}/{name}"), stage=_with(stage, cluster, wider, copies))


def _copies(
    spec: TwinSpec, templates: list[TemplateSpec], *, node: str | None = None, storage: str | None = None
) -> dict[int, TemplateSpec]:
    """Copies of the templates, by the VMID of what they are copies of."""
    free = 1 + max((*(each.vmid for each in spec.templates), *(guest.vmid for guest in spec.guests)), default=0)
    return {
        each.vmid: replace(
            each,
            vmid=free + number,
            node=node or each.node,
            storage=storage or each.storage,
            cloud_init_storage=storage if storage and each.cloud_init_storage == each.storage else each.cloud_init_storage,
        )
        for number, each in enumerate(templates)
    }


def _with(stage: Stage, cluster: ClusterId, spec: TwinSpec, copies: Mapping[int, TemplateSpec]) -> Stage:
    """With this twin, and the copies in every profile that has their originals."""
    profiles = {name: _profile(profile, cluster, copies) for name, profile in stage.config.profiles.items()}
    twin = replace(spec, templates=(*spec.templates, *copies.values()))
    return replace(stage, config=replace(stage.config, profiles=profiles), twins={**stage.twins, cluster: twin})


def _profile(profile: Profile, cluster: ClusterId, copies: Mapping[int, TemplateSpec]) -> Profile:
    more = [
        Template(cluster=cluster, vmid=Vmid(copy.vmid), node=NodeName(copy.node), storage=StorageId(copy.storage))
        for each in profile.templates
        if each.cluster == cluster and (copy := copies.get(each.vmid)) is not None
    ]
    return replace(profile, templates=(*profile.templates, *more))


def _seats(stage: Stage) -> Iterator[Addition]:
    scenario = stage.config.scenario
    for ceiling in scenario.ceilings:
        raised = tuple(replace(each, limit=each.limit + MORE * (each.name == ceiling.name)) for each in scenario.ceilings)
        yield Addition(
            what=reasons.SEATS_MORE(name=ceiling.name, count=MORE),
            stage=replace(stage, config=replace(stage.config, scenario=replace(scenario, ceilings=raised))),
        )


def _addresses(stage: Stage) -> Iterator[Addition]:
    """To the range of every profile that has one: profiles may share it."""
    profiles = stage.config.profiles
    if not any(profile.addressing.last for profile in profiles.values()):
        return
    longer = {name: _longer(profile) for name, profile in profiles.items()}
    config = replace(stage.config, profiles=longer)
    yield Addition(what=reasons.ADDRESSES_MORE(count=MORE), stage=replace(stage, config=config))


def _longer(profile: Profile) -> Profile:
    given = profile.addressing
    if not given.last:
        return profile
    return replace(profile, addressing=replace(given, last=str(IPv4Address(given.last) + MORE)))


__all__ = ["MORE", "Addition", "Bought", "additions"]
