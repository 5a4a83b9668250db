"""The storage locks that clones wait at."""

from collections import Counter

from provisioner.model.actions import Clone
from provisioner.model.ids import LockDomain, NodeName
from provisioner.model.status import LockState
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.placement.resources import FreeResources


def lock_states(situation: Situation, room: FreeResources) -> tuple[LockState, ...]:
    """The lock of each storage that some profile can be cloned on, sorted."""
    profiles = situation.config.profiles.values()
    found = {candidate.domain: candidate for profile in profiles for candidate in room.candidates.of(profile)}
    clones = (action.lock_domain for action in situation.in_flight.values() if isinstance(action, Clone))
    in_flight = Counter(clones)
    return tuple(_state(situation, room, found[domain], in_flight) for domain in sorted(found))


def _state(situation: Situation, room: FreeResources, candidate: Candidate, in_flight: Counter[LockDomain]) -> LockState:
    return LockState(
        cluster=candidate.node.cluster,
        node=NodeName("") if candidate.shared else candidate.node.node,
        storage=candidate.storage,
        limit=room.clone_ceiling(candidate),
        in_flight=in_flight[candidate.domain],
        hold_s=situation.limits.clone_s.get(candidate.domain),
        timeouts=situation.limits.lock_timeouts.get(candidate.domain, 0),
    )
