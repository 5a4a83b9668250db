"""Check the room: whether every entitled agent can get a desktop, and whether all would have one after a node is lost."""

from collections import Counter
from collections.abc import Iterator, Mapping

from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.daemon.offline_status import situation_of
from provisioner.model.cluster import Snapshot
from provisioner.model.demand import Demand
from provisioner.model.ids import Instant, NodeKey, ProfileName
from provisioner.model.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.planning.placement.capacity.mixed import Between, MixedCapacity
from provisioner.planning.report.capacities import Desktops, desktops_by_node, mixed_capacity
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.reasons import room as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import Reason


def examine_room(
    config: SiteConfig, records: Records, demand: Demand, snapshot: Snapshot, *, now: Instant
) -> Iterator[Finding]:
    """`demand`: after all waves have opened. Every cluster of the configuration must be in the snapshot."""
    situation = situation_of(config, records, snapshot, now)
    found = survey(situation)
    mixed = mixed_capacity(situation, found, free_resources(situation, found))
    for name, single in mixed.singles.items():
        yield good(subjects.PROFILE(profile=name), words.ROOM_FREE(free=single.free, binds=single.binds))
    wanted = Counter(want.profile for seat, want in demand.wants.items() if seat not in found.of_seat)
    room = mixed.placed(wanted)
    blocked = [name for name in sorted(wanted) if name in mixed.singles and not mixed.singles[name].ways]
    for name in blocked:
        yield bad(subjects.PROFILE(profile=name), words.NOTHING_TO_CLONE(wanted=wanted[name]))
    if len(blocked) < len(wanted) or not wanted:
        yield _for_all(mixed, wanted, room)
    if room.at_least == wanted.total():
        yield from _after_loss(config, mixed, wanted, desktops_by_node(situation, found))


def _for_all(mixed: MixedCapacity, wanted: Counter[ProfileName], room: Between) -> Finding:
    total = wanted.total()
    if room.at_least == total:
        return good(subjects.ROOM(), words.ROOM_FOR_ALL(wanted=total) if total else words.ROOM_NONE_NEEDED())
    if room.at_most < total:
        return bad(subjects.ROOM(), words.ROOM_SHORT_OF(wanted=total, fit=room.at_most), _advice(mixed, wanted))
    unsure = words.ROOM_UNSURE(wanted=total, at_least=room.at_least)
    return doubtful(subjects.ROOM(), unsure, _advice(mixed, wanted))


def _advice(mixed: MixedCapacity, wanted: Mapping[ProfileName, int]) -> Reason:
    """What would add most for the profile that lacks most."""
    lacking = {name: count - mixed.singles[name].free for name, count in wanted.items() if name in mixed.singles}
    gains = mixed.singles[max(lacking, key=lambda name: (lacking[name], name))].gains() if lacking else ()
    if not gains:
        return words.ADD_ALL()
    most = gains[0]
    if most.there:
        return words.ADD_THERE(binds=most.kind, more=most.more, place=most.place, there=most.there)
    return words.ADD(binds=most.kind, more=most.more)


def _after_loss(
    config: SiteConfig, mixed: MixedCapacity, wanted: Counter[ProfileName], desktops: Desktops
) -> Iterator[Finding]:
    """The loss of the worst node, once everybody has a desktop."""
    nodes = sorted(mixed.nodes)
    if len(nodes) <= 1:
        return
    short = {node: _short(mixed, node, wanted + Counter(desktops.get(node, {}))) for node in nodes}
    worst = max(nodes, key=lambda node: short[node])
    if short[worst]:
        alone = any(_templates_on(config, name) == {worst} for name in wanted)
        needed = words.TEMPLATE_NODE_NEEDED if alone else words.NODE_NEEDED
        yield doubtful(subjects.ROOM(), needed(node=str(worst), short=short[worst]))
    else:
        yield good(subjects.ROOM(), words.NODE_SPARED())


def _templates_on(config: SiteConfig, profile: ProfileName) -> set[NodeKey]:
    """The nodes that carry out its clones."""
    return {template.node_key for template in config.profiles[profile].templates} if profile in config.profiles else set()


def _short(mixed: MixedCapacity, lost: NodeKey, needed: Counter[ProfileName]) -> int:
    """How many of these desktops might find no place without the node."""
    return needed.total() - mixed.placed(needed, without=lost).at_least
