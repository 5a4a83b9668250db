"""Ask a cluster what not every token may read: a refusal is a finding, never the end of the check."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import TypeVar

from provisioner.actions.client import PveClient
from provisioner.doctor.findings import Finding, doubtful
from provisioner.errors import BasculeError, Forbidden, HypervisorError
from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.machines.cluster import ClusterView
from provisioner.pve.wire import Operation
from provisioner.reasons.neighbours import NOT_ANSWERED, NOT_CHECKED
from provisioner.reasons.reason import Reason, ReasonKind

T = TypeVar("T")


def by_fault(error: BasculeError, *, forbidden: ReasonKind, failing: ReasonKind) -> Reason:
    """What came instead of an answer. A right helps against a 403 alone."""
    return (forbidden if isinstance(error, Forbidden) else failing)(said=error.reason)


def asked(subject: Reason, client: PveClient, operation: Operation[T]) -> Generator[Finding, None, T | None]:
    """The answer; None: it was refused, which is said."""
    try:
        return client.query(operation)
    except HypervisorError as refused:
        yield doubtful(subject, _not_checked(refused))
        return None


def of_nodes(
    subject: Reason, client: PveClient, operations: Mapping[NodeName, Operation[T]]
) -> Generator[Finding, None, dict[NodeName, T]]:
    """The answers of the nodes that gave one. A refusal of all of them is said once."""
    found: dict[NodeName, T] = {}
    refusals: list[HypervisorError] = []
    for name, operation in operations.items():
        try:
            found[name] = client.query(operation)
        except HypervisorError as refused:
            refusals.append(refused)
    if refusals and not found:
        yield doubtful(subject, _not_checked(refusals[0]))
    return found


def _not_checked(error: HypervisorError) -> Reason:
    return by_fault(error, forbidden=NOT_CHECKED, failing=NOT_ANSWERED)


def living(view: ClusterView) -> Iterator[NodeKey]:
    """The nodes that can be asked."""
    return (node.key for _, node in sorted(view.nodes.items()) if node.online)


def grouped(found: Iterable[tuple[T, NodeName]]) -> dict[T, list[NodeName]]:
    """The nodes with the same finding."""
    groups: dict[T, list[NodeName]] = {}
    for what, node in found:
        groups.setdefault(what, []).append(node)
    return groups
