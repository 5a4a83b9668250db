"""Check the room: whether every entitled agent can get a desktop, and whether all would have one after a node is lost."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from provisioner.daemon.offline_status import situation_of
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.capacity import Outlook
from provisioner.model.demand import Demand
from provisioner.model.ids import Instant, NodeKey, ProfileName
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.people.profiles import Profile
from provisioner.model.site_config import SiteConfig
from provisioner.planning.placement.capacity.mixed import Between, MixedCapacity
from provisioner.planning.report.capacities import (
    desktops_by_node,
    losses_of_quorum,
    mixed_capacity,
    outlook_with,
    worst_loss,
)
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.reasons import people as words
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
    missing = sorted((want for seat, want in demand.wants.items() if seat not in found.of_seat), key=lambda want: want.rank)
    wanted = Counter(want.profile for want in missing)
    room = mixed.placed(wanted)
    blocked = [name for name in sorted(wanted) if name in mixed.singles and not mixed.singles[name].ways]
    for name in blocked:
        yield bad(subjects.PROFILE(profile=name), words.NOTHING_TO_CLONE(wanted=wanted[name]))
    if len(blocked) < len(wanted) or not wanted:
        yield _for_all(mixed, wanted, room)
    if room.at_least == wanted.total():
        desktops = desktops_by_node(situation, found)
        outlook = outlook_with(mixed, desktops, losses_of_quorum(snapshot), (want.profile for want in missing))
        used = set(wanted).union(*desktops.values()) & config.profiles.keys()
        yield from _after_loss(outlook, snapshot, [config.profiles[name] for name in used])


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


def _after_loss(outlook: Mapping[ProfileName, Outlook], snapshot: Snapshot, profiles: Iterable[Profile]) -> Iterator[Finding]:
    """The loss of the worst node, once everybody has a desktop of these profiles. A site of one node is lost with it."""
    worst = worst_loss(outlook)
    if worst is None or sum(len(view.nodes) for view in snapshot.clusters.values()) <= 1:
        return
    if worst.votes is not None:
        node, short = str(worst.node), max(0, -worst.at_least)
        sure = words.QUORUM_NEEDED(node=node, short=short, left=worst.votes.left, of=worst.votes.of)
        yield doubtful(subjects.ROOM(), words.QUORUM_UNKNOWN(node=node, short=short) if worst.votes.guessed else sure)
    elif worst.at_least >= 0:
        yield good(subjects.ROOM(), words.NODE_SPARED())
    elif worst.at_most != worst.at_least:
        fewest = max(0, -worst.at_most)
        yield doubtful(subjects.ROOM(), words.NODE_UNSURE(node=str(worst.node), fewest=fewest, most=-worst.at_least))
    else:
        alone = any(_templates_on(profile) == {worst.node} for profile in profiles)
        needed = words.TEMPLATE_NODE_NEEDED if alone else words.NODE_NEEDED
        yield doubtful(subjects.ROOM(), needed(node=str(worst.node), short=-worst.at_least))


def _templates_on(profile: Profile) -> set[NodeKey]:
    """The nodes that carry out its clones."""
    return {template.node_key for template in profile.templates}
