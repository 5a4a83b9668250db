"""Load twins: `config/twins/*.yaml` to specs."""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from provisioner.model.machines.twin_spec import (
    ApiSpec,
    Durations,
    GuestSpec,
    LogOns,
    NodeSpec,
    PushSpec,
    RandomFaults,
    ReportSpec,
    StatusSpec,
    StorageSpec,
    TemplateSpec,
    TokenSpec,
    TwinSpec,
)
from provisioner.pve.privileges import NEEDED, TO_MOVE
from provisioner.reasons.settings import (
    NO_SUCH_TWIN_NODE,
    NO_SUCH_TWIN_STORAGE,
    NODE_RANGE_EMPTY,
    NODE_TWICE,
    STORAGE_ELSEWHERE,
    VMID_TWICE,
)
from provisioner.settings.checking import CheckedDocument, inspect_file
from provisioner.settings.fields import as_value
from provisioner.settings.problems import Path as Place
from provisioner.settings.problems import Problems
from provisioner.settings.twin_documents import (
    MOVING_ROLE,
    ROLE,
    StorageKeys,
    TemplatesKeys,
    TokenKeys,
    TwinKeys,
)
from provisioner.settings.twin_faults import fault_of

_RANGE = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\[(\d{1,4})-(\d{1,4})\]")
_GIB = 1024
_RIGHTS = frozenset().union(*NEEDED.values())


def load_twin(path: Path) -> TwinSpec:
    """Read a twin; raises SettingsError with every problem as `file:line:column path: message`."""
    checked = inspect_file(path, TwinKeys)
    _check(checked)
    problems = Problems(collected=checked.source.problems)
    problems.raise_if_any()
    assert checked.document is not None, "without problems there is a document"
    return twin_of(checked.document)


def twin_of(document: TwinKeys) -> TwinSpec:
    """Build the spec."""
    return TwinSpec(
        name=document.name,
        seed=document.seed,
        release=document.release,
        nodes=tuple(_nodes(document)),
        storages=tuple(_storage(storage) for storage in document.storages),
        templates=tuple(template for group in document.templates for template in _templates(group)),
        guests=tuple(as_value(GuestSpec, guest) for guest in document.guests),
        bridges=tuple(document.bridges),
        pools=dict(document.pools),
        durations=as_value(Durations, document.durations),
        api=as_value(ApiSpec, document.api),
        status=as_value(StatusSpec, document.status),
        log_ons=as_value(LogOns, document.log_ons),
        report=as_value(ReportSpec, document.report),
        push=as_value(PushSpec, document.push),
        tokens=tuple(_token(token) for token in document.tokens),
        roles={ROLE: _RIGHTS, MOVING_ROLE: _RIGHTS | {TO_MOVE}},
        random_faults=as_value(RandomFaults, document.random_faults),
        faults=tuple(fault_of(fault) for fault in document.faults),
    )


def names_in(text: str) -> tuple[str, ...]:
    """The names in a range such as `pve[01-16]`; any other name stands for itself."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return (text,)
    prefix, first, last = match.groups()
    return tuple(f"{prefix}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1))


def _nodes(document: TwinKeys) -> Iterator[NodeSpec]:
    for group in document.nodes:
        for name in names_in(group.names):
            yield NodeSpec(name=name, cores=group.cores, memory_mib=group.memory_gib * _GIB, speed=group.speed)


def _storage(document: StorageKeys) -> StorageSpec:
    return as_value(StorageSpec, document, nodes=names_in(document.nodes) if document.nodes else ())


def _templates(document: TemplatesKeys) -> Iterator[TemplateSpec]:
    for offset, node in enumerate(names_in(document.nodes)):
        yield as_value(TemplateSpec, document, node=node, vmid=document.vmid + offset)


def _token(document: TokenKeys) -> TokenSpec:
    return TokenSpec(user=document.user, name=document.name, secret=str(uuid.uuid4()), acl=tuple(document.acl.items()))


def _check(checked: CheckedDocument[TwinKeys]) -> None:
    """Check between sections: unknown names, and VMIDs used twice."""
    document = checked.document
    if document is None:
        return
    nodes = Counter(name for group in document.nodes for name in names_in(group.names))
    for i, group in enumerate(document.nodes):
        names = names_in(group.names)
        if not names or any(nodes[name] > 1 for name in names):
            checked.complain(("nodes", i, "names"), NODE_TWICE() if names else NODE_RANGE_EMPTY())
    storages = {storage.storage: set(names_in(storage.nodes)) if storage.nodes else set(nodes) for storage in document.storages}
    for place, node in _named_nodes(document):
        if node not in nodes:
            checked.complain(place, NO_SUCH_TWIN_NODE(node=node))
    for place, name, node in _named_storages(document):
        if name not in storages:
            checked.complain(place, NO_SUCH_TWIN_STORAGE(storage=name))
        elif node in nodes and node not in storages[name]:
            checked.complain(place, STORAGE_ELSEWHERE(storage=name, node=node))
    _check_vmids(checked, document)


def _check_vmids(checked: CheckedDocument[TwinKeys], document: TwinKeys) -> None:
    vmids = [(("templates", i), t.vmid) for i, group in enumerate(document.templates) for t in _templates(group)]
    vmids += [(("guests", i), guest.vmid) for i, guest in enumerate(document.guests)]
    counts = Counter(vmid for _, vmid in vmids)
    for place in sorted({place for place, vmid in vmids if counts[vmid] > 1}):
        checked.complain((*place, "vmid"), VMID_TWICE())


def _named_nodes(document: TwinKeys) -> Iterator[tuple[Place, str]]:
    for i, storage in enumerate(document.storages):
        for name in names_in(storage.nodes) if storage.nodes else ():
            yield ("storages", i, "nodes"), name
    for i, template in enumerate(document.templates):
        for name in names_in(template.nodes):
            yield ("templates", i, "nodes"), name
    for i, guest in enumerate(document.guests):
        yield ("guests", i, "node"), guest.node
    for i, fault in enumerate(document.faults):
        if node := getattr(fault.details, "node", ""):
            yield ("faults", i, fault.kind, "node"), node


def _named_storages(document: TwinKeys) -> Iterator[tuple[Place, str, str]]:
    for i, template in enumerate(document.templates):
        for name in names_in(template.nodes):
            yield ("templates", i, "storage"), template.storage, name
            if template.cloud_init_storage is not None:
                yield ("templates", i, "cloud_init_storage"), template.cloud_init_storage, name
    for i, guest in enumerate(document.guests):
        yield ("guests", i, "storage"), guest.storage, guest.node
    for i, fault in enumerate(document.faults):
        if storage := getattr(fault.details, "storage", ""):
            yield ("faults", i, fault.kind, "storage"), storage, getattr(fault.details, "node", "")
