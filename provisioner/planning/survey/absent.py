"""Clusters whose listing lacks existing desktops: nothing more is cloned there until the reason is known."""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.absence import MANY, is_absent, is_doubtful
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import ClusterId
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.placement import LISTING_LACKS
from provisioner.reasons.reason import Reason


def absent_in(situation: Situation, survey: Survey) -> Iterator[Reservation]:
    """Cloned desktops that are missing from the last listing of their cluster."""
    for desktop in survey.not_ready.get(Phase.UNKNOWN, {}).values():
        view = situation.snapshot.clusters.get(desktop.cluster)
        if view is not None and is_absent(desktop, view):
            yield desktop


def clusters_in_doubt(situation: Situation, survey: Survey) -> dict[ClusterId, Reason]:
    """Why nothing is cloned on a cluster. Three clones that succeeded and never appeared are enough, at any size of site.

    Superseded desktops are no reason: after a node's return they are deleted by hand, as `bascule reconcile` says.
    """
    absent = tuple(gone for gone in absent_in(situation, survey) if gone.name not in survey.superseded)
    if len(absent) < MANY:
        return {}
    counted = Counter(desktop.cluster for desktop in absent)
    never_listed = Counter(desktop.cluster for desktop in absent if not desktop.proven)
    of = Counter(desktop.cluster for desktop in situation.records.reservations)
    return {
        cluster: LISTING_LACKS(count=count, cluster=cluster)
        for cluster, count in counted.items()
        if never_listed[cluster] >= MANY or is_doubtful(count, of[cluster])
    }
