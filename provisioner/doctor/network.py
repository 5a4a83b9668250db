"""Check the network: whether each node where desktops can be made has the profile's bridge, and lets its VLAN through."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from provisioner.actions.client import PveClient
from provisioner.doctor.asking import grouped, of_nodes
from provisioner.doctor.findings import Closed, Finding, bad, doubtful
from provisioner.doctor.reach import places_of, some_nodes
from provisioner.model.ids import ClusterId, NodeKey, NodeName
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.people.profiles import Profile
from provisioner.pve.surroundings import Bridge, bridges_of
from provisioner.reasons import neighbours as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import ANY, Reason, join_reasons

_STANDARD_MTU = 1500
Bridges = Mapping[NodeName, Mapping[str, Bridge]]


def examine_network(subject: Reason, client: PveClient, view: ClusterView, profiles: list[Profile]) -> Iterator[Finding]:
    """The bridges of every profile. One request for each node."""
    places = {profile.name: places_of(view, profile) for profile in profiles}
    nodes = sorted({node for of_profile in places.values() for node in of_profile})
    bridges = yield from of_nodes(subject, client, {node: bridges_of(NodeKey(view.cluster, node)) for node in nodes})
    for profile in profiles:
        found = {node: bridges[node] for node in places[profile.name] if node in bridges}
        yield from _profile(view.cluster, profile, found)


def _profile(cluster: ClusterId, profile: Profile, bridges: Bridges) -> Iterator[Finding]:
    subject, name = subjects.PROFILE(profile=profile.name), profile.bridge
    there = {node: found[name] for node, found in bridges.items() if name in found and found[name].active}
    missing = sorted(bridges.keys() - there.keys())
    closed = [Closed(cluster=cluster, profile=profile.name, node=node) for node in missing]
    if bridges and not there:
        yield bad(subject, _nowhere(name, bridges), closes=closed)
        return
    if missing:
        yield bad(subject, words.BRIDGE_MISSING(bridge=name, nodes=some_nodes(missing)), closes=closed)
    if barred := [node for node, bridge in sorted(there.items()) if not bridge.passes(profile.vlan)]:
        yield bad(subject, words.VLAN_BARRED(bridge=name, nodes=some_nodes(barred), vlan=profile.vlan or 0))
    yield from _mtu(subject, profile, there)


def _mtu(subject: Reason, profile: Profile, there: Mapping[NodeName, Bridge]) -> Iterator[Finding]:
    """A bridge without a stated MTU has that of its ports, which is not shown."""
    wanted, name = profile.mtu or 0, profile.bridge
    small = ((bridge.mtu, node) for node, bridge in sorted(there.items()) if (bridge.mtu or _STANDARD_MTU) < wanted)
    for most, nodes in grouped(small).items():
        if most is None:
            yield doubtful(subject, words.MTU_UNSTATED(mtu=wanted, bridge=name, nodes=some_nodes(nodes)))
        else:
            yield bad(subject, words.MTU_LARGE(mtu=wanted, bridge=name, nodes=some_nodes(nodes), most=most))


def _nowhere(name: str, bridges: Bridges) -> Reason:
    known = {bridge.name for found in bridges.values() for bridge in found.values() if bridge.active}
    close = get_close_matches(name, known, n=3, cutoff=0.6)
    return words.BRIDGE_MEANT(bridge=name, names=join_reasons(close, ANY)) if close else words.BRIDGE_NOWHERE(bridge=name)
