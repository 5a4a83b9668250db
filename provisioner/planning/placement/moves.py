"""Where a desktop can be moved to: another node that sees its disks and has room for it. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from provisioner.model.ids import NodeKey
from provisioner.model.people.profiles import Profile
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.placement.resources import FreeResources


def can_move(profile: Profile, resources: FreeResources, node: NodeKey) -> bool:
    """Whether the profile's disks there are on shared storage, as far as the configuration says."""
    there = [candidate for candidate in resources.candidates.of(profile) if candidate.node == node]
    return bool(there) and all(candidate.shared for candidate in there)


def target_of(profile: Profile, resources: FreeResources, node: NodeKey, *, memory_mib: int, vcpus: float) -> NodeKey | None:
    """The open node with the most memory left, which is enough for it; None: there is none."""
    fitting = [
        key
        for key in _open(profile, resources, node)
        if resources.memory_left(key) >= memory_mib
        and resources.vcpus_left(key, profile) >= vcpus
        and resources.cores(key) >= vcpus
    ]
    return max(fitting, key=lambda key: (resources.memory_left(key), _reverse(key)), default=None)


def fitting(sizes: Sequence[int], left: Mapping[NodeKey, float]) -> int:
    """How many guests of these sizes (MiB) fit into what the nodes have left: the largest first, each where most is left."""
    rest, count = dict(left), 0
    for size in sorted(sizes, reverse=True):
        node = max(rest, key=lambda key: (rest[key], _reverse(key)), default=None)
        if node is not None and rest[node] >= size:
            rest[node] -= size
            count += 1
    return count


def _open(profile: Profile, resources: FreeResources, node: NodeKey) -> Iterator[NodeKey]:
    candidates: dict[NodeKey, Candidate] = {
        candidate.node: candidate
        for candidate in resources.candidates.of(profile)
        if candidate.shared and candidate.node.cluster == node.cluster and candidate.node != node
    }
    return (key for key, candidate in candidates.items() if resources.candidates.host_refusal(candidate) is None)


def _reverse(key: NodeKey) -> tuple[int, ...]:
    """Of several that are equal, the first by name."""
    return tuple(-ord(character) for character in str(key))
