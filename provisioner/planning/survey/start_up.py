"""How long it takes until desktops that are off are ready again, from the boots that were measured."""

from collections import defaultdict
from collections.abc import Collection

from provisioner.model.ids import NodeKey, Seat
from provisioner.planning.inputs import Situation, where
from provisioner.planning.survey.survey import Survey


def start_up_s(situation: Situation, survey: Survey, seats: Collection[Seat]) -> float:
    """Seconds from the first start to the last desktop that is ready, if all of these seats are started at once.

    Each node boots some at a time, as many as at full speed. The bound of R. L. Graham for any order (Bounds on Multiprocessing
    Timing Anomalies, SIAM J. Appl. Math. 17, 1969): the mean work of a slot, and what is left of the longest.
    """
    work: defaultdict[NodeKey, list[float]] = defaultdict(list)
    for seat in seats:
        desktop = survey.of_seat.get(seat)
        profile = None if desktop is None else situation.config.profiles.get(desktop.profile)
        if desktop is not None and profile is not None:
            work[where(situation, desktop)].append(situation.limits.boot_alone_s(profile, where(situation, desktop)))
    return max((_node_s(situation, node, boots_s) for node, boots_s in work.items()), default=0.0)


def _node_s(situation: Situation, node: NodeKey, boots_s: Collection[float]) -> float:
    pace = situation.limits.boots_on(node, {}, situation.now).pace
    slots = max(1.0, min(pace.width, float(situation.config.budget.boots_per_node)))
    return sum(boots_s) / slots + (1.0 - 1.0 / slots) * max(boots_s)


__all__ = ["start_up_s"]
