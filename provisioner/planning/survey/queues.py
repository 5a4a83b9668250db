"""Wanted desktops that are not ready, in queues by their next step: if the first of a queue has to wait, all of it wait."""

import enum
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from provisioner.model.actions import Action, Configure, Reconfigure
from provisioner.model.demand import Want
from provisioner.model.ids import NodeKey, ProfileName, Seat
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import Phase

SAYS_ITSELF = frozenset({Phase.CLONING, Phase.UNPROVEN, Phase.STARTING, Phase.READY, Phase.STOPPING, Phase.DELETING})
"""Phases that say what an agent waits for while an action is in flight."""
_SAYING = {Phase.CLONED: Configure, Phase.STOPPED: Reconfigure, Phase.FAILED: Reconfigure}
"""The action in flight that says it in other phases."""
_RANK = attrgetter("rank")


class Step(enum.StrEnum):
    """The next step for the desktops of a queue."""

    RESTART = "restart"
    """Start. The agent has used the desktop, and comes before bulk work."""
    CLONE = "clone"
    """Clone a new desktop, of the queue's profile."""
    START = "start"
    """Start, on the queue's node."""
    BOOT = "boot"
    """Check whether it is ready, once it should be."""
    END = "end"
    """None: the action in flight has to end first."""
    OTHER = "other"
    """Any other step, or a wait that ends at a certain time."""


class StepQueue(NamedTuple):
    """A next step, with its profile or node."""

    step: Step
    place: ProfileName | NodeKey | None = None


Queues = Mapping[StepQueue, Sequence[Want]]
"""Each in order of rank."""


class UnservedWants:
    """Wants without a ready desktop that is assigned to the agent, and the queue of each. Updated by each survey."""

    def __init__(self) -> None:
        self.wants: dict[Seat, Want] = {}
        self.queues: defaultdict[StepQueue, list[Want]] = defaultdict(list)
        self._queue_of: dict[Seat, StepQueue] = {}

    def put(self, want: Want, queue: StepQueue) -> None:
        """Put the want into this queue, and take it out of any other."""
        if self._queue_of.get(want.seat) == queue and self.wants[want.seat] is want:
            return
        self.remove(want.seat)
        self.wants[want.seat], self._queue_of[want.seat] = want, queue
        insort(self.queues[queue], want, key=_RANK)

    def remove(self, seat: Seat) -> None:
        """Take the want of this seat out of its queue: it is served, or no longer wanted."""
        want = self.wants.pop(seat, None)
        if want is None:
            return
        queue = self._queue_of.pop(seat)
        wants = self.queues[queue]
        wants.pop(wants.index(want, bisect_left(wants, want.rank, key=_RANK)))
        if not wants:
            del self.queues[queue]


def queue_of(
    want: Want, record: DesktopRecord, phase: Phase, guest: Guest | None, in_flight: Action | None, *, usual: bool
) -> StepQueue:
    """The queue of a want with a desktop. `usual`: the desktop's profile is configured, and its tags are complete."""
    if is_own(want, record, phase):
        return StepQueue(Step.RESTART)
    if not usual:
        return StepQueue(Step.OTHER)
    if phase is Phase.STARTING:
        return StepQueue(Step.BOOT)
    if in_flight is not None:
        return StepQueue(Step.END if ends_by_itself(phase, in_flight) else Step.OTHER)
    if phase is Phase.STOPPED and guest is not None and guest.lock is None and not record.attempts:
        return StepQueue(Step.START, guest.node_key)
    return StepQueue(Step.OTHER)


def is_own(want: Want, record: DesktopRecord, phase: Phase) -> bool:
    """Whether its agent has worked on the desktop, which is off now."""
    return phase is Phase.STOPPED and want.agent_id is not None and record.assigned_to == want.agent_id


def ends_by_itself(phase: Phase, in_flight: Action) -> bool:
    """Whether the action in flight is what the phase tells of, so that nothing needs to be said besides."""
    return phase in SAYS_ITSELF or isinstance(in_flight, _SAYING.get(phase, ()))
