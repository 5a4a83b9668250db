"""Clusters whose listing lacks desktops that were made: nothing more is cloned there until that is explained."""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.absence import MANY, is_absent, is_doubtful
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import ClusterId
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.placement import LISTING_LACKS
from provisioner.reasons.reason import Reason


def absent_in(situation: Situation, seen: Survey) -> Iterator[Reservation]:
    """Desktops that were made, and that the last listing of their cluster lacks."""
    for one in seen.not_ready.get(Phase.UNKNOWN, {}).values():
        view = situation.snapshot.clusters.get(one.cluster)
        if view is not None and is_absent(one, view):
            yield one


def clusters_in_doubt(situation: Situation, seen: Survey) -> dict[ClusterId, Reason]:
    """Why nothing is cloned on a cluster. Three clones that ended well and never appeared are enough, of however many."""
    absent = tuple(absent_in(situation, seen))
    if len(absent) < MANY:
        return {}
    counted = Counter(one.cluster for one in absent)
    never_listed = Counter(one.cluster for one in absent if not one.proven)
    of = Counter(one.cluster for one in situation.records.reservations)
    return {
        cluster: LISTING_LACKS(count=count, cluster=cluster)
        for cluster, count in counted.items()
        if never_listed[cluster] >= MANY or is_doubtful(count, of[cluster])
    }
